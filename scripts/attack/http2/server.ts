/** A backend that speaks HTTP/2 and means harm: what it says is said by Node.js, or frame by frame beside it. What it says to a call stands in the call: `turn=<number>`. */
import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Drawn } from '../wholes.js'
import { type HostileBackend, listen, type Pair } from '../hostile.js'

/** A call, and everything that something may be said by. */
export interface Heard {
  readonly stream: ServerHttp2Stream
  readonly session: ServerHttp2Session
  /** What is written to it stands between the frames of the session. */
  readonly socket: TLSSocket
  readonly id: number
  /** -1 where the call does not say. */
  readonly turn: number
}

/** @param right the body that the contract has for the call */
export type Answering = (heard: Heard, drawn: Drawn, right: string) => void

/** What happens to a connection before any call is heard on it. */
export interface Greeting {
  /** Where it happens before TLS. */
  readonly raw?: (socket: Socket) => void
  readonly said?: (socket: TLSSocket) => void
  /** Whether HTTP/2 is spoken all the same. */
  readonly goesOn?: true
  /** `h2` where nothing is said. */
  readonly alpn?: string
}

/** Bytes of headers that may be sent: any. */
const MOST_HEADERS = 4 * 1024 * 1024

/** @param greeting what becomes of a connection; null where nothing does */
export function startHttp2Backend(pair: Pair, answer: (heard: Heard) => void, greeting: () => Greeting | null = () => null): Promise<HostileBackend> {
  const { alpn = 'h2' } = greeting() ?? {}
  const secure = createTlsServer({ ...pair, ALPNProtocols: [alpn] }, (socket) => {
    socket.on('error', () => undefined)
    const { said, goesOn } = greeting() ?? {}
    if (said === undefined || goesOn === true) speak(socket, answer)
    else socket.resume()
    said?.(socket)
  })
  const server = createServer((socket) => {
    const raw = greeting()?.raw
    if (raw === undefined) secure.emit('connection', socket)
    else raw(socket.resume())
  })
  return listen(server, 'https')
}

/** HTTP/2 of Node.js over a stream of its own, so that frames can be written beside it. */
function speak(socket: TLSSocket, answer: (heard: Heard) => void): void {
  const through = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      if (socket.writable) socket.write(bytes, () => { done() })
      else done()
    },
  })
  through.on('error', () => undefined)
  const session = performServerHandshake(through, { maxSendHeaderBlockLength: MOST_HEADERS })
  socket.on('data', (bytes: Buffer) => through.push(bytes))
  socket.on('close', () => { session.destroy() })
  session.on('error', () => undefined)
  session.on('close', () => { socket.destroySoon() })
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    stream.resume()
    answer({ stream, session, socket, id: stream.id ?? 0, turn: Number(/turn=(\d+)/.exec(headers[':path'] ?? '')?.[1] ?? -1) })
  })
}
