import { afterAll, beforeAll, describe } from 'vitest'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import type { Engine } from '../src/core/engine/engine.js'
import { testEngine } from './support/engine.js'
import { named, noRedis, OwnRedis } from './support/redis.js'
import { OwnCluster } from './support/redis-cluster.js'

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
})
