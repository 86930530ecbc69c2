/** Commits of one sandbox on their way to Redis: who goes first, and who has met another meanwhile. */
import { describe, expect, test } from 'vitest'
import { type Attempt, type Commit, CONTROL } from '../../src/core/engine/engine.js'
import { RedisLine } from '../../src/core/engine/redis/line.js'
import { NO_FILES } from '../../src/core/files.js'

const MOST = 32

const attempt = (base: number, reads: readonly string[] = [], { request = 1, system = 'shop' }: { request?: number | null; system?: string } = {}): Attempt => ({
  generation: 1, base, reads, changes: [], files: NO_FILES, namesFiles: false, request, scope: { system, touched: () => new Set(), isOfWorld: () => false },
})
const commit = (version: number, names: readonly string[], system = 'shop'): Commit => ({ version, system, changes: [], request: null, touched: () => new Set(names) })

/** A line in which as many are on their way as may be. */
function full(): RedisLine {
  const line = new RedisLine()
  for (let i = 0; i < MOST; i++) expect(line.enter(attempt(10), 10)).toBe(10)
  return line
}

describe('who has to wait', () => {
  test('goes on from what is known by then, if none has touched what he read', async () => {
    const line = full()
    const waits = [attempt(10, ['items/1']), attempt(10, ['items/2']), attempt(10, ['items/3'])].map(async (one) => line.enter(one, 10))
    line.told(commit(11, ['items/2']))
    line.told(commit(12, ['items/3'], 'another'))
    for (let i = 0; i < 3; i++) line.leave(12)
    expect(await Promise.all(waits)).toEqual([12, null, 12])
  })

  test('has met another of several commits that came one after the other, the first and the last alike', async () => {
    const line = full()
    const waits = [attempt(10, ['items/1']), attempt(10, ['items/2']), attempt(10, ['items/3'])].map(async (one) => line.enter(one, 10))
    line.told(commit(11, ['items/1']))
    line.told(commit(12, ['items/2']))
    for (let i = 0; i < 3; i++) line.leave(12)
    expect(await Promise.all(waits)).toEqual([null, null, 12])
  })

  test('is not behind calls if it is the control plane, and does not wait at all for a change of the control state', async () => {
    const line = full()
    const order: string[] = []
    const waits = [attempt(10), attempt(10, [], { request: null })].map(async (one) => {
      await line.enter(one, 10)
      order.push(one.request === null ? 'control' : 'call')
    })
    expect(line.enter(attempt(10, [], { system: CONTROL }), 10)).toBe(10)
    for (let i = 0; i < 3; i++) line.leave(10)
    await Promise.all(waits)
    expect(order).toEqual(['control', 'call'])
  })

  test('is let in by one that leaves, one for one; whoever has met another takes no place', async () => {
    const line = full()
    const gone: string[] = []
    const waits = ['items/2', 'items/1', 'items/3'].map(async (name) => {
      gone.push(`${name} ${String(await line.enter(attempt(10, [name]), 10))}`)
    })
    line.told(commit(11, ['items/2']))
    line.leave(11)
    await Promise.all(waits.slice(0, 2))
    expect(gone).toEqual(['items/2 null', 'items/1 11'])
    line.leave(11)
    await Promise.all(waits)
    expect(gone).toEqual(['items/2 null', 'items/1 11', 'items/3 11'])
  })

  test('is told when nothing of what was known holds any more', async () => {
    const line = full()
    const wait = line.enter(attempt(10), 10)
    line.lose()
    expect(await wait).toBe(null)
  })
})

test('whoever begins to wait is not held against what came before', async () => {
  const line = full()
  const first = line.enter(attempt(10, ['items/1']), 10)
  line.told(commit(11, ['items/1']))
  line.leave(11)
  expect(await first).toBe(null)
  expect(line.enter(attempt(11), 11)).toBe(11)
  const second = line.enter(attempt(11, ['items/1']), 11)
  line.leave(11)
  expect(await second).toBe(11)
})

test('what came is forgotten when nobody waits any more', async () => {
  const line = full()
  const first = line.enter(attempt(10, ['items/1']), 10)
  line.told(commit(11, ['items/1']))
  line.leave(11)
  expect(await first).toBe(null)
  expect(line.enter(attempt(10), 10)).toBe(10)
  const second = line.enter(attempt(10, ['items/1']), 10)
  line.leave(10)
  expect(await second).toBe(10)
})

test('what rests on less than is known is left to Redis', () => {
  expect(full().enter(attempt(9), 10)).toBe(9)
})
