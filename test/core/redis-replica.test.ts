/** What a process counts of a sandbox in Redis that it loads, while others are answered in between. */
import { expect, test } from 'vitest'
import { Budget, LEAST_MEMORY } from '../../src/core/budget.js'
import { runningClock } from '../../src/core/clock.js'
import { type Attempt, type Commit, NoRoom } from '../../src/core/engine/engine.js'
import { RedisReplica } from '../../src/core/engine/redis/replica.js'
import { NO_FILES } from '../../src/core/files.js'
import { atOnce, Pace } from '../../src/core/slices.js'

const TEXT = 'x'.repeat(1000)
const commit = (version: number, keys: readonly number[]): Commit => ({ version, system: 'shop', changes: keys.map((key) => ({ collection: 'items', key, before: null, after: { id: key, text: TEXT } })), request: null, touched: () => new Set() })
const control = { clock: runningClock, requests: 0, seed: '1', era: 1, systems: {}, faults: [], nextFault: 1 }
/** As it is loaded: a thousand records, a hundred in each. */
const loaded = { generation: 1, requests: 0, version: 10, content: { control, origin: { boot: 0, scale: 0 }, stores: {} }, commits: Array.from({ length: 10 }, (_, i) => commit(10, Array.from({ length: 100 }, (_one, key) => 100 * i + key))), isWhole: true }

function replica(budget = new Budget()) {
  const house = { identity: async () => ({}), keyOf: () => 0, fileOf: () => undefined, boot: 0, most: 10, journalLimit: 10, pace: new Pace(), budget, report: () => undefined }
  return { made: new RedisReplica(house, () => undefined), used: () => budget.used('records') }
}

test('is counted a little at a time, and what comes meanwhile once', () => {
  const { made, used } = replica()
  made.expect()
  made.receive(commit(10, [1]))
  const counting = made.begin(loaded)
  counting.next()
  const first = used()
  expect(first).toBeGreaterThan(100 * TEXT.length)
  made.receive(commit(11, [5000]))
  atOnce(counting)
  const whole = used()
  expect(Math.abs(whole - (first * 1001) / 100)).toBeLessThan(first / 100)
  made.receive(commit(12, [5001]))
  expect(used()).toBeGreaterThan(whole + TEXT.length)
  made.end()
  expect(used()).toBe(0)
})

test('that records of the world are gone takes up room, and that others are gone takes none', () => {
  const { made } = replica(new Budget(LEAST_MEMORY))
  const changes = Array.from({ length: 100_000 }, (_, id) => ({ collection: 'items', key: id, before: null, after: null }))
  const attempt = (isOfWorld: boolean): Attempt => ({ generation: 1, base: 0, reads: [], changes, files: NO_FILES, namesFiles: false, request: 1, scope: { system: 'shop', touched: () => new Set(), isOfWorld: () => isOfWorld } })
  made.fit(attempt(false))
  expect(() => {
    made.fit(attempt(true))
  }).toThrow(NoRoom)
})

test('comes to nothing where it comes to its end meanwhile, and another is loaded', () => {
  const { made, used } = replica()
  made.expect()
  const counting = made.begin(loaded)
  counting.next()
  made.end()
  expect(used()).toBe(0)
  made.expect()
  atOnce(made.begin(loaded))
  const whole = used()
  atOnce(counting)
  expect(used()).toBe(whole)
  made.end()
  expect(used()).toBe(0)
})
