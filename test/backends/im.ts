/** im as a backend team might have built it: a session cookie, set for its own host and path, and a push channel. */
import type { IncomingMessage } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Answered, type Backend, fields, startBackend, textOr } from './backend.js'

const envelope = (status: number, message: string, result: unknown = [], more: Partial<Answered> = {}): Answered => ({ ...more, json: { status, result, message, date: '2026-01-05T12:00:00' } })

const ALICE = { id: 'r-1', username: 'real_alice', phone: '13800004001', avatar: 'media/avatars/android/default.jpg', desc: '', sex: 0, alias: '', friends: 1, isFriend: false, modifyAt: '2026/01/05' }
const BOB = { ...ALICE, id: 'r-2', username: 'real_bob', phone: '13800004002', alias: 'bb', friends: 0, isFriend: true }

/** What came over the push channel, and what can be done to those who are connected. */
export interface PushSide {
  readonly frames: readonly string[]
  readonly handshakes: readonly IncomingMessage['headers'][]
  /** The codes with which clients have closed. */
  readonly closed: readonly number[]
  /** Bytes that were sent and that nobody has taken yet. */
  readonly waiting: number
  /** Sends the text to everybody, as it is. */
  send(text: string): void
  /** Reads nothing more of those who are connected, until told to. */
  pause(): void
  resume(): void
  /** Ends all sessions: everybody is told, and closed. */
  kick(): void
  close(code: number, reason: string): void
  cut(): void
  /** How the next handshake is answered, in place of a WebSocket. */
  refuse(status: number): void
}

/** Knows alice, 13800004001 with abc12345, and her friend bob. */
export async function startImBackend(): Promise<Backend & { readonly push: PushSide }> {
  const live = new Set<string>()
  const push = pushSide((cookie) => live.has(sessionOf(cookie)), () => {
    live.clear()
  })
  let user = ALICE
  let logins = 0
  const backend = await startBackend(({ method, path, headers, text }) => {
    const session = sessionOf(headers.cookie)
    const body = fields(text)
    const isOpen = path === '/android/login/'
    if (!isOpen && !live.has(session)) return path.startsWith('/android/') ? envelope(11001, 'session error') : null
    switch (`${method} ${path}`) {
      case 'POST /android/login/': {
        if (body['phone'] !== user.phone) return envelope(6004, 'no such user')
        if (body['password'] !== 'abc12345') return envelope(10000, 'wrong password')
        const id = `real${String(++logins).padStart(28, '0')}`
        live.add(id)
        const cookie = `sessionid=${id}; Domain=im.example.test; Path=/android; HttpOnly; Secure; Max-Age=1209600`
        return envelope(1, 'ok', { user, account: user.phone, isBind: false }, { headers: { 'set-cookie': cookie } })
      }
      case 'GET /android/out/':
        live.delete(session)
        return envelope(1, 'ok', 'ok')
      case 'GET /android/user_contacts/':
        return envelope(1, 'ok', [BOB])
      case 'POST /android/complete_account/':
        user = { ...user, username: textOr(body['username'], user.username), avatar: textOr(body['avatar'], user.avatar), desc: textOr(body['desc'], user.desc) }
        return envelope(1, 'ok', { user, account: user.phone, isBind: false })
      default:
        return null
    }
  }, envelope(0, 'not found', [], { status: 404 }), push.upgrade)
  return { ...backend, push: push.side }
}

function sessionOf(cookie = ''): string {
  return /(?:^|;\s*)sessionid=([^;]+)/.exec(cookie)?.[1] ?? ''
}

/** Answers a start with alice's push id, echoes messages as deliveries after acknowledging them, and acknowledges everything else. */
function pushSide(isLive: (cookie: string | undefined) => boolean, endAll: () => void) {
  const server = new WebSocketServer({ noServer: true })
  const [frames, handshakes, closed]: [string[], IncomingMessage['headers'][], number[]] = [[], [], []]
  let refusal: number | null = null
  const say = (socket: WebSocket, status: number, message: unknown, pushId = 'p-r1') => {
    socket.send(JSON.stringify({ status, pushId, message }))
  }
  server.on('connection', (socket: WebSocket, { headers }: IncomingMessage) => {
    handshakes.push(headers)
    socket.on('close', (code) => closed.push(code))
    if (!isLive(headers.cookie)) {
      say(socket, 11001, 'session error', '')
      socket.close(1008, 'session')
      return
    }
    socket.on('message', (data: Buffer) => {
      frames.push(data.toString())
      const { message } = fields(data.toString())
      say(socket, 1, message === '' ? '' : 'ok')
      if (Array.isArray(message)) say(socket, 1, message.map((one: object) => ({ ...one, createTime: '2026-01-05T12:00:00' })))
    })
  })
  const each = (act: (socket: WebSocket) => void) => {
    for (const socket of server.clients) act(socket)
  }
  const side: PushSide = {
    frames,
    handshakes,
    closed,
    get waiting() {
      return [...server.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0)
    },
    send: (text) => {
      each((socket) => {
        socket.send(text)
      })
    },
    pause: () => {
      each((socket) => {
        socket.pause()
      })
    },
    resume: () => {
      each((socket) => {
        socket.resume()
      })
    },
    kick: () => {
      endAll()
      each((socket) => {
        say(socket, 11001, 'session error', '')
        socket.close(1008, 'session')
      })
    },
    close: (code, reason) => {
      each((socket) => {
        socket.close(code, reason)
      })
    },
    cut: () => {
      each((socket) => {
        socket.terminate()
      })
    },
    refuse: (status) => {
      refusal = status
    },
  }
  const upgrade = (request: IncomingMessage, socket: Parameters<WebSocketServer['handleUpgrade']>[1], head: Buffer) => {
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${String(refusal)} No\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\nnope`)
      refusal = null
    } else if (request.url === '/android/websocket/') server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request))
    else socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
  }
  return { side, upgrade }
}
