import { describe, expect, test } from 'vitest'
import { openPort } from '../../src/core/engine/redis/address.js'
import { houseKeysOf } from '../../src/core/engine/redis/layout.js'
import { RedisRegistry } from '../../src/core/engine/redis/registry.js'
import { named, noRedis, OwnRedis } from '../support/redis.js'

describe.skipIf(noRedis !== null)(named('the list of processes in Redis'), () => {
  test('who leaves while a sign of life is on its way is there no more when all is said', async () => {
    const redis = await OwnRedis.start()
    const port = await openPort(redis.url, () => undefined)
    const registry = new RedisRegistry(port, 'leaving')
    try {
      await registry.beat()
      expect(redis.say('ZCARD', houseKeysOf('leaving').processes).trim()).toBe('1')
      // A script that Redis does not know is sent once more, which takes longer than what comes after it.
      redis.say('SCRIPT', 'FLUSH')
      await Promise.all([registry.beat(), registry.leave()])
      await registry.beat()
      expect(redis.say('ZCARD', houseKeysOf('leaving').processes).trim()).toBe('0')
    } finally {
      await port.close()
      await redis.close()
    }
  })
})
