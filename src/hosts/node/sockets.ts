/** WebSockets of Node's HTTP server for the stage: handshakes by `ws`, connections as links. */
import type { IncomingMessage, Server } from 'node:http'
import { Socket as TcpSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import type { Opening, Switchboard } from '../../core/sockets/switchboard.js'
import type { LinkListener, SocketLink } from '../../core/sockets/wire.js'
import { answerHandshake, handBack, refuseHandshake, wantsWebSocket } from './upgrade.js'

/** Real milliseconds after which the other side of a silent connection is looked for. */
const KEEP_ALIVE = 30_000

/**
 * Takes the upgrade requests of an HTTP server; those that are for no socket are answered like any other call.
 * @param report told of what should not happen
 */
export function takeUpgrades(server: Server, switchboard: Switchboard, report: (problem: string) => void): void {
  const handshakes = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: switchboard.limits.frame })
  handshakes.on('wsClientError', (error, socket) => {
    refuseHandshake(socket, error.message)
  })
  const additions = new WeakMap<IncomingMessage, Readonly<Record<string, string>>>()
  handshakes.on('headers', (lines, request) => {
    for (const [name, value] of Object.entries(additions.get(request) ?? {})) lines.push(`${name}: ${value}`)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const gone = new AbortController()
    const opening = wantsWebSocket(request) ? switchboard.knock({ url: request.url ?? '/', headers: request.headers, signal: gone.signal }) : null
    if (opening === null) {
      handBack(server, request, socket, head)
      return
    }
    socket.on('error', () => {
      socket.destroy()
    })
    const stopWatching = watch(socket, gone)
    opening
      .then((answer) => {
        stopWatching()
        if (answer.kind === 'granted') additions.set(request, answer.headers)
        open(answer, handshakes, request, socket, head)
      })
      .catch((error: unknown) => {
        socket.destroy()
        report(`a socket could not be opened: ${String(error)}`)
      })
  })
}

function open(opening: Opening, handshakes: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (opening.kind === 'cut') socket.destroy()
  else if (opening.kind === 'refused') answerHandshake(socket, opening.reply)
  else {
    if (socket instanceof TcpSocket) socket.setKeepAlive(true, KEEP_ALIVE)
    handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      opening.begin(new WebSocketLink(webSocket))
    })
  }
}

/**
 * Sees a client go that waits for its answer. Nobody reads from the connection meanwhile, so its end has to be looked for.
 * @param gone aborted when it goes
 * @returns a function that stops looking
 */
function watch(socket: Duplex, gone: AbortController): () => void {
  const look = () => {
    if (socket.readableLength === 0) socket.read()
  }
  const end = () => {
    gone.abort()
    socket.destroy()
  }
  socket.on('readable', look).on('end', end).on('close', end)
  return () => {
    socket.off('readable', look).off('end', end).off('close', end)
  }
}

/** A connection of `ws` as the stage uses it. */
class WebSocketLink implements SocketLink {
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

  send(text: string, done: () => void): void {
    this.#socket.send(text, done)
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
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
    this.#socket.on('close', () => {
      listener.closed()
    })
  }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
