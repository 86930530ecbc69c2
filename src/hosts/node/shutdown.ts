/** Stopping an HTTP server: what is under way is finished, what is not is not waited for. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { pause } from '../../core/clock.js'
import type { HttpServer } from './express.js'
import type { LatestAnswers } from './latest.js'

/** Real milliseconds between two looks at connections that have become idle. */
const LOOK_AGAIN = 20
/** So many looks a connection is kept on which nothing is asked, for somebody may be about to, and have a slow machine: 300 ms. */
const QUIET = 15
/** So many looks are taken at all: a second. */
const MOST_LOOKS = 50

export interface Stoppable {
  /** @returns how many connections are open */
  connections(): number
  /**
   * Lets clients go to the server that follows without one of their calls being cut off: each answer from now on is the last one of its connection,
   * and it resolves when nobody is left who waits for an answer or had one a moment ago. Answers that have begun, such as streams, are not waited for: that is for `stop`.
   */
  drain(): Promise<void>
  /** Stops listening, and resolves when the last request under way is answered. */
  stop(): Promise<void>
}

/**
 * @param server before it listens
 * @param latest the newest answer of each connection
 */
export function stoppable(server: HttpServer, latest: LatestAnswers): Stoppable {
  // Counted here, for a server also serves connections that another process took and handed on.
  const open = new Set<Socket>()
  /** Those on which requests come: over TLS a connection and the socket of its requests are two objects. */
  const speaking = new Set<Socket>()
  // Browsers and HTTP clients open connections ahead of need. Node does not count one as idle before its first request.
  const silent = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    open.add(socket)
    silent.set(peer, socket)
    socket.once('close', () => {
      open.delete(socket)
      silent.delete(peer)
    })
  })
  const speaks = (socket: Socket) => {
    speaking.add(socket)
    socket.once('close', () => speaking.delete(socket))
  }
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', speaks)
  server.on('request', ({ socket }: IncomingMessage) => {
    if (silent.size > 0) silent.delete(peerOf(socket))
  })
  // Whoever takes an upgraded connection also ends it.
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    silent.delete(peerOf(socket))
    speaking.delete(socket)
  })

  /** Whoever is answered now, or will be, hears that it is the last answer of the connection. */
  function keepNone(): void {
    const makeLast = (response: ServerResponse) => {
      if (!response.headersSent) response.shouldKeepAlive = false
    }
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => { makeLast(response) })
    for (const socket of speaking) {
      const response = latest.of(socket)
      if (response !== undefined) makeLast(response)
    }
  }

  return {
    connections: () => open.size,
    drain: async () => {
      keepNone()
      const idle = new Map<Socket, { readonly after: ServerResponse | undefined; looks: number }>()
      const isQuiet = (socket: Socket) => {
        const after = latest.of(socket)
        if (after !== undefined && !after.writableFinished) return after.headersSent
        const before = idle.get(socket)
        if (before === undefined || before.after !== after) idle.set(socket, { after, looks: 1 })
        else before.looks++
        return (idle.get(socket)?.looks ?? 0) > QUIET
      }
      for (let look = 0; look < MOST_LOOKS && [...speaking].filter((socket) => !isQuiet(socket)).length > 0; look++) await pause(LOOK_AGAIN)
    },
    stop: async () => {
      keepNone()
      const state = { isOpen: true }
      const closed = new Promise<void>((resolve, reject) => {
        server.close((error) => {
          state.isOpen = false
          if (error) reject(error)
          else resolve()
        })
      })
      for (const socket of silent.values()) socket.destroy()
      // A connection whose request is finished would be kept for a next one, which never comes.
      while (state.isOpen || open.size > 0) {
        server.closeIdleConnections()
        await (state.isOpen ? Promise.race([closed, pause(LOOK_AGAIN)]) : pause(LOOK_AGAIN))
      }
      return closed
    },
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${String(remotePort)}`
}
