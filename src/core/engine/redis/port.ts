/**
 * The connection to Redis, behind as little as the engine needs of it, so that another client fits in as well. What the network does
 * comes out as {@link Away}, what Redis refuses as {@link Declined}; where a script of ours is wrong, that is an Error.
 */
import { pause, stopwatch } from '../../clock.js'
import { Unreachable } from '../unreachable.js'
import type { Script } from './scripts.js'

/** Redis cannot be reached, or the connection broke: what was sent may have been carried out. */
export class Away extends Unreachable {
  override readonly name = 'Away'
  /** Whether there is no point in trying again right now. */
  readonly isFinal: boolean

  constructor(why: string, isFinal = false) {
    super(why)
    this.isFinal = isFinal
  }
}

/** Redis is there and will not do what it is asked for: by its permissions or its configuration, or because something else is kept under that name. */
export class Declined extends Unreachable {
  override readonly name = 'Declined'
}

export interface RedisPort {
  /** Where Redis is, for people: without name and password. */
  readonly where: string
  /** Null while Redis is there, otherwise what is wrong. */
  readonly trouble: string | null
  /** So many connections to wait on are worth having: one where it can hear of all sandboxes. */
  readonly ears: number
  /** @returns each node that keeps something; this one where there are no others */
  nodes(): readonly RedisPort[]
  /** Carries a script out, whose keys share a hash tag. @throws Away */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /** Sends a command. @param key one that it is about @throws Away */
  send(key: string, command: readonly string[]): Promise<unknown>
  /** @returns a connection of its own, on which one can wait for what is to come */
  listen(): Ear
  /** @returns once all that was sent is answered, or cannot be */
  close(): Promise<void>
}

/** Items of one stream that are taken at once; each may be large. */
export const MOST_HEARD = 32

/**
 * @param places stream -> place
 * @param wait milliseconds; none when left out
 * @returns the command that asks what the streams have after their places
 */
export function heardBy(places: ReadonlyMap<string, string>, wait?: number): string[] {
  return ['XREAD', 'COUNT', String(MOST_HEARD), ...(wait === undefined ? [] : ['BLOCK', String(wait)]), 'STREAMS', ...places.keys(), ...places.values()]
}

/** A connection that waits. */
export interface Ear {
  /**
   * Waits until one of the streams has something after its place, somebody nudges, or some seconds have passed.
   * @param places stream -> place
   * @returns what came, as Redis says it; null when nothing did
   * @throws Away
   */
  hear(places: ReadonlyMap<string, string>): Promise<unknown>
  /** Ends the waiting. */
  nudge(): void
  close(): void
}

/** So many real milliseconds a call waits for Redis to come back; from then on calls are refused at once until it is there. */
const PATIENCE = 3000
const BETWEEN = 50

/**
 * Does again what a broken connection came between, for what may be done twice.
 * @throws Away when Redis stays away
 */
export async function persist<T>(work: () => Promise<T>): Promise<T> {
  const elapsed = stopwatch()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Away) || error.isFinal || elapsed() > PATIENCE) throw error
    }
    await pause(BETWEEN)
  }
}

/** Whether the connection stands, and whoever waits for it. */
export class Presence {
  readonly #report: (isThere: boolean, why: string) => void
  #isThere = false
  #isEnded = false
  #why = 'it has not been reached yet'
  /** The time since it has been away, or since it has been waited for. */
  #gone = stopwatch()
  #hasBeenThere = false
  #waiting: (() => void)[] = []

  /** @param report told of every change but the first */
  constructor(report: (isThere: boolean, why: string) => void) {
    this.#report = report
  }

  get isThere(): boolean {
    return this.#isThere
  }

  get why(): string {
    return this.#why
  }

  came(): void {
    if (this.#isThere) return
    if (this.#hasBeenThere) this.#report(true, this.#why)
    this.#isThere = true
    this.#hasBeenThere = true
    this.#wake()
  }

  went(why: string): void {
    this.#why = why
    if (!this.#isThere) return
    this.#isThere = false
    this.#gone = stopwatch()
    this.#report(false, why)
  }

  /** It is not asked for any more; whoever waits is told, and may find what it had elsewhere. */
  ended(): void {
    this.#isEnded = true
    this.#isThere = false
    this.#wake()
  }

  /** @throws Away when it does not come back in time, or has been gone for longer already */
  async wait(): Promise<void> {
    const left = this.#isThere || this.#isEnded ? 0 : PATIENCE - this.#gone()
    const came = new AbortController()
    const wake = () => {
      came.abort()
    }
    if (left > 0) {
      this.#waiting.push(wake)
      await pause(left, came.signal)
      this.#waiting = this.#waiting.filter((other) => other !== wake)
    }
    if (!this.#isThere) throw new Away(this.#why, !this.#isEnded)
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
