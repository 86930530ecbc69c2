/** A sandbox: an isolated copy of everything that changes. */
import { type ClockState, readClock, runningClock, type TimeSource } from './clock.js'
import { Journal } from './journal.js'
import type { SmsSetting } from './sms.js'
import type { SessionRecords } from './sessions.js'
import type { SmsRecords } from './sms.js'
import { MemoryStore } from './store/memory.js'
import type { Store } from './store/types.js'
import type { World } from './store/world.js'
import type { SettingValue, System } from './system.js'

/** What every system's store holds. */
export type CoreRecords = SessionRecords & SmsRecords

/** A system that is served, with its world. */
export interface Served {
  readonly system: System
  readonly world: World
}

/** What the control plane has set for one system of a sandbox. */
export interface SystemControl {
  readonly smsSource: SmsSetting['source']
  readonly settings: Readonly<Record<string, SettingValue>>
  readonly outages: readonly string[]
}

/** Everything about a sandbox that is neither a record nor a journal entry; plain JSON. */
export interface ControlState {
  readonly clock: ClockState
  /** How many requests have been counted; each has ids of its own. */
  readonly requests: number
  readonly seed: string
  readonly systems: Readonly<Record<string, SystemControl>>
}

/**
 * Where a sandbox's control state lives. Asynchronous, like the store, so that it may live outside this process.
 */
export interface ControlStore {
  read(): Promise<ControlState>
  /** Replaces the state by what `change` makes of it, in one step. */
  change(change: (state: ControlState) => ControlState): Promise<ControlState>
}

class MemoryControl implements ControlStore {
  #state: ControlState
  constructor(state: ControlState) {
    this.#state = state
  }
  async read(): Promise<ControlState> {
    return this.#state
  }
  async change(change: (state: ControlState) => ControlState): Promise<ControlState> {
    this.#state = change(this.#state)
    return this.#state
  }
}

export interface SandboxOptions {
  readonly served: ReadonlyMap<string, Served>
  readonly time: TimeSource
  readonly seed: string
  readonly journalLimit: number
  /** The clock that a new sandbox begins with. */
  readonly clock?: ClockState
}

export class Sandbox {
  readonly name: string
  readonly control: ControlStore
  readonly journal: Journal
  readonly #options: SandboxOptions
  readonly #stores = new Map<string, Store<CoreRecords>>()

  /** @param name already checked; see {@link isSandboxName} */
  constructor(name: string, options: SandboxOptions) {
    this.name = name
    this.#options = options
    this.control = new MemoryControl(this.#initial())
    this.journal = new Journal(options.journalLimit)
  }

  /** @returns what this sandbox keeps of a served system */
  store(system: string): Store<CoreRecords> {
    let store = this.#stores.get(system)
    if (store === undefined) {
      const served = this.#options.served.get(system)
      if (served === undefined) throw new Error(`system ${system} is not served`)
      this.#stores.set(system, (store = new MemoryStore(served.world)))
    }
    return store
  }

  /** @returns the reading of the sandbox's clock for this state */
  now(state: ControlState): number {
    return readClock(state.clock, this.#options.time.now())
  }

  /** Makes everything as it was when the sandbox came into being, in one step for each system. */
  async reset(): Promise<void> {
    await this.control.change(() => this.#initial())
    this.#stores.clear()
    this.journal.clear()
  }

  /** The clock of real time, by which sandbox clocks are set. */
  get real(): number {
    return this.#options.time.now()
  }

  #initial(): ControlState {
    const { served, seed, clock = runningClock } = this.#options
    const systems = [...served.values()].map(({ system }) => [system.id, initialControl(system)] as const)
    return { clock, requests: 0, seed, systems: Object.fromEntries(systems) }
  }
}

function initialControl(system: System): SystemControl {
  const settings = Object.entries(system.settings).map(([name, { default: value }]) => [name, value] as const)
  return { smsSource: 'fixed', settings: Object.fromEntries(settings), outages: [] }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** @returns whether the text can name a sandbox: letters, digits, dot, underscore, hyphen; 64 at the most; a letter or digit first */
export function isSandboxName(name: string): boolean {
  return NAME.test(name)
}

/** All sandboxes of a server. One comes into being on first use; past the cap the least recently used one goes. */
export class Sandboxes {
  readonly #options: SandboxOptions & { readonly most: number }
  /** In the order of last use. */
  readonly #sandboxes = new Map<string, Sandbox>()

  constructor(options: SandboxOptions & { readonly most: number }) {
    this.#options = options
  }

  /** @returns the sandbox of this name, made now if need be */
  open(name: string): Sandbox {
    let sandbox = this.#sandboxes.get(name)
    if (sandbox !== undefined) this.#sandboxes.delete(name)
    else {
      sandbox = new Sandbox(name, this.#options)
      this.#makeRoom()
    }
    this.#sandboxes.set(name, sandbox)
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

  /** @returns whether there was one to delete */
  delete(name: string): boolean {
    return this.#sandboxes.delete(name)
  }

  #makeRoom(): void {
    for (const name of this.#sandboxes.keys()) {
      if (this.#sandboxes.size < this.#options.most) return
      this.#sandboxes.delete(name)
    }
  }
}
