import { expect, test } from 'vitest'
import { Budget, budgetKinds } from '../src/core/budget.js'
import type { Engine, SandboxLog } from '../src/core/engine/engine.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
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
