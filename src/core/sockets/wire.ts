/** The sending side of a WebSocket: in order, and with an end to what may wait for a slow reader. */

import type { Budget } from '../budget.js'

/** Close codes (RFC 6455, section 7.4); those from 4000 on are for applications. */
export const closeCodes = { goingAway: 1001, policy: 1008, tryAgainLater: 1013, displaced: 4001 } as const

/** Above so many bytes a sender that has more is asked to wait. */
const PACE = 64 * 1024

/** An open WebSocket as a host hands it over. */
export interface SocketLink {
  /** False once it is closing. */
  readonly isOpen: boolean
  /** Bytes that the other side has not taken yet. */
  readonly waiting: number
  /** Sends a frame, of text or of bytes. @param done called when it has gone out, or never will */
  send(data: string | Uint8Array, done: () => void): void
  /** Says goodbye after what is waiting, without a code where it is null. */
  close(code: number | null, reason: string): void
  /** Ends the connection at once, without a word. */
  cut(): void
  /** Reads no more frames until {@link resume}. */
  pause(): void
  resume(): void
  /** Says who is told what comes in; called once, at the very beginning. */
  listen(listener: LinkListener): void
}

/** Who is told what comes in on a WebSocket. */
export interface LinkListener {
  frame(data: Uint8Array, isBinary: boolean): void
  /** The connection is gone; nothing follows. The code is 1005 where the other side gave none, 1006 where it said nothing at all. */
  closed(code: number, reason: string): void
}

export class Wire {
  readonly #link: SocketLink
  readonly #backlog: number
  readonly #budget: Budget
  #flushed: Promise<void> = Promise.resolve()
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>

  /**
   * @param backlog so many bytes may wait; then the connection is closed
   * @param budget what may wait on all connections together
   * @param listener told what comes in
   */
  constructor(link: SocketLink, backlog: number, budget: Budget, listener: LinkListener) {
    this.#link = link
    this.#backlog = backlog
    this.#budget = budget
    this.gone = new Promise((resolve) => {
      link.listen({
        frame: (data, isBinary) => {
          listener.frame(data, isBinary)
        },
        closed: (code, reason) => {
          resolve()
          listener.closed(code, reason)
        },
      })
    })
  }

  get isOpen(): boolean {
    return this.#link.isOpen
  }

  /** Bytes that the other side has not taken yet. */
  get waiting(): number {
    return this.#link.waiting
  }

  /** @returns whether the frame goes out: none does once the connection is closing, nor one that finds too much waiting, which closes it */
  send(data: string | Uint8Array): boolean {
    if (!this.isOpen) return false
    const bytes = typeof data === 'string' ? 2 * data.length : data.length
    if (this.waiting > this.#backlog || !this.#budget.take('backlog', bytes)) {
      this.close(closeCodes.tryAgainLater, 'too slow a reader')
      return false
    }
    this.#flushed = new Promise((resolve) => {
      this.#link.send(data, () => {
        this.#budget.give('backlog', bytes)
        resolve()
      })
    })
    return true
  }

  /** @returns a promise that resolves once little is left waiting, or the connection is gone */
  async drained(): Promise<void> {
    if (this.waiting > PACE) await this.#flushed
  }

  /** Says goodbye after what is waiting. */
  close(code: number | null, reason: string): void {
    this.#link.close(code, reason)
  }

  /** Ends the connection at once, without a word. */
  cut(): void {
    this.#link.cut()
  }
}
