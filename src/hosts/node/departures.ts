/** Answers that leave together. */
import { others } from '../../core/slices.js'

/** So many leave, however long the turn still takes. */
const MOST = 32

/** An answer that is ready. */
export interface ReadyAnswer {
  /** Puts it on the wire. @returns a promise where that takes its time */
  send(): Promise<void> | void
  /** Told why it could not be sent. */
  readonly failed: (error: unknown) => void
  /** What is done once it is on its way. */
  readonly afterwards: (() => void) | undefined
}

/**
 * What is answered in one turn of Node's loop goes out at its end. Each answer is a system call, and one that wakes a client takes several times
 * as long as one to a client that has just been woken: sent one by one, each between the work for two calls, they cost up to half of all processor time.
 */
export class Departures {
  #due: ReadyAnswer[] = []

  /** Sends it at the end of this turn, in the order in which they came; sooner, and with all before it, where so many are due. */
  add(departure: ReadyAnswer): void {
    this.#due.push(departure)
    if (this.#due.length === MOST) this.#leave()
    else if (this.#due.length === 1) void others().then(() => {
      this.#leave()
    })
  }

  #leave(): void {
    const leaving = this.#due
    this.#due = []
    for (const departure of leaving) {
      try {
        const sending = departure.send()
        if (sending) sending.catch(departure.failed)
      } catch (error) {
        departure.failed(error)
      }
    }
    for (const { afterwards } of leaving) afterwards?.()
  }
}
