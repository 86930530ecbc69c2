/** Reading the journal costs what is read, however full it is. An engine that counts what it is asked for stands behind a real server. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Engine, SandboxLog } from '../src/core/engine/engine.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
import { at, serveControl } from './support/control.js'
import { isBusy } from './support/inside.js'

const asked = { heads: 0, entries: 0 }
const { box, server } = await serveControl(['live'], { engine: counting(memoryEngine()), journal: 300 })
const here = box()
for (let i = 0; i < 320; i++) await here.call(i % 10 === 0 ? '/live/nowhere' : '/live/auth/code?mobile=13800003001')
beforeEach(() => {
  Object.assign(asked, { heads: 0, entries: 0 })
})

describe('of a full journal no more calls are put together than are handed out', () => {
  test.each([
    ['/requests?limit=1', 1],
    ['/requests?limit=7&unmatched=true', 7],
    ['/requests?limit=7&error=API_USER_NOT_FOUND', 0],
    ['/requests/count?unmatched=true', 0],
    ['/requests/lines?limit=3', 3],
    ['/requests/310', 1],
    ['/requests/1', 0],
    ['/requests/wait?unmatched=true&timeout=1000', 1],
  ])('%s', async (path, most) => {
    expect([200, 404]).toContain((await here.admin('GET', path)).status)
    expect(asked.entries).toBe(most)
    expect(asked.heads).toBeLessThanOrEqual(1)
  })

  test('and the newest are chosen, with how many fit', async () => {
    const listed = await here.admin('GET', '/requests?limit=2&unmatched=true')
    expect([at(listed, 'requests.0.id'), at(listed, 'requests.1.id'), at(listed, 'meta.total'), at(listed, 'meta.oldest')]).toEqual([311, 301, 30, 21])
  })
})

test('many who wait are woken by what arrives, and look at that alone', async () => {
  const waiting = Array.from({ length: 40 }, () => here.admin('GET', '/requests/wait?operationId=liveLogin&timeout=20000'))
  await vi.waitFor(() => {
    expect(asked.heads).toBe(40)
  })
  for (let i = 0; i < 30; i++) await here.call('/live/auth/code?mobile=13800003001')
  await here.call('/live/auth/login', { method: 'POST', body: { mobile: '13800003001', auth_code: '000000' } })
  const answers = await Promise.all(waiting)
  expect(new Set(answers.map((answer) => at(answer, 'request.body.text')))).toEqual(new Set(['{"mobile":"13800003001","auth_code":"000000"}']))
  expect(asked).toEqual({ heads: 40, entries: 0 })
  expect(isBusy(server, here.name)).toBe(false)
})

/** @returns the engine, which notes how often heads are asked for, and how many entries it puts together */
function counting(engine: Engine): Engine {
  return {
    name: engine.name,
    start: (house) => engine.start(house),
    open: (name, follower) => {
      const log = engine.open(name, follower)
      const counted: Partial<SandboxLog> = {
        heads: () => {
          asked.heads++
          return log.heads()
        },
        entries: async (ids) => {
          const entries = await log.entries(ids)
          asked.entries += entries.length
          return entries
        },
      }
      // All else is what the log itself does.
      return new Proxy(log, {
        get: (target, name) => {
          const value: unknown = Reflect.get(name in counted ? counted : target, name)
          return typeof value === 'function' ? value.bind(target) as unknown : value
        },
      })
    },
    has: (name) => engine.has(name),
    names: () => engine.names(),
    makeUpName: () => engine.makeUpName(),
    delete: (name) => engine.delete(name),
    stop: () => engine.stop(),
  }
}
