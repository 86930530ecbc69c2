/** A server that takes other systems and worlds over while it runs: sandboxes go on, and records that have no place any more are put aside. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connect } from '../src/client/stub.js'
import { ContinuedEngine } from '../src/core/engine/continued.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import type { System } from '../src/core/system.js'
import { fixturesFolder } from '../src/paths.js'
import { startServer } from '../src/server.js'
import { edu } from '../src/systems/edu/index.js'
import { im } from '../src/systems/im/index.js'
import { live } from '../src/systems/live/index.js'
import { trid } from '../src/systems/trid/index.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const fixtures = mkdtempSync(join(tmpdir(), 'understudy-renewal-'))
cpSync(fixturesFolder, fixtures, { recursive: true })
afterAll(() => {
  rmSync(fixtures, { recursive: true })
})

/** A live that knows notes as well. */
const withNotes: System = {
  ...live,
  state: { ...live.state, notes: { key: 'id' } },
  contract: { ...live.contract, collections: { ...live.contract.collections, notes: { fields: {} } } },
  validators: { ...live.validators, records: { ...live.validators.records, notes: Object.assign(() => true, { errors: [] }) as never } }, // it never complains
}

/** A live in which nobody is called Nobody. */
const strict: System = {
  ...live,
  validators: { ...live.validators, records: { ...live.validators.records, users: Object.assign((record: { readonly nickname?: unknown }) => record.nickname !== 'Nobody', { errors: [] }) as never } }, // it complains of nothing in particular
}

test('what does not fit is told record by record, and each sandbox goes on with the rest', async () => {
  const engine = new ContinuedEngine(memoryEngine())
  const server = await startServer({ systems: [withNotes, im], engine, fixtures, seed: 7 })
  closing.push(() => server.close())
  expect(server.aside).toEqual([])
  const stub = await connect(server.url)
  const [alice, bob] = [await stub.sandbox('alice'), await stub.sandbox('bob')]
  const logIn = async (mobile: string) => {
    await alice.client('live').GET('/auth/code', { params: { query: { mobile } } })
    return (await alice.client('live').POST('/auth/login', { body: { mobile, auth_code: '123456' } })).data
  }
  await logIn('13800003777')
  await alice.db('live').update('users', 2, { nickname: 'Nobody' })
  await alice.db('live').update('users', 3, { nickname: 'Somebody' })
  await alice.db('live').delete('channels', 1)
  await alice.db('live' as never).create('notes' as never, { id: 1, text: '记下' } as never) // a collection that the contract of the package has not
  const { session } = await alice.sessions.issue({ system: 'im', user: '13800004001' })
  await alice.faults.add({ system: 'live', fault: { kind: 'latency', min: 1 } })
  await bob.client('live').GET('/auth/code', { params: { query: { mobile: '13800003001' } } })
  const [last] = await alice.requests.list()

  // Somebody of the new world has the number of a user who was made here.
  const file = join(fixtures, 'live/world.json')
  const world = JSON.parse(readFileSync(file, 'utf8')) as { readonly users: readonly object[] } // the package's own
  writeFileSync(file, JSON.stringify({ ...world, users: [...world.users, { ...world.users[2], id: 4, mobile: '13800003777', nickname: 'Of the world' }] }))
  const aside = await server.renew({ systems: [strict, trid], engine, fixtures, seed: 7 })
  const told = aside.map(({ sandbox, system, collection, why, record }) => [sandbox, system, collection, record['id'] ?? record['key'], why])
  expect(told.filter(([, system]) => system === 'im')).toEqual([['alice', 'im', 'sessions', session.id, 'the system im is not served']])
  expect(told.filter(([, system]) => system === 'live')).toEqual([
    ['alice', 'live', 'users', 2, 'it is not valid'],
    ['alice', 'live', 'notes', 1, 'there is no collection notes any more'],
    ['alice', 'live', 'users', 100, expect.stringContaining('mobile')],
  ])

  expect((await stub.health()).systems).toEqual(['live', 'trid'])
  const users = await alice.db('live').list('users')
  expect(users.map(({ id, nickname }) => [id, nickname])).toEqual([[1, users[0]?.nickname], [2, '老周讲产品'], [3, 'Somebody'], [4, 'Of the world']])
  expect((await alice.db('live').list('channels')).map(({ id }) => id)).not.toContain(1)
  expect(await alice.faults.list()).toHaveLength(1)
  // What happened before cannot be gone back to, and no number comes twice.
  expect(await alice.requests.list()).toEqual([])
  expect(await logIn('13800003777')).toMatchObject({ code: 2000, mobile: '13800003777' })
  expect((await alice.requests.list()).every(({ id }) => id > Number(last?.id))).toBe(true)

  // Whatever kept fits, is kept as it was.
  const again = await server.renew({ systems: [strict, trid], engine, fixtures, seed: 7 })
  expect(again).toEqual([])
  expect(await alice.requests.list()).toHaveLength(2)

  // A system that comes later has in them what it has in new ones.
  expect(await server.renew({ systems: [strict, trid, edu], engine, fixtures, seed: 7 })).toEqual([])
  const settingsOf = async (sandbox: string) => (await fetch(`${server.url}/__admin/sandboxes/${sandbox}/settings`)).json()
  expect(await settingsOf('new')).toEqual({ settings: expect.arrayContaining([{ system: 'edu', settings: expect.objectContaining({ httpStatus: 'mapped' }) as object }]) as unknown[] })
  for (const sandbox of ['alice', 'bob']) expect(await settingsOf(sandbox)).toEqual(await settingsOf('new'))
})

test('an engine that others use as well cannot go on under another server', () => {
  expect(() => new ContinuedEngine(redisEngine('redis://127.0.0.1:1'))).toThrow('an engine of the kind redis keeps sandboxes for others too, who would know nothing of an edit; use memory or a folder')
})
