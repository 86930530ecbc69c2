/** `npm run dev` as whoever works on a system has it open: its handlers and its document are edited, broken and mended while an app is in use. */
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createLiveClient } from '../src/contract/live.js'
import { isObject } from '../src/plain/json.js'
import { beginProcess, nodeFlags, type Running } from './support/cli.js'
import { Client } from './support/push.js'
import { loadOn, watched } from './support/watched.js'

const root = fileURLToPath(new URL('..', import.meta.url))
let folder = ''
const running: Running[] = []
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'understudy-dev-')))
  for (const name of ['src', 'scripts', 'openapi', 'fixtures', 'package.json', 'tsconfig.json', 'redocly.yaml']) cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGTERM')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

function begin(...flags: string[]): Running {
  const one = beginProcess(process.execPath, [...nodeFlags, 'scripts/dev.ts', ...flags], { cwd: folder })
  running.push(one)
  return one
}

/** Changes a source. */
function edit(name: string, from: string, to: string): void {
  editAll(name, [[from, to]])
}

/** Several edits that are saved at once: what is saved twice may be taken over twice. */
function editAll(name: string, edits: readonly (readonly [from: string, to: string])[]): void {
  const file = join(folder, name)
  let text = readFileSync(file, 'utf8')
  for (const [from, to] of edits) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  writeFileSync(file, text)
}

/** @returns the process that has the folder of the sandboxes open */
function ownerOfFolder(): number {
  const owner: unknown = JSON.parse(readFileSync(join(folder, '.understudy/owner.json'), 'utf8'))
  if (!isObject(owner) || typeof owner['process'] !== 'number') throw new Error('nobody has the folder')
  return owner['process']
}

const USERS = 'src/systems/live/operations/users.ts'
const ME = 'return { user: viewUser(user, user) }'

test('a handler is edited, broken and mended under load: no call fails, nobody is logged out, sockets stay open', async () => {
  const { stub, url, says } = await watched(begin('live', 'im', '--port', '0'))
  const box = await stub.sandbox('alice')
  const app = createLiveClient({ baseUrl: box.baseUrl('live') })
  await app.GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
  await app.POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })
  const [user] = await box.db('im').list('users')
  const { headers } = await box.sessions.issue({ system: 'im', user: String(user?.id) })
  const { socket } = await Client.connect({ url: `${url}/@alice/im` }, headers['cookie'])
  const load = loadOn(async () => (await app.GET('/users/my')).data?.code === 2000)
  const nickname = async () => {
    const { data } = await app.GET('/users/my')
    return data?.code === 2000 ? data.user.nickname : data
  }

  edit(USERS, ME, "return { user: { ...viewUser(user, user), nickname: 'the first edit' } }")
  await says(/taken over: src\/systems\/live\/operations\/users\.ts/)
  expect(await nickname()).toBe('the first edit')

  edit(USERS, "'the first edit'", '')
  expect(await says(/not taken over: .*\n/)).toMatch(/the system live cannot be loaded: \S+\/operations\/users\.ts:13:\d+: /)
  expect(await nickname()).toBe('the first edit')
  edit(USERS, 'tx }', 'tx } ')
  edit(USERS, 'nickname:  }', "nickname: 'the second edit' }")
  // Saved once in between with the mistake still in it, which was not told again.
  expect(await says(/(?:not )?taken over: .*\n/)).toMatch(/^taken over: /)
  expect(await nickname()).toBe('the second edit')

  // What is there but goes wrong at once is told with its place, too.
  edit(USERS, "from '../../../generated/live/contract.js'", "from '../../../generated/live/contract.js'\nimport { nothing } from '../state.js'\nnothing()")
  expect(await says(/not taken over: .*\n/)).toMatch(/operations\/users\.ts:4.*nothing/)
  edit(USERS, "\nimport { nothing } from '../state.js'\nnothing()", '')
  await says(/taken over: /)

  expect(await load.stop()).toEqual([])
  expect(socket.readyState).toBe(WebSocket.OPEN)
}, 120_000)

test('a source of the core is edited, broken and mended under load: a stub that serves takes the place of the one before, no call fails and nobody is logged out', async () => {
  const { stub, url, says } = await watched(begin('live', 'im', '--port', '0'))
  const box = await stub.sandbox('alice')
  const app = createLiveClient({ baseUrl: box.baseUrl('live') })
  await app.GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
  await app.POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })
  const [user] = await box.db('im').list('users')
  const { headers } = await box.sessions.issue({ system: 'im', user: String(user?.id) })
  const { closed } = await Client.connect({ url: `${url}/@alice/im` }, headers['cookie'])
  const load = loadOn(async () => {
    const { data, error } = await app.GET('/users/my')
    if (data?.code !== 2000) throw new Error(JSON.stringify(data ?? error))
    return true
  })
  // And somebody who calls on a connection of its own each time.
  const strangers = loadOn(() => callOnce(`${url}/@alice/live/users/1`))

  // It cannot be read.
  edit('src/core/failure.ts', '/**', 'const {\n/**')
  expect(await says(/\S+failure\.ts:\d+.*\nnot restarted for .*\n/)).toMatch(/src\/core\/failure\.ts:\d+:\d+: ERROR.*\nnot restarted for src\/core\/failure\.ts; the stub goes on as it was/)
  edit('src/core/failure.ts', 'const {\n', '')
  await says(/restarted for src\/core\/failure\.ts/)
  await says(/control plane /)
  // Sockets are told goodbye: who has one connects anew.
  await closed
  const again = await Client.connect({ url: `${url}/@alice/im` }, headers['cookie'])

  // It can be read, but no stub can be made of it.
  edit('src/succession.ts', 'this.#now = first\n', "this.#now = first\n    throw new Error('no succession today')\n")
  expect(await says(/\S+succession\.ts:\d+.*\nnot restarted for .*\n/)).toMatch(/src\/succession\.ts:\d+:\d+: no succession today\nnot restarted for src\/succession\.ts/)
  expect(again.socket.readyState).toBe(WebSocket.OPEN)
  // Saved once more with the same mistake: it is not told again.
  edit('src/succession.ts', "today')\n", "today') // again\n")
  edit('src/succession.ts', "    throw new Error('no succession today') // again\n", '')
  expect(await says(/(?:not )?restarted for .*\n/)).toMatch(/^restarted for /)
  await says(/control plane /)

  expect([await load.stop(), await strangers.stop()]).toEqual([[], []])
  expect((await app.GET('/users/my')).data).toMatchObject({ code: 2000, user: { mobile: '13800003001' } })
}, 240_000)

test('a stub that ended is followed by another at the next edit, also of what a stub takes over by itself; who is logged in stays so', async () => {
  const { stub, says } = await watched(begin('live', '--port', '0'))
  const box = await stub.sandbox('alice')
  const app = createLiveClient({ baseUrl: box.baseUrl('live') })
  await app.GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
  await app.POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })
  process.kill(ownerOfFolder(), 'SIGKILL')
  await says(/the stub ended; calls wait until an edit mends it/)
  const waiting = app.GET('/users/my')
  edit(USERS, ME, "return { user: { ...viewUser(user, user), nickname: 'mended' } }")
  await says(/restarted for src\/systems\/live\/operations\/users\.ts/)
  expect((await waiting).data).toMatchObject({ code: 2000, user: { mobile: '13800003001', nickname: 'mended' } })
  await says(/control plane /)
  // It takes edits over like the first.
  edit(USERS, "'mended'", "'edited'")
  await says(/^taken over: .*users\.ts/m)
  expect((await app.GET('/users/my')).data).toMatchObject({ code: 2000, user: { nickname: 'edited' } })
}, 120_000)

test('an OpenAPI document is edited, broken and mended under load: what follows from it is generated and served, no call fails and nobody is logged out', async () => {
  const { stub, says } = await watched(begin('live', 'job', '--port', '0'))
  const box = await stub.sandbox('alice')
  const app = createLiveClient({ baseUrl: box.baseUrl('live') })
  await app.GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
  await app.POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })
  const load = loadOn(async () => (await app.GET('/users/my')).data?.code === 2000)
  const codeFor = async (mobile: string) => (await app.GET('/auth/code', { params: { query: { mobile } } })).data?.code
  const isTakenOver = (system: string) => says(new RegExp(`taken over: .*src/generated/${system}/validators\\.js`))

  expect(await codeFor('23800003001')).toBe(4000)
  edit('openapi/live.yaml', "pattern: '^1", "pattern: '^[12]")
  await isTakenOver('live')
  expect(await codeFor('23800003001')).toBe(2000)

  // It cannot be read.
  edit('openapi/live.yaml', 'openapi: 3.1.0', 'openapi: 3.1.0: no')
  expect(await says(/openapi\/live\.yaml: [\s\S]*?generated files/)).toMatch(/openapi\/live\.yaml" \(1:15\)/)
  expect(await codeFor('23800003001')).toBe(2000)
  // Saved once more with the same mistake, which is not told again.
  edit('openapi/live.yaml', "pattern: '^[12]", "pattern: '^[123]")
  expect(await says(/generating[\s\S]*?generated files/)).toBe('generating, for openapi/live.yaml changed\n24 generated files')
  // It can be read, but refers to nothing.
  editAll('openapi/live.yaml', [['openapi: 3.1.0: no', 'openapi: 3.1.0'], ["unmatched: '#/components/responses/Unmatched'", "unmatched: '#/components/responses/Nothing'"]])
  await says(/openapi\/live\.yaml: .*Nothing/)
  edit('openapi/live.yaml', 'responses/Nothing', 'responses/Unmatched')
  await isTakenOver('live')
  expect(await codeFor('33800003001')).toBe(2000)

  // A file that a document is joined from.
  const login = async () => (await fetch(`${box.baseUrl('job')}/login`, { method: 'POST', body: new URLSearchParams({ username: 'abcd', password: 'x' }) })).text()
  const before = await login()
  edit('openapi/job/auth.yaml', 'username: { type: string, minLength: 1,', 'username: { type: string, minLength: 5,')
  await isTakenOver('job')
  expect(await login()).not.toBe(before)

  // What is said of records.
  edit('fixtures/live/schema.yaml', 'maxLength: 100', 'maxLength: 120')
  await isTakenOver('live')

  expect(await load.stop()).toEqual([])
  // And no byte is other than what all of it, generated at once, has.
  const { stdout } = await beginProcess(process.execPath, [...nodeFlags, 'scripts/generate.ts', '--check'], { cwd: folder }).ended
  expect(stdout).toMatch(/^\d+ generated files, 0 stale\n$/)

  // The generator itself is edited, with a mistake at first: once that is mended, what it could do nothing for is made up for.
  edit('scripts/generate/compact.ts', 'import ts', 'const {\nimport ts')
  edit('openapi/live.yaml', "pattern: '^[123]", "pattern: '^[12]")
  await says(/scripts\/generate\/compact\.ts:\d+:\d+: ERROR/)
  editAll('scripts/generate/compact.ts', [['`const violation', '`// By another one.\nconst violation'], ['const {\nimport ts', 'import ts']])
  await isTakenOver('live')
  expect(readFileSync(join(folder, 'src/generated/live/validators.js'), 'utf8')).toContain('// By another one.')
}, 240_000)

/** A call on a connection of its own. @returns whether it was answered */
async function callOnce(url: string): Promise<boolean> {
  const [answer] = (await once(request(url, { agent: false }).end(), 'response')) as [IncomingMessage] // what this event brings
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode === 200
}
