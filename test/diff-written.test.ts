/** What `understudy diff` finds in handwritten documents: what the generator spells out of one line counts as that line. */
import { execFileSync, spawnSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cliFile } from './support/cli.js'
import { MadeUp } from './support/made-up.js'

const FRAMES = `
    Taken:
      type: object
      required: [message]
      properties: { message: { type: string, enum: [ok, ''] } }
    Said:
      type: object
      required: [message]
      properties: { message: { type: string, enum: [hello, bye] } }
`
const COMMON = `
  headers:
    ServerStatus:
      description: 维护 · Maintenance
      required: true
      schema: { type: string }
      x-name: Server-Status
      x-answers: { '503': always, '200': possible }
`
const SOCKETS = `
asyncapi: 3.0.0
info: { title: 推送 · Push, version: 1.0.0 }
channels:
  push:
    address: /push/
    messages:
      taken: { $ref: '#/components/messages/taken' }
      said: { $ref: '#/components/messages/said' }
operations:
  receiveSaid:
    action: receive
    channel: { $ref: '#/channels/push' }
    messages: [{ $ref: '#/channels/push/messages/said' }]
    reply: { messages: [{ $ref: '#/channels/push/messages/taken' }] }
components:
  messages:
    taken: { payload: { $ref: './shop.yaml#/components/schemas/Taken' } }
    said: { payload: { $ref: './shop.yaml#/components/schemas/Said' } }
`

let project: MadeUp

beforeEach(() => {
  project = new MadeUp()
  project.edit('openapi/shop.yaml', '    Language: {', `${FRAMES.slice(1)}    Language: {`)
  project.edit('openapi/shop.yaml', '\n  responses:\n    Unmatched', `${COMMON.trimEnd()}\n  responses:\n    Unmatched`)
  project.write('openapi/shop.asyncapi.yaml', SOCKETS)
  project.write('openapi/bundled/shop.json', JSON.stringify({ openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths: { '/spelt-out': {} } }))
  for (const args of [['init', '--quiet'], ['add', 'openapi'], ['commit', '--quiet', '--message', 'one']]) execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: project.root })
})
afterEach(() => {
  project.remove()
})

const diff = (now = '.') => spawnSync(process.execPath, [cliFile, 'diff', 'HEAD', now], { cwd: project.root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

const BREAKING: readonly (readonly [what: string, file: string, from: string, to: string, said: string])[] = [
  ['a header of many answers is renamed', 'openapi/shop.yaml', 'x-name: Server-Status', 'x-name: X-Status', 'Server-Status'],
  ['a header of many answers is no longer on all of them', 'openapi/shop.yaml', "{ '503': always, '200': possible }", "{ '200': possible }", '503'],
  ['the form of every failure loses a key', 'openapi/shop.yaml', 'required: [code, msg]\n      properties: { code: { type: integer }, msg: { type: string, minLength: 1 } }', 'required: [code]\n      properties: { code: { type: integer } }', 'msg'],
  ['an error has another form', 'openapi/shop.yaml', 'x-failure: Redirect', 'x-failure: Done', 'x-failure'],
  ['an operation takes another credential', 'openapi/shop.yaml', 'security: [{ token: [] }]', 'security: [{ other: [] }]', 'shopAddItem: no longer takes the credential token'],
  ['a segment of a path is routed otherwise', 'openapi/shop.yaml', "x-routing: '\\d+'", "x-routing: '\\d{4}'", 'x-routing'],
  ['a socket moves', 'openapi/shop.asyncapi.yaml', 'address: /push/', 'address: /pull/', 'x-channels.push.address: was "/push/" and is "/pull/"'],
  ['a frame of the server says another word', 'openapi/shop.yaml', "enum: [ok, '']", "enum: [done, '']", 'Taken.message.enum'],
  ['a frame of the client may not say a word any more', 'openapi/shop.yaml', 'enum: [hello, bye]', 'enum: [hello]', 'Said.message.enum'],
]

test.each(BREAKING)('%s: breaking, before anything is generated', (_what, file, from, to, said) => {
  project.edit(file, from, to)
  const { status, stdout } = diff()
  expect(stdout.split('\n').filter((line) => line.includes('✗'))).toContainEqual(expect.stringContaining(said))
  expect(status).toBe(1)
})

test('what no rule looks at is said all the same', () => {
  project.edit('openapi/shop.yaml', 'x-validator: true', 'x-unheard-of: true')
  const { status, stdout } = diff()
  expect(status).toBe(0)
  expect(stdout).toContain('· Push.x-unheard-of: was not there and is true\n')
})

test('examples alone are no change of the contract, but the documents are not the same', () => {
  project.edit('openapi/shop.yaml', 'name: 钢笔, price: null', 'name: 铅笔, price: null')
  const { status, stdout } = diff()
  expect(status).toBe(0)
  expect(stdout).toContain('· shop: examples')
})

test('a project is compared with generated documents by what was generated from it', () => {
  expect(diff('openapi/bundled')).toMatchObject({ status: 0, stdout: 'HEAD: openapi/bundled/*.json (1 document)\nopenapi/bundled: *.json (1 document)\n\nThe contracts are the same.\n' })
})
