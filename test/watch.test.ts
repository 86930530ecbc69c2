/** `understudy start --watch` as a developer has it open all day: edits, mistakes and their mending, while an app is in use. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createLiveClient } from '../src/contract/live.js'
import { fixturesFolder } from '../src/paths.js'
import { begin, type Running } from './support/cli.js'
import { Client } from './support/push.js'
import { loadOn, watched, type Watched } from './support/watched.js'

let folder = ''
const running: Running[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-watch-'))
  for (const id of ['live', 'im']) cpSync(join(fixturesFolder, id), join(folder, 'worlds', id), { recursive: true })
  write('understudy.config.ts', "import { defineConfig } from 'understudy'\nimport { systems } from './systems.ts'\nexport default defineConfig({ port: 0, fixtures: 'worlds', systems })\n")
  write('systems.ts', SYSTEMS)
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
})

const SYSTEMS = `
import { loadSystems } from 'understudy'
const [live, im] = await loadSystems(['live', 'im'])
if (live === undefined || im === undefined) throw new Error('there are no such systems')
const liveHint: string = 'the first hint'
export const systems = [{ ...live, hint: liveHint }, im]
`

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
}
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** Starts a stub that watches. */
async function start(...flags: string[]): Promise<Watched> {
  const one = begin(['start', '--watch', ...flags], { cwd: folder })
  running.push(one)
  return watched(one)
}

/** Changes a record of a fixture. */
function edit(file: string, from: string, to: string): void {
  const before = read(file)
  expect(before).toContain(from)
  write(file, before.replace(from, to))
}

const FIRST = '跟着小雨逛展会'

describe('an edit', () => {
  test('is taken over, a mistake is told once with its place, and mended, while an app is in use: no call fails, nobody is logged out', async () => {
    const { stub, says } = await start()
    const box = await stub.sandbox('alice')
    await box.clock.freeze('2030-01-01T00:00:00Z')
    const app = createLiveClient({ baseUrl: box.baseUrl('live') })
    await app.GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
    expect((await app.POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })).data).toMatchObject({ code: 2000 })

    const load = loadOn(async () => (await app.GET('/users/my')).data?.code === 2000)

    edit('worlds/live/world.json', FIRST, '新的介绍')
    await says(/taken over: worlds\/live\/world\.json/)
    expect(await box.db('live').get('users', 1)).toMatchObject({ bio: expect.stringContaining('新的介绍') as unknown })

    edit('worlds/live/world.json', '"users": [', '"users": {')
    expect(await says(/not taken over: .*\n/)).toMatch(/worlds\/live\/world\.json:\d+:\d+ is no JSON/)
    edit('worlds/live/world.json', '"users": {', '"users": [')
    await says(/taken over: worlds\/live\/world\.json/)

    edit('systems.ts', "'the first hint'", '')
    expect(await says(/not taken over: .*\n/)).toMatch(/systems\.ts:6:0: ParseError/)
    // Saved once more with the same mistake: it is not told again.
    write('systems.ts', read('systems.ts'))
    write('systems.ts', SYSTEMS.replace('the first hint', 'the second hint'))
    expect(await says(/(?:not )?taken over: .*\n/)).toMatch(/^taken over: systems\.ts/)

    expect(await load.stop()).toEqual([])
    expect((await app.GET('/users/my')).data).toMatchObject({ code: 2000, user: { mobile: '13800003001' } })
    expect(await box.clock.now()).toMatchObject({ now: '2030-01-01T00:00:00.000Z', frozen: true })
  }, 120_000)

  test('of a handler counts for the next call; sockets and streams stay open', async () => {
    const { stub, url, says } = await start()
    const box = await stub.sandbox('alice')
    const [user] = await box.db('im').list('users')
    const { headers } = await box.sessions.issue({ system: 'im', user: String(user?.id) })
    const { socket, closed } = await Client.connect({ url: `${url}/@alice/im` }, headers['cookie'])
    const waiting = box.requests.waitFor({ operationId: 'liveSendCode' })

    write('systems.ts', SYSTEMS.replace('{ ...live,', '{ ...live, operations: { ...live.operations, liveSendCode: async ({ fail }) => { throw fail("API_BAD_REQUEST") } },'))
    await says(/taken over: systems\.ts/)
    const answer = await box.client('live').GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
    expect(answer.data).toMatchObject({ code: 4000 })
    expect(await waiting).toBeTruthy()
    expect(socket.readyState).toBe(WebSocket.OPEN)
    const later = await Client.connect({ url: `${url}/@alice/im` }, headers['cookie'])
    expect((await box.sockets.list()).map(({ id }) => id)).toEqual(['socket-1', 'socket-2'])
    later.socket.close()
    // It is still one of the sandbox: whoever is revoked is told so there.
    await box.sessions.revoke({ system: 'im', user: String(user?.id) })
    await closed
  }, 60_000)
})

describe('records that an edit leaves without a place', () => {
  const STRICT = SYSTEMS.replace('{ ...live,', `{ ...live, validators: { ...live.validators, records: { ...live.validators.records, users: Object.assign((record) => record.nickname !== 'Nobody', { errors: [] }) } },`)

  test('are listed and kept in a file, and the sandbox goes on without them', async () => {
    const { stub, says } = await start()
    const box = await stub.sandbox('alice')
    await box.db('live').update('users', 2, { nickname: 'Nobody' })
    await box.db('live').update('users', 3, { nickname: 'Somebody' })
    write('systems.ts', STRICT)
    expect(await says(/1 records do not fit .*\n.*\n/)).toContain('alice: live/users 2: ')
    await says(/taken over/)
    const kept: unknown = JSON.parse(read('.understudy/aside/1.json'))
    expect(kept).toMatchObject([{ sandbox: 'alice', system: 'live', collection: 'users', record: { id: 2, nickname: 'Nobody' } }])
    const [second, third] = await Promise.all([2, 3].map((id) => box.db('live').get('users', id)))
    expect(second).not.toMatchObject({ nickname: 'Nobody' })
    expect(third).toMatchObject({ nickname: 'Somebody' })
  }, 60_000)

  test('are found as well when the edit came while the stub was not running', async () => {
    const first = await start('--data', 'kept')
    const box = await first.stub.sandbox('alice')
    await box.db('live').update('users', 2, { nickname: 'Nobody' })
    await box.db('live').update('users', 3, { nickname: 'Somebody' })
    await first.stop()
    write('systems.ts', STRICT)
    edit('worlds/live/world.json', FIRST, '新的介绍')
    const second = await start('--data', 'kept')
    expect(existsSync(join(folder, 'kept/aside/1.json'))).toBe(true)
    const again = await second.stub.sandbox('alice')
    expect(await again.db('live').get('users', 3)).toMatchObject({ nickname: 'Somebody' })
    expect(await again.db('live').get('users', 2)).not.toMatchObject({ nickname: 'Nobody' })
  }, 60_000)
})

test('a system that is left out takes its records aside, and one that comes is there', async () => {
  const { stub, url, says } = await start()
  const box = await stub.sandbox('alice')
  const [user] = await box.db('im').list('users')
  await box.sessions.issue({ system: 'im', user: String(user?.id) })
  cpSync(join(fixturesFolder, 'trid'), join(folder, 'worlds/trid'), { recursive: true })
  write('systems.ts', SYSTEMS.replace("['live', 'im']", "['live', 'trid']"))
  expect(await says(/records do not fit .*\n(?: .*\n)+/)).toContain('alice: im/sessions')
  await says(/taken over/)
  const health = await (await fetch(`${url}/__admin/health`)).json() as { systems: string[] }
  expect(health.systems).toEqual(['live', 'trid'])
  expect((await fetch(`${url}/@alice/im/users`)).status).toBe(404)
  expect((await fetch(`${url}/@alice/live/auth/code?mobile=13800003001`)).status).toBe(200)
  expect((await fetch(`${url}/__admin/sandboxes/alice/maintenance`)).status).toBe(200)
}, 60_000)

/** The ids of the systems that are served. */
async function served(url: string): Promise<unknown> {
  return ((await (await fetch(`${url}/__admin/health`)).json()) as { readonly systems: unknown }).systems
}

test.each([
  ['mjs', '{}', 'import { ids } from "./ids.mjs"\nexport default { port: 0, fixtures: "worlds", systems: ids }\n', 'export const ids = ["live"]\n'],
  ['js', '{ "type": "module" }', 'import { ids } from "./ids.js"\nexport default { port: 0, fixtures: "worlds", systems: ids }\n', 'export const ids = ["live"]\n'],
  ['js', '{}', 'const { ids } = require("./ids.js")\nmodule.exports = { port: 0, fixtures: "worlds", systems: ids }\n', 'exports.ids = ["live"]\n'],
  ['cjs', '{}', 'const { ids } = require("./ids.cjs")\nmodule.exports = { port: 0, fixtures: "worlds", systems: ids }\n', 'exports.ids = ["live"]\n'],
])('an edit of understudy.config.%s beside a package.json of %s counts, and of what it imports', async (ending, manifest, config, ids) => {
  rmSync(join(folder, 'understudy.config.ts'))
  write('package.json', manifest)
  write(`understudy.config.${ending}`, config)
  write(`ids.${ending}`, ids)
  const { url, says } = await start()
  expect(await served(url)).toEqual(['live'])
  edit(`understudy.config.${ending}`, 'systems: ids', 'systems: [...ids, "im"]')
  await says(/^taken over: understudy\.config/m)
  expect(await served(url)).toEqual(['im', 'live'])
  edit(`ids.${ending}`, '"live"', '')
  await says(/^taken over: ids/m)
  expect(await served(url)).toEqual(['im'])
}, 60_000)

test('a configuration that never comes to its end, or wants to end the process, is told as such; the stub goes on, and takes the next edit over', async () => {
  rmSync(join(folder, 'understudy.config.ts'))
  const good = 'export default { port: 0, fixtures: "worlds", systems: ["live"] }\n'
  write('understudy.config.mjs', good)
  const { url, says } = await start()
  write('understudy.config.mjs', `process.exit(0)\n${good}`)
  expect(await says(/not taken over: .*\n/)).toMatch(/understudy\.config\.mjs cannot be run: .*process\.exit\(0\) was called/)
  write('understudy.config.mjs', `await new Promise(() => {})\n${good}`)
  expect(await says(/not taken over: .*\n/)).toMatch(/understudy\.config\.mjs does not come to its end: it was given 10 s/)
  expect(await served(url)).toEqual(['live'])
  write('understudy.config.mjs', good.replace('"live"', '"im"'))
  await says(/^taken over: understudy\.config\.mjs\n/m)
  expect(await served(url)).toEqual(['im'])
}, 60_000)

test('links that lead round in a circle are gone along once, and what lies behind a link is watched', async () => {
  mkdirSync(join(folder, 'elsewhere'))
  symlinkSync('../elsewhere', join(folder, 'worlds/elsewhere'), 'dir')
  for (const name of ['a', 'b']) symlinkSync('.', join(folder, 'worlds', name), 'dir')
  const { says } = await start()
  edit('worlds/live/world.json', FIRST, '新的介绍')
  expect(await says(/taken over: .*\n/)).toBe('taken over: worlds/live/world.json\n')
  write('elsewhere/note.txt', 'new')
  expect(await says(/taken over: .*\n/)).toBe('taken over: worlds/elsewhere/note.txt\n')
}, 60_000)

test('a folder that another takes the place of is watched as the one that it is now', async () => {
  const { says } = await start()
  cpSync(join(folder, 'worlds/live'), join(folder, 'other'), { recursive: true })
  renameSync(join(folder, 'worlds/live'), join(folder, 'before'))
  renameSync(join(folder, 'other'), join(folder, 'worlds/live'))
  await says(/taken over: .*\n/)
  // The first of them may be found while it still looks for others.
  for (const [from, to] of [[FIRST, '新的介绍'], ['新的介绍', '又一个介绍'], ['又一个介绍', FIRST]] as const) {
    edit('worlds/live/world.json', from, to)
    expect(await says(/taken over: .*\n/)).toBe('taken over: worlds/live/world.json\n')
  }
}, 20_000)

test('folders that come and go while it looks for them do not end it', async () => {
  const { says } = await start()
  const place = (number: number) => join(folder, 'worlds', `passing-${String(number)}`)
  for (let number = 0; number < 3000; number++) {
    mkdirSync(join(place(number), 'within'), { recursive: true })
    if (number >= 8) rmSync(place(number - 8), { recursive: true })
  }
  edit('worlds/live/world.json', FIRST, '新的介绍')
  await says(/taken over: worlds\/live\/world\.json\n/)
}, 20_000)

test('a stub that shares its sandboxes cannot watch, and says why', async () => {
  const one = begin(['start', '--watch', '--engine', 'redis://127.0.0.1:1'], { cwd: folder })
  running.push(one)
  expect(await one.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('use memory or a folder') as unknown })
})
