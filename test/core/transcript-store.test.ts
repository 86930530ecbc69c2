/** What sandboxes keep: drawn sequences of operations, each with all that is to be seen after it, and bounds around their edges. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { applyControl, controlChanges } from '../../src/core/control-state.js'
import type { Commit, Engine, Loaded, NewEntry } from '../../src/core/engine/engine.js'
import { Disk } from '../../src/core/engine/file/disk.js'
import { fileEngine } from '../../src/core/engine/file/engine.js'
import { clearFolder, readFolder } from '../../src/core/engine/file/folder.js'
import { asHouse, checkHouse } from '../../src/core/engine/file/house.js'
import { startingWith } from '../../src/core/engine/file/layout.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { MemoryJournal } from '../../src/core/engine/memory/journal.js'
import { Pieces } from '../../src/core/engine/memory/pieces.js'
import { pack, rowOf, unpack } from '../../src/core/engine/memory/rows.js'
import { happenings, momentOf, reachOf } from '../../src/core/history.js'
import { cut, type EntryHead, keep, rareOf } from '../../src/core/journal.js'
import type { ControlState } from '../../src/core/sandbox-state.js'
import { SmsCodes, smsCollection, type SmsPolicy, type SmsRecords } from '../../src/core/sms.js'
import type { Transaction } from '../../src/core/store/types.js'
import { foldersOfTheFile } from '../support/folders.js'
import { sandboxesOn, shopOf } from '../support/sandboxes.js'
import { Draw, shown, WrittenDown } from '../support/written-down.js'

interface Item { id: number; name: string | null; group: string; rank: number; hidden: boolean }
interface Records { items: Item }
const items = {
  key: 'id', unique: [['name']], index: [['group'], ['group', 'hidden']],
  order: { visible: { by: ['-rank'], where: (item: Item) => !item.hidden }, all: { by: ['group', '-rank'] } },
} as const
const pictures = { key: 'id', namesFiles: true } as const
const world = [1, 2, 3, 4].map((id) => ({ id, name: `n${String(id)}`, group: id % 2 === 0 ? 'a' : 'b', rank: id, hidden: id === 3 }))

const newFolder = foldersOfTheFile()

const entryOf = (more: Partial<NewEntry> = {}): NewEntry => ({ at: 5, duration: 0.5, system: 'shop', operation: 'buy', method: 'GET', url: '/', requestHeaders: { a: 'b' }, requestBody: null, status: 200, responseHeaders: {}, responseBody: null, user: null, error: null, faults: [], violations: [], changes: [], preflight: false, version: 0, ...more })

test('one transaction after another, drawn by chance', async () => {
  const told = new WrittenDown()
  const { store } = await shopOf<Records>({ state: { items }, records: { items: world } })
  const draw = new Draw(13)
  const anyItem = (): Item => ({ id: 1 + draw.below(8), name: draw.below(5) === 0 ? null : `n${String(1 + draw.below(8))}`, group: draw.of(['a', 'b']), rank: draw.below(4), hidden: draw.below(3) === 0 })
  const steps: readonly ((tx: Transaction<Records>, item: Item) => Promise<unknown>)[] = [
    (tx, item) => tx.insert('items', item), (tx, item) => tx.put('items', item), (tx, { id, ...patch }) => tx.update('items', id, patch), (tx, { id, rank }) => tx.update('items', id, { rank }), (tx, { id }) => tx.delete('items', id), (tx, { id }) => tx.get('items', id),
    (tx, { name }) => tx.find('items', { name }), (tx, { group }) => tx.findAll('items', { group }), (tx, { group, hidden }) => tx.findAll('items', { group, hidden }), (tx, { id, rank }) => tx.page('items', 'visible', { offset: rank, limit: id }), (tx, { id, rank }) => tx.page('items', 'all', { offset: rank, limit: id }),
    (tx, { group }) => tx.list('items', (one) => one.group === group), (tx, { id, rank }) => tx.part('items', { offset: rank, limit: id }), (tx) => tx.measure('items'), (tx, { rank, group }) => tx.next(group, rank), (tx, { rank }) => tx.find('items', { rank }), (tx, { rank }) => tx.findAll('items', { rank }), (tx, { id }) => tx.update('items', id, { id: id + 1 }), (tx) => tx.page('items', 'none', { offset: 0, limit: 1 }),
  ]
  for (let i = 0; i < 150; i++) {
    const work = Array.from({ length: 1 + draw.below(3) }, () => [draw.of(steps), anyItem()] as const)
    const fails = draw.below(6) === 0
    const results: unknown[] = []
    await told.try(`${String(i)} ${work.map(([step, item]) => `${String(steps.indexOf(step))} ${shown(Object.values(item))}`).join('; ')}`, async () => {
      const { changes } = await store.transact(async (tx) => {
        results.length = 0
        for (const [step, item] of work) results.push(await step(tx, item))
        if (fails) throw new Error('given up')
      })
      return changes.map(({ key, before, after }) => [key, before === null ? null : Object.values(before), after === null ? null : Object.values(after)])
    })
    told.note('  read', results)
    if (i % 10 === 9) told.note('  content', await store.export())
  }
  await told.isThatOf('store-transactions')
})

const gallery = { shop: { state: { items, pictures }, records: { items: world, pictures: [] } } }

/** The same steps on an engine; whichever it is, they show the same. */
async function story(told: WrittenDown, engine: Engine, seed: number): Promise<void> {
  const sandboxes = await sandboxesOn(engine, { systems: gallery, journalLimit: 12 })
  const draw = new Draw(seed)
  for (let i = 0; i < 90; i++) {
    const name = draw.of(['one', 'two'])
    const sandbox = sandboxes.open(name)
    const [kind, id, to] = [draw.below(12), 1 + draw.below(9), draw.below(30)]
    await told.try(`${String(i)} ${name} ${String(kind)} ${String(id)} ${String(to)}`, async () => {
      switch (kind) {
        case 0: return sandbox.reset()
        case 1: return sandbox.rewind(to)
        case 2: return sandbox.control.change((state) => ({ ...state, clock: { offset: id, frozenAt: null }, nextFault: state.nextFault + 1 }))
        case 3: return sandbox.control.change((state) => ({ ...state, faults: to % 2 === 0 ? state.faults.slice(1) : [...state.faults, { id: `f${String(i)}`, system: '*', operationId: '*', fault: { kind: 'drop' }, times: id, probability: 1, matched: 0, fired: 0 }] }))
        case 4: return (await sandbox.history(6)).happened.map((one) => (one.kind === 'call' ? one.entry.id : [one.commit.version, one.commit.changes.length]))
        case 5: return (await sandbox.at(to))?.content().stores
        case 6: {
          const { content, files } = await sandbox.whole()
          await sandboxes.open(name === 'one' ? 'two' : 'one').replace(content, files)
          return [...files.keys()].length
        }
        default: return sandbox.during(async (turn) => {
          const store = turn.store('shop') as unknown as { transact<T>(work: (tx: Transaction<Records & { pictures: { id: number; hash: string; size: number } }>) => Promise<T>): Promise<{ changes: readonly { key: string | number }[] }> } // its records are these
          const { changes } = await store.transact(async (tx) => {
            if (to % 3 === 0) await tx.delete('items', id)
            else if (to % 3 === 1) await tx.put('items', { id, name: `m${String(to)}`, group: 'c', rank: to, hidden: false })
            else await tx.put('pictures', { id, ...tx.addFile(Buffer.from(`picture ${String(to % 4)}`)) })
          })
          await turn.record(entryOf({ url: `/${String(i)}`, version: turn.version, status: to % 2 === 0 ? 200 : 404, responseBody: keep('x'.repeat(to)) }))
          return [turn.request, turn.ids('shop').hex(6), changes.map(({ key }) => key)]
        }, true)
      }
    })
    const { control, stores } = await sandbox.content()
    told.note('  is', [control.requests, control.era, control.clock.offset, control.faults.map((rule) => rule.id), control.nextFault, stores])
    told.note('  history', [await sandbox.reach(), (await sandbox.journal.read()).map((entry) => `${String(entry.id)} ${entry.url} ${String(entry.version)} ${String(entry.requests)} ${String(entry.responseBody?.size)}`)])
  }
  told.note('names', [await engine.names(), await engine.makeUpName(), await engine.makeUpName(), await engine.has('one'), await engine.delete('two'), await engine.delete('two'), await engine.names()])
}

test('sandboxes on an engine in memory, and in a folder that is closed and opened again, are the same at each step', async () => {
  const folder = newFolder()
  const left: string[] = []
  const look = async (engine: Engine) => {
    const box = (await sandboxesOn(engine, { systems: gallery, journalLimit: 12 })).open('one')
    left.push(shown([await box.whole(), await box.journal.read(), await box.reach()]).replaceAll('], [', '],\n['))
    await engine.stop()
  }
  for (const engine of [memoryEngine(), fileEngine(folder)]) {
    const told = new WrittenDown()
    await story(told, engine, 21)
    // One text for both.
    await told.isThatOf('store-engines')
    await look(engine)
  }
  await look(fileEngine(folder))
  expect(left.slice(1)).toEqual([left[0], left[0]])
})

test('a folder of which something is missing, or that something else has written', async () => {
  const told = new WrittenDown()
  const folder = newFolder()
  const named = (text: unknown) => String(text).replaceAll(folder, 'FOLDER').replace(/ \(process \d+\)/, '')
  const systems = { shop: { state: { items }, records: { items: world } } }
  const engine = fileEngine(folder)
  const box = (await sandboxesOn(engine, { systems })).open('box')
  for (let id = 10; id < 14; id++) {
    await box.during(async (turn) => {
      await turn.transact('shop', (tx) => (tx as unknown as Transaction<Records>).put('items', { id, name: null, group: 'g', rank: id, hidden: false })) // as above
      await turn.record(entryOf({ url: `/${String(id)}`, version: turn.version }))
    }, true)
  }
  await told.try('opened twice', () => Disk.open(folder).catch((error: unknown) => named(error)))
  await engine.stop()
  const keyOf = () => 'key'
  const opened = async (change: (disk: Disk) => Promise<unknown>, restore: (disk: Disk) => Promise<unknown>) => {
    const disk = await Disk.open(folder)
    await change(disk)
    await disk.close()
    const found = await readFolder(folder, keyOf).then((report) => report.sandboxes.map(({ name, generation, commits, entries }) => [name, generation, commits, entries]), named)
    const again = await Disk.open(folder)
    await restore(again)
    await again.close()
    return found
  }
  const disk = await Disk.open(folder)
  const all: [string, unknown][] = []
  for (const key of await disk.keys(startingWith(''))) if (!key.includes('/j/')) all.push([key, await disk.read(key)])
  await disk.close()
  const textOf = (value: unknown) => JSON.stringify(value)
  for (const [key, value] of all) await told.try(`without ${key}`, () => opened((one) => one.write([{ type: 'del', key }]), (one) => one.write([{ type: 'put', key, value: textOf(value) }])))
  const houses: readonly unknown[] = [5, null, {}, { format: 3 }, { format: 5, identity: {} }, { format: '4' }, []]
  const house = all.find(([key]) => key === 'house')?.[1]
  for (const other of houses) await told.try(`house ${shown(other)}`, () => opened((one) => one.write([{ type: 'put', key: 'house', value: textOf(other) }]), (one) => one.write([{ type: 'put', key: 'house', value: textOf(house) }])))
  await told.table('asHouse', (stored: unknown) => asHouse(stored, 'F'), houses.map((one) => [one] as const))
  await told.table('checkHouse', (stored: unknown, identity: Readonly<Record<string, string>>) => checkHouse(stored, identity, 'F'), [[{ format: 4, identity: { a: '1' } }, { a: '1' }], [{ format: 4, identity: { a: '1' } }, { a: '2', 'contract of x': 'y' }]])
  const other = await Disk.open(folder)
  await other.write([{ type: 'del', key: 'house' }])
  await other.close()
  await told.try('clearing what no stub wrote', () => clearFolder(folder).catch((error: unknown) => named(error)))
  await told.try('a file instead of a folder', () => Disk.open(join(folder, 'owner.json')).catch((error: unknown) => named(error)))
  await told.try('below a file', () => Disk.open(join(folder, 'owner.json', 'x')).catch((error: unknown) => named(error)))
  await told.isThatOf('store-folder')
})

test('how much records, files, histories and journals may take up', async () => {
  const told = new WrittenDown()
  for (const total of [400_000, 1_000_000]) {
    const budget = new Budget(total)
    const reports: string[] = []
    const sandboxes = await sandboxesOn(memoryEngine(), { systems: gallery, budget, most: 4, report: (line) => reports.push(line) })
    told.part(`of ${String(total)} bytes`)
    const used = () => (['records', 'files', 'history', 'journal'] as const).map((kind) => budget.used(kind))
    for (let i = 0; i < 24; i++) {
      await told.try(`step ${String(i)}`, async () => {
        const box = sandboxes.open(`box${String(i % 6)}`)
        const size = [10, 1000, 8000, 20_000][i % 4] ?? 0
        await box.during(async (turn) => {
          await turn.transact('shop', async (tx) => {
            const open = tx as unknown as Transaction<Records & { pictures: { id: number; hash: string; size: number } }> // its records are these
            if (i % 3 === 0) await open.put('pictures', { id: i, ...open.addFile(Buffer.alloc(size * 2, i)) })
            else if (i % 3 === 1) await open.put('items', { id: i + 10, name: 'x'.repeat(size) + String(i), group: 'g', rank: 1, hidden: false })
            else await open.delete('items', 1 + (i % 4))
          })
          await turn.record(entryOf({ responseBody: keep('y'.repeat(size)) }))
        }, true)
        return box.reach()
      })
      told.note('  used', used())
    }
    told.note('reports', reports)
  }
  const journal = (limit: number, most: number) => new MemoryJournal(limit, most)
  await told.table('journals', (limit: number, most: number, ...sizes: readonly number[]) => {
    const one = journal(limit, most)
    const dropped = sizes.map((size) => one.add(entryOf({ requestBody: keep('z'.repeat(size)) }), 1))
    return [dropped, one.size, one.count, one.bytes, one.oldestVersion, one.dropOldest(), one.bytes]
  }, [[2, 1e9, 1, 1, 1], [9, 5000, 1, 1, 1], [9, 4096, 1000, 1000, 1000, 1000], [9, 1, 10, 10], [9, 200_000, 70_000, 70_000, 1, 70_000], [1, 1e9, 0, 0]])
  const rows = (count: number) => {
    const pieces = new Pieces()
    return Array.from({ length: count }, (_, i) => rowOf(entryOf({ url: `/${String(i)}`, responseBody: keep(Buffer.from([i, 255, 0])), requestBody: keep('周'.repeat(i)) }), i + 1, i, pieces))
  }
  const packed = pack(rows(3))
  told.note('unpacked', unpack(packed))
  told.note('weights', rows(3).map(({ weight, json }) => [weight, json]))
  // Where it breaks differs in words from one engine of JavaScript to another.
  const outcomes = new Map<string, number>()
  for (let length = 0; length < packed.length; length++) {
    let outcome = 'read'
    try {
      unpack(packed.subarray(0, length))
    } catch (error) {
      outcome = error instanceof Error ? error.name : 'thrown'
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  told.note('cut at every place', outcomes)
  await told.isThatOf('store-room')
})

test('entries, history, control state and codes by SMS', async () => {
  const told = new WrittenDown()
  const bodies: readonly (string | Uint8Array)[] = ['', 'a', '周', 'x'.repeat(65_536), 'x'.repeat(65_537), '周'.repeat(21_845), '周'.repeat(21_846), Buffer.alloc(0), Buffer.from([255, 0]), Buffer.alloc(65_537, 'y')]
  await told.table('keep', (body: string | Uint8Array) => keep(body), bodies.map((one) => [one] as const))
  const change = (length: number) => ({ collection: 'c', key: 1, before: null, after: { id: 1, text: 'x'.repeat(length), deep: [{ t: 'y'.repeat(length) }] } })
  const changes = (count: number, length: number) => Array.from({ length: count }, () => change(length))
  await told.table('cut', (url: number, violations: readonly string[], count: number, length: number) => cut({ url: '/'.padEnd(url, 'u'), violations, changes: changes(count, length) }), [[1, [], 0, 0], [16_384, [], 0, 0], [16_385, [], 0, 0], [1, ['x'.repeat(1024)], 0, 0], [1, ['x'.repeat(1025)], 0, 0], [1, Array.from({ length: 100 }, () => 'v'), 0, 0], [1, Array.from({ length: 102 }, () => 'v'), 0, 0], [16_385, Array.from({ length: 100 }, () => 'v'), 0, 0], [16_385, Array.from({ length: 101 }, () => 'v'), 0, 0], [1, [], 1, 16_000], [1, [], 1, 33_000], [1, [], 100, 100], [1, [], 200, 100], [1, [], 40, 1024], [1, [], 40, 1025]])
  await told.table('whether changes are kept as they are', (length: number) => cut({ url: '/', violations: [], changes: changes(76, length) }) === null, [[154], [155], [156]])
  told.note('rareOf', [rareOf({}), rareOf({ changesLeftOut: 1 }), rareOf({ via: { source: 'real', reason: null } }), rareOf({ changesLeftOut: undefined } as unknown as { changesLeftOut: number })])

  const control: ControlState = { clock: { offset: 0, frozenAt: null }, requests: 3, seed: '1', era: 0, systems: { live: { smsSource: 'fixed', settings: {}, outages: [], maintenance: null } }, faults: [], nextFault: 1 }
  const commit = (version: number, request: number | null): Commit => ({ version, system: 'shop', changes: [], request, touched: () => new Set() })
  const loaded = (versions: readonly (readonly [number, number | null])[], isWhole: boolean, version = versions.at(-1)?.[0] ?? 7): Loaded => ({ generation: 1, requests: 9, version, content: { control, origin: { boot: 0, scale: 0 }, stores: {} }, commits: versions.map(([one, request]) => commit(one, request)), isWhole })
  const head = (id: number, version: number): EntryHead => ({ ...entryOf(), id, version, requests: id })
  const entries = [head(1, 0), head(2, 3), head(4, 5), head(5, 5), head(6, 8)]
  const loads = [loaded([], true), loaded([], false), loaded([[3, 1], [4, null], [5, 2], [6, null], [8, 3], [9, null]], true), loaded([[4, null], [5, 2], [8, 3]], false), loaded([[1, null]], true)]
  await told.table('history', (one: Loaded, list: readonly EntryHead[]) => [reachOf(one, list), happenings(one, list).map((what) => (what.kind === 'call' ? what.entry.id : `v${String(what.commit.version)}`)), [0, 1, 2, 3, 4, 6].map((at) => {
    const moment = momentOf(one, list, at)
    return moment === null ? null : [moment.entry, moment.version, moment.loaded.requests, moment.loaded.commits.length]
  })], loads.flatMap((one) => [[one, entries], [one, []]] as const))

  const rule = (id: string, matched = 0) => ({ id, system: '*', operationId: '*', fault: { kind: 'drop' as const }, times: null, probability: 1, matched, fired: 0 })
  const lists = [[], ['a'], ['a', 'b', 'c'], ['b', 'a'], ['a', 'c'], ['c', 'a', 'd']].map((ids) => ids.map((id) => rule(id)))
  for (const before of lists) {
    await told.table(`rules ${before.map(({ id }) => id).join('')}`, (after: typeof before) => {
      const from = { ...control, faults: before }
      const done = controlChanges(from, { ...control, faults: after, nextFault: after.length })
      return [done.map(({ key, before: was, after: is }) => [key, was === null, is === null]), applyControl(from, done).faults.map(({ id, matched }) => `${id}${String(matched)}`)]
    }, [...lists, before.map(({ id }, i) => rule(id, i + 1))].map((one) => [one] as const))
  }
  told.note('other changes', controlChanges(control, { ...control, clock: { offset: 1, frozenAt: 2 }, systems: { ...control.systems, edu: { smsSource: 'sequence', settings: { a: 1 }, outages: ['x'], maintenance: { status: 's', httpStatus: null } } } }))

  const policies: readonly SmsPolicy[] = [{ validity: 100, interval: 10, singleUse: true, refusedNumbers: ['13'] }, { validity: null, interval: 0, singleUse: false, refusedNumbers: [], alwaysFixed: true }]
  for (const [i, policy] of policies.entries()) {
    const { store } = await shopOf<SmsRecords>({ state: { smsCodes: smsCollection }, records: { smsCodes: [] } })
    const draw = new Draw(4)
    let now = 0
    told.part(`codes by SMS, ${String(i)}`)
    for (let step = 0; step < 60; step++) {
      // The first two are sent to one number, just one interval apart.
      now += step < 2 ? 10 * step : draw.of([0, 9, 10, 50, 100])
      const [phone, code, sends, each, operatorFails] = [step < 2 ? '11' : draw.of(['11', '12', '13']), draw.of(['123456', '100001', '100002', '100003', '100005']), step < 2 || draw.below(2) === 0, draw.of(['newest', 'each'] as const), step >= 2 && draw.below(12) === 0]
      await told.try(`at ${String(now)} ${sends ? 'send' : `redeem ${code} ${each}`} ${phone}`, async () => {
        await store.transact(async (tx) => {
          const codes = new SmsCodes(policy, { source: 'sequence', operatorFails }, tx, now)
          return sends ? codes.send(phone) : codes.redeem(code, phone, each)
        })
        return (await store.export())['smsCodes']?.put
      })
    }
  }
  await told.isThatOf('store-parts')
})
