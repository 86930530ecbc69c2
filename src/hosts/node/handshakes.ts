/** Handshakes of WebSockets by `ws`, which is loaded with this file, when the first one comes. */
import type { IncomingMessage } from 'node:http'
import { Socket as TcpSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Granted } from '../../core/sockets/switchboard.js'
import { WebSocketLink } from './link.js'
import { headerLines, refuseHandshake } from './upgrade.js'

/** Real milliseconds after which the other side of a silent connection is looked for. */
const KEEP_ALIVE = 30_000

/** Makes a WebSocket of a connection that asked for one and was granted it. */
export type Handshake = (granted: Granted, request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * @param limit so many bytes a frame may have
 * @returns what carries out handshakes; one that breaks the protocol is refused
 */
export function handshakesUpTo(limit: number): Handshake {
  const underWay = new WeakMap<IncomingMessage, Granted>()
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limit,
    // A real backend has chosen already.
    handleProtocols: ([first], request) => underWay.get(request)?.protocol ?? first ?? false,
  })
  handshakes.on('wsClientError', (error, socket) => {
    refuseHandshake(socket, error.message)
  })
  handshakes.on('headers', (lines, request) => {
    lines.push(...headerLines(underWay.get(request)?.headers ?? {}))
  })
  return (granted, request, socket, head) => {
    underWay.set(request, granted)
    if (socket instanceof TcpSocket) socket.setKeepAlive(true, KEEP_ALIVE)
    handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      granted.begin(new WebSocketLink(webSocket))
    })
  }
}
