/** Stopping an HTTP server: what is under way is finished, what is not is not waited for. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { pause } from '../../core/clock.js'
import type { HttpServer } from './express.js'

/** Real milliseconds between two looks at connections that have become idle. */
const LOOK_AGAIN = 20

/**
 * @param server before it listens
 * @returns a function that stops it, and resolves when the last request under way is answered
 */
export function stoppable(server: HttpServer): () => Promise<void> {
  // Browsers and HTTP clients open connections ahead of need. Node does not count one as idle before its first request.
  // By where they come from: over TLS a connection and the socket of its requests are two objects.
  const silent = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    silent.set(peer, socket)
    socket.once('close', () => silent.delete(peer))
  })
  server.on('request', ({ socket }: IncomingMessage) => {
    if (silent.size > 0) silent.delete(peerOf(socket))
  })
  // Whoever takes an upgraded connection also ends it.
  server.on('upgrade', ({ socket }: IncomingMessage) => silent.delete(peerOf(socket)))

  return async () => {
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
    while (state.isOpen) {
      server.closeIdleConnections()
      await Promise.race([closed, pause(LOOK_AGAIN)])
    }
    return closed
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${String(remotePort)}`
}
