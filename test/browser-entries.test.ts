import { expect, test } from 'vitest'
import { bundle } from '../scripts/bundle.js'
import { browserEntries } from '../scripts/entries.js'

/** Where the modules of a browser entry may lie: what is plain data, what is written for browsers, and the one dependency. */
const ALLOWED = /^(src\/errors\/|src\/plain\/|src\/contract\/clients\/|src\/contract\/[a-z0-9]+\.ts$|src\/generated\/([a-z0-9]+\/contract|conditions|errors)\.ts$|node_modules\/openapi-fetch\/)/

/** Sizes may grow with the contracts, but not unnoticed. */
const LIMIT = 12_500

const entries = new Map(browserEntries().map((entry) => [entry.name, entry]))

test.each([...entries.values()])('$name runs in browsers: no module of Node.js, of the server, Express or Ajv is in it', async ({ name, source }) => {
  const { modules, imports, gzip, minified } = await bundle(`export * from '${source}'`)
  console.log(`${name}: ${String(minified)} B minified, ${String(gzip)} B gzip, ${String(modules.length)} modules`)
  expect(modules).toContain(source.slice(2))
  expect(modules.filter((module) => !ALLOWED.test(module))).toEqual([])
  expect(imports).toEqual([])
  expect(gzip).toBeLessThan(LIMIT)
})

test('an app that only makes a client does not carry the tables', async () => {
  for (const { source, names } of browserEntries()) {
    const { gzip } = await bundle(`export { ${names.join(', ')} } from '${source}'`)
    if (names.includes('classify')) continue
    // A client says by itself what became of a call that no backend answered; with the tables edu's would have 9 kB.
    expect([source, gzip < 6000]).toEqual([source, true])
  }
})

test('what this proof rests on finds a module of Node.js and one of the server', async () => {
  const { modules, imports } = await bundle("export * from './src/errors/index.ts'; export * from './src/paths.ts'; export * from './src/core/duration.ts'")
  expect(imports).toContain('node:url')
  expect(modules.filter((module) => !ALLOWED.test(module))).toEqual(expect.arrayContaining(['src/core/duration.ts']))
})
