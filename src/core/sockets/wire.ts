/** The sending side of a WebSocket: in order, and with an end to what may wait for a slow reader. */

/** Close codes (RFC 6455, section 7.4); those from 4000 on are for applications. */
export const closeCodes = { goingAway: 1001, policy: 1008, tryAgainLater: 1013, displaced: 4001 } as const

/** Above so many bytes a sender that has more is asked to wait. */
const PACE = 64 * 1024

/** What is used of a WebSocket. Named here, so that the package's own types need no other package's. */
export interface WireSocket {
  readonly readyState: number
  readonly bufferedAmount: number
  send(text: string, done: () => void): void
  close(code: number, reason: string): void
  terminate(): void
  once(event: 'close', listener: () => void): unknown
}

/** The `readyState` of a connection that is neither opening nor closing. */
const OPEN = 1

export class Wire {
  readonly #socket: WireSocket
  readonly #backlog: number
  #flushed: Promise<void> = Promise.resolve()
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>

  /** @param backlog so many bytes may wait; then the connection is closed */
  constructor(socket: WireSocket, backlog: number) {
    this.#socket = socket
    this.#backlog = backlog
    this.gone = new Promise((resolve) => {
      socket.once('close', () => {
        resolve()
      })
    })
  }

  get isOpen(): boolean {
    return this.#socket.readyState === OPEN
  }

  /** Bytes that the other side has not taken yet. */
  get waiting(): number {
    return this.#socket.bufferedAmount
  }

  /** Sends a text frame; nothing happens once the connection is closing. */
  send(text: string): void {
    if (!this.isOpen) return
    if (this.waiting > this.#backlog) {
      this.close(closeCodes.tryAgainLater, 'too slow a reader')
      return
    }
    this.#flushed = new Promise((resolve) => {
      this.#socket.send(text, () => {
        resolve()
      })
    })
  }

  /** @returns a promise that resolves once little is left waiting, or the connection is gone */
  async drained(): Promise<void> {
    if (this.waiting > PACE) await this.#flushed
  }

  /** Says goodbye after what is waiting. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  /** Ends the connection at once, without a word. */
  cut(): void {
    this.#socket.terminate()
  }
}
