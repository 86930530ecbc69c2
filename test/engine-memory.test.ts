import { describe, expect, test } from 'vitest'
import { Budget, budgetKinds } from '../src/core/budget.js'
import type { Attempt, Engine, Follower, SandboxLog } from '../src/core/engine/engine.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
import { NO_FILES } from '../src/core/files.js'
import type { Store } from '../src/core/store/types.js'
import { testEngine } from './support/engine.js'
import { sandboxesOn } from './support/sandboxes.js'

testEngine('memory', () => {
  const engine = memoryEngine()
  return { join: () => engine, close: async () => engine.stop() }
})

/** Behaves like an engine in another process: nothing is answered at once, and others come between. */
testEngine('memory, far away', () => {
  const engine = memoryEngine()
  return { join: () => farAway(engine), close: async () => engine.stop() }
})

function farAway(engine: Engine): Engine {
  const away = async <T>(answer: () => T): Promise<Awaited<T>> => {
    await later()
    const result = await answer()
    await later()
    return result
  }
  return {
    name: 'memory, far away',
    start: async (house) => {
      const started = starts.get(engine) ?? engine.start(house)
      starts.set(engine, started)
      return started
    },
    open: (name, follower) => {
      const log = engine.open(name, follower)
      const wrapped: SandboxLog = {
        begin: () => away(() => log.begin()),
        look: () => away(() => log.look()),
        commit: (attempt) => away(() => log.commit(attempt)),
        load: () => away(() => log.load()),
        past: () => away(() => log.past()),
        replace: (content, kept, files) => away(() => log.replace(content, kept, files)),
        file: (hash) => away(() => log.file(hash)),
        isCalledElsewhere: log.isCalledElsewhere,
        append: (entry, generation) => log.append(entry, generation),
        heads: () => away(() => log.heads()),
        entries: (ids) => away(() => log.entries(ids)),
        status: () => away(() => log.status()),
        remove: (fits) => away(() => log.remove(fits)),
        announce: (text) => away(() => log.announce(text)),
        attend: (isWanted) => {
          log.attend(isWanted)
        },
        close: (listener) => {
          log.close(listener)
        },
      }
      return wrapped
    },
    has: (name) => away(() => engine.has(name)),
    names: () => away(() => engine.names()),
    makeUpName: () => away(() => engine.makeUpName()),
    delete: (name) => away(() => engine.delete(name)),
    stop: () => undefined,
  }
}

const starts = new WeakMap<Engine, ReturnType<Engine['start']>>()

const later = () => new Promise<void>((resolve) => setImmediate(resolve))

test('what a call writes into a sandbox that was deleted meanwhile takes up nothing', async () => {
  const budget = new Budget()
  const sandboxes = await sandboxesOn(memoryEngine(), { systems: { shop: { state: { items: { key: 'id' } }, records: { items: [] } } }, budget })
  const used = () => budgetKinds.map((kind) => [kind, budget.used(kind)])
  const before = used()
  const store = sandboxes.open('s').store('shop') as unknown as Store<{ items: { id: number; name: string } }> // the one system that is played here
  await store.transact(async (tx) => {
    await tx.put('items', { id: 1, name: 'x'.repeat(10_000) })
    await sandboxes.delete('s')
  }).catch(() => undefined)
  expect(used()).toEqual(before)
})

test('each sandbox takes up 10 KiB of what there is for records by being there, and gives it back when it is deleted', async () => {
  const budget = new Budget()
  const sandboxes = await sandboxesOn(memoryEngine(), { systems: { shop: { state: { items: { key: 'id' } }, records: { items: [] } } }, budget })
  const before = budget.used('records')
  for (const name of ['a', 'b', 'c']) await sandboxes.open(name).begin()
  expect(budget.used('records') - before).toBe(3 * 10 * 1024)
  await sandboxes.delete('b')
  expect(budget.used('records') - before).toBe(2 * 10 * 1024)
})

describe('a log', () => {
  /** A log of its own, and what writes one record into it, resting on a version and on what was read. */
  async function begin() {
    const engine = memoryEngine()
    const sandboxes = await sandboxesOn(engine, { systems: { shop: { state: { items: { key: 'id' } }, records: { items: [] } } } })
    const content = await sandboxes.open('another').content()
    const nothing = () => undefined
    const follower: Follower = { initial: () => content, committed: nothing, turnedOver: nothing, journalled: nothing, announced: nothing, lost: nothing, ended: nothing, listens: false, idle: false }
    const log = engine.open('s', follower)
    const { generation } = await log.look()
    const scope: Attempt['scope'] = { system: 'shop', touched: (changes) => new Set(changes.map(({ collection, key }) => `${collection}/${String(key)}`)), isOfWorld: () => false }
    const write = (id: number, base: number, reads: readonly string[]) =>
      log.commit({ generation, base, reads, changes: [{ collection: 'items', key: id, before: null, after: { id } }], files: NO_FILES, namesFiles: false, request: null, scope })
    return { log, content, write }
  }

  test('refuses what rests on something that was touched meanwhile, and nothing else that rests on less than there is', async () => {
    const { write } = await begin()
    expect([await write(1, 0, ['items/1']), await write(2, 0, ['items/2']), await write(3, 0, ['items/1']), await write(3, 2, ['items/1'])]).toEqual(['committed', 'committed', 'conflict', 'committed'])
  })

  test('that goes back behind what it has let go of is not whole, and one that begins anew is', async () => {
    const { log, content, write } = await begin()
    for (let id = 0; id <= 10_000; id++) await write(id, id, [])
    expect((await log.past()).isWhole).toBe(false)
    await log.replace(content, { version: 0, entry: 0 })
    expect((await log.past()).isWhole).toBe(false)
    await log.replace(content)
    expect((await log.past()).isWhole).toBe(true)
  })
})
