import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shopOf } from '../support/sandboxes.js'
import { compareValues } from '../../src/core/store/collection.js'
import { Records as KeptRecords, type Sequencer } from '../../src/core/store/records.js'
import { StoreError, type StoreExport, type Transaction } from '../../src/core/store/types.js'
import { buildWorld } from '../../src/core/store/world.js'

interface Item {
  id: number
  name: string | null
  group: string
  rank: number
  hidden: boolean
}
interface Records {
  items: Item
}

const definitions = {
  items: {
    key: 'id',
    unique: [['name']],
    index: [['group'], ['group', 'hidden']],
    order: { visible: { by: ['-rank'], where: (item: Item) => !item.hidden } },
  },
} as const

const item = (id: number, more: Partial<Item> = {}): Item => ({ id, name: `n${String(id)}`, group: 'a', rank: id, hidden: false, ...more })

const openShop = (items: readonly Item[]) => shopOf<Records>({ state: definitions, records: { items: items.map((one) => ({ ...one })) } })
const storeOf = async (items: readonly Item[]) => (await openShop(items)).store

/** What the store must answer, worked out the slow and obvious way. */
class Model {
  readonly items = new Map<number, Item>()
  constructor(items: readonly Item[]) {
    for (const one of items) this.items.set(one.id, one)
  }
  nameTaken(name: string | null, but: number) {
    return name !== null && [...this.items.values()].some((one) => one.name === name && one.id !== but)
  }
  visible() {
    return [...this.items.values()].filter((one) => !one.hidden).sort((a, b) => b.rank - a.rank || b.id - a.id)
  }
}

const anyItem = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  name: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 14 }).map((n) => `n${String(n)}`)),
  group: fc.constantFrom('a', 'b', 'c'),
  rank: fc.integer({ min: 0, max: 5 }),
  hidden: fc.boolean(),
})

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), item: anyItem }),
  fc.record({ kind: fc.constant('insert' as const), item: anyItem }),
  fc.record({ kind: fc.constant('delete' as const), item: anyItem }),
  fc.record({ kind: fc.constant('patch' as const), item: anyItem }),
)

describe('the store answers as a plain map would', () => {
  test('reads by key, index and order, inside and after each transaction, over any world', async () => {
    const world = fc.uniqueArray(anyItem, { selector: ({ id }) => id, maxLength: 12 }).map((items) => items.map((one) => ({ ...one, name: one.name === null ? null : `n${String(one.id)}` })))
    await fc.assert(
      fc.asyncProperty(world, fc.array(fc.array(anyStep, { maxLength: 6 }), { maxLength: 6 }), fc.nat(8), fc.nat(5), async (items, transactions, offset, limit) => {
        const store = await storeOf(items)
        const model = new Model(items)
        for (const steps of transactions) {
          await store.transact(async (tx) => {
            for (const step of steps) await applyBoth(tx, model, step)
            await compare(tx, model, offset, limit)
          })
        }
        await store.transact((tx) => compare(tx, model, offset, limit))
        const { sandbox, store: copy } = await openShop(items)
        const shop = JSON.parse(JSON.stringify(await store.export())) as StoreExport // what was one a moment ago
        await sandbox.replace({ ...(await sandbox.content()), stores: { shop } })
        await copy.transact((tx) => compare(tx, model, offset, limit))
      }),
      { numRuns: 300 },
    )
  })
})

async function applyBoth(tx: Transaction<Records>, model: Model, { kind, item: one }: { kind: 'put' | 'insert' | 'delete' | 'patch'; item: Item }) {
  const exists = model.items.has(one.id)
  const clash = model.nameTaken(one.name, one.id)
  const expectStored = async (write: Promise<unknown>, allowed: boolean, result: Item) => {
    if (!allowed) return expect(write).rejects.toBeInstanceOf(StoreError)
    await write
    model.items.set(one.id, result)
  }
  switch (kind) {
    case 'put':
      return expectStored(tx.put('items', { ...one }), !clash, one)
    case 'insert':
      return expectStored(tx.insert('items', { ...one }), !exists && !clash, one)
    case 'patch': {
      const { id, ...patch } = one
      return expectStored(tx.update('items', id, patch), exists && !clash, one)
    }
    case 'delete':
      expect(await tx.delete('items', one.id)).toBe(exists)
      model.items.delete(one.id)
  }
}

async function compare(tx: Transaction<Records>, model: Model, offset: number, limit: number) {
  const byId = (items: readonly Item[]) => [...items].sort((a, b) => a.id - b.id)
  const all = [...model.items.values()]
  expect(byId(await tx.list('items'))).toEqual(byId(all))
  for (const group of ['a', 'b', 'c']) {
    expect(byId(await tx.findAll('items', { group }))).toEqual(byId(all.filter((one) => one.group === group)))
    expect(byId(await tx.findAll('items', { hidden: true, group }))).toEqual(byId(all.filter((one) => one.group === group && one.hidden)))
  }
  for (let id = 1; id <= 12; id++) expect(await tx.get('items', id)).toEqual(model.items.get(id))
  for (let n = 1; n <= 14; n++) {
    const name = `n${String(n)}`
    expect(await tx.find('items', { name })).toEqual(all.find((one) => one.name === name))
  }
  expect(await tx.part('items', { offset, limit })).toEqual({ items: (await tx.list('items')).slice(offset, offset + limit), total: all.length })
  expect((await tx.measure('items')).count).toBe(all.length)
  const visible = model.visible()
  expect(await tx.page('items', 'visible', { offset, limit })).toEqual({ items: visible.slice(offset, offset + limit), total: visible.length })
}

test('a commit of another is not kept by those who have taken it in', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void // V8's own, by the flag
  const nobody: Sequencer = { version: 0, isOver: false, commit: () => 'over', end: () => undefined, file: () => undefined, queue: async () => () => undefined }
  const records = new KeptRecords<Records>('shop', buildWorld(definitions, { items: [] }, 0), nobody)
  const takeIn = (version: number) => {
    const commit = { version, system: 'shop', changes: [{ collection: 'items', key: version, before: null, after: { ...item(version) } }], request: null, touched: () => new Set<string>() }
    records.apply(commit)
    return new WeakRef(commit)
  }
  const taken = [1, 2, 3].map(takeIn)
  // What was held weakly in this turn of Node's loop stays for the rest of it.
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  expect(taken.filter((one) => one.deref() !== undefined)).toEqual([])
  expect(records.content()['items']?.put).toHaveLength(3)
})

describe('transactions', () => {
  test('a throw leaves nothing behind', async () => {
    const store = await storeOf([item(1)])
    const attempt = store.transact(async (tx) => {
      await tx.update('items', 1, { group: 'z' })
      await tx.insert('items', item(2))
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    await store.transact(async (tx) => {
      expect(await tx.list('items')).toEqual([item(1)])
      expect(await tx.findAll('items', { group: 'z' })).toEqual([])
    })
  })

  test('of two that read the same record and both write it, the later one runs again on what the first left', async () => {
    const store = await storeOf([item(1, { rank: 0 })])
    let runs = 0
    const increment = () =>
      store.transact(async (tx) => {
        runs++
        const found = await tx.get('items', 1)
        await Promise.resolve()
        await tx.update('items', 1, { rank: (found?.rank ?? 0) + 1 })
      })
    await Promise.all(Array.from({ length: 20 }, increment))
    const { value } = await store.transact((tx) => tx.get('items', 1))
    expect(value?.rank).toBe(20)
    expect(runs).toBeGreaterThan(20)
  })

  test('two that find nobody of a name and both insert him leave one, and the other sees him', async () => {
    const store = await storeOf([])
    const join = (id: number) =>
      store.transact(async (tx) => {
        const found = await tx.find('items', { name: 'x' })
        await Promise.resolve()
        if (found !== undefined) return found.id
        await tx.insert('items', item(id, { name: 'x' }))
        return id
      })
    const [a, b] = await Promise.all([join(1), join(2)])
    expect(a.value).toBe(b.value)
  })

  test('one that lists runs again when a record was added meanwhile', async () => {
    const store = await storeOf([item(1)])
    let other: Promise<unknown> | null = null
    const { value } = await store.transact(async (tx) => {
      const before = await tx.list('items')
      other ??= store.transact((inner) => inner.insert('items', item(2)))
      await other
      await tx.insert('items', item(10 + before.length))
      return before.length
    })
    expect(value).toBe(2)
  })

  test('one that fails over what it has read half-way through another commit runs again', async () => {
    const store = await storeOf([item(1, { rank: 0 }), item(2, { rank: 0 })])
    let runs = 0
    const { value } = await store.transact(async (tx) => {
      const one = await tx.get('items', 1)
      if (++runs === 1) {
        await store.transact(async (other) => {
          await other.update('items', 1, { rank: 7 })
          await other.update('items', 2, { rank: 7 })
        })
      }
      const two = await tx.get('items', 2)
      if (one?.rank !== two?.rank) throw new Error('they are always of one rank')
      return two?.rank
    })
    expect([value, runs]).toEqual([7, 2])
  })

  test('what is found by a field keeps its order while records are changed that stay in their place', async () => {
    const store = await storeOf([])
    const ids = Array.from({ length: 12 }, (_, i) => i + 1)
    await store.transact(async (tx) => { for (const id of ids) await tx.insert('items', item(id)) })
    await store.transact((tx) => tx.update('items', 3, { rank: 99 }))
    const { value } = await store.transact((tx) => tx.findAll('items', { group: 'a' }))
    expect(value.map(({ id }) => id)).toEqual(ids)
  })

  test('readers of different records do not disturb each other', async () => {
    const store = await storeOf([item(1), item(2)])
    let runs = 0
    const touch = (id: number) =>
      store.transact(async (tx) => {
        runs++
        await tx.get('items', id)
        await Promise.resolve()
        await tx.update('items', id, { rank: 9 })
      })
    await Promise.all([touch(1), touch(2)])
    expect(runs).toBe(2)
  })

  test('a reset in the middle makes a transaction begin again', async () => {
    const { sandbox, store } = await openShop([item(1)])
    await store.transact((tx) => tx.update('items', 1, { rank: 50 }))
    let first = true
    const { value } = await store.transact(async (tx) => {
      const found = await tx.get('items', 1)
      if (first) {
        first = false
        await sandbox.reset()
      }
      return found?.rank
    })
    expect(value).toBe(1)
  })

  test('changes tell the record before and after', async () => {
    const store = await storeOf([item(1)])
    const { changes } = await store.transact(async (tx) => {
      await tx.update('items', 1, { rank: 7 })
      await tx.insert('items', item(2))
      await tx.insert('items', item(3))
      await tx.delete('items', 3)
    })
    expect(changes).toEqual([
      { collection: 'items', key: 1, before: item(1), after: item(1, { rank: 7 }) },
      { collection: 'items', key: 2, before: null, after: item(2) },
    ])
  })

  test('what is handed out cannot be changed in place', async () => {
    const store = await storeOf([item(1)])
    const { value } = await store.transact((tx) => tx.get('items', 1))
    expect(() => {
      if (value) value.rank = 99
    }).toThrow(TypeError)
  })

  test('sequences count on and belong to the transaction', async () => {
    const store = await storeOf([])
    await store.transact((tx) => tx.next('n', 100))
    await expect(
      store.transact(async (tx) => {
        await tx.next('n', 100)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect((await store.transact((tx) => tx.next('n', 100))).value).toBe(101)
  })
})

describe('an index of a part of a field', () => {
  interface Session {
    id: string
    previous: { token: string; until: number } | null
  }
  const open = async (...sessions: Session[]) => {
    const definitions = { sessions: { key: 'id', unique: [['previous.token']] } } as const
    const { store } = await shopOf<{ sessions: Session }>({ state: definitions, records: { sessions: sessions.map((session) => ({ ...session })) } })
    return store
  }
  const find = async (store: Awaited<ReturnType<typeof open>>, token: string) => (await store.transact((tx) => tx.find('sessions', { 'previous.token': token }))).value?.id

  test('finds records of the world and of a sandbox, and follows their changes', async () => {
    const store = await open({ id: 'a', previous: { token: 'x', until: 1 } }, { id: 'b', previous: null })
    expect(await find(store, 'x')).toBe('a')
    await store.transact((tx) => tx.update('sessions', 'b', { previous: { token: 'y', until: 2 } }))
    await store.transact((tx) => tx.update('sessions', 'a', { previous: null }))
    expect([await find(store, 'x'), await find(store, 'y')]).toEqual([undefined, 'b'])
  })

  test('keeps apart what may occur once, and leaves out records without it', async () => {
    const store = await open({ id: 'a', previous: { token: 'x', until: 1 } }, { id: 'b', previous: null }, { id: 'c', previous: null })
    await expect(store.transact((tx) => tx.update('sessions', 'b', { previous: { token: 'x', until: 9 } }))).rejects.toMatchObject({ name: 'StoreError', kind: 'valueTaken' })
  })
})

test('a world with two records of one key or one unique value is refused', () => {
  const worldOf = (items: readonly Item[]) => buildWorld(definitions, { items: items.map((one) => ({ ...one })) }, 0)
  expect(() => worldOf([item(1), item(1)])).toThrow(StoreError)
  expect(() => worldOf([item(1, { name: 'x' }), item(2, { name: 'x' })])).toThrow(StoreError)
})

test('values are ordered by number, or by their texts, with those first that are none', () => {
  const order = (a: unknown, b: unknown) => [Math.sign(compareValues(a, b)), Math.sign(compareValues(b, a))]
  for (const [less, more] of [[null, 0], [undefined, ''], [2, 10], ['10', '2'], ['a', 'b'], [false, true], [[1], [2]]]) expect([less, more, order(less, more)]).toEqual([less, more, [-1, 1]])
  for (const [one, same] of [['a', 'a'], [[1], [1]], [{ at: 1 }, { at: 1 }], [7, '7']]) expect([one, same, order(one, same)]).toEqual([one, same, [0, 0]])
})
