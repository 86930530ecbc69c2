import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'tsdown'
import { writeYaml } from './scripts/write-yaml.js'

/** `understudy/contract/<system>`: types, tables and client; of a system that nobody has written a client for, what is generated. */
const contracts = readdirSync('src/systems', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => [`contract/${name}`, [`src/contract/${name}.ts`, `src/contract/${name}.gen.ts`].find((file) => existsSync(file)) ?? ''])

const types = process.env['UNDERSTUDY_BUILD'] !== 'js'

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
  hooks: {
    'build:done': ({ options }) => {
      if (options.dts) writeYaml('openapi/bundled', `${options.outDir}/openapi`)
    },
  },
})
