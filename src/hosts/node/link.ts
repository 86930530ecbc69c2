/** A WebSocket of `ws` as the stage uses it, whichever side opened it. */
import { type RawData, WebSocket } from 'ws'
import type { LinkListener, SocketLink } from '../../core/sockets/wire.js'

export class WebSocketLink implements SocketLink {
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
    // A frame that breaks the protocol or a limit closes the connection with its code; there is nothing to add.
    socket.on('error', () => undefined)
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  get waiting(): number {
    return this.#socket.bufferedAmount
  }

  send(data: string | Uint8Array, done: () => void): void {
    this.#socket.send(data, done)
  }

  close(code: number | null, reason: string): void {
    if (code === null) this.#socket.close()
    else this.#socket.close(code, reason)
  }

  cut(): void {
    this.#socket.terminate()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.isPaused) this.#socket.resume()
  }

  listen(listener: LinkListener): void {
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      listener.frame(toBytes(data), isBinary)
    })
    this.#socket.on('close', (code: number, reason: Buffer) => {
      listener.closed(code, reason.toString())
    })
  }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
