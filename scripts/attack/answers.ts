/** Answers of a backend that means harm, written by hand on a socket: each is given one call, and what was drawn for it. */
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { type Drawn, one, TYPE as TYPE_LINE, type Whole, wholes } from './wholes.js'

/** @param right the body that the contract has for the call */
export type Answering = (socket: Socket, drawn: Drawn, right: string) => void

const TYPE = TYPE_LINE.join(': ')

/** An answer in one piece. */
function whole(socket: Socket, { body, status = 200, headers = [TYPE_LINE] }: Whole): void {
  const lines = [...headers, ['Content-Length', String(Buffer.byteLength(body))] as const].map(([name, value]) => `${name}: ${value}`)
  socket.write(`HTTP/1.1 ${String(status)} X\r\n${lines.join('\r\n')}\r\n\r\n`)
  socket.write(body)
}

/** What follows, over and over, as fast as it is taken. */
export function pour(socket: Writable, first: string, then: string | Uint8Array): void {
  socket.write(first)
  const bytes = Buffer.concat(Array.from({ length: Math.ceil((64 * 1024) / Math.max(1, Buffer.byteLength(then))) }, () => Buffer.from(then)))
  const more = () => {
    if (socket.destroyed) return
    if (socket.write(bytes)) setImmediate(more)
    else socket.once('drain', more)
  }
  more()
}

const said = (text: string): Answering => (socket) => void socket.write(text)
const OK = 'HTTP/1.1 200 OK\r\n'
const BAD_LINES = ['HTTP/1.1 99 X', 'HTTP/1.1 1000 X', 'HTTP/1.1 600 X', 'HTTP/1.1 abc X', 'HTTP/9.9 200 OK', 'HTTP/1.1200 OK', 'ICY 200 OK', '200 OK', 'GET / HTTP/1.1', `HTTP/1.1 200 ${'x'.repeat(100_000)}`, 'HTTP/1.1 200 \u0000', '\u0000', '', 'HTTP/1.1 -200 OK']
const BAD_HEADERS = ['X: a\u0000b', 'X Y: 1', ': 1', 'X', 'X: 1\r\n folded', 'Content-Length: -1', 'Content-Length: 1e3', 'Content-Length: 99999999999999999999', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: identity', 'Connection: content-type, close', 'Content-Encoding: x-unknown', 'Content-Type: application/json\r\nContent-Type: text/html', 'Location: http://[', 'Set-Cookie: =; Path=']

export const answers: Readonly<Record<string, Answering>> = {
  ...Object.fromEntries(Object.entries(wholes).map(([kind, make]): [string, Answering] => [kind, (socket, drawn, right) => { whole(socket, make(drawn, right)) }])),
  'chunks without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`, `4000\r\n${'a'.repeat(0x4000)}\r\n`) },
  'a body without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nConnection: close\r\n\r\n`, '[[[[') },
  'half an answer, then nothing': (socket, { part }, right) => { socket.write(`${OK}${TYPE}\r\nContent-Length: ${String(right.length)}\r\n\r\n${right.slice(0, Math.floor(part * right.length))}`) },
  'half an answer, then the end': (socket, { part }, right) => { socket.end(`${OK}${TYPE}\r\nContent-Length: ${String(right.length)}\r\n\r\n${right.slice(0, Math.floor(part * right.length))}`) },
  'half a head': (socket, { part }) => { socket.write(`${OK}${TYPE}\r\nX: `.slice(0, 1 + Math.floor(part * 40))) },
  'no answer': () => undefined,
  'the end in place of an answer': (socket) => { socket.end() },
  'a reset in place of an answer': (socket) => { socket.resetAndDestroy() },
  'drop by drop': (socket, _drawn, right) => {
    const drops = `${OK}${TYPE}\r\nContent-Length: 100000\r\n\r\n${right}`.split('')
    const timer = setInterval(() => {
      if (socket.destroyed) clearInterval(timer)
      else socket.write(drops.shift() ?? ' ')
    }, 10)
  },
  'a bad status line': (socket, drawn, right) => { socket.write(`${one(BAD_LINES, drawn)}\r\nContent-Length: ${String(right.length)}\r\n\r\n${right}`) },
  'a bad header': (socket, drawn, right) => { socket.write(`${OK}${TYPE}\r\n${one(BAD_HEADERS, drawn)}\r\nContent-Length: ${String(right.length)}\r\n\r\n${right}`) },
  'interim answers without end': (socket, drawn) => { pour(socket, '', `HTTP/1.1 ${one(['100', '102', '103', '199'], drawn)} X\r\nX: 1\r\n\r\n`) },
  'another protocol': said('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'),
  'headers without end': (socket) => { pour(socket, OK, 'X: 1\r\n') },
  'two lengths': (socket, _drawn, right) => { whole(socket, { body: right, headers: [TYPE_LINE, ['Content-Length', '3']] }) },
  'a length and chunks': (socket, _drawn, right) => { whole(socket, { body: `${right.length.toString(16)}\r\n${right}\r\n0\r\n\r\n`, headers: [TYPE_LINE, ['Transfer-Encoding', 'chunked']] }) },
  'a length that is too short': (socket, _drawn, right) => { socket.write(`${OK}${TYPE}\r\nContent-Length: 3\r\n\r\n${right}`) },
  'a chunk of a lie': said(`${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n`),
  'an extension without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n5;`, 'x=y;') },
  'trailers without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n`, 'X: 1\r\n') },
  'trailers': (socket, _drawn, right) => { socket.write(`${OK}${TYPE}\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n${right.length.toString(16)}\r\n${right}\r\n0\r\nX: 1\r\nContent-Length: 5\r\n\r\n`) },
  'an answer, and the end at once': (socket, _drawn, right) => {
    whole(socket, { body: right })
    socket.destroySoon()
  },
  'two answers to one call': (socket, _drawn, right) => {
    whole(socket, { body: right })
    whole(socket, { body: right, status: 201 })
  },
  'an answer to nobody, later': (socket, _drawn, right) => {
    whole(socket, { body: right })
    setTimeout(() => { whole(socket, { body: right }) }, 50)
  },
}
