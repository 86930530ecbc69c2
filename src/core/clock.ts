/**
 * Time. The only file that asks the machine what time it is; everything that ages reads a sandbox's clock.
 */

/** Where real time comes from; a test may bring its own. */
export interface TimeSource {
  /** Milliseconds since 1970. */
  now(): number
}

/**
 * The machine's clock, made monotonic: a correction of the machine's time never makes a sandbox go back.
 * @returns a source of its own; two sources share nothing
 */
export function machineTime(): TimeSource {
  let latest = 0
  return {
    now: () => {
      latest = Math.max(latest, Date.now())
      return latest
    },
  }
}

/** What is stored as a moment lies between these: its year has four digits wherever in the world it is written down. In milliseconds since 1970. */
export const FIRST_MOMENT = Date.parse('0001-01-02T00:00:00Z')
export const LAST_MOMENT = Date.parse('9999-12-30T00:00:00Z')

/** A sandbox's clock as data: plain JSON, so that it can be kept and moved with the sandbox. */
export interface ClockState {
  /** Milliseconds that the sandbox is ahead of real time (negative: behind). */
  readonly offset: number
  /** The reading at which the clock stands still; null while it runs. */
  readonly frozenAt: number | null
}

export const runningClock: ClockState = { offset: 0, frozenAt: null }

/** @returns the reading of a sandbox's clock at real time `real`, in milliseconds since 1970 */
export function readClock(clock: ClockState, real: number): number {
  return clock.frozenAt ?? real + clock.offset
}

/** @returns the clock, showing `reading` from now on; a frozen one stays frozen */
export function setClock(clock: ClockState, real: number, reading: number): ClockState {
  return { offset: reading - real, frozenAt: clock.frozenAt === null ? null : reading }
}

/** @returns the clock, standing still at its present reading, or at `reading` */
export function freezeClock(clock: ClockState, real: number, reading = readClock(clock, real)): ClockState {
  return { offset: reading - real, frozenAt: reading }
}

/** @returns the clock, running on from the reading at which it stood */
export function resumeClock(clock: ClockState, real: number): ClockState {
  return { offset: readClock(clock, real) - real, frozenAt: null }
}

/** Moments as the header `Date` has them. Thousands of answers a second share one text. */
export class HttpDates {
  #second = Number.NaN
  #text = ''

  /** @param milliseconds since 1970 */
  of(milliseconds: number): string {
    const second = Math.floor(milliseconds / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#text = new Date(milliseconds).toUTCString()
    }
    return this.#text
  }
}

/** @returns a function that gives the real milliseconds since this call, for the journal's durations */
export function stopwatch(): () => number {
  const start = performance.now()
  return () => performance.now() - start
}

/**
 * Waits in real time: what a person or a test waits for is not a matter of a sandbox's clock.
 * @param signal ends the wait early
 * @returns a promise that resolves after `milliseconds` or once the signal is aborted, and never rejects
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve()
      return
    }
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done)
  })
}
