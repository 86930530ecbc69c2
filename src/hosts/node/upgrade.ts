/** Requests for an upgrade that are for no socket. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { problemReply } from '../../core/problem.js'
import type { Reply, ReplyHeaders } from '../../core/reply.js'
import type { HttpServer } from './express.js'

const HOP_BY_HOP = new Set(['upgrade', 'connection', 'http2-settings'])

/** @returns whether the request wants a WebSocket; some HTTP clients ask for HTTP/2 in the same way and mean an ordinary call */
export function wantsWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/** So often a connection is given back; each time the server attends to it once more. Clients ask with their first request, and that is it. */
const MOST_TIMES = 3

/**
 * @returns what gives a request back to the HTTP server as if it had not asked for an upgrade, so that it is answered like any other call.
 *   The server has stopped parsing behind its head, so it is put in front of what follows and read again.
 */
export function handBackTo(server: HttpServer): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const times = new WeakMap<Duplex, number>()
  return (request, socket, head) => {
    const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`]
    const { rawHeaders } = request
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] ?? ''
      if (!HOP_BY_HOP.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[i + 1] ?? ''}`)
    }
    const time = (times.get(socket) ?? 0) + 1
    times.set(socket, time)
    if (time === MOST_TIMES) lines.push('Connection: close')
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
    server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
  }
}

/** Answers a handshake that breaks the WebSocket protocol, and closes the connection. */
export function refuseHandshake(socket: Duplex, why: string): void {
  answerHandshake(socket, problemReply(400, 'no-websocket-handshake', `This is no WebSocket handshake: ${why}.`))
}

/** Answers a handshake with something else than a WebSocket, and closes the connection. */
export function answerHandshake(socket: Duplex, { status, headers, body }: Reply): void {
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  socket.write(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${headerLines(all).join('\r\n')}\r\n\r\n`)
  socket.end(body)
}

/** @returns the headers as they are written, one line for each value */
export function headerLines(headers: ReplyHeaders): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
}
