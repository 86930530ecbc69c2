/** Sandboxes of made-up systems on any engine, without a server around them. */
import { Budget } from '../../src/core/budget.js'
import type { TimeSource } from '../../src/core/clock.js'
import type { Engine } from '../../src/core/engine/engine.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import { houseOf } from '../../src/core/house.js'
import type { Served } from '../../src/core/sandbox.js'
import { Sandboxes } from '../../src/core/sandboxes.js'
import type { AnyCollection, Doc, RecordMap, Store } from '../../src/core/store/types.js'
import { buildWorld } from '../../src/core/store/world.js'
import type { System } from '../../src/core/system.js'

/** Collections and the records that they begin with. */
export interface MadeUpSystem {
  readonly state: Readonly<Record<string, AnyCollection>>
  readonly records: Readonly<Record<string, readonly Doc[]>>
}

export interface MadeUpHouse {
  readonly systems: Readonly<Record<string, MadeUpSystem>>
  readonly most?: number
  readonly journalLimit?: number
  readonly time?: TimeSource
  readonly budget?: Budget
  /** Told what goes wrong, where a test makes that so. */
  readonly report?: (problem: string) => void
}

/** Engines that have been started; one that is reached by several handles is started by the first. */
const started = new WeakMap<Engine, { readonly boot: number }>()

/** @returns sandboxes that the engine keeps, as one process has them */
export async function sandboxesOn(engine: Engine, { systems, most = 100, journalLimit = 100, time = { now: () => 0 }, budget = new Budget(), report = unlessLetGo }: MadeUpHouse): Promise<Sandboxes> {
  // Sandboxes ask a system for its name, its settings and its collections, and for nothing else.
  const known = new Map(Object.entries(systems).map(([id, { state }]) => [id, { id, state, settings: {}, contract: { system: id } } as unknown as System]))
  // Made-up systems have no fixtures on the disk.
  const identity = () => Promise.resolve({ systems: [...known.keys()].join(', ') })
  const house = { ...houseOf({ systems: known, seed: '1', scale: 0, fixtures: '', boot: 0, most, journalLimit, budget, report }), identity }
  const { boot } = started.get(engine) ?? (await engine.start(house))
  started.set(engine, { boot })
  const served = new Map<string, Served>()
  for (const [id, { state, records }] of Object.entries(systems)) {
    const world = buildWorld(state, records, boot)
    const system = known.get(id)
    if (system !== undefined) served.set(id, { system, world, worldAt: () => Promise.resolve(world) })
  }
  return new Sandboxes({ served, time: engine.time?.(time) ?? time, origin: { boot, scale: 0 }, seed: '1', engine, house, report: fail })
}

/** @returns one sandbox with one system called `shop`, in memory */
export async function shopOf<Rs extends RecordMap>(shop: MadeUpSystem) {
  const sandboxes = await sandboxesOn(memoryEngine(), { systems: { shop } })
  const sandbox = sandboxes.open('test')
  return { sandbox, store: sandbox.store('shop') as unknown as Store<Rs> } // its records are what the caller says they are
}

/** That one makes room for another is reported, and nothing that went wrong. */
function unlessLetGo(problem: string): void {
  if (!problem.includes('was let go')) fail(problem)
}

function fail(problem: string): never {
  throw new Error(problem)
}
