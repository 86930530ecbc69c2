/** Sandboxes in a folder: what was acknowledged is there when the stub starts again, however it ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, expect, test } from 'vitest'
import { connect, type Stub } from '../src/client/stub.js'
import { Disk } from '../src/core/engine/file/disk.js'
import { keys, startingWith } from '../src/core/engine/file/layout.js'
import { clearFolder, readFolder } from '../src/core/engine/file/folder.js'
import { fileEngine } from '../src/core/engine/file/engine.js'
import { keyOfRecords } from '../src/core/house.js'
import { createStub, type StubOptions } from '../src/stub.js'
import { loadSystems } from '../src/systems/load.js'
import { cliFile } from './support/cli.js'
import { send } from './support/serve.js'

const systems = await loadSystems([])
const root = mkdtempSync(join(tmpdir(), 'understudy-kept-'))
let folders = 0
const running = new Set<Stub>()
afterEach(async () => {
  for (const stub of running) await stop(stub)
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

const freshFolder = () => join(root, String(++folders))

async function start(data: string, options: StubOptions = {}) {
  const stub = await createStub({ systems: ['live', 'im'], engine: fileEngine(data), ...options })
  running.add(stub)
  return stub
}

async function stop(stub: Stub): Promise<void> {
  running.delete(stub)
  await stub.close()
}

async function logIn(base: string, mobile: string): Promise<string> {
  await send(`${base}/auth/code?mobile=${mobile}`)
  const { json, text } = await send(`${base}/auth/login`, { method: 'POST', body: { mobile, auth_code: '123456' } })
  if (typeof json?.['api_key'] !== 'string') throw new Error(text)
  return json['api_key']
}

const authorization = (key: string) => ({ authorization: Buffer.from(key).toString('base64') })

test('records, sessions, clock, SMS, faults and journal are there again', async () => {
  const data = freshFolder()
  const first = await start(data)
  const box = await first.sandbox('alice')
  const key = await logIn(box.baseUrl('live'), '13800003001')
  await box.clock.advance('P1D')
  await box.faults.next('live', 'liveListChannels', { error: 'API_BAD_REQUEST' })
  // Who has answered a call is kept with it.
  await box.backends.set('live', { url: 'http://127.0.0.1:1', mode: 'real-or-stub' })
  expect((await send(`${box.baseUrl('live')}/auth/code?mobile=13800003002`)).headers.get('understudy-source-reason')).toContain('refused')
  await box.backends.clear('live')
  const before = { clock: await box.clock.now(), sms: await box.sms.list(), faults: await box.faults.list(), requests: await box.requests.list() }
  await stop(first)

  const second = await start(data)
  const again = await second.sandbox('alice')
  expect(await again.sms.list()).toEqual(before.sms)
  expect(await again.faults.list()).toEqual(before.faults)
  expect(await again.requests.list()).toEqual(before.requests)
  expect((await again.clock.now()).milliseconds).toBeGreaterThanOrEqual(before.clock.milliseconds)
  const me = await send(`${again.baseUrl('live')}/users/my`, { headers: authorization(key) })
  expect(me.json).toMatchObject({ code: 2000 })
  const list = await send(`${again.baseUrl('live')}/channels/live`, { headers: authorization(key) })
  expect(list.json).toMatchObject({ code: 4000 })
})

test('a number is not counted twice: tokens and ids of before do not come again', async () => {
  const data = freshFolder()
  const first = await start(data)
  const keys = [await logIn((await first.sandbox('a')).baseUrl('live'), '13800003001')]
  const made = (await first.sandbox()).name
  await stop(first)
  const second = await start(data)
  expect((await second.sandbox()).name).not.toBe(made)
  for (const mobile of ['13800003001', '13800003002']) keys.push(await logIn((await second.sandbox('a')).baseUrl('live'), mobile))
  expect(new Set(keys).size).toBe(3)
})

test('a reset and a deleted sandbox stay what they are', async () => {
  const data = freshFolder()
  const first = await start(data)
  const [reset, deleted] = [await first.sandbox('reset'), await first.sandbox('deleted')]
  const keys = [await logIn(reset.baseUrl('live'), '13800003001'), await logIn(deleted.baseUrl('live'), '13800003001')]
  await reset.reset()
  await deleted.delete()
  await stop(first)
  const second = await start(data)
  for (const [i, name] of ['reset', 'deleted'].entries()) {
    const me = await send(`${(await second.sandbox(name)).baseUrl('live')}/users/my`, { headers: authorization(keys[i] ?? '') })
    expect(me.json).toMatchObject({ code: 4010 })
  }
})

test('the journal is the same again: what had to go and what was removed does not come back, and ids go on counting', async () => {
  const data = freshFolder()
  const ids = async (stub: Stub) => (await (await stub.sandbox('a')).requests.list()).map(({ id }) => id)
  const call = async (stub: Stub, times: number, path = '/channels/live') => {
    const base = (await stub.sandbox('a')).baseUrl('live')
    for (let i = 0; i < times; i++) await send(`${base}${path}`)
  }
  const first = await start(data, { journal: 10 })
  await call(first, 14)
  await stop(first)

  const second = await start(data, { journal: 10 })
  expect(await ids(second)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5])
  await call(second, 2)
  await call(second, 1, '/auth/code?mobile=13800003001')
  // Those of the first stub and of the second lie in different records; both lose some.
  await (await second.sandbox('a')).requests.clear({ operationId: 'liveSendCode' })
  await stop(second)

  const third = await start(data, { journal: 10 })
  expect(await ids(third)).toEqual([16, 15, 14, 13, 12, 11, 10, 9, 8])
  await call(third, 1)
  expect((await ids(third))[0]).toBe(18)
  await (await third.sandbox('a')).requests.clear()
  await stop(third)

  const fourth = await start(data, { journal: 10 })
  expect(await ids(fourth)).toEqual([])
  await call(fourth, 1)
  expect(await ids(fourth)).toEqual([19])
})

test('what was removed from the journal of one sandbox is missing in no other', async () => {
  const data = freshFolder()
  const first = await start(data)
  for (const name of ['a', 'b']) for (const path of ['/channels/live', '/auth/code?mobile=13800003001', '/channels/live']) await send(`${(await first.sandbox(name)).baseUrl('live')}${path}`)
  await stop(first)
  const second = await start(data)
  await (await second.sandbox('b')).requests.clear({ operationId: 'liveSendCode' })
  await stop(second)
  const third = await start(data)
  expect(await Promise.all(['a', 'b'].map(async (name) => (await (await third.sandbox(name)).requests.list()).map(({ id }) => id)))).toEqual([[3, 2, 1], [3, 1]])
})

test('which sandboxes were used last is known again', async () => {
  const data = freshFolder()
  const look = (stub: Stub, name: string) => send(`${stub.url}/@${name}/live/nothing`)
  const names = async (stub: Stub) => (await stub.sandboxes()).map(({ name }) => name)
  const first = await start(data)
  const all = Array.from({ length: 12 }, (_, i) => `box-${String(i)}`)
  for (const name of all) await look(first, name)
  await stop(first)
  const second = await start(data)
  expect(await names(second)).toEqual(all.toReversed())
  await send(`${second.url}/@box-0/live/auth/code?mobile=13800003001`)
  await stop(second)
  expect(await names(await start(data))).toEqual(['box-0', ...all.slice(1).reverse()])
})

test('what a stub that was killed had no time to remove is gone after the next start', async () => {
  const data = freshFolder()
  const first = await start(data)
  await (await first.sandbox('alice')).reset()
  await stop(first)
  const left = [keys.commit('ghost', 1, 1), keys.journal('ghost', 3), keys.commit('alice', 1, 5)]
  const disk = await Disk.open(data)
  await disk.write(left.map((key) => ({ type: 'put', key, value: '{}' })))
  await disk.close()
  await stop(await start(data))
  const again = await Disk.open(data)
  const there = await again.keys(startingWith(keys.sandboxes))
  await again.close()
  expect(there.length).toBeGreaterThan(0)
  expect(there.filter((key) => !key.startsWith(keys.generation('alice', 2)))).toEqual([])
})

test('one stub at a time: a second one is refused by name', async () => {
  const data = freshFolder()
  await start(data)
  await expect(start(data)).rejects.toThrow(`is used by another stub (process ${String(process.pid)})`)
})

test('a folder of another seed or of other systems is refused with what differs, and nothing of it is lost', async () => {
  const data = freshFolder()
  const first = await start(data)
  const key = await logIn((await first.sandbox('a')).baseUrl('live'), '13800003001')
  await stop(first)
  await expect(start(data, { seed: 2 })).rejects.toThrow('seed (there "1", here "2")')
  await expect(start(data, { systems: ['live'] })).rejects.toThrow('systems (there "im, live", here "live")')
  const again = await start(data)
  expect((await send(`${(await again.sandbox('a')).baseUrl('live')}/users/my`, { headers: authorization(key) })).json).toMatchObject({ code: 2000 })
})

test('a folder can be checked, read and cleared; another is left alone', async () => {
  const data = freshFolder()
  const first = await start(data)
  await logIn((await first.sandbox('a')).baseUrl('live'), '13800003009')
  await stop(first)
  const { sandboxes } = await readFolder(data, keyOfRecords(systems))
  expect(JSON.stringify(sandboxes.find(({ name }) => name === 'a')?.content.stores['live'])).toContain('13800003009')
  await clearFolder(data)
  expect((await readFolder(data, keyOfRecords(systems)).catch((error: unknown) => String(error)))).toMatch(/was not written by a stub/)
})

/** Starts the command line on the folder, as a user would. */
async function startProcess(data: string, system = 'live'): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [cliFile, 'start', '--port', '0', '--data', data, system], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url !== undefined) return { url, child }
  }
  throw new Error('the stub did not start')
}

const ROUNDS = Number(process.env['UNDERSTUDY_KILLS'] ?? 5)

test(`killed ${String(ROUNDS)} times in the midst of calls, it has everything that it had acknowledged`, { timeout: 60_000 + ROUNDS * 20_000 }, async () => {
  const data = freshFolder()
  const acknowledged = new Map<string, string>()
  let mobile = 13_900_000_000
  for (let round = 0; round < ROUNDS; round++) {
    const { url, child } = await startProcess(data)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    for (const [number, key] of [...acknowledged].slice(-50)) {
      const me = await send(`${url}/users/my`, { headers: authorization(key) })
      expect(me.json, `${number} after ${String(round)} kills`).toMatchObject({ code: 2000, user: { mobile: number } })
    }
    // Eight at a time log in; the process is killed when so many are through, which is another number in every round.
    let through = 0
    const enough = 20 + ((round * 37) % 60)
    await Promise.all(Array.from({ length: 8 }, async () => {
      while (through < enough) {
        const number = String(++mobile)
        const key = await logIn(url, number).catch(() => null)
        if (key === null) return
        acknowledged.set(number, key)
        if (++through === enough) child.kill('SIGKILL')
      }
    }))
    child.kill('SIGKILL')
    await gone
    const { sandboxes } = await readFolder(data, keyOfRecords(systems))
    const users = JSON.stringify(sandboxes[0]?.content.stores['live'])
    for (const number of acknowledged.keys()) expect(users).toContain(number)
  }
  const last = await startProcess(data)
  const stub = await connect(last.url)
  const box = await stub.sandbox('default')
  // Indexes agree with records: each number is one user, found by it.
  const found = await box.db('live').list('users')
  expect(new Set(found.map(({ mobile: number }) => number)).size).toBe(found.length)
  last.child.kill('SIGKILL')
})

test('stopped as it should be, it has what was uploaded, and can still be stepped back to what that took the place of', async () => {
  const data = freshFolder()
  const first = await start(data)
  const url = (await first.sandbox('alice')).baseUrl('im')
  const show = async (from: string) => Buffer.from(await (await fetch(`${from}/media/avatars/android/a.png`)).arrayBuffer())
  for (const fill of [1, 2]) expect((await send(`${url}/android/save_file/`, { method: 'POST', body: { name: 'a.png', content: Buffer.alloc(100_000, fill).toString('base64') } })).status).toBe(200)
  await stop(first)
  const box = await (await start(data)).sandbox('alice')
  expect((await show(box.baseUrl('im'))).equals(Buffer.alloc(100_000, 2))).toBe(true)
  await box.rewind(1)
  expect((await show(box.baseUrl('im'))).equals(Buffer.alloc(100_000, 1))).toBe(true)
})

test('killed right after an upload, it has the bytes; a file that no record names any more is gone from the folder', { timeout: 120_000 }, async () => {
  const data = freshFolder()
  const save = async (url: string, fill: number) => {
    const content = Buffer.alloc(100_000, fill).toString('base64')
    expect((await send(`${url}/android/save_file/`, { method: 'POST', body: { name: 'a.png', content } })).status).toBe(200)
  }
  const show = async (url: string) => Buffer.from(await (await fetch(`${url}/media/avatars/android/a.png`)).arrayBuffer())
  for (const fill of [1, 2, 3]) {
    const { url, child } = await startProcess(data, 'im')
    if (fill > 1) expect((await show(url)).equals(Buffer.alloc(100_000, fill - 1))).toBe(true)
    await save(url, fill)
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  const { url, child } = await startProcess(data, 'im')
  const box = await (await connect(url)).sandbox('default')
  // What was replaced is there again where the sandbox is stepped back to it.
  for (const fill of [4, 5]) await save(url, fill)
  await box.rewind((await box.history()).history.at(-2)?.call?.id ?? 0)
  expect((await show(url)).equals(Buffer.alloc(100_000, 4))).toBe(true)
  await box.reset()
  expect((await show(url)).length).toBeLessThan(100_000)
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
  const disk = await Disk.open(data)
  expect(await disk.keys(startingWith(keys.files))).toEqual([])
  await disk.close()
})
