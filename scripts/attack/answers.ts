/** Answers of a backend that means harm, written by hand on a socket: each is given one call, and what was drawn for it. */
import type { Socket } from 'node:net'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'

/** What was drawn for one call. */
export interface Drawn {
  readonly turn: number
  /** A body: nearly of the contract, or nothing like it. */
  readonly json: string
  readonly status: number
  /** From 0 to 1: where an answer ends too early, which of several bad lines is taken. */
  readonly part: number
}

/** @param right the body that the contract has for the call */
export type Answering = (socket: Socket, drawn: Drawn, right: string) => void

const MIB = 1024 * 1024
const TYPE = 'Content-Type: application/json'

/** An answer in one piece. */
function whole(socket: Socket, body: string | Uint8Array, { status = 200, headers = [TYPE] }: { readonly status?: number; readonly headers?: readonly string[] } = {}): void {
  socket.write(`HTTP/1.1 ${String(status)} X\r\n${[...headers, `Content-Length: ${String(Buffer.byteLength(body))}`].join('\r\n')}\r\n\r\n`)
  socket.write(body)
}

/** What follows, over and over, as fast as it is taken. */
export function pour(socket: Socket, first: string, then: string | Uint8Array): void {
  socket.write(first)
  const bytes = Buffer.concat(Array.from({ length: Math.ceil((64 * 1024) / Math.max(1, Buffer.byteLength(then))) }, () => Buffer.from(then)))
  const more = () => {
    if (socket.destroyed) return
    if (socket.write(bytes)) setImmediate(more)
    else socket.once('drain', more)
  }
  more()
}

const packed = (encoding: string, body: Uint8Array): Answering => (socket) => {
  whole(socket, body, { headers: [TYPE, `Content-Encoding: ${encoding}`] })
}
const said = (text: string): Answering => (socket) => void socket.write(text)
const one = (texts: readonly string[], { part }: Drawn) => texts[Math.min(texts.length - 1, Math.floor(part * texts.length))] ?? ''
const OK = 'HTTP/1.1 200 OK\r\n'
const zeros = Buffer.alloc(64 * MIB, 'a')
const gzipped = gzipSync(zeros)
const blocks = gzipSync(Buffer.alloc(5 * MIB, Buffer.from([0, 0, 0, 0xff, 0xff])))
/** Gzip of blocks without a byte in them: to undo them takes long, and nothing comes of it. */
const quiet = Buffer.concat([gzipSync(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])), ...Array.from({ length: 1000 }, () => blocks)])
const BAD_LINES = ['HTTP/1.1 99 X', 'HTTP/1.1 1000 X', 'HTTP/1.1 600 X', 'HTTP/1.1 abc X', 'HTTP/9.9 200 OK', 'HTTP/1.1200 OK', 'ICY 200 OK', '200 OK', 'GET / HTTP/1.1', `HTTP/1.1 200 ${'x'.repeat(100_000)}`, 'HTTP/1.1 200 \u0000', '\u0000', '', 'HTTP/1.1 -200 OK']
const BAD_HEADERS = ['X: a\u0000b', 'X Y: 1', ': 1', 'X', 'X: 1\r\n folded', 'Content-Length: -1', 'Content-Length: 1e3', 'Content-Length: 99999999999999999999', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: identity', 'Connection: content-type, close', 'Content-Encoding: x-unknown', 'Content-Type: application/json\r\nContent-Type: text/html', 'Location: http://[', 'Set-Cookie: =; Path=']
const PAGE = '<!doctype html><html><script>fetch("/__admin/sandboxes/default/reset", { method: "POST" })</script><img src="/__admin/health"></html>'

const KEYS = `{"code":2000,"desc":"ok",${Array.from({ length: 700_000 }, (_, i) => `"${i.toString(36)}":1`).join(',')}}`

export const answers: Readonly<Record<string, Answering>> = {
  right: (socket, _drawn, right) => { whole(socket, right) },
  'against the contract': (socket, { json, status }) => { whole(socket, json, { status }) },
  'a fine body under any status': (socket, { status }, right) => { whole(socket, right, { status }) },
  'chunks without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`, `4000\r\n${'a'.repeat(0x4000)}\r\n`) },
  'a body without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nConnection: close\r\n\r\n`, '[[[[') },
  'a body over the bound': (socket) => { whole(socket, `{"code":2000,"desc":"${'x'.repeat(9 * MIB)}"}`) },
  'a body below the bound': (socket) => { whole(socket, `{"code":2000,"desc":"ok","more":[${'{"a":1},'.repeat(MIB / 2)}{}]}`) },
  'a gzip bomb': packed('gzip', gzipped),
  'a deflate bomb': packed('deflate', deflateSync(zeros)),
  'a brotli bomb': packed('br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })),
  'a bomb in a bomb': packed('gzip, gzip', gzipSync(Buffer.concat(Array.from({ length: 100 }, () => gzipped)))),
  'a bomb that is silent': packed('gzip, gzip, gzip', gzipSync(quiet)),
  'compressed six times over': packed('gzip, gzip, gzip, gzip, gzip, gzip', gzipped),
  'gzip that is none': packed('gzip', Buffer.alloc(1000, 'no gzip')),
  'gzip that breaks off': (socket, { part }, right) => { whole(socket, gzipSync(right).subarray(0, 1 + Math.floor(part * 30)), { headers: [TYPE, 'Content-Encoding: gzip'] }) },
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
  'thousands of headers': (socket, _drawn, right) => { whole(socket, right, { headers: [TYPE, ...Array.from({ length: 3000 }, (_, i) => `X${String(i)}: 1`)] }) },
  'hundreds of cookies': (socket, _drawn, right) => { whole(socket, right, { headers: [TYPE, ...Array.from({ length: 400 }, (_, i) => `Set-Cookie: c${String(i)}=1; Path=/; Domain=x`)] }) },
  'a huge header': (socket, { part }, right) => { whole(socket, right, { headers: [TYPE, `X: ${'y'.repeat(Math.floor(part * MIB))}`] }) },
  'headers without end': (socket) => { pour(socket, OK, 'X: 1\r\n') },
  'names of what objects have': (socket, _drawn, right) => { whole(socket, right, { headers: [TYPE, ...['__proto__', 'constructor', 'toString', '__proto__', 'hasOwnProperty'].map((name) => `${name}: x`)] }) },
  'two lengths': (socket, _drawn, right) => { whole(socket, right, { headers: [TYPE, 'Content-Length: 3'] }) },
  'a length and chunks': (socket, _drawn, right) => { whole(socket, `${right.length.toString(16)}\r\n${right}\r\n0\r\n\r\n`, { headers: [TYPE, 'Transfer-Encoding: chunked'] }) },
  'a length that is too short': (socket, _drawn, right) => { socket.write(`${OK}${TYPE}\r\nContent-Length: 3\r\n\r\n${right}`) },
  'a chunk of a lie': said(`${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n`),
  'an extension without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n5;`, 'x=y;') },
  'trailers without end': (socket) => { pour(socket, `${OK}${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n`, 'X: 1\r\n') },
  'trailers': (socket, _drawn, right) => { socket.write(`${OK}${TYPE}\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n${right.length.toString(16)}\r\n${right}\r\n0\r\nX: 1\r\nContent-Length: 5\r\n\r\n`) },
  'no UTF-8': (socket, _drawn, right) => { whole(socket, Buffer.concat([Buffer.from(right.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xc3, 0x28, 0xff, 0x22])])) },
  'nested too deep': (socket, { part }) => { whole(socket, `{"code":2000,"desc":${part < 0.5 ? '['.repeat(100_000) + ']'.repeat(100_000) : `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`}}`) },
  '700,000 keys': (socket) => { whole(socket, KEYS) },
  'keys that objects have': (socket) => { whole(socket, '{"__proto__":{"code":2000,"polluted":1},"constructor":{"prototype":{"polluted":1}},"code":2000,"desc":"ok","user":{"__proto__":null}}') },
  'a page': (socket, { status }) => { whole(socket, PAGE, { status, headers: ['Content-Type: text/html', 'Clear-Site-Data: "*"', 'Service-Worker-Allowed: /'] }) },
  'a page that says it is JSON': (socket) => { whole(socket, PAGE) },
  'nothing': (socket, { status }) => { whole(socket, '', { status, headers: [] }) },
  'a redirect': (socket, drawn) => { whole(socket, '', { status: one(['301', '307'], drawn) === '301' ? 301 : 307, headers: [`Location: ${one(['/auth/code', 'http://127.0.0.1:1/', '//other.example/', 'javascript:alert(1)', '', 'http://[', `/${'x'.repeat(5000)}`], drawn)}`] }) },
  'an answer, and the end at once': (socket, _drawn, right) => {
    whole(socket, right)
    socket.destroySoon()
  },
  'two answers to one call': (socket, _drawn, right) => {
    whole(socket, right)
    whole(socket, right, { status: 201 })
  },
  'an answer to nobody, later': (socket, _drawn, right) => {
    whole(socket, right)
    setTimeout(() => { whole(socket, right) }, 50)
  },
}
