/**
 * Connections of HTTP/1.1, of which each knows what has gone over it. One that was kept may be closed by the backend in the moment in which a call is put on it: then the backend
 * has not seen the call, and nothing comes back.
 */
import type { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici'
import { inPieces } from './pieces.js'

/** What a call is told that is put on a connection. @returns tells whether the connection was used before, and nothing has come over it since */
export type Begin = () => () => boolean

/** What a call says of itself beside what undici knows: told of the line that it goes over, before it does. */
export interface OverLine extends Dispatcher.DispatchOptions {
  readonly over?: (begin: Begin) => void
}

const NEVER = () => false

/** Carries one call after another over one connection. */
class Line extends Client {
  readonly #used = new WeakSet<Socket>()
  #socket: Socket | null = null

  constructor(origin: string | URL, options: Client.Options, connect: buildConnector.connector) {
    super(origin, {
      ...options,
      connect: (wanted, told) => {
        connect(wanted, (...came) => {
          // Where there is none, undici gives not even null, whatever its types say.
          this.#socket = came[0] === null ? inPieces(came[1]) : null
          told(...came)
        })
      },
    })
  }

  override dispatch(options: OverLine, handler: Dispatcher.DispatchHandler): boolean {
    options.over?.(this.#begin)
    return super.dispatch(options, handler)
  }

  readonly #begin: Begin = () => {
    const socket = this.#socket
    if (socket === null) return NEVER
    const wasUsed = this.#used.has(socket)
    this.#used.add(socket)
    const before = socket.bytesRead
    return () => wasUsed && socket.bytesRead === before
  }
}

/** @param connect makes the connections */
export function linesTo(origin: string | URL, options: Pool.Options, connect: buildConnector.connector): Pool {
  return new Pool(origin, { ...options, connect, factory: (to, own) => new Line(to, own, connect) })
}
