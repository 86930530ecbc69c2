import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deadLinksIn } from '../scripts/links.js'
import { packContractInto, packInto } from '../scripts/pack.js'
import { Consumer, NODE_TYPES, readSeen } from '../scripts/try-package.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-package-'))
const app = new Consumer(join(folder, 'app'))

beforeAll(() => {
  app.install(packInto(folder), NODE_TYPES)
}, 300_000)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('every entry of the installed package can be imported, every document is there', () => {
  const found = app.importAll()
  expect(Object.keys(found)).toEqual(expect.arrayContaining(['understudy', 'understudy/errors', 'understudy/testing', 'understudy/contract/edu', 'understudy/contract/trid']))
  expect(found['understudy/errors']).toEqual(expect.arrayContaining(['classify', 'classifyResponse', 'codesOf', 'assertNever']))
  expect(found['understudy/contract/live']).toEqual(expect.arrayContaining(['codes', 'contract', 'createLiveClient']))
  expect(app.documents()).toEqual(expect.arrayContaining(['understudy/openapi/live.json', 'understudy/openapi/live.yaml']))
})

test('an app compiles against it for browsers and for Node.js, types of the package checked, and runs against a stub that it starts', () => {
  app.compile()
  expect(app.runApp()).toEqual(readSeen())
}, 300_000)

test('nothing of the repository is in it that an app has no use for, and nothing that it names is missing', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(app.folder, 'node_modules/understudy/package.json'), 'utf8'))
  expect(manifest).toMatchObject({ name: 'understudy', type: 'module' })
  for (const absent of ['src', 'test', 'scripts', 'node_modules']) expect(existsSync(join(app.folder, 'node_modules/understudy', absent))).toBe(false)
  expect(existsSync(join(app.folder, 'node_modules/.bin/understudy'))).toBe(true)
})

test('the pages of the installed package find all that they load', () => {
  const loaded = JSON.parse(app.run(`
    const { createStub } = await import('understudy')
    const stub = await createStub()
    const loaded = {}
    for (const page of ['/docs/live', '/__console/', '/@default/']) {
      const html = await (await fetch(stub.url + page, { headers: { accept: 'text/html' } })).text()
      for (const [, path] of html.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"#]+)"/g)) loaded[path] = (await fetch(new URL(path, stub.url + page))).status
    }
    await stub.close()
    console.log(JSON.stringify(loaded))
  `)) as Record<string, number> // what the line above prints
  expect(new Set(Object.values(loaded))).toEqual(new Set([200]))
  expect(Object.keys(loaded).join()).toMatch(/swagger-ui-bundle\.js.*console\.js.*start\.js/)
})

test('no document of the installed package has a dead link', () => {
  expect(deadLinksIn(join(app.folder, 'node_modules/understudy'))).toEqual([])
})

test('require finds what import finds, and every moduleResolution of TypeScript finds its types', () => {
  expect(app.required('understudy/contract/live')).toEqual(expect.arrayContaining(['codes', 'contract', 'createLiveClient']))
  expect(app.required('understudy/errors')).toContain('classify')
  expect(app.required('understudy/testing')).toEqual(expect.arrayContaining(['createStub', 'matchers', 'toFailWith']))
  app.compileEverywhere(['understudy', 'understudy/testing', 'understudy/errors', 'understudy/contract/edu'])
}, 300_000)

test('an app that wants the contract alone installs a handful of small packages without ambient types', () => {
  const small = new Consumer(join(folder, 'small'))
  small.install(packContractInto(folder))
  const { packages, bytes } = small.weight()
  expect(packages).toBeLessThanOrEqual(5)
  expect(bytes).toBeLessThan(2_000_000)
  expect(existsSync(join(small.folder, 'node_modules/@types'))).toBe(false)
  const names = ['NoAnswer', 'asOpenapiFetch', 'codes', 'contract', 'createLiveClient', 'isNoAnswer', 'memoryTokens']
  expect(small.required('understudy-contract/live').sort()).toEqual(names)
  expect(JSON.parse(small.run("console.log(JSON.stringify(Object.keys(await import('understudy-contract/live')).sort()))"))).toEqual(names)
  expect(small.required('understudy-contract/openapi/live.json')).toContain('openapi')
  expect(deadLinksIn(join(small.folder, 'node_modules/understudy-contract'))).toEqual([])
  small.compileEverywhere(['errors', 'edu', 'im', 'job', 'live', 'trid'].map((entry) => `understudy-contract/${entry}`))
}, 300_000)
