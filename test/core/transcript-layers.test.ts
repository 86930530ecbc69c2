/** What layers of records show, one above the other, whatever is written to them, and what a store makes of what its log answers. */
import { expect, test } from 'vitest'
import type { Commit, Verdict } from '../../src/core/engine/engine.js'
import { nameFile } from '../../src/core/files.js'
import { compareValues, compileCollection, haveSamePlace, indexKeyOf, keyOf, lowerBound, type Source } from '../../src/core/store/collection.js'
import { resolveBoot } from '../../src/core/store/boot.js'
import { Layer } from '../../src/core/store/layer.js'
import { Records, type Sequencer } from '../../src/core/store/records.js'
import { keyFieldOf, SEQUENCES } from '../../src/core/store/transaction.js'
import type { AnyCollection, Change, Doc, Key, Transaction } from '../../src/core/store/types.js'
import { buildWorld, freezeDeep } from '../../src/core/store/world.js'
import { Draw, WrittenDown } from '../support/written-down.js'

const items: AnyCollection = {
  key: 'id', unique: [['name'], ['at.x', 'group']], index: [['group'], ['at.x']],
  order: { all: { by: [] }, down: { by: ['-rank'] }, shown: { by: ['group', '-rank'], where: (doc: Doc) => doc['rank'] !== 2 } },
}
const pictures: AnyCollection = { key: 'id', namesFiles: true }
const WORLD: readonly Doc[] = [1, 2, 3, 4, 5, 6].map((id) => ({ id, name: `n${String(id)}`, group: id % 2 === 0 ? 'a' : 'b', rank: id % 4, at: { x: id % 3 } }))
const collection = compileCollection('items', items)
const worldOf = () => buildWorld({ items, pictures }, { items: WORLD }, 5)
const POSITIONS: readonly number[] = [0, 1, 2, 3, 5, 8]

/** All that is to be seen of a source. */
function* looks(source: Source): Iterable<readonly [string, unknown]> {
  const short = (docs: Iterable<Doc>) => [...docs].map(({ id, name, group, rank }) => [id, name, group, rank].join(':')).join(' ')
  yield ['scan', short(source.scan())]
  yield ['size', source.size]
  for (const order of collection.orders.values()) {
    yield [order.name, [source.count(order), POSITIONS.map((offset) => short(source.slice(order, offset, 3))), short(source.slice(order, 0, 99)), short(source.slice(order, 1, 0)), WORLD.map((doc) => source.rank(order, doc)), source.rank(order, { id: 0, group: 'z', rank: 9 })]]
  }
  for (const index of collection.indexes) {
    const places = new Set([...source.scan(), ...WORLD].map((doc) => indexKeyOf(index, doc)))
    yield [`by ${index.name}`, [...places, 'nothing'].map((at) => (at === undefined ? '-' : `${String(at)}=${source.lookup(index, at).map(({ id }) => String(id)).sort().join()}`)).sort()]
  }
}

test('what layers show, one above the other', async () => {
  const told = new WrittenDown()
  const source = worldOf().collections.get('items')?.source
  if (source === undefined) throw new Error('there are items')
  told.part('the world')
  for (const [what, value] of looks(source)) told.note(what, value)
  for (const seed of [1, 2, 3]) {
    told.part(`drawn with ${String(seed)}`)
    const draw = new Draw(seed)
    const below = new Layer(collection, source)
    const above = new Layer(collection, below)
    for (let step = 0; step < 30; step++) {
      const layer = draw.below(3) === 0 ? below : above
      const id = 1 + draw.below(seed === 1 ? 9 : 16)
      const doc = draw.below(4) === 0 ? null : { id, name: draw.below(4) === 0 ? null : `m${String(id)}`, group: draw.of(['a', 'b', 'c']), rank: draw.below(4), at: draw.of<unknown>([{ x: draw.below(3) }, null, { x: {} }]) }
      layer.set(id, doc)
      told.note(`${String(step)} ${layer === above ? 'above' : 'below'} ${String(id)}`, doc === null ? 'gone' : [doc.name, doc.group, doc.rank, doc.at])
      for (const one of layer === above ? [above] : [below, above]) {
        const changes: Change[] = []
        one.addChanges(changes)
        told.note(one === above ? '  above' : '  below', [...looks(one)])
        if (step % 6 === 0) told.note('  differs', [[...one.entries.keys()], changes.map(({ collection: name, key, before, after }) => [name, key, before?.['name'], after?.['name']]), one.get(id)])
      }
    }
  }
  told.part('many that go again, one by one')
  const many = new Layer(collection, source)
  for (let id = 7; id < 19; id++) many.set(id, { id, name: `m${String(id)}`, group: id % 2 === 0 ? 'a' : 'c', rank: id % 3, at: null })
  const without = new Layer(collection, many)
  for (const layer of [without, many]) {
    for (let id = 7; id < 19; id++) {
      layer.set(id, null)
      told.note(`${String(id)} is gone`, [layer.entries.size, ...looks(layer)])
    }
  }
  await told.isThatOf('layers')
})

test('what is made of declarations, fixtures and values', async () => {
  const told = new WrittenDown()
  const values = [undefined, null, 0, 1, -1, 10, 9, '', 'a', 'b', '10', true, false, { a: 1 }, [1], [2]]
  await told.table('compareValues', compareValues, values.flatMap((a) => values.map((b) => [a, b] as const)))
  await told.table('keyOf', (key: unknown) => keyOf(collection, { id: key }), values.map((one) => [one] as const))
  await told.table('indexKeyOf', (index: number, doc: Doc) => { const one = collection.indexes[index]; return one === undefined ? 'no index' : indexKeyOf(one, doc) }, [0, 1, 2, 3].flatMap((index) => [...values.map((name) => ({ name, group: name, at: { x: name } })), { 'at.x': 3, group: 'g' }, { at: 'text', group: 'g' }, { at: [1], group: 'g' }, {}].map((doc) => [index, doc] as const)))
  await told.table('haveSamePlace', (one: Doc, other: Doc) => collection.indexes.map((index) => haveSamePlace(index, one, other)), [[{ name: 'a', group: 'g', at: { x: 1 } }, { name: 'a', group: 'h', at: { x: 1 } }], [{ name: 'a', group: 'g', at: { x: 1 } }, { name: 'b', group: 'g', at: { x: 1 } }], [{ name: {}, group: 'g', at: null }, { name: null, group: 'g' }]])
  await told.table('lowerBound', (length: number, first: number) => lowerBound(length, (position) => position < first), [0, 1, 2, 3, 7].flatMap((length) => [0, 1, 2, 3, 7, 9].map((first) => [length, first] as const)))
  told.part('collections')
  for (const definition of [items, pictures, { key: 'k', namesFiles: false, unique: [['b', 'a'], ['x.y.z'], ['.a']], order: { o: { by: ['-b', 'a'] } } }] as readonly AnyCollection[]) {
    const { orders, indexByName, ...more } = compileCollection('c', definition)
    told.note('collection', [more, [...indexByName.keys()], [...orders.values()].map(({ name, compare, where }) => [name, compare({ id: 1, k: 1 }, { id: 2, k: 2 }), compare({ id: 1, k: 1, b: 1 }, { id: 1, k: 1, b: 2 }), compare({ id: 1, k: 1 }, { id: 1, k: 1 }), where({ id: 1 }), where({ id: 1, rank: 2 })])])
  }
  await told.table('keyFieldOf', (name: string) => keyFieldOf({ items: { key: 'number' }, plain: { key: 'id' } }, name), [['items'], ['plain'], ['others'], [SEQUENCES]])
  await told.table('buildWorld', (records: Readonly<Record<string, readonly Doc[]>>) => [...buildWorld({ items, pictures }, records, 5).collections.values()].map(({ source }) => source.size), [[{}], [{ items: WORLD }], [{ nothing: [] }], [{ items: [{ id: 1 }, { id: 1 }] }], [{ items: [{ id: 1, name: 'a' }, { id: 2, name: 'a' }] }], [{ items: [{ id: 1, name: null }, { id: 2, name: null }] }], [{ items: [{ id: 1, group: 'a', at: { x: 1 } }, { id: 2, group: 'a', at: { x: 1 } }] }], [{ items: [{ name: 'no key' }] }], [{ pictures: [{ id: 'a' }, { id: 1 }] }]])
  const frozen = (value: unknown): unknown => (typeof value !== 'object' || value === null ? value : [Object.isFrozen(value), Object.entries(value).map(([key, part]): unknown => [key, frozen(part)])])
  await told.table('freezeDeep', (value: unknown) => [freezeDeep(value) === value, frozen(value)], [null, undefined, 1, 'a', [], {}, [null, 1, 'a', { a: [] }], { a: { b: [{ c: {} }] }, d: null }, Object.freeze({ a: {} }), { a: Object.freeze({ b: {} }) }].map((value) => [value] as const))
  const boot = Date.UTC(2026, 0, 5, 20, 30, 15, 678)
  await told.table('resolveBoot', (value: unknown) => resolveBoot(value, boot), [null, 1, 'a', [], {}, [1, { $boot: '-10d' }], { a: { b: [{ $boot: 'PT1H', as: 'iso' }] } }, ...['datetime', 'date', 'slash', 'iso', 'seconds', 'nothing', 'toString', 5, null, ''].map((as) => ({ $boot: '-P1DT1H', as })), ...['x', '', 5, null, '10d', '+10d'].map(($boot) => ({ $boot })), { $boot: '-1d', more: 1 }, { $boot: '-1d', as: 'date', more: 1 }].map((value) => [value] as const))
  await told.isThatOf('layers-parts')
})

type Shop = Record<'items' | 'pictures', Doc>

/** A store on a log that answers as the test says. */
function storeOn(verdicts: readonly (Verdict | Promise<Verdict>)[]) {
  const asked: unknown[] = []
  let version = 7
  let isOver = false
  const left = [...verdicts]
  const sequencer: Sequencer = {
    get version() { return version },
    get isOver() { return isOver },
    commit: (attempt) => {
      asked.push(['commit', attempt.reads, attempt.changes.map(({ collection: name, key, before, after }) => [name, key, before?.['name'], after?.['name']]), [...attempt.files.keys()].length, attempt.namesFiles, attempt.request])
      return left.shift() ?? 'conflict'
    },
    end: () => { asked.push('end'); isOver = true },
    file: (hash) => { asked.push(`file ${hash.slice(0, 4)}`); return undefined },
    queue: () => { asked.push('queue'); return Promise.resolve(() => { asked.push('left') }) },
  }
  const bytes = Buffer.from('of the world')
  const world = buildWorld({ items, pictures }, { items: WORLD, pictures: [{ id: 1, ...nameFile(bytes) }] }, 5, new Map([[nameFile(bytes).hash, bytes]]))
  const records = new Records<Shop>('shop', world, sequencer)
  /** Somebody else has committed. */
  const other = (changes: readonly Change[]) => {
    version++
    const commit: Commit = { version, system: 'shop', changes, request: null, touched: () => records.touched(changes) }
    records.apply(commit)
  }
  return { records, other, bytes, happened: () => asked.splice(0), over: () => { isOver = true } }
}

const changed = (key: Key, after: Doc | null, before: Doc | null = WORLD.find(({ id }) => id === key) ?? null, name = 'items'): Change => ({ collection: name, key, before, after })

test('what becomes of transactions, whatever the log answers and others commit', async () => {
  const told = new WrittenDown()
  type Work = (tx: Transaction<Shop>, store: ReturnType<typeof storeOn>, run: number) => Promise<unknown>
  const rename: Work = (tx) => tx.update('items', 1, { name: 'new' })
  const works: Readonly<Record<string, Work>> = {
    'reads': (tx) => tx.get('items', 1),
    'writes': rename,
    'writes, and another has what it read': async (tx, { other }, run) => { const before = await tx.get('items', 1); if (run < 3) other([changed(1, { ...WORLD[0], name: `other ${String(run)}` })]); await tx.update('items', 2, { name: 'two' }); return before?.['name'] },
    'writes, and another has something else': async (tx, { other }, run) => { if (run < 3) other([changed(3, null)]); await tx.update('items', 2, { name: 'two' }); return run },
    'reads, and another has a new one in the place that it looked at': async (tx, { other }, run) => { const found = await tx.findAll('items', { group: 'c' }); if (run === 1) other([changed(9, { id: 9, name: 'nine', group: 'c', rank: 1, at: { x: 1 } })]); return found.length },
    'finds nobody of a name, and another takes it': async (tx, { other }, run) => { const found = await tx.find('items', { name: 'nine' }); if (run === 1) other([changed(9, { id: 9, name: 'nine', group: 'c', rank: 1, at: { x: 5 } })]); return found?.['id'] },
    'lists, and another adds one': async (tx, { other }, run) => { const all = await tx.list('items'); if (run === 1) other([changed(9, { id: 9, name: 'nine', group: 'c', rank: 1, at: null })]); return all.length },
    'pages, parts and measures': async (tx, { other }, run) => { const all = [(await tx.page('items', 'down', { offset: 1, limit: 2 })).items.map(({ id }) => id), await tx.part('items', { offset: 5, limit: 2 }), await tx.part('items', { offset: 1, limit: 1 }), await tx.measure('items')]; if (run === 1) other([changed(9, null, null, 'nowhere'), changed(1, null)]); return [...all, await tx.measure('items')] },
    'throws on the ground of what was old': async (tx, { other }, run) => { await tx.get('items', 1); if (run === 1) { other([changed(1, null)]); throw new Error('of what was old') } return run },
    'throws': async (tx) => { await tx.delete('items', 1); throw new Error('it') },
    'takes a name twice': async (tx) => { await tx.insert('items', { id: 7, name: 'n1' }) },
    'keeps its own name': (tx) => tx.put('items', { ...WORLD[0], rank: 7 }),
    'takes a key twice': async (tx) => { await tx.insert('items', { id: 1 }) },
    'has no key': async (tx) => { await tx.insert('items', { name: 'x' }) },
    'changes a key': async (tx) => { await tx.update('items', 1, { id: 2 }) },
    'changes what is not there': async (tx) => { await tx.update('items', 99, {}) },
    'deletes what is not there': (tx) => tx.delete('items', 99),
    'names no collection': (tx) => tx.get('nothing' as 'items', 1),
    'names no index': (tx) => tx.find('items', { rank: 1 }),
    'names a plain index for one': (tx) => tx.find('items', { group: 'a' }),
    'names a unique index for all': (tx) => tx.findAll('items', { name: 'n1' }),
    'names no field': (tx) => tx.findAll('items', {}),
    'names two fields': (tx) => tx.find('items', { group: 'b', 'at.x': 1 }),
    'looks for null': async (tx) => [await tx.find('items', { name: null }), (await tx.findAll('items', { group: null })).length],
    'names no order': (tx) => tx.page('items', 'none', { offset: 0, limit: 1 }),
    'draws numbers': async (tx) => [await tx.next('a', 5), await tx.next('a', 5), await tx.next('b', 0)],
    'lists numbers': async (tx) => { await tx.next('a', 5); return [await tx.list(SEQUENCES as 'items'), await tx.part(SEQUENCES as 'items', { offset: 0, limit: 5 }), await tx.measure(SEQUENCES as 'items')] },
    'adds a file': async (tx, { bytes }) => { const name = tx.addFile(Buffer.from('new')); await tx.insert('pictures', { id: 2, ...name }); await tx.insert('pictures', { id: 3, ...nameFile(bytes) }); await tx.insert('pictures', { id: 4, hash: 5 }); await tx.delete('pictures', 1); return [String(await tx.file(name.hash)), String(await tx.file(nameFile(bytes).hash)), await tx.file('0000')] },
    'does nothing in the end': async (tx) => { await tx.insert('items', { id: 8, name: 'eight' }); await tx.delete('items', 8); return (await tx.list('items', ({ rank }) => rank === 1)).length },
  }
  for (const [name, work] of Object.entries(works)) {
    const store = storeOn(['committed'])
    const author = { request: 3, hasWritten: false }
    let run = 0
    await told.try(name, async () => { const { value, changes } = await store.records.transact((tx) => work(tx, store, ++run), author); return [value, changes.map(({ collection: of, key }) => `${of}/${String(key)}`)] })
    told.note('  then', [run, author.hasWritten, store.happened(), Object.keys(store.records.content())])
  }
  told.part('what the log answers')
  const answers: Readonly<Record<string, readonly (Verdict | Promise<Verdict>)[]>> = { 'conflict once': ['conflict', 'committed'], 'conflict twice, later': [Promise.resolve('conflict' as const), Promise.resolve('conflict' as const), Promise.resolve('committed' as const)], over: ['over'], 'over after a conflict': ['conflict', 'over'] }
  for (const [name, verdicts] of Object.entries(answers)) {
    const store = storeOn(verdicts)
    const author = { request: null, hasWritten: false }
    await told.try(name, () => store.records.transact((tx) => rename(tx, store, 1), author))
    told.note('  then', [author, store.happened()])
    await told.try('  again', () => store.records.transact((tx) => tx.get('items', 1), author))
  }
  const store = storeOn([])
  let runs = 0
  await told.try('conflict for ever', () => store.records.transact((tx) => rename(tx, store, ++runs), { request: 1, hasWritten: false }))
  const happened = store.happened()
  told.note('  then', [runs, happened.length, happened.filter((one) => one === 'queue' || one === 'left')])
  await told.try('over while it runs', () => store.records.transact(async (tx) => { store.over(); return tx.get('items', 1) }, { request: 1, hasWritten: false }))
  told.part('contents')
  for (const data of [{}, { items: { put: [{ id: 9, name: 'nine' }], deleted: [1, 99] }, pictures: { put: [{ id: 5, hash: 'abc' }, { id: 6, hash: 7 }], deleted: [] } }, { items: { put: [{ id: 9, name: 'n1' }], deleted: [] } }, { items: { put: [{ id: 9, name: 'n1' }], deleted: [1] } }, { items: { put: [{ id: 9, name: null }, { id: 8, name: null }], deleted: [] } }, { nothing: { put: [], deleted: [] } }, { items: { put: [{ name: 'x' }], deleted: [] } }]) {
    const { records } = storeOn([])
    await told.try('import', () => [[...records.import(data)].length, records.content(), [...records.named(data)]])
  }
  const numbered = storeOn(['committed', 'committed'])
  told.note('imported', [...numbered.records.import({ [SEQUENCES]: { put: [{ name: 'a', value: 7 }], deleted: ['b'] } })].length)
  await told.try('the next number', () => numbered.records.transact(async (tx) => [await tx.next('a', 5), await tx.list(SEQUENCES as 'items')], { request: 1, hasWritten: false }))
  const { records } = storeOn([])
  told.note('touched', [...records.touched([changed(1, { ...WORLD[0], name: null, group: 'z' }), changed(9, null, null), changed(1, null, null, 'nowhere')])])
  told.note('of the world', [records.isOfWorld('items', 1), records.isOfWorld('items', 99), records.isOfWorld('nothing', 1)])
  expect(runs).toBeGreaterThan(1)
  await told.isThatOf('layers-transactions')
})
