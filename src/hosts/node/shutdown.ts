/** Stopping an HTTP server: what is under way is finished, what is not is not waited for. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { pause } from '../../core/clock.js'

/** Real milliseconds between two looks at connections that have become idle. */
const LOOK_AGAIN = 20

/**
 * @param server before it listens
 * @returns a function that stops it, and resolves when the last request under way is answered
 */
export function stoppable(server: Server): () => Promise<void> {
  // Browsers and HTTP clients open connections ahead of need. Node does not count one as idle before its first request.
  const silent = new Set<Socket>()
  server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', ({ socket }) => silent.delete(socket))
  // Whoever takes an upgraded connection also ends it.
  server.on('upgrade', ({ socket }) => silent.delete(socket))

  return async () => {
    const state = { isOpen: true }
    const closed = new Promise<void>((resolve, reject) => {
      server.close((error) => {
        state.isOpen = false
        if (error) reject(error)
        else resolve()
      })
    })
    for (const socket of silent) socket.destroy()
    // A connection whose request is finished would be kept for a next one, which never comes.
    while (state.isOpen) {
      server.closeIdleConnections()
      await Promise.race([closed, pause(LOOK_AGAIN)])
    }
    return closed
  }
}
