import { afterEach, describe, expect, test, vi } from 'vitest'
import { openPort } from '../../src/core/engine/redis/address.js'
import { houseKeysOf } from '../../src/core/engine/redis/layout.js'
import { redisEngine } from '../../src/core/engine/redis/engine.js'
import { RedisRegistry } from '../../src/core/engine/redis/registry.js'
import { startServer } from '../../src/server.js'
import { live } from '../../src/systems/live/index.js'
import { closedAfterEach } from '../support/closing.js'
import { named, noRedis, OwnRedis } from '../support/redis.js'
import { sandboxesOn } from '../support/sandboxes.js'
import { until } from '../support/several.js'

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

describe.skipIf(noRedis !== null)(named('a process that has sandboxes in Redis'), () => {
  const closing = closedAfterEach()
  afterEach(() => {
    vi.useRealTimers()
  })

  async function start() {
    const redis = await OwnRedis.start()
    closing.push(() => redis.close())
    const engine = redisEngine(`${redis.url}/0?prefix=seen`)
    closing.push(async () => {
      await engine.stop()
    })
    return { redis, engine, keys: houseKeysOf('seen') }
  }

  test('gives signs of life, and notes what has been used, also what was used while Redis was away', async () => {
    const { redis, engine, keys } = await start()
    // What it does from time to time is in the hands of the test.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const sandboxes = await sandboxesOn(engine, { systems: { shop: { state: { items: { key: 'id' } }, records: { items: [] } } }, report: () => undefined })
    const use = (name: string) => sandboxes.open(name).control.change((state) => ({ ...state, nextFault: state.nextFault + 1 }))
    const lastUsed = () => redis.say('ZRANGE', keys.sandboxes, '-1', '-1').trim()
    redis.say('DEL', keys.processes)
    vi.advanceTimersByTime(1000)
    await until(() => Promise.resolve(redis.say('ZCARD', keys.processes).trim() === '1'))
    for (const name of ['one', 'two', 'one']) await use(name)
    expect(lastUsed()).toBe('two')
    await redis.kill()
    await until(async () => typeof (await engine.complaint?.()) === 'string')
    vi.advanceTimersByTime(1000)
    await redis.again()
    await until(async () => (await engine.complaint?.()) === null)
    vi.advanceTimersByTime(1000)
    await until(() => Promise.resolve(lastUsed() === 'one'))
  })

  test('opens one more while as many as it may follow are in use, and follows it', async () => {
    const { redis } = await start()
    const systems = { shop: { state: { items: { key: 'id' } }, records: { items: [] } } }
    const engines = [redisEngine(redis.url, { replicas: 2 }), redisEngine(redis.url)] as const
    for (const engine of engines) closing.push(async () => { await engine.stop() })
    const [here, there] = [await sandboxesOn(engines[0], { systems }), await sandboxesOn(engines[1], { systems })]
    for (const name of ['one', 'two']) here.open(name).enter()
    const third = here.open('three')
    const heard: string[] = []
    third.hear((text) => heard.push(text))
    third.watch(() => undefined)
    await third.look()
    await until(async () => {
      await there.open('three').announce('there')
      return heard.length > 0
    })
    expect(heard[0]).toBe('there')
  })

  test('has an engine for itself', async () => {
    const { engine } = await start()
    const server = await startServer({ systems: [live], engine })
    closing.push(() => server.close())
    await expect(startServer({ systems: [live], engine })).rejects.toThrow('an engine of this kind serves one server')
  })
})
