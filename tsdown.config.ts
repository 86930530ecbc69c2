import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'tsdown'
import { buildConsole } from './scripts/console/build.js'
import { writeYaml } from './scripts/write-yaml.js'

/** `understudy/contract/<system>`: types, tables and client; of a system that nobody has written a client for, what is generated. */
const contracts = readdirSync('src/systems', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): [string, string] => [`contract/${name}`, existsSync(`src/contract/${name}.ts`) ? `src/contract/${name}.ts` : `src/generated/${name}/contract.ts`])

const types = process.env['UNDERSTUDY_BUILD'] !== 'js'

const escapeNonAscii = (code: string) => code.replaceAll(/[^\x00-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    'testing/index': 'src/testing/index.ts',
    'testing/vitest': 'src/testing/vitest.ts',
    'errors/index': 'src/errors/index.ts',
    ...Object.fromEntries(contracts),
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: types,
  // Files stay apart and lie in one folder, as `src/paths.ts` expects.
  outDir: 'dist',
  clean: true,
  fixedExtension: false,
  // What the reference pages load in the browser; `src/paths.ts` says where it is looked for.
  copy: [
    { from: 'src/docs/assets/*', to: 'dist/docs/assets' },
    // Copied rather than depended on: its package runs an install script that reports to its makers.
    { from: ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'].map((file) => `node_modules/swagger-ui-dist/${file}`), to: 'dist/docs/assets' },
  ],
  plugins: [
    {
      name: 'ascii',
      // An engine keeps the source of a module for ever, at two bytes a character if a single one of them is Chinese.
      generateBundle: (_options, bundle) => {
        for (const file of Object.values(bundle)) if (file.type === 'chunk' && file.fileName.endsWith('.js')) file.code = escapeNonAscii(file.code)
      },
    },
  ],
  hooks: {
    'build:done': async ({ options }) => {
      await buildConsole(`${options.outDir}/console`)
      if (options.dts) writeYaml('openapi/bundled', `${options.outDir}/openapi`)
    },
  },
})
