/** The backend that means harm: a bare socket, so that it may say what no HTTP server would. What it says to a call stands in the call: `turn=<number>`. */
import { createServer, type Socket } from 'node:net'

/** A call as far as such a backend looks at it. */
export interface Asked {
  readonly socket: Socket
  /** -1 where the call does not say. */
  readonly turn: number
  /** Null where no WebSocket is wanted. */
  readonly key: string | null
}

export interface HostileBackend {
  readonly url: string
  /** Ends all connections, and takes no more. */
  close(): Promise<void>
}

/** So long a head is listened to. */
const MOST_HEAD = 64 * 1024

/** @param answer what it does with each call, as soon as its head is there and whether or not its body is */
export async function startHostileBackend(answer: (asked: Asked) => void): Promise<HostileBackend> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let text = ''
    /** Bytes of a body that nobody looks at. */
    let skipped = 0
    let isSocket = false
    socket.on('data', (bytes) => {
      if (isSocket) return
      const rest = bytes.subarray(skipped)
      skipped -= bytes.length - rest.length
      text = (text + rest.toString('latin1')).slice(0, MOST_HEAD)
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end)
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
        const here = text.length - end - 4
        text = text.slice(end + 4 + length)
        skipped = Math.max(0, length - here)
        const key = /\r\nsec-websocket-key: (.+)/i.exec(head)?.[1] ?? null
        isSocket = key !== null
        answer({ socket, turn: Number(/turn=(\d+)/.exec(head)?.[1] ?? -1), key })
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? String(address.port) : ''}`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      })
    },
  }
}
