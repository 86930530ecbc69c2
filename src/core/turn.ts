/** What one call sees of its sandbox: all of it belongs to one generation, and the clock is read once. */
import { readClock } from './clock.js'
import type { Begun, NewEntry } from './engine/engine.js'
import type { Generation } from './generation.js'
import type { Files } from './files.js'
import { Ids } from './ids.js'
import { cut, rareOf } from './journal.js'
import type { ControlState, CoreRecords, SandboxContent } from './sandbox-state.js'
import type { Author } from './store/records.js'
import type { Store } from './store/types.js'

/** A journal entry as a call writes it; which version it saw is known already. */
export type CallEntry = Omit<NewEntry, 'version'>

/** What a turn needs of its sandbox. */
export interface TurnParts {
  readonly name: string
  /** The clock of real time. */
  readonly real: number
  /** Puts an entry into the journal, unless its generation is over. */
  readonly append: (entry: NewEntry, generation: number) => void
}

export class Turn implements Author {
  /** The control state when the call came. */
  readonly state: ControlState
  /** The sandbox's clock when the call came, in milliseconds since 1970. */
  readonly now: number
  readonly #generation: Generation
  readonly #name: string
  readonly #append: TurnParts['append']
  /** Whether the sandbox was reset between the counting of the request and the loading of what it sees. */
  readonly #isForeign: boolean
  readonly request: number | null
  hasWritten = false

  /** Use `begin` or `look` of a sandbox. */
  constructor({ name, real, append }: TurnParts, generation: Generation, { generation: number, requests }: Begun, counts: boolean) {
    this.#name = name
    this.#append = append
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

  /** @returns what the sandbox keeps of a served system; transactions throw Superseded when the turn is over */
  store(system: string): Store<CoreRecords> {
    const records = this.#generation.store(system)
    return {
      transact: (work) => records.transact(work, this),
      export: () => Promise.resolve(records.content()),
    }
  }

  /**
   * Changes the control state in one step.
   * @throws Superseded when the turn is over
   */
  change(change: (state: ControlState) => ControlState): Promise<ControlState> {
    return this.#generation.change(change, this)
  }

  /** @returns all that the sandbox keeps at this moment, but for its journal */
  content(): SandboxContent {
    return this.#generation.content(this.state.requests)
  }

  /** @returns the bytes of the files that a content of this turn names */
  files(content: SandboxContent): Promise<Files> {
    return this.#generation.files(content)
  }

  /** Puts the call into the journal, unless the turn is over: then it happened in a world that nobody can look at any more. */
  record(entry: CallEntry): void {
    if (this.isOver) return
    const { version, number } = this.#generation
    const short = cut(entry)
    this.#append(short === null ? withVersion(entry, version) : { ...entry, ...short, version }, number)
  }
}

/** Spelled out: this happens at every call, and spreading so many fields takes many times as long. */
function withVersion(entry: CallEntry, version: number): NewEntry {
  if (rareOf(entry) !== null) return { ...entry, version }
  return {
    at: entry.at, duration: entry.duration, system: entry.system, operation: entry.operation, preflight: entry.preflight, method: entry.method, url: entry.url,
    requestHeaders: entry.requestHeaders, requestBody: entry.requestBody, status: entry.status, responseHeaders: entry.responseHeaders, responseBody: entry.responseBody,
    user: entry.user, error: entry.error, faults: entry.faults, violations: entry.violations, changes: entry.changes, version,
  }
}
