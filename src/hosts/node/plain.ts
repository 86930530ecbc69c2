/** Plain HTTP on the port of HTTPS: whoever wrote `http://` there is told so, in place of a connection that is cut. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { splitHost } from '../../plain/host.js'
import { readRest } from './rest.js'
import { targetOf } from './target.js'

/** The first byte of a TLS connection: the type of a record that belongs to a handshake (RFC 8446, section 5.1). */
const HANDSHAKE = 0x16
/** Real milliseconds in which a client has said its first byte, and where that is no TLS has its answer. */
const PATIENCE = 30_000

/**
 * Looks at the first byte of each connection of an HTTPS server. TLS goes on as if nobody had looked; anything else is read as HTTP and answered with a 400
 * that says where to go, as nginx does.
 * @param secure before it listens
 * @param httpPort where plain HTTP is spoken; asked when somebody is answered
 */
export function answerPlain(secure: Server, httpPort: () => number): void {
  const shake = secure.listeners('connection')
  secure.removeAllListeners('connection')
  const plain = createServer((request, response) => { explain(request, response, httpPort()) })
  secure.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), PATIENCE)
    socket.once('close', () => { clearTimeout(timer) })
    socket.on('error', () => socket.destroy())
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null // no encoding is set
      if (first === null) {
        socket.destroy()
        return
      }
      socket.unshift(first)
      if (first[0] !== HANDSHAKE) {
        plain.emit('connection', socket)
        return
      }
      clearTimeout(timer)
      for (const listener of shake) listener.call(secure, socket)
    })
  })
}

function explain(request: IncomingMessage, response: ServerResponse, httpPort: number): void {
  const { socket } = request
  const target = targetOf(request)
  const { url, headers } = 'status' in target ? { url: '/', headers: request.headers } : target
  const { name, port } = splitHost(headers.host) ?? { name: 'localhost', port: `:${String(socket.localPort)}` }
  const path = url.startsWith('/') ? url : '/'
  const text = `Plain HTTP was sent to the port of HTTPS.\nHTTPS: https://${name}${port}${path}\nHTTP:  http://${name}:${String(httpPort)}${path}\n`
  readRest(request, response)
  response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', connection: 'close' })
  response.end(text)
}
