/** What one call sees of its sandbox: all of it belongs to one generation, and the clock is read once. */
import { pause, readClock } from './clock.js'
import type { Awaitable, Begun, NewEntry } from './engine/engine.js'
import type { Generation } from './generation.js'
import type { Files } from './files.js'
import { Ids } from './ids.js'
import { cut } from './journal.js'
import type { Journal } from './sandbox-journal.js'
import type { ControlState, SandboxContent, SystemRecords } from './sandbox-state.js'
import type { Author } from './store/records.js'
import type { Change, Store, Transaction } from './store/types.js'

/** What a turn needs of its sandbox. */
export interface TurnParts {
  readonly name: string
  /** The clock of real time. */
  readonly real: number
  readonly journal: Pick<Journal, 'append'>
}

export class Turn implements Author {
  /** The control state when the call came. */
  readonly state: ControlState
  /** The sandbox's clock when the call came, in milliseconds since 1970. */
  readonly now: number
  readonly #generation: Generation
  readonly #name: string
  readonly #journal: TurnParts['journal']
  /** Whether the sandbox was reset between the counting of the request and the loading of what it sees. */
  readonly #isForeign: boolean
  readonly request: number | null
  hasWritten = false

  /** Use `begin` or `look` of a sandbox. */
  constructor({ name, real, journal }: TurnParts, generation: Generation, { generation: number, requests }: Begun, counts: boolean) {
    this.#name = name
    this.#journal = journal
    this.#generation = generation
    this.#isForeign = generation.number !== number
    this.request = counts ? requests : null
    this.state = { ...generation.control, requests }
    this.now = readClock(this.state.clock, real)
  }

  /** What relative times of the sandbox's world are counted from, in milliseconds since 1970. */
  get boot(): number {
    return this.#generation.origin.boot
  }

  /**
   * Whether the call has to begin anew: the sandbox was reset or replaced since, or this process had to let go of what the call saw,
   * and nothing of it has been committed yet.
   */
  get isOver(): boolean {
    const { isGone, isOver } = this.#generation
    return this.#isForeign || isGone || (isOver && !this.hasWritten)
  }

  /** @returns what the call's ids are drawn from: the same in every sandbox of the seed, and after every reset */
  ids(system: string): Ids {
    const { seed, requests } = this.state
    return new Ids(`${seed}/${system}/${String(requests)}`)
  }

  /** @returns what gives access is drawn from: another in each sandbox and each of its eras, so that no token fits what it was not made for */
  tokens(system: string): Ids {
    return this.ids(system).of(`${this.#name}/${String(this.state.era)}`)
  }

  /** The newest commit that the sandbox has in it by now. */
  get version(): number {
    return this.#generation.version
  }

  /**
   * Runs `work` as one transaction over what the sandbox keeps of a served system.
   * @throws what `work` throws, then nothing is kept; Superseded when the turn is over
   */
  transact<T>(system: string, work: (tx: Transaction<SystemRecords>) => Promise<T>): Promise<{ value: T; changes: readonly Change[] }> {
    return this.#generation.store(system).transact(work, this)
  }

  /** @returns what the sandbox keeps of a served system; transactions are those of this turn */
  store(system: string): Store<SystemRecords> {
    return {
      transact: (work) => this.transact(system, work),
      export: () => Promise.resolve(this.#generation.store(system).content()),
    }
  }

  /**
   * Changes the control state in one step.
   * @throws Superseded when the turn is over
   */
  change(change: (state: ControlState) => ControlState): Promise<ControlState> {
    return this.#generation.change(change, this)
  }

  /**
   * Waits in real time, as a fault or the call itself wants it, and then for a moment to go on: of many whose time comes at once not all can.
   * @param signal ends the wait early
   */
  async pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await pause(milliseconds, signal)
    await this.#generation.pace.pass()
  }

  /** @returns all that the sandbox keeps at this moment, but for its journal */
  content(): SandboxContent {
    return this.#generation.content(this.state.requests)
  }

  /** @returns the bytes of the files that a content of this turn names */
  files(content: SandboxContent): Promise<Files> {
    return this.#generation.files(content)
  }

  /** Puts the call into the journal, unless the turn is over: then it happened in a world that nobody can look at any more. @returns a promise where the call is to be answered after that */
  record(entry: NewEntry): Awaitable<void> {
    if (this.isOver) return
    const short = cut(entry)
    return this.#journal.append(short === null ? entry : { ...entry, ...short }, this.#generation.number)
  }
}
