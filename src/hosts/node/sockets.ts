/** WebSockets of Node's HTTP server for the stage: handshakes by `ws`, connections as links. */
import type { IncomingMessage } from 'node:http'
import { Socket as TcpSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Granted, Opening, Switchboard } from '../../core/sockets/switchboard.js'
import { SOCKET_PATH } from '../../pages/start/surface.js'
import { pathOf } from '../../plain/url.js'
import type { HttpServer } from './express.js'
import { WebSocketLink } from './link.js'
import { answerHandshake, handBack, headerLines, refuseHandshake, wantsWebSocket } from './upgrade.js'

/** Real milliseconds after which the other side of a silent connection is looked for. */
const KEEP_ALIVE = 30_000

/**
 * Takes the upgrade requests of an HTTP server; those that are for no socket are answered like any other call.
 * @param report told of what should not happen
 */
export function takeUpgrades(server: HttpServer, switchboard: Pick<Switchboard, 'limits' | 'knock'>, report: (problem: string) => void): void {
  const granted = new WeakMap<IncomingMessage, Granted>()
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: switchboard.limits.frame,
    // A real backend has chosen already.
    handleProtocols: ([first], request) => granted.get(request)?.protocol ?? first ?? false,
  })
  handshakes.on('wsClientError', (error, socket) => {
    refuseHandshake(socket, error.message)
  })
  handshakes.on('headers', (lines, request) => {
    lines.push(...headerLines(granted.get(request)?.headers ?? {}))
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (wantsWebSocket(request) && pathOf(request.url ?? '/') === SOCKET_PATH) {
      socket.on('error', () => { socket.destroy() })
      handshakes.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => undefined).close(1000, 'reached')
      })
      return
    }
    const gone = new AbortController()
    const opening = wantsWebSocket(request) ? switchboard.knock({ url: request.url ?? '/', headers: request.headers, signal: gone.signal, isEncrypted: 'encrypted' in socket }) : null
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
        socket.once('close', () => {
          gone.abort()
        })
        if (answer.kind === 'granted') granted.set(request, answer)
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
