/**
 * One life of a sandbox: from its making, a reset or a restored snapshot to the next. Clock, records, journal and the number of a
 * request all belong to one generation, so a call never sees half of one and half of another.
 */
import { readClock } from './clock.js'
import type { Journal, JournalEntry } from './journal.js'
import type { ControlState, CoreRecords, Origin, SandboxContent } from './sandbox-state.js'
import { MemoryStore } from './store/memory.js'
import type { Change, Store, StoreExport } from './store/types.js'
import type { World } from './store/world.js'
import { Superseded } from './superseded.js'

/** What a generation is made of. */
export interface GenerationParts {
  readonly number: number
  readonly control: ControlState
  /** The load of the worlds that the stores differ from. */
  readonly origin: Origin
  /** System -> its world. */
  readonly worlds: ReadonlyMap<string, World>
  /** Told of every commit. */
  readonly committed: (system: string, changes: readonly Change[]) => void
}

export class Generation {
  readonly #parts: GenerationParts
  readonly #stores = new Map<string, MemoryStore<CoreRecords>>()
  #control: ControlState
  #isOver = false

  constructor(parts: GenerationParts) {
    this.#parts = parts
    this.#control = parts.control
  }

  /** Counts from 1 in each sandbox. */
  get number(): number {
    return this.#parts.number
  }

  get origin(): Origin {
    return this.#parts.origin
  }

  /** Whether another one has begun. */
  get isOver(): boolean {
    return this.#isOver
  }

  get control(): ControlState {
    return this.#control
  }

  /**
   * Replaces the control state by what `change` makes of it.
   * @throws Superseded when the generation is over
   */
  change(change: (state: ControlState) => ControlState): ControlState {
    if (this.#isOver) throw new Superseded()
    return (this.#control = change(this.#control))
  }

  /** @returns what is kept of a served system; its transactions throw {@link Superseded} once the generation is over */
  store(system: string): MemoryStore<CoreRecords> {
    let store = this.#stores.get(system)
    if (store === undefined) {
      const world = this.#parts.worlds.get(system)
      if (world === undefined) throw new Error(`system ${system} is not served`)
      store = new MemoryStore(world, (changes) => {
        this.#parts.committed(system, changes)
      })
      if (this.#isOver) store.close()
      this.#stores.set(system, store)
    }
    return store
  }

  /** @returns all that is kept at this moment */
  content(): SandboxContent {
    const stores: Record<string, StoreExport> = {}
    for (const id of this.#parts.worlds.keys()) stores[id] = this.store(id).content()
    return { control: this.#control, origin: this.origin, stores }
  }

  /** Nothing is kept any more of what is still under way here. */
  end(): void {
    this.#isOver = true
    for (const store of this.#stores.values()) store.close()
  }
}

/** What one call sees of its sandbox: all of it belongs to one generation, and the clock is read once. */
export class Turn {
  /** The control state when the call came. */
  readonly state: ControlState
  /** The sandbox's clock when the call came, in milliseconds since 1970. */
  readonly now: number
  readonly #generation: Generation
  readonly #journal: Journal

  /** Use `begin` or `look` of a sandbox. */
  constructor({ real, journal }: { readonly real: number; readonly journal: Journal }, generation: Generation, state: ControlState) {
    this.#generation = generation
    this.#journal = journal
    this.state = state
    this.now = readClock(state.clock, real)
  }

  /** What relative times of the sandbox's world are counted from, in milliseconds since 1970. */
  get boot(): number {
    return this.#generation.origin.boot
  }

  /** Whether the sandbox was reset or replaced since; then the call has to begin anew. */
  get isOver(): boolean {
    return this.#generation.isOver
  }

  /** @returns what the sandbox keeps of a served system; transactions throw {@link Superseded} when the turn is over */
  store(system: string): Store<CoreRecords> {
    return this.#generation.store(system)
  }

  /**
   * Changes the control state in one step.
   * @throws Superseded when the turn is over
   */
  async change(change: (state: ControlState) => ControlState): Promise<ControlState> {
    return this.#generation.change(change)
  }

  /** Puts the call into the journal, unless the turn is over: then it happened in a world that nobody can look at any more. */
  record(entry: Omit<JournalEntry, 'id'>): void {
    if (!this.isOver) this.#journal.add(entry)
  }
}
