import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Budget } from '../src/core/budget.js'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import { COMMIT } from '../src/core/engine/redis/scripts.js'
import type { Engine } from '../src/core/engine/engine.js'
import type { Store } from '../src/core/store/types.js'
import { closedAfterEach } from './support/closing.js'
import { testEngine } from './support/engine.js'
import { Proxy } from './support/proxy.js'
import { named, noRedis, OwnRedis } from './support/redis.js'
import { OwnCluster } from './support/redis-cluster.js'
import { sandboxesOn } from './support/sandboxes.js'

describe.skipIf(noRedis !== null).each([
  { what: named('one Redis'), name: 'redis', start: () => OwnRedis.start(), runs: 15 },
  { what: named('a cluster of three'), name: 'redis cluster', start: () => OwnCluster.start(), runs: 5 },
])('$what', ({ name, start, runs }) => {
  let redis: OwnRedis | OwnCluster
  let places = 0
  beforeAll(async () => {
    redis = await start()
  })
  afterAll(async () => {
    await redis.close()
  })

  testEngine(name, () => {
    const engines: Engine[] = []
    const url = `${redis.url}/0?prefix=place-${String(++places)}`
    return {
      join: () => {
        const engine = redisEngine(url)
        engines.push(engine)
        return engine
      },
      close: async () => {
        for (const engine of engines) await engine.stop()
      },
    }
  }, { runs })

  test('a transaction in whose midst more happens than history holds comes out all the same', async () => {
    const url = `${redis.url}/0?prefix=history`
    const engines = [redisEngine(url), redisEngine(url)] as const
    const [one, two] = await Promise.all(engines.map(async (engine) => {
      const shop = { state: { items: { key: 'id' } }, records: { items: [] } }
      const sandbox = (await sandboxesOn(engine, { systems: { shop }, budget: new Budget(8 * 1024 * 1024) })).open('s')
      return sandbox.store('shop') as unknown as Store<{ items: { id: number; name: string } }> // the one system that is played here
    }))
    let runs = 0
    await two?.transact(async (tx) => {
      if (++runs === 1) for (let id = 1; id <= 4; id++) await one?.transact((other) => other.put('items', { id, name: String(id).repeat(100 * 1024) }))
      await tx.put('items', { id: 5, name: 'late' })
    })
    for (const store of [one, two]) expect((await store?.transact((tx) => tx.list('items')))?.value.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5])
    for (const engine of engines) await engine.stop()
  })
})

describe.skipIf(noRedis !== null)(named('many who write to one sandbox'), () => {
  interface Item { readonly id: number; readonly name: string; readonly counts: number }
  /** More than comes along with an answer. */
  const LONG = 'x'.repeat(20_000)
  const closing = closedAfterEach()
  let redis: OwnRedis
  let places = 0
  beforeAll(async () => {
    redis = await OwnRedis.start()
  })
  afterAll(() => redis.close())

  /** @returns the same sandbox as two processes have it; what the first hears and says goes by way of the proxy */
  async function open() {
    const proxy = await Proxy.to(redis.port)
    closing.push(() => proxy.close())
    const prefix = `many-${String(++places)}`
    const problems: string[] = []
    const [one, two] = await Promise.all([proxy.port, redis.port].map(async (port) => {
      const engine = redisEngine(`redis://127.0.0.1:${String(port)}/0?prefix=${prefix}`)
      closing.push(async () => {
        await engine.stop()
      })
      const shop = { state: { items: { key: 'id' } }, records: { items: [{ id: 0, name: '', counts: 0 }] } }
      const sandbox = (await sandboxesOn(engine, { systems: { shop }, report: (problem) => problems.push(problem) })).open('s')
      return { sandbox, store: sandbox.store('shop') as unknown as Store<{ items: Item }> } // the one system that is played here
    }))
    if (one === undefined || two === undefined) throw new Error('there are two')
    return { proxy, one, two, problems }
  }

  /** Writes a record of its own, and counts in one of all. */
  const write = (store: Store<{ items: Item }>, id: number) => store.transact(async (tx) => {
    const { counts } = (await tx.get('items', 0)) ?? { counts: 0 }
    await tx.insert('items', { id, name: LONG, counts: 0 })
    await tx.update('items', 0, { counts: counts + 1 })
  })
  const read = async (store: Store<{ items: Item }>) => (await store.transact((tx) => tx.list('items'))).value
  const numbered = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)

  test('at once are not told of each other, each of all', async () => {
    const { proxy, one } = await open()
    await one.sandbox.look()
    const before = proxy.heard
    await Promise.all(numbered(1, 300).map((id) => one.store.transact((tx) => tx.insert('items', { id, name: 'x'.repeat(1000), counts: 0 }))))
    expect(await read(one.store)).toHaveLength(301)
    expect(proxy.heard - before).toBeLessThan(300 * 10_000)
  })

  test('from two processes, more than comes along with an answer: each is told of all, once and in order', async () => {
    const { one, two } = await open()
    const told: number[][] = [[], []]
    for (const [i, { sandbox }] of [one, two].entries()) {
      sandbox.watch((_, changes) => told[i]?.push(...changes.flatMap(({ key, after }) => (key === 0 && typeof after?.['counts'] === 'number' ? [after['counts']] : []))))
      await sandbox.look()
    }
    await Promise.all([...numbered(1, 60).map((id) => write(one.store, id)), ...numbered(101, 60).map((id) => write(two.store, id))])
    for (const { store } of [one, two]) expect((await read(store)).map(({ id, counts }) => (id === 0 ? counts : id)).sort((a, b) => a - b)).toEqual([...numbered(1, 60), ...numbered(101, 60), 120].sort((a, b) => a - b))
    expect(told).toEqual([numbered(1, 120), numbered(1, 120)])
  })

  test.each([true, false])('and whose connection breaks behind one that arrives (%s), with much in between: it is carried out once', async (arrives) => {
    const { proxy, one, two, problems } = await open()
    await one.sandbox.look()
    let runs = 0
    proxy.breakAt(COMMIT.sha, arrives)
    await one.store.transact(async (tx) => {
      const { counts } = (await tx.get('items', 0)) ?? { counts: 0 }
      if (++runs === 1) for (const id of numbered(101, 5)) await two.store.transact((other) => other.insert('items', { id, name: LONG, counts: 0 }))
      await tx.insert('items', { id: 1, name: LONG, counts: 0 })
      await tx.update('items', 0, { counts: counts + 1 })
    })
    expect([proxy.broken, problems.filter((problem) => !/ is (away|back)/.test(problem))]).toEqual([1, []])
    for (const { store } of [one, two]) expect((await read(store)).map(({ id, counts }) => [id, counts]).sort(([a = 0], [b = 0]) => a - b)).toEqual([[0, 1], [1, 0], ...numbered(101, 5).map((id) => [id, 0])])
  })

  test('a process that has missed much is told of it part by part, and of what is announced in its place', async () => {
    const { one, two } = await open()
    await one.sandbox.look()
    await two.sandbox.look()
    const heard: string[] = []
    one.sandbox.hear((text) => heard.push(text))
    for (const id of numbered(1, 40)) await two.store.transact((tx) => tx.insert('items', { id, name: LONG, counts: 0 }))
    await two.sandbox.announce('now')
    await two.store.transact((tx) => tx.delete('items', 40))
    expect(await read(one.store)).toHaveLength(40)
    expect(heard).toEqual(['now'])
  })
})
