/** A sandbox: an isolated copy of everything that changes. */
import { type ClockState, readClock, runningClock, type TimeSource } from './clock.js'
import { Generation, Turn } from './generation.js'
import { Journal } from './journal.js'
import type { ControlState, ControlStore, CoreRecords, Origin, SandboxContent, SystemControl } from './sandbox-state.js'
import { Superseded } from './superseded.js'
import type { Change, Store } from './store/types.js'
import type { World } from './store/world.js'
import type { System } from './system.js'

export type { ControlState, ControlStore, CoreRecords, MaintenanceControl, Origin, SandboxContent, SystemControl } from './sandbox-state.js'

/** A system that is served, with its world. */
export interface Served {
  readonly system: System
  readonly world: World
  /** @returns the world as another server has it, for sandboxes that come out of a snapshot */
  worldAt(origin: Origin): Promise<World>
}

export interface SandboxOptions {
  readonly served: ReadonlyMap<string, Served>
  readonly time: TimeSource
  /** The load of the worlds that a new sandbox begins with. */
  readonly origin: Origin
  readonly seed: string
  readonly journalLimit: number
  /** The clock that a new sandbox begins with. */
  readonly clock?: ClockState
}

/** Is told which records of which system a commit has changed. */
export type Watcher = (system: string, changes: readonly Change[]) => void

/** So often a call begins anew because the sandbox was reset in the midst of it; then it is given up. */
export const MOST_TURNS = 100

export class Sandbox {
  readonly name: string
  readonly journal: Journal
  readonly #options: SandboxOptions
  #generation: Generation
  #underWay = 0
  readonly #watchers = new Set<Watcher>()

  /** @param name already checked; see {@link isSandboxName} */
  constructor(name: string, options: SandboxOptions) {
    this.name = name
    this.#options = options
    this.journal = new Journal(options.journalLimit)
    this.#generation = this.#generate(1, this.#initial())
  }

  /** The load of the worlds that this sandbox differs from. */
  get origin(): Origin {
    return this.#generation.origin
  }

  /** Whether nobody is calling it or waiting for it. */
  get idle(): boolean {
    return this.#underWay === 0 && !this.journal.hasListeners
  }

  /** Says that a call is under way; it must say {@link leave} in the end. */
  enter(): void {
    this.#underWay++
  }

  /** Says that a call that entered is over. */
  leave(): void {
    this.#underWay--
  }

  /** @returns what a call sees from now on, with one more request counted; ids are drawn by that number */
  begin(): Turn {
    const generation = this.#generation
    return new Turn(this, generation, generation.change((before) => ({ ...before, requests: before.requests + 1 })))
  }

  /** @returns what somebody sees who is no request of a client */
  look(): Turn {
    return new Turn(this, this.#generation, this.#generation.control)
  }

  /**
   * Does what touches several parts of a sandbox, and again from the start when a reset comes between.
   * @param counts whether it counts as a request, for ids are drawn by its number
   * @returns what `work` returns in a generation that was not over by then
   * @throws what `work` throws
   */
  async during<T>(work: (turn: Turn) => Promise<T>, counts = false): Promise<T> {
    for (let run = 1; run <= MOST_TURNS; run++) {
      const turn = counts ? this.begin() : this.look()
      try {
        const result = await work(turn)
        if (!turn.isOver) return result
      } catch (error) {
        if (!turn.isOver) throw error
      }
    }
    throw new Superseded()
  }

  /** The control state as it is now, whatever the generation. */
  readonly control: ControlStore = {
    read: () => Promise.resolve(this.#generation.control),
    change: async (change) => this.#generation.change(change),
  }

  /** @returns what this sandbox keeps of a served system, whatever the generation: after a reset a transaction runs again in the new one */
  store(system: string): Store<CoreRecords> {
    const current = () => this.#generation.store(system)
    return {
      transact: (work) => this.during((turn) => turn.store(system).transact(work)),
      export: () => current().export(),
      import: (data) => current().import(data),
      reset: () => current().reset(),
    }
  }

  /** @returns the reading of the sandbox's clock for this state */
  now(state: ControlState): number {
    return readClock(state.clock, this.#options.time.now())
  }

  /** Makes everything as it was when the sandbox came into being, in one step: a call under way begins anew. */
  async reset(): Promise<void> {
    this.#turnOver(this.#generate(this.#generation.number + 1, this.#initial()))
  }

  /** @returns all that this sandbox keeps at one moment, but for its journal */
  async content(): Promise<SandboxContent> {
    return this.#generation.content()
  }

  /**
   * Replaces all that this sandbox keeps, in one step; its journal is emptied. A call under way begins anew.
   * @throws StoreError when the records cannot stand together; then nothing is changed
   */
  async replace({ control, origin, stores }: SandboxContent): Promise<void> {
    const worlds = new Map<string, World>()
    for (const [id, served] of this.#options.served) worlds.set(id, await served.worldAt(origin))
    const next = this.#generate(this.#generation.number + 1, control, { origin, worlds })
    for (const id of worlds.keys()) await next.store(id).import(stores[id] ?? {})
    this.#turnOver(next)
  }

  /**
   * Tells `watcher` of every commit, whoever made it. What a reset or a snapshot replaces is no commit: the journal tells that.
   * @returns a function that ends it
   */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    return () => {
      this.#watchers.delete(watcher)
    }
  }

  /** The clock of real time, by which sandbox clocks are set. */
  get real(): number {
    return this.#options.time.now()
  }

  #turnOver(next: Generation): void {
    this.#generation.end()
    this.#generation = next
    this.journal.reset()
  }

  #generate(number: number, control: ControlState, load?: { origin: Origin; worlds: ReadonlyMap<string, World> }): Generation {
    const { served, origin } = this.#options
    const worlds = load?.worlds ?? new Map([...served].map(([id, { world }]) => [id, world]))
    const committed: Watcher = (system, changes) => {
      for (const watcher of this.#watchers) watcher(system, changes)
    }
    return new Generation({ number, control, origin: load?.origin ?? origin, worlds, committed })
  }

  #initial(): ControlState {
    const { served, seed, clock = runningClock } = this.#options
    const systems = [...served.values()].map(({ system }) => [system.id, initialControl(system)] as const)
    return { clock, requests: 0, seed, systems: Object.fromEntries(systems), faults: [], nextFault: 1 }
  }
}

function initialControl(system: System): SystemControl {
  const settings = Object.entries(system.settings).map(([name, { default: value }]) => [name, value] as const)
  return { smsSource: 'fixed', settings: Object.fromEntries(settings), outages: [], maintenance: null }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** @returns whether the text can name a sandbox: letters, digits, dot, underscore, hyphen; 64 at the most; a letter or digit first */
export function isSandboxName(name: string): boolean {
  return NAME.test(name)
}

/** All sandboxes of a server. One comes into being on first use; past the cap the least recently used one that is idle goes. */
export class Sandboxes {
  readonly #options: SandboxOptions & { readonly most: number }
  /** In the order of last use. */
  readonly #sandboxes = new Map<string, Sandbox>()
  #namesMadeUp = 0
  /** The last one in that order. */
  #latest: Sandbox | null = null

  constructor(options: SandboxOptions & { readonly most: number }) {
    this.#options = options
  }

  /**
   * Makes up a name: `box-1`, `box-2`, and so on. None is made up twice, so that a late call to a deleted sandbox reaches no one else's.
   * @returns a name that no sandbox has
   */
  freeName(): string {
    let name: string
    do name = `box-${String(++this.#namesMadeUp)}`
    while (this.#sandboxes.has(name))
    return name
  }

  /** @returns the sandbox of this name, made now if need be */
  open(name: string): Sandbox {
    if (this.#latest?.name === name) return this.#latest
    let sandbox = this.#sandboxes.get(name)
    if (sandbox !== undefined) this.#sandboxes.delete(name)
    else {
      sandbox = new Sandbox(name, this.#options)
      this.#makeRoom()
    }
    this.#sandboxes.set(name, sandbox)
    this.#latest = sandbox
    return sandbox
  }

  /** @returns the sandbox of this name if there is one; does not count as use */
  peek(name: string): Sandbox | undefined {
    return this.#sandboxes.get(name)
  }

  /** @returns all sandboxes, the least recently used first */
  list(): readonly Sandbox[] {
    return [...this.#sandboxes.values()]
  }

  /**
   * Deletes a sandbox; whoever waits for it is told.
   * @returns whether there was one to delete
   */
  delete(name: string): boolean {
    const sandbox = this.#sandboxes.get(name)
    this.#sandboxes.delete(name)
    if (this.#latest === sandbox) this.#latest = null
    sandbox?.journal.end()
    return sandbox !== undefined
  }

  /** Tells all who wait for a sandbox that nothing will come any more. */
  end(): void {
    for (const sandbox of this.#sandboxes.values()) sandbox.journal.end()
  }

  #makeRoom(): void {
    while (this.#sandboxes.size >= this.#options.most) {
      const oldest = this.list().find(({ idle }) => idle) ?? this.list()[0]
      if (oldest === undefined) return
      this.delete(oldest.name)
    }
  }
}
