import { afterEach, describe, expect, test, vi } from 'vitest'
import { openPort } from '../../src/core/engine/redis/address.js'
import { closedAfterEach } from '../support/closing.js'
import { Proxy } from '../support/proxy.js'
import { named, noRedis, OwnRedis } from '../support/redis.js'
import { until } from '../support/several.js'

describe.skipIf(noRedis !== null)(named('a Redis that says nothing'), () => {
  const closing = closedAfterEach()
  afterEach(() => {
    vi.useRealTimers()
  })

  /** A connection whose looks at what is answered are in the test's hands; connections themselves go on by real time. */
  async function start() {
    const redis = await OwnRedis.start()
    closing.push(() => redis.close())
    const proxy = await Proxy.to(redis.port)
    closing.push(() => proxy.close())
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const problems: string[] = []
    const port = await openPort(`redis://127.0.0.1:${String(proxy.port)}`, (problem) => problems.push(problem))
    closing.push(() => port.close())
    return { proxy, port, problems }
  }

  test('is there as long as nobody asks it for anything', async () => {
    const { port, problems } = await start()
    vi.advanceTimersByTime(60_000)
    expect([port.trouble, problems]).toEqual([null, []])
  })

  test('though it was asked for something is waited for, five seconds and no longer; then it is away, and there again by another connection', async () => {
    const { proxy, port, problems } = await start()
    proxy.hang()
    const lost = port.send('', ['ECHO', 'lost']).catch((error: unknown) => String(error))
    await until(() => Promise.resolve(proxy.said.includes('lost')))
    proxy.recover()
    vi.advanceTimersByTime(5000)
    expect([port.trouble, problems]).toEqual([null, []])
    vi.advanceTimersByTime(1000)
    expect(problems).toEqual([`Redis at redis://127.0.0.1:${String(proxy.port)} is away: it has not answered for 5 seconds. Calls are answered with an internal error until it is back.`])
    expect(await lost).toContain('Away')
    expect(await port.send('', ['ECHO', 'here'])).toBe('here')
    expect(problems.slice(1)).toEqual([`Redis at redis://127.0.0.1:${String(proxy.port)} is back`])
  })
})
