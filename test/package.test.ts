import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packInto } from '../scripts/pack.js'
import { Consumer, readSeen } from '../scripts/try-package.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-package-'))
const app = new Consumer(join(folder, 'app'))

beforeAll(() => {
  app.install(packInto(folder))
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
