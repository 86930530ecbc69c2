import { afterAll, beforeAll, describe } from 'vitest'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import type { Engine } from '../src/core/engine/engine.js'
import { testEngine } from './support/engine.js'
import { named, noRedis, OwnRedis } from './support/redis.js'

describe.skipIf(noRedis !== null)(named('one Redis'), () => {
  let redis: OwnRedis
  let places = 0
  beforeAll(async () => {
    redis = await OwnRedis.start()
  })
  afterAll(async () => {
    await redis.close()
  })

  testEngine('redis', () => {
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
  }, { runs: 15 })
})
