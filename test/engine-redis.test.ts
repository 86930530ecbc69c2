import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Budget } from '../src/core/budget.js'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import type { Engine } from '../src/core/engine/engine.js'
import type { Store } from '../src/core/store/types.js'
import { testEngine } from './support/engine.js'
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
