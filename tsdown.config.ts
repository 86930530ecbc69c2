import { existsSync, readdirSync } from 'node:fs'
import { defineConfig, type UserConfig } from 'tsdown'
import { buildConsole } from './scripts/console/build.js'
import { writeYaml } from './scripts/write-yaml.js'

/** `understudy/contract/<system>`: types, tables and client; of a system that nobody has written a client for, what is generated. */
const contracts = readdirSync('src/systems', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): [string, string] => [name, existsSync(`src/contract/${name}.ts`) ? `src/contract/${name}.ts` : `src/generated/${name}/contract.ts`])

/**
 * `UNDERSTUDY_BUILD`: `js` leaves the types and what only CommonJS needs, which the started server does not; `contract` makes the package `understudy-contract`.
 */
const build = process.env['UNDERSTUDY_BUILD'] ?? 'all'

const escapeNonAscii = (code: string) => code.replaceAll(/[^\x00-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** `scripts/build.js` builds beside `dist`, which a stub may be running from. */
const outDir = process.env['UNDERSTUDY_OUT'] ?? 'dist'

const common = {
  platform: 'node',
  target: 'node20.19',
  outDir,
  fixedExtension: false,
  plugins: [
    {
      name: 'ascii',
      // An engine keeps the source of a module for ever, at two bytes a character if a single one of them is Chinese.
      generateBundle: (_options, bundle) => {
        for (const file of Object.values(bundle)) if (file.type === 'chunk' && /\.c?js$/.test(file.fileName)) file.code = escapeNonAscii(file.code)
      },
    },
  ],
} satisfies UserConfig

/** What `import` and `require` find alike. */
const libraries = {
  index: 'src/index.ts',
  'testing/index': 'src/testing/index.ts',
  'errors/index': 'src/errors/index.ts',
  ...Object.fromEntries(contracts.map(([name, file]) => [`contract/${name}`, file])),
}

const modules: UserConfig = {
  ...common,
  entry: { ...libraries, cli: 'src/cli.ts', 'testing/vitest': 'src/testing/vitest.ts' },
  format: 'esm',
  dts: build === 'all',
  // Files stay apart and lie in one folder, as `src/paths.ts` expects.
  clean: true,
  // What the reference pages and the start page load in the browser; `src/paths.ts` says where it is looked for.
  copy: [
    { from: ['src/docs/assets/*', 'src/console/styles/1-base.css', 'src/console/styles/2-page.css', 'src/console/icon.svg'], to: `${outDir}/docs/assets` },
    { from: 'src/pages/assets/*', to: `${outDir}/pages/assets` },
    // Copied rather than depended on: its package runs an install script that reports to its makers.
    { from: ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'].map((file) => `node_modules/swagger-ui-dist/${file}`), to: `${outDir}/docs/assets` },
  ],
  hooks: {
    'build:done': async ({ options }) => {
      await buildConsole(`${options.outDir}/console`)
      if (build === 'all') writeYaml('openapi/bundled', `${options.outDir}/openapi`)
    },
  },
}

/** What `require` finds has this one inside: its own CommonJS file hides the function one `default` deeper than its module does. */
const inside = { noExternal: ['openapi-fetch'] }

const commonJs: UserConfig = { ...common, ...inside, outputOptions: { dynamicImportInCjs: false }, entry: libraries, format: 'cjs', dts: true, clean: false, shims: true }

/** Types are written once, for CommonJS; `scripts/pack.ts` lets those for modules refer to them. */
const contract: UserConfig[] = (['esm', 'cjs'] as const).map((format) => ({
  ...common,
  ...(format === 'cjs' ? inside : {}),
  entry: { errors: 'src/errors/index.ts', ...Object.fromEntries(contracts) },
  format,
  dts: format === 'cjs',
  clean: false,
}))

export default defineConfig(build === 'contract' ? contract : build === 'js' ? modules : [modules, commonJs])
