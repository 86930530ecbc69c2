import { afterAll, beforeAll, describe } from 'vitest'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import type { Engine } from '../src/core/engine/engine.js'
import { testEngine } from './support/engine.js'
import { named, noRedis } from './support/redis.js'
import { OwnCluster } from './support/redis-cluster.js'

describe.skipIf(noRedis !== null)(named('a cluster of three'), () => {
  let cluster: OwnCluster
  let places = 0
  beforeAll(async () => {
    cluster = await OwnCluster.start()
  })
  afterAll(async () => {
    await cluster.close()
  })

  testEngine('redis cluster', () => {
    const engines: Engine[] = []
    const url = `${cluster.url}/0?prefix=place-${String(++places)}`
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
  }, { runs: 5 })
})
