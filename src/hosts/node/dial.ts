/** Opens WebSockets to real backends by `ws`. */
import { Agent, type ClientRequestArgs } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { ForwardError, type IncomingSocket, type OutgoingSocket, take } from '../../core/backends/forward.js'
import type { ReplyHeaders } from '../../core/reply.js'
import { PieceByPiece } from '../undici/pieces.js'
import { reasonOf } from '../undici/reasons.js'
import { WebSocketLink } from './link.js'

/** So much is taken of what says why there is no WebSocket. */
const MOST_REFUSAL = 64 * 1024

class PlainDialler extends Agent {
  override createConnection(options: ClientRequestArgs): Duplex | null | undefined {
    return inPieces(super.createConnection(options))
  }
}

class TlsDialler extends TlsAgent {
  override createConnection(options: ClientRequestArgs): Duplex | null | undefined {
    return inPieces(super.createConnection(options))
  }
}

function inPieces(socket: Duplex | null | undefined): Duplex | null | undefined {
  return socket instanceof Socket ? new PieceByPiece(socket) : socket
}

const diallers = { http: new PlainDialler(), https: new TlsDialler() }

/**
 * @returns what the backend answered to the handshake; redirects are not followed
 * @throws ForwardError when it answers nothing, or what is no answer to it
 */
export function dial({ origin, path, headers, protocols, limit, timeout, signal }: OutgoingSocket): Promise<IncomingSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${path}`, [...protocols], { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])), perMessageDeflate: false, maxPayload: limit, agent: diallers[origin.startsWith('https:') ? 'https' : 'http'] })
    let said: ReplyHeaders = {}
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    }
    const fail = (error: ForwardError) => {
      settle()
      reject(error)
      socket.terminate()
    }
    const leave = () => {
      fail(new ForwardError('cancelled', 'the client did not wait for the connection'))
    }
    const timer = setTimeout(() => {
      fail(new ForwardError('timeout', `no connection within ${String(timeout)} ms`))
    }, timeout)
    socket.on('upgrade', (response) => {
      said = headersOf(response.headers)
    })
    socket.once('open', () => {
      // Nobody listens yet.
      socket.pause()
      settle()
      resolve({ kind: 'open', link: new WebSocketLink(socket), protocol: socket.protocol, headers: said })
    })
    socket.once('unexpected-response', (_request, response) => {
      take(response as AsyncIterable<Buffer>, MOST_REFUSAL)
        .then(({ bytes }) => {
          settle()
          resolve({ kind: 'refused', reply: { status: response.statusCode ?? 0, headers: headersOf(response.headers), body: bytes } })
          socket.terminate()
        })
        .catch((error: unknown) => {
          fail(reasonOf(error))
        })
    })
    socket.on('error', (error) => {
      // What breaks an open connection is told by its end.
      if (socket.readyState === WebSocket.OPEN) return
      // Of its own complaints about a handshake `ws` says no code.
      fail('code' in error ? reasonOf(error) : new ForwardError('nonsense', error.message, { cause: error }))
    })
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave)
  })
}

function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): ReplyHeaders {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
