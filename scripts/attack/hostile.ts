/** The backend that means harm: a bare socket, so that it may say what no HTTP server would. What it says to a call stands in the call: `turn=<number>`. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

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

/** By these TLS is spoken. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/**
 * @param answer what it does with each call, as soon as its head is there and whether or not its body is
 * @param pair null where no TLS is spoken
 */
export async function startHostileBackend(answer: (asked: Asked) => void, pair: Pair | null = null): Promise<HostileBackend> {
  const heard = (socket: Socket) => {
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
  }
  return listen(pair === null ? createServer(heard) : createTlsServer({ ...pair, ALPNProtocols: ['http/1.1'] }, heard), pair === null ? 'http' : 'https')
}

/** @returns the server where it listens; of its connections none is left when it is closed */
export async function listen(server: Server, scheme: 'http' | 'https'): Promise<HostileBackend> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `${scheme}://127.0.0.1:${typeof address === 'object' && address !== null ? String(address.port) : ''}`,
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
