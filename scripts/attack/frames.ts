/** Frames of a backend that means harm, written by hand behind a handshake, and handshakes that are none. */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { pour } from './answers.js'

/** @param key of the handshake */
export type Framing = (socket: Socket, key: string) => void

const [TEXT, CLOSE, PING] = [0x1, 0x8, 0x9]
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A frame of a server, or of one that is wrong about it. */
function frame(opcode: number, payload: string | Uint8Array, { isLast = true, reserved = 0, mask = 0, length = Buffer.byteLength(payload) }: { readonly isLast?: boolean; readonly reserved?: number; readonly mask?: number; readonly length?: number } = {}): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : 10)
  head[0] = (isLast ? 0x80 : 0) | reserved | opcode
  head[1] = mask | (length < 126 ? length : 127)
  if (length >= 126) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, Buffer.from(payload)])
}

function upgraded(key: string, more = ''): string {
  const accept = createHash('sha1').update(key + GUID).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`
}

const sending = (...frames: readonly Buffer[]): Framing => (socket, key) => {
  socket.write(upgraded(key))
  for (const one of frames) socket.write(one)
}
const pouring = (first: Buffer | null, then: Buffer): Framing => (socket, key) => {
  socket.write(upgraded(key))
  if (first !== null) socket.write(first)
  pour(socket, '', then)
}
const closing = (code: number, reason: string | Uint8Array = ''): Framing => sending(frame(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])))
const near = JSON.stringify({ status: '1', pushId: 7, message: Array.from({ length: 200 }, () => ({ chatId: 1, __proto__: null, info: [[]] })) })
/** What a delivery looks like that the contract has. */
const right = JSON.stringify({ status: 1, pushId: 'p-4001', message: 'ok' })

export const framings: Readonly<Record<string, Framing>> = {
  right: sending(frame(TEXT, right)),
  'one frame of a terabyte': sending(frame(TEXT, 'abc', { length: 2 ** 40 })),
  'a frame over the bound': sending(frame(TEXT, 'x'.repeat(300 * 1024))),
  'fragments without end': pouring(frame(TEXT, '', { isLast: false }), frame(0, 'x'.repeat(1000), { isLast: false })),
  'fragments of a byte, without end': pouring(frame(TEXT, '', { isLast: false }), frame(0, 'x', { isLast: false })),
  'fragments of nothing, without end': pouring(frame(TEXT, '', { isLast: false }), frame(0, '', { isLast: false })),
  'frames without end': pouring(null, frame(TEXT, near)),
  'empty frames without end': pouring(null, frame(TEXT, '')),
  'pings without end': pouring(null, frame(PING, 'x'.repeat(125))),
  'pings without end, and nothing read': (socket, key) => {
    socket.pause()
    pouring(null, frame(PING, 'x'.repeat(125)))(socket, key)
  },
  'no UTF-8': sending(frame(TEXT, Buffer.from([0x22, 0xc3, 0x28, 0xff, 0x22]))),
  masked: sending(frame(TEXT, `abcd${right}`, { mask: 0x80, length: right.length })),
  'nested too deep': sending(frame(TEXT, '['.repeat(100_000) + ']'.repeat(100_000))),
  'keys that objects have': sending(frame(TEXT, '{"__proto__":{"status":1},"constructor":{"prototype":{"polluted":1}},"status":1}')),
  'reserved bits': sending(frame(TEXT, right, { reserved: 0x40 })),
  'an opcode that is none': sending(frame(3, right)),
  'a ping in fragments': sending(frame(PING, 'x', { isLast: false })),
  'a ping that is too long': sending(frame(PING, 'x'.repeat(126))),
  'more of nothing': sending(frame(0, right)),
  'half a frame, then the end': (socket, key) => {
    sending(frame(TEXT, 'abc', { length: 100 }))(socket, key)
    socket.end()
  },
  ...Object.fromEntries([0, 999, 1000, 1004, 1005, 1006, 1015, 2999, 4999, 5000, 65_535].map((code) => [`a close with ${String(code)}`, closing(code)])),
  'a close with one byte': sending(frame(CLOSE, 'x')),
  'a close whose reason is no UTF-8': closing(1000, Buffer.from([0xff, 0xfe])),
  'frames behind a close': sending(frame(CLOSE, ''), frame(TEXT, right)),
  'an extension that nobody asked for': (socket, key) => void socket.write(upgraded(key, 'Sec-WebSocket-Extensions: permessage-deflate\r\n')),
  'a protocol that nobody asked for': (socket, key) => void socket.write(upgraded(key, 'Sec-WebSocket-Protocol: x\r\n')),
  'a key that is wrong': (socket) => void socket.write(upgraded('x')),
  'headers without end': (socket) => { pour(socket, 'HTTP/1.1 101 X\r\n', 'X: 1\r\n') },
  'interim answers without end': (socket) => { pour(socket, '', 'HTTP/1.1 103 X\r\n\r\n') },
  'a page without end': (socket) => { pour(socket, 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n', '<html>') },
  'a page that breaks off': (socket) => void socket.end('HTTP/1.1 500 X\r\nContent-Length: 100\r\n\r\n<html>'),
  'no answer': () => undefined,
  'the end': (socket) => void socket.end(),
}
