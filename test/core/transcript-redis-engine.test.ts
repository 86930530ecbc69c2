/** What processes on one Redis have in common: which sandboxes there are, who may make room, who is let go, who is there and who hears of what. */
import { afterEach, expect, test, vi } from 'vitest'
import { Budget, LEAST_MEMORY } from '../../src/core/budget.js'
import { type Engine, type Follower, type House, type SandboxLog } from '../../src/core/engine/engine.js'
import { openPort } from '../../src/core/engine/redis/address.js'
import { clearRedis } from '../../src/core/engine/redis/clear.js'
import { redisEngine, type RedisOptions } from '../../src/core/engine/redis/engine.js'
import { listFrom } from '../../src/core/engine/redis/reply.js'
import { NO_FILES } from '../../src/core/files.js'
import { Pace } from '../../src/core/slices.js'
import { closedAfterEach } from '../support/closing.js'
import { named, noRedis, OwnRedis } from '../support/redis.js'
import { until } from '../support/several.js'
import { contentOf, entryOf, put, scopeOf } from '../support/two-processes.js'
import { WrittenDown } from '../support/written-down.js'

const MIB = 1024 * 1024
const MINUTE = 60 * 1_000_000
const DAY = 24 * 60 * MINUTE
const closing = closedAfterEach()
afterEach(() => {
  vi.useRealTimers()
})

/** A Redis and all who are at it; what they do from time to time is in the test's hands. */
async function place() {
  const redis = await OwnRedis.start()
  closing.push(() => redis.close())
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  const told = new WrittenDown()
  let happened: string[] = []
  const plain = (text: string) => text.replaceAll(String(redis.port), 'PORT').replace(/\d{16}/g, '16').replace(/\d{13}/g, '13')
  const direct = await openPort(redis.url, () => undefined)
  closing.push(() => direct.close())
  const say = (...command: readonly string[]) => direct.send('', command)
  const zset = async (name: string) => listFrom(await say('ZRANGE', `at:{-}:${name}`, '0', '-1')).join(' ')

  const process = async (who: string, { replicas, ...more }: Partial<House> & RedisOptions = {}) => {
    const note = (what: string) => happened.push(`${who} ${what}`)
    const engine: Engine = redisEngine(`${redis.url}/0?prefix=at`, replicas === undefined ? {} : { replicas })
    closing.push(async () => { await engine.stop() })
    const house: House = { identity: async () => ({ seed: '1' }), keyOf: (_system, _collection, doc) => Number(doc['id']), fileOf: () => undefined, boot: 0, most: 3, journalLimit: 9, pace: new Pace(), budget: new Budget(LEAST_MEMORY), report: (problem) => note(`reports: ${plain(problem)}`), ...more }
    const busy = new Set<string>()
    const listening = new Set<string>()
    const open = (name: string, text = ''): SandboxLog => {
      const follower: Follower = {
        initial: () => (text === '' ? contentOf([1]) : { ...contentOf([]), stores: { shop: { items: { put: [{ id: 1, text }], deleted: [] } } } }),
        committed: ({ changes }) => note(`${name}: ${changes.map(({ key }) => String(key)).join(' ')}`),
        turnedOver: () => note(`${name} is turned over`),
        journalled: (event) => note(`${name}: ${event.type === 'entry' ? event.head.url : event.type}`),
        announced: (said) => note(`${name} says ${said}`),
        lost: () => note(`${name} is lost`),
        ended: () => note(`${name} is at its end`),
        get listens() { return listening.has(name) },
        get idle() { return !busy.has(name) },
      }
      return engine.open(name, follower)
    }
    const change = async (log: SandboxLog, id: number) => {
      const { generation } = await log.look()
      const { version } = await log.load()
      return log.commit({ generation, base: version, reads: [], changes: [put(id)], files: NO_FILES, namesFiles: false, request: 1, scope: scopeOf('shop') })
    }
    return { engine, house, open, busy, listening, change, note, start: () => engine.start(house) }
  }

  return {
    redis, told, process, say, zset, happened: () => happened, forget: () => { happened = [] },
    /** Does something, and writes down what comes of it and what stands there. */
    step: async (what: string, work: () => unknown) => {
      happened = []
      told.part(what)
      await told.try('comes to', async () => {
        try {
          const outcome = await work()
          return outcome === undefined || outcome === null ? outcome : JSON.parse(plain(JSON.stringify(outcome))) as unknown
        } catch (error) {
          throw new Error(plain(String(error)), { cause: error })
        }
      })
      if (happened.length > 0) told.note('told', happened)
      told.note('there', { sandboxes: await zset('sandboxes'), spare: await zset('spare'), dying: await zset('dying'), processes: await say('ZCARD', 'at:{-}:processes') })
    },
    /** So many seconds later, when all is done that is done from time to time. */
    later: async (seconds: number, isDone: () => Promise<boolean>) => {
      vi.advanceTimersByTime(seconds * 1000)
      await until(isDone)
    },
  }
}

test.skipIf(noRedis !== null)(named('sandboxes come, are used, and make room'), async () => {
  const { redis, told, step, process, say, zset, later, forget } = await place()
  const [one, two] = [await process('one'), await process('two')]
  await step('before it starts', async () => one.engine.names())
  const before = Date.now()
  const boots = new Set<number>()
  await step('both start', async () => { for (const { start } of [one, two]) boots.add((await start()).boot) })
  const [boot = 0] = boots
  told.note('one boot', [boots.size, boot >= before - 1000, boot <= Date.now() + 1000, (await say('HGET', 'at:{-}:house', 'boot')) === String(boot), await say('HGET', 'at:{-}:house', 'identity')])
  const time = one.engine.time?.({ now: () => 0 })
  const first = time?.now() ?? 0
  vi.advanceTimersByTime(500)
  told.note('one time, that goes on', [Math.abs(first - Date.now()) < 2000, (time?.now() ?? 0) - first, Number.isInteger(first)])
  await step('one starts again', () => one.start())
  const other = await process('other', { identity: async () => ({ seed: '2', more: 'x' }) })
  await step('another kind', () => other.start())
  await step('there is none', async () => [await one.engine.names(), await one.engine.has('a'), await one.engine.overview?.('a'), await one.engine.delete('a'), await one.engine.complaint?.()])

  const logs = { a: one.open('a'), b: one.open('b'), c: two.open('c') }
  await step('a', () => logs.a.look())
  await step('b', () => logs.b.begin())
  await step('c', () => logs.c.look())
  await step('a again', () => logs.a.begin())
  await step('names', () => one.engine.names())
  await step('has', async () => [await two.engine.has('a'), await two.engine.has('d')])
  const d = one.open('d')
  await step('d, for which one goes', () => d.look())
  one.busy.add('a')
  one.busy.add('d')
  const e = one.open('e')
  await step('e, where one is in use', () => e.look())
  await step('two changes e', async () => two.change(two.open('e'), 5))
  const f = two.open('f')
  await step('f, where another process has one in use, and one was changed', () => f.look())
  await step('the others are kept', async () => { for (const name of ['f', 'd']) await two.engine.keep?.(name) })
  const g = one.open('g')
  await step('g, for which there is no room', () => g.look())
  await step('g is to be kept', () => one.engine.keep?.('g'))
  await step('f is deleted, which makes room', () => two.engine.delete('f'))
  await step('g, that is made by its name', () => g.look())
  await step('it is told of it once', async () => [await one.engine.delete('g'), await g.look()])
  await step('a control state', async () => {
    const { generation } = await g.begin()
    const { version } = await g.load()
    await g.commit({ generation, base: version, reads: [], changes: [{ collection: 'control', key: 'nextFault', before: { value: 4 }, after: { value: 9 } }], files: NO_FILES, namesFiles: false, request: null, scope: scopeOf('') })
    await g.append(entryOf('/'), generation)
    return [await two.engine.overview?.('g'), await one.engine.overview?.('g')]
  })
  await step('names that are made up', async () => {
    const name = await one.engine.makeUpName()
    await say('HSET', 'at:{box-3}:meta', 'gen', '1')
    const names = [name, await two.engine.makeUpName(), await one.engine.makeUpName()]
    await say('DEL', 'at:{box-3}:meta')
    return names
  })

  await two.engine.names()
  await step('what was used is noted, and what is in use', async () => {
    for (const log of [g, e, g]) await log.begin()
    const was = await zset('sandboxes')
    await later(1, async () => (await zset('sandboxes')).endsWith('d'))
    return was
  })
  one.busy.clear()
  two.busy.add('e')
  await step('one is not used for a week, one for a little less', async () => {
    for (const [name, age] of [['g', 7 * DAY + MINUTE], ['d', 7 * DAY - MINUTE]] as const) await say('ZADD', 'at:{-}:sandboxes', String(Date.now() * 1000 - age), name)
    await later(20, async () => (await zset('sandboxes')) === 'd e' && (await zset('dying')) === '')
    // Whoever of both comes first deletes it.
    forget()
  })
  await step('some that were about to be deleted', async () => {
    for (const name of ['e', 'nobody']) {
      await say('ZREM', 'at:{-}:sandboxes', name)
      await say('ZADD', 'at:{-}:dying', '1', name)
    }
    await say('ZADD', 'at:{-}:dying', String(Date.now() * 1000), 'right-now')
    await say('DEL', 'at:{-}:processes')
    await later(20, async () => (await zset('dying')) === 'right-now' && (await say('ZCARD', 'at:{-}:processes')) === 2)
    await say('DEL', 'at:{-}:dying')
  })
  await step('d was kept, and is deleted: another of its name is as any', async () => {
    await two.engine.keep?.('d')
    await two.engine.delete('d')
    await two.open('d').look()
    forget()
  })
  await step('one leaves', () => one.engine.stop())
  await step('and again', () => one.engine.stop())
  await say('SET', 'other:{a}:meta', 'x')
  await say('SET', 'at', 'x')
  await step('it is cleared while one is there', () => clearRedis(`${redis.url}/0?prefix=at`))
  await step('two leaves', () => two.engine.stop())
  told.note('what is done from time to time, by the connection of this test', vi.getTimerCount())
  await step('it is cleared', () => clearRedis(`${redis.url}/0?prefix=at`))
  told.note('left', listFrom(await say('KEYS', '*')).map(String).sort())
  const next = await process('next', { identity: async () => ({ seed: '2' }) })
  await step('another kind begins', async () => { await next.start() })
  await told.isThatOf('redis-house')
})

test.skipIf(noRedis !== null)(named('replicas are let go, and who waits is told'), async () => {
  const { told, step, process, happened } = await place()
  const [few, two] = [await process('few', { replicas: 2, most: 20 }), await process('two', { most: 20 })]
  await few.start()
  await two.start()
  few.busy.add('a')
  for (const name of ['a', 'b']) await step(`opens ${name}`, async () => few.open(name).look())
  await step('opens one more', async () => few.open('c').look())
  few.busy.add('c')
  await step('opens one that nobody needs', async () => few.open('d').look())
  few.busy.add('d')
  await step('where all are in use', async () => few.open('e').look())
  few.busy.clear()
  await step('none is in use, and those of long ago go', async () => few.open('f').look())
  await step('stops', () => few.engine.stop())

  const full = await process('full', { most: 20 })
  await full.start()
  const text = 'x'.repeat(2.5 * MIB)
  const logs = ['k', 'l', 'm', 'n'].map((name) => [name, full.open(name, text)] as const)
  const used = () => Math.round(full.house.budget.used('records') / MIB * 2) / 2
  for (const [name, log] of logs.slice(0, 3)) await step(`loads ${name}`, async () => { await log.load(); return used() })
  await step('uses the first', async () => { await logs[0]?.[1].begin(); return used() })
  await step('loads one more', async () => { await logs[3]?.[1].load(); return used() })
  const late = full.open('o', text)
  await step('loads what there is just room for', async () => { await late.load(); return used() })
  for (const name of ['k', 'n', 'o']) full.busy.add(name)
  const later = full.open('v', text)
  await step('loads what there is no room for', async () => { await later.load() })
  await step('that takes up nothing', used)
  await step('uses what was let go', () => logs[1]?.[1].begin())

  const heard = (count: number) => until(() => Promise.resolve(happened().length >= count))
  const names = ['p', 'q', 'r']
  const ears = names.map((name) => full.open(name))
  const mouths = names.map((name) => two.open(name))
  for (const name of names.slice(0, 2)) full.listening.add(name)
  await step('three wait', async () => {
    for (const ear of ears) {
      await ear.look()
      ear.attend(true)
    }
    await two.open('s').look()
    for (const mouth of mouths) await mouth.announce('there')
    await heard(6)
    happened().sort()
  })
  for (const [i, name] of names.entries()) {
    await step(`${name} is called`, async () => {
      const mouth = mouths[i] ?? expect.fail()
      await mouth.append(entryOf(`/${name}`), (await mouth.look()).generation)
      await mouth.announce('now')
      await heard(i < 2 ? 5 : 4)
      happened().sort()
    })
  }
  await step('one waits no more', async () => {
    ears[0]?.attend(false)
    await mouths[0]?.announce('nobody')
    await mouths[1]?.announce('somebody')
    await heard(6)
    happened().sort()
  })
  await step('one is deleted elsewhere', async () => {
    await two.engine.delete('q')
    await until(() => Promise.resolve(happened().includes('full q is at its end')))
    happened().sort()
  })
  await step('one is reset elsewhere', async () => {
    await mouths[2]?.replace(contentOf([2]))
    await until(() => Promise.resolve(happened().includes('full r is turned over')))
    happened().sort()
  })
  await step('one hears nothing after the end', async () => {
    await full.engine.stop()
    happened().sort()
  })
  await told.isThatOf('redis-replicas')
})
