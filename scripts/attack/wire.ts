/** What no HTTP client does: half requests, slow ones, many at once on one connection, connections that go away, readers that do not read. */
import { connect, type Socket } from 'node:net'
import type { Send } from './send.js'
import { Tally } from './tally.js'

/** Connections of each kind. */
const EACH = 100
/** Real milliseconds for forty answers: the calls of readers that have gone may still be under way. */
const PATIENCE = 15_000
const LOGIN = '{"mobile":"13800003001","auth_code":"123456"}'

/** @returns what came of it; after each kind the server must still answer at once */
export async function attackWire(send: Send, port: number): Promise<Tally> {
  const tally = new Tally('half, slow, piled up and broken off')
  const kinds: Readonly<Record<string, (socket: Socket, turn: number) => void>> = {
    'half a head': (socket) => socket.write('GET /live/auth/code?mobile=138'),
    'a head without end': (socket) => socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${'X-Filler: 1\r\n'.repeat(1500)}`),
    'half a body': (socket) => socket.write(`POST /live/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n${LOGIN.slice(0, 20)}`),
    'half an upload': (socket) => socket.write('POST /edu/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 400000\r\n\r\n--x\r\nContent-Disposition: form-data; name="upload"; filename="a.jpg"\r\n\r\nhalf'),
    'a chunk of a lie': (socket) => socket.write('POST /live/auth/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\nabc'),
    'two lengths': (socket) => socket.write('POST /live/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}  {'),
    nonsense: (socket, turn) => socket.write(Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 37 + turn * 11) % 256))),
    'gone after the head': (socket) => {
      socket.write('GET /job/api/job/list HTTP/1.1\r\nHost: localhost\r\n\r\n', () => socket.destroy())
    },
    'a reader that does not read': (socket) => {
      socket.pause()
      socket.write('GET /job/api/job/list?pageSize=100 HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200))
    },
  }
  for (const [name, begin] of Object.entries(kinds)) {
    const sockets = await Promise.all(Array.from({ length: EACH }, (_, turn) => open(port, (socket) => {
      begin(socket, turn)
    })))
    tally.add(`${String(EACH)} × ${name}, then a call`, await send({ method: 'GET', path: '/live/auth/code?mobile=13800003001' }, 3000))
    for (const socket of sockets) socket.destroy()
    tally.add(`${String(EACH)} × ${name} gone, then a call`, await send({ method: 'GET', path: '/__admin/health' }, 3000))
  }
  await pipeline(tally, port)
  return tally
}

/** Forty calls in one packet get forty answers, in order. */
async function pipeline(tally: Tally, port: number): Promise<void> {
  const COUNT = 40
  const text = await new Promise<string>((resolve) => {
    let got = ''
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString()
    })
    socket.on('close', () => {
      resolve(got)
    })
    socket.on('error', (error) => {
      got += ` ${error.message}`
    })
    const one = (i: number) => `GET /live/auth/code?mobile=138000${String(10_000 + i)} HTTP/1.1\r\nHost: localhost\r\n${i === COUNT - 1 ? 'Connection: close\r\n' : ''}\r\n`
    socket.write(Array.from({ length: COUNT }, (_, i) => one(i)).join(''))
    setTimeout(() => socket.destroy(), PATIENCE).unref()
  })
  const answers = text.split('HTTP/1.1 200').length - 1
  tally.expect(answers === COUNT, `${String(COUNT)} calls in one packet`, `${String(answers)} answers: ${text.slice(0, 200)}`)
}

function open(port: number, begin: (socket: Socket) => void): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      begin(socket)
      resolve(socket)
    })
    // Whatever the server does to such a connection is fine, as long as it goes on.
    socket.on('error', () => undefined)
  })
}
