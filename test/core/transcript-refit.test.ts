/** What becomes of kept sandboxes where systems and worlds are others than before: what fits stays, and the rest is put aside. */
import { expect, test } from 'vitest'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { checkRecords, misfitOf } from '../../src/core/records.js'
import { refit } from '../../src/core/refit.js'
import type { Served } from '../../src/core/sandbox.js'
import type { SandboxContent } from '../../src/core/sandbox-state.js'
import { Pace } from '../../src/core/slices.js'
import { SEQUENCES } from '../../src/core/store/transaction.js'
import { buildWorld } from '../../src/core/store/world.js'
import type { Doc } from '../../src/core/store/types.js'
import type { System } from '../../src/core/system.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { control, Server } from '../support/engine-server.js'
import { entryOf } from '../support/two-processes.js'
import { shown, WrittenDown } from '../support/written-down.js'

const user = (id: number, mobile = `1380000${String(3000 + id)}`): Doc => ({ id, mobile, nickname: `n${String(id)}`, bio: '', avatar: '', gender: null })
const keyOf = (system: string, collection: string, doc: Doc) => (system === live.id || system === trid.id ? (doc[live.state[collection]?.key ?? 'id'] as string | number) : Number(doc['id'])) // keys of records
const switches = { smsSource: 'fixed', settings: {}, outages: [], maintenance: null } as const
const fresh = { ...control, systems: { live: switches, trid: switches } }
const content = (stores: SandboxContent['stores'], systems: SandboxContent['control']['systems'] = fresh.systems): SandboxContent => ({ control: { ...control, requests: 7, era: 2, systems }, origin: { boot: 5, scale: 0 }, stores })
const records = (put: readonly Doc[], deleted: readonly (string | number)[] = []) => ({ put, deleted })

const cases: Readonly<Record<string, SandboxContent>> = {
  'nothing of its own': content({}),
  'sound': content({ live: { users: records([user(1), user(70)], [2]), [SEQUENCES]: records([{ name: 'users', next: 71 }]) } }),
  'a record without a field, and one of another type': content({ live: { users: records([user(1), { id: 71, mobile: '13800003071' }, { ...user(72), gender: 'x' }], [2]) } }),
  'a collection that is gone': content({ live: { users: records([user(73)]), pets: records([{ id: 1 }, { id: 2 }], [9]) } }),
  'a system that is gone': content({ live: { users: records([user(74)]) }, shop: { items: records([{ id: 1 }, { id: 2 }]), more: records([], [3]) } }),
  'a system that is gone, and kept nothing': content({ shop: {} }),
  'a number that the world has now': content({ live: { users: records([user(75, '13800003003'), user(76)]) } }),
  'a number of the world of which the record is gone': content({ live: { users: records([user(77, '13800003003')], [3]) } }),
  'two of one number': content({ live: { users: records([user(78, '13900000000'), user(79, '13900000000')]) } }),
  'a system that came later': content({ live: { users: records([user(80)]) } }, { live: switches }),
  'other switches': content({}, { live: { ...switches, smsSource: 'sequence', outages: ['x'] }, trid: switches }),
  'a system that is gone, and kept no record, beside one that is there': content({ live: { users: records([user(81)]) }, shop: { items: records([], [3]) } }),
  'a name that every object has': content({ live: JSON.parse('{"toString":{"put":[{"id":1}],"deleted":[]},"__proto__":{"put":[{"id":2}],"deleted":[]}}') as SandboxContent['stores'][string] }),
}

test('each sandbox for itself, with what was put aside', async () => {
  const told = new WrittenDown()
  const engine = memoryEngine()
  const server = new Server(engine, 64 * 1024 * 1024)
  await server.start({ most: 50, keyOf, journalLimit: 20 })
  for (const [name, stored] of Object.entries(cases)) {
    const log = server.open(name)
    const generation = await log.replace(stored)
    for (const url of ['/1', '/2']) {
      await log.begin()
      await log.append(entryOf(url), generation)
    }
    // What was changed since stands in commits.
    await log.commit({ generation, base: 0, reads: [], changes: [{ collection: 'users', key: 90, before: null, after: user(90) }, { collection: 'users', key: 1, before: user(1), after: null }], files: new Map(), namesFiles: false, request: null, scope: { system: 'live', touched: () => new Set(), isOfWorld: () => true } })
  }
  server.happened()
  const of = (system: System, given: Readonly<Record<string, readonly Doc[]>>): Served => {
    const world = buildWorld(system.state, given, 5)
    return { system, world, worldAt: () => Promise.resolve(world) }
  }
  const served = new Map([['live', of(live, { users: [user(1), user(2), user(3)] })], ['trid', of(trid, {})]])
  const aside = await refit({ engine, house: { keyOf, pace: new Pace() }, served, fresh })
  for (const name of Object.keys(cases)) {
    told.part(name)
    for (const { sandbox, system, collection, why, record } of aside) if (sandbox === name) told.note('put aside', [system, collection, why, record])
    const log = server.open(name)
    const { generation, requests, content: now, commits, isWhole } = await log.load()
    told.note('is now', [generation, requests, commits.length, isWhole, (await log.status()).size, now.control.era, now.control.requests, now.origin])
    told.note('switches', now.control.systems)
    told.note('keeps', now.stores)
  }
  told.note('told', server.happened())
  told.note('once more', await refit({ engine, house: { keyOf, pace: new Pace() }, served, fresh }))
  told.note('told', server.happened())
  await told.isThatOf('refit')
})

test('records that may not be stored are named with what is wrong', async () => {
  const told = new WrittenDown()
  const misfits: readonly unknown[] = [user(1), { ...user(1), gender: 'x' }, { ...user(1), more: 1 }, { id: '1' }, null, 5, [], {}]
  await told.table('misfitOf', (collection: string, record: unknown) => [misfitOf(live, collection, record), record], [...misfits.map((record) => ['users', record] as const), ['none', {}], ['toString', {}], ['sessions', {}]])
  const fixtures: readonly unknown[] = [null, [], 5, {}, { users: [] }, { users: {} }, { users: 5 }, { users: [user(1)] }, { users: [user(1), { id: 2 }] }, { users: [{ ...user(1), id: null }, 5, { ...user(3), bio: 1 }] }, { user: [] }, { nothing: [], users: [5] }, { toString: [] }, { users: Array.from({ length: 10 }, (_, id) => ({ id })) }, { users: Array.from({ length: 11 }, (_, id) => ({ id })) }, { users: Array.from({ length: 25 }, (_, id) => ({ id: String(id) })) }]
  await told.table('checkRecords', (fixture: unknown) => {
    checkRecords(live, fixture, 'FILE')
    return 'fits'
  }, fixtures.map((one) => [one] as const))
  await told.isThatOf('records-misfits')
})

test('what is there is not made anew', async () => {
  const engine = memoryEngine()
  const server = new Server(engine, 64 * 1024 * 1024)
  await server.start()
  expect(shown(await refit({ engine, house: { keyOf, pace: new Pace() }, served: new Map(), fresh }))).toBe('[]')
  expect(await engine.names()).toEqual([])
})
