/**
 * Changes of one sandbox's control state, as they come in this process. Whoever changes the control state has read all of it, so each of
 * those that come at once would meet all others: they are put in a row here, and calls that were struck by fault rules are counted
 * together.
 */
import { stopwatch } from './clock.js'
import { CONTROL_NAMES, controlChanges } from './control-state.js'
import { type Attempt, type Awaitable, CONTROL, type Scope, type Verdict } from './engine/engine.js'
import { NO_FILES } from './files.js'
import type { ControlState } from './sandbox-state.js'
import { others, type Pace } from './slices.js'
import type { Author } from './store/records.js'
import { StoreError } from './store/types.js'
import { Superseded } from './superseded.js'

/** So often others of other processes may come first. */
const MOST_RUNS = 1000

/** Real milliseconds of work for one commit, from which on it pays to have more of them in one. */
const COSTLY = 1
/** So many real milliseconds more of them are waited for at the most. */
const GATHER = 100

const scope: Scope = { system: CONTROL, touched: () => new Set(CONTROL_NAMES), isOfWorld: () => false }

export type ControlChange = (state: ControlState) => ControlState

/** The replica whose control state it is. */
export interface Changeable {
  readonly control: ControlState
  readonly isOver: boolean
  commit(attempt: Omit<Attempt, 'generation' | 'base'>): Awaitable<Verdict>
  end(): void
}

interface Waiting {
  readonly change: ControlChange
  readonly author: Author
  readonly resolve: (after: ControlState) => void
  readonly reject: (reason: unknown) => void
  /** How often others came first. */
  readonly met: number
}

/** One that has been carried out on the state that it came upon, and is not kept yet. */
interface Made {
  readonly waiting: Waiting
  readonly after: ControlState
  readonly hasChanged: boolean
}

export class ControlChanges {
  readonly #held: Changeable
  readonly #pace: Pace
  /** Those of the control plane: they come first, however many calls wait. */
  readonly #ofControl: Waiting[] = []
  readonly #ofCalls: Waiting[] = []
  #isUnderWay = false

  constructor(held: Changeable, pace: Pace) {
    this.#held = held
    this.#pace = pace
  }

  /**
   * @returns what `change` has made of the state, once it is kept
   * @throws what `change` throws; Superseded when the generation is over
   */
  add(change: ControlChange, author: Author): Promise<ControlState> {
    return new Promise((resolve, reject) => {
      this.#listOf(author).push({ change, author, resolve, reject, met: 0 })
      if (!this.#isUnderWay) void this.#carryOutAll()
    })
  }

  async #carryOutAll(): Promise<void> {
    this.#isUnderWay = true
    while (this.#ofControl.length + this.#ofCalls.length > 0) {
      const took = stopwatch()
      const pending = this.#pace.wait() ?? this.#carryOutSome()
      if (pending !== null) await pending
      else if (took() > COSTLY) await this.#gather()
    }
    this.#isUnderWay = false
  }

  /**
   * Waits while more calls come. Many that are new connections come one by one, each with a turn of Node's loop: whoever worked for each of
   * them in between would let those at the end of the line wait for all of it, the control plane among them.
   */
  async #gather(): Promise<void> {
    const elapsed = stopwatch()
    for (let quiet = 0, before = this.#ofCalls.length; quiet < 2 && this.#ofControl.length === 0 && elapsed() < GATHER; before = this.#ofCalls.length) {
      await others()
      quiet = this.#ofCalls.length > before ? 0 : quiet + 1
    }
  }

  /** Carries out one change of the control plane, which is a commit of its own in history, or as many of calls as fit a slice. */
  #carryOutSome(): Promise<void> | null {
    const lot: Made[] = []
    const make = (waiting: Waiting | undefined) => {
      if (waiting === undefined) return
      const before = lot.at(-1)?.after ?? this.#held.control
      try {
        if (this.#held.isOver) throw new Superseded()
        const after = waiting.change(before)
        lot.push({ waiting, after, hasChanged: after !== before })
      } catch (error) {
        waiting.reject(error)
      }
    }
    if (this.#ofControl.length > 0) make(this.#ofControl.shift())
    else do make(this.#ofCalls.shift())
    while (this.#ofCalls.length > 0 && this.#pace.hasTime)
    return this.#keep(lot)
  }

  /** @returns null where the log has answered at once */
  #keep(lot: readonly Made[]): Promise<void> | null {
    const last = lot.at(-1)
    if (last === undefined) return null
    const settle = (verdict: Verdict) => {
      this.#settle(lot, verdict)
    }
    const fail = (error: unknown) => {
      for (const { waiting } of lot) waiting.reject(error)
    }
    try {
      const changes = controlChanges(this.#held.control, last.after)
      const { request } = last.waiting.author
      const verdict = changes.length === 0 ? 'committed' : this.#held.commit({ reads: CONTROL_NAMES, changes, files: NO_FILES, namesFiles: false, request, scope })
      if (verdict instanceof Promise) return verdict.then(settle, fail)
      settle(verdict)
    } catch (error) {
      fail(error)
    }
    return null
  }

  #settle(lot: readonly Made[], verdict: Verdict): void {
    if (verdict === 'over') this.#held.end()
    for (const { waiting, after, hasChanged } of verdict === 'conflict' ? lot.toReversed() : lot) {
      const { author, resolve, reject, met } = waiting
      if (verdict === 'committed') {
        if (hasChanged) author.hasWritten = true
        resolve(after)
      } else if (verdict === 'over') reject(new Superseded())
      else if (met + 1 < MOST_RUNS) this.#listOf(author).unshift({ ...waiting, met: met + 1 })
      else reject(new StoreError('contention', `a change of the control state met others ${String(MOST_RUNS)} times`))
    }
  }

  #listOf({ request }: Author): Waiting[] {
    return request === null ? this.#ofControl : this.#ofCalls
  }
}
