/** Frames by hand beside those of Node.js: what no HTTP/2 server says. Each breaks a connection, or may. */
import { ACK, ALTSVC, CONTINUATION, DATA, END_HEADERS, END_STREAM, fields, frame, GOAWAY, HEADERS, ORIGIN, PADDED, PING, PRIORITY, PUSH_PROMISE, RESET, SETTINGS, WINDOW_UPDATE } from '../../../test/support/http2-frames.js'
import { pour } from '../answers.js'
import { one } from '../wholes.js'
import type { Answering } from './server.js'
import { CODES } from './streams.js'

type Field = readonly [name: string, value: string]
/** Frames for a call: its stream, and the body that the contract has. */
type Framed = (id: number, right: string) => readonly Buffer[]

const LARGEST = 0xffffff
/** Bytes that a frame may have where nothing was agreed on. */
const USUAL = 16_384
const STATUS: Field = [':status', '200']
const JSON_TYPE: Field = ['content-type', 'application/json']
const BAD_STATUS = ['abc', '', '99', '1000', '600', '0', '-200', '200 OK', '2000', '101', '100']
const BAD_FIELDS: readonly (readonly Field[])[] = [[STATUS, ['X', '1']], [STATUS, ['connection', 'close']], [STATUS, ['transfer-encoding', 'chunked']], [STATUS, [':path', '/']], [JSON_TYPE, STATUS], [STATUS, STATUS], [STATUS, [':unknown', '1']], [JSON_TYPE], [], [STATUS, ['', '1']], [STATUS, ['x', 'a\u0000b']], [STATUS, ['x', 'a\r\nset-cookie: a=1']], [STATUS, ['x y', '1']], [STATUS, ['content-length', '3'], ['content-length', '4']], [STATUS, JSON_TYPE, ['content-type', 'text/html']], [STATUS, ['upgrade', 'h2c']]]

const number = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
const setting = (name: number, value: number) => Buffer.concat([Buffer.from([0, name]), number(value)])
const headOf = (id: number, headers: readonly Field[] = [STATUS, JSON_TYPE], flags = END_HEADERS) => frame(HEADERS, flags, id, fields(headers))
const right: Framed = (id, body) => [headOf(id), frame(DATA, END_STREAM, id, body)]
const sending = (...made: readonly Framed[]): Answering => ({ socket, id }, _drawn, body) => {
  for (const make of made) socket.write(Buffer.concat(make(id, body)))
}
/** Over and over, behind what comes first. */
const pouring = (then: Framed, first: Framed = () => []): Answering => ({ socket, id }, _drawn, body) => {
  socket.write(Buffer.concat(first(id, body)))
  pour(socket, '', Buffer.concat(then(id, body)))
}
const only = (...frames: readonly Buffer[]): Framed => () => frames
const block = (bytes: readonly number[] | Uint8Array): Framed => (id) => [frame(HEADERS, END_HEADERS | END_STREAM, id, Buffer.from(bytes))]
const origins = Buffer.concat(Array.from({ length: 200 }, (_, i) => {
  const name = Buffer.from(`https://other${String(i)}.example`)
  return Buffer.concat([Buffer.from([0, name.length]), name])
}))
const service = Buffer.concat([Buffer.from([0, 21]), Buffer.from('https://other.example'), Buffer.from('h3=":1"')])
/** A name of 4 KB that is kept in the table, and named as often as a frame has room. */
const bomb = Buffer.concat([fields([STATUS]), Buffer.from([0x40, 1]), Buffer.from('x'), fields([['', 'y'.repeat(4000)]]).subarray(2), Buffer.alloc(12_000, 0xbe)])

const goodbye = (last: number, code: number) => frame(GOAWAY, 0, 0, Buffer.concat([number(last), number(code)]))
const goodbyes: Readonly<Record<string, Answering>> = Object.fromEntries(CODES.flatMap((code): readonly (readonly [string, Answering])[] => [
  [`a goodbye with ${String(code)} that leaves the call out`, sending(only(goodbye(0, code)))],
  [`a goodbye with ${String(code)} in the place of an answer`, sending((id) => [goodbye(id, code)])],
]))

export const frames: Readonly<Record<string, Answering>> = {
  right: sending(right),
  garbage: sending(only(Buffer.alloc(1000, '\u0001garbage'))),
  'a frame of the largest length': pouring(only(Buffer.alloc(USUAL, 'a')), (id) => [headOf(id), frame(DATA, 0, id, '', LARGEST)]),
  'a frame of the largest length, and nothing': sending((id) => [headOf(id), frame(DATA, 0, id, '', LARGEST)]),
  'half a frame, then the end': (heard, drawn, body) => {
    sending((id) => [headOf(id), frame(DATA, 0, id, 'abc', 100)])(heard, drawn, body)
    heard.socket.end()
  },
  'continuations without end': pouring((id) => [frame(CONTINUATION, 0, id, fields([['x', 'y'.repeat(8000)]]))], (id) => [headOf(id, [STATUS], 0)]),
  'continuations of nothing, without end': pouring((id) => [frame(CONTINUATION, 0, id)], (id) => [headOf(id, [STATUS], 0)]),
  'a head that is not continued': sending((id) => [headOf(id, [STATUS], 0)]),
  'a head that is continued by something else': sending((id) => [headOf(id, [STATUS], 0), frame(PING, 0, 0, Buffer.alloc(8))]),
  'a continuation of nothing': sending((id) => [frame(CONTINUATION, END_HEADERS, id, fields([STATUS]))]),
  'no HPACK': sending(block(Buffer.alloc(100, 0xff))),
  'a header that is not in the table': sending(block([0x88, 0xff, 0x49])),
  'a table of 4 GiB': sending(block([0x3f, 0xe1, 0xff, 0xff, 0xff, 0x0f, 0x88])),
  'a length that overflows': sending(block([0x88, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])),
  'no Huffman': sending(block([0x88, 0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x01, 0x61])),
  'an HPACK bomb': sending((id) => [frame(HEADERS, END_HEADERS | END_STREAM, id, bomb)]),
  'HPACK bombs without end': pouring((id) => [frame(HEADERS, END_HEADERS, id, bomb)]),
  'DATA of nobody': sending(only(frame(DATA, END_STREAM, 0, '{}'))),
  'DATA on a stream that was never opened': sending((id) => [frame(DATA, END_STREAM, id + 1000, '{}')]),
  'DATA on a stream of the backend': sending(only(frame(DATA, END_STREAM, 2, '{}'))),
  'a head of nobody': sending(() => [headOf(0)]),
  'a head on a stream that was never opened': sending((id) => [headOf(id + 1000)]),
  'DATA before the head': sending((id) => [frame(DATA, END_STREAM, id, '{}')]),
  'two heads': sending((id) => [headOf(id), headOf(id)], right),
  'heads without end': pouring((id) => [headOf(id, [[':status', '103']])]),
  'trailers in the midst of it': sending((id) => [headOf(id), headOf(id, [['x', '1']])], (id, body) => [frame(DATA, END_STREAM, id, body)]),
  'more behind the end': sending(right, (id, body) => [frame(DATA, END_STREAM, id, body)]),
  'an answer once more': sending(right, right),
  'a status that is none': (heard, drawn, body) => { sending((id) => [headOf(id, [[':status', one(BAD_STATUS, drawn)], JSON_TYPE]), frame(DATA, END_STREAM, id, body)])(heard, drawn, body) },
  'fields that are none': (heard, drawn, body) => { sending((id) => [headOf(id, BAD_FIELDS[Math.floor(drawn.part * BAD_FIELDS.length)] ?? []), frame(DATA, END_STREAM, id, body)])(heard, drawn, body) },
  'padding longer than its frame': sending((id) => [headOf(id), frame(DATA, END_STREAM | PADDED, id, Buffer.from([200, 1, 2]))]),
  'padding and nothing else, without end': pouring((id) => [frame(DATA, PADDED, id, Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]))], (id) => [headOf(id)]),
  'frames of a byte': sending((id) => [headOf(id), ...Array.from({ length: 60_000 }, () => frame(DATA, 0, id, ' ')), frame(DATA, END_STREAM, id, '{}')]),
  'frames of a body without end': pouring((id) => [frame(DATA, 0, id, '[')], (id) => [headOf(id)]),
  'frames of nothing, without end': pouring((id) => [frame(DATA, 0, id)], (id) => [headOf(id)]),
  'beyond the window without end': pouring((id) => [frame(DATA, 0, id, Buffer.alloc(USUAL, '['))], (id) => [headOf(id)]),
  'unknown frames': sending((id) => Array.from({ length: 200 }, (_, i) => frame(0x20 + i, 0xff, i % 2 === 0 ? 0 : id, 'unknown')), right),
  'unknown frames without end': pouring((id) => [frame(0xfe, 0xff, id, 'unknown')]),
  'settings without end': pouring(only(frame(SETTINGS, 0, 0, setting(3, 100)))),
  'settings of nothing, without end': pouring(only(frame(SETTINGS, 0, 0))),
  'settings that are none': (heard, drawn, body) => { sending(only([setting(2, 2), setting(4, 2 ** 31), setting(5, 0), setting(5, 2 ** 24), setting(8, 2), Buffer.alloc(5)].map((payload) => frame(SETTINGS, 0, 0, payload))[Math.floor(drawn.part * 6)] ?? frame(SETTINGS, 0, 1)))(heard, drawn, body) },
  'settings taken that nobody sent': sending(only(...Array.from({ length: 100 }, () => frame(SETTINGS, ACK, 0))), right),
  'settings that change without end': pouring(only(frame(SETTINGS, 0, 0, setting(4, 0)), frame(SETTINGS, 0, 0, setting(4, 2 ** 31 - 1)))),
  'pings without end': pouring(only(frame(PING, 0, 0, Buffer.alloc(8)))),
  'pings behind an answer, without end': pouring(only(frame(PING, 0, 0, Buffer.alloc(8))), right),
  'answers to pings without end': pouring(only(frame(PING, ACK, 0, Buffer.alloc(8)))),
  'a ping that is too short': sending(only(frame(PING, 0, 0, Buffer.alloc(7)))),
  'windows without end': pouring((id) => [frame(WINDOW_UPDATE, 0, id, number(1)), frame(WINDOW_UPDATE, 0, 0, number(1))]),
  'a window of nothing': sending((id) => [frame(WINDOW_UPDATE, 0, id, number(0))]),
  'a window beyond the highest': sending((id) => [frame(WINDOW_UPDATE, 0, id, number(2 ** 31 - 1))], right),
  'a window of all beyond the highest': sending(only(frame(WINDOW_UPDATE, 0, 0, number(2 ** 31 - 1)))),
  'priorities without end': pouring((id) => [frame(PRIORITY, 0, id, Buffer.concat([number(1), Buffer.from([1])]))]),
  'a stream that waits for itself': sending((id) => [frame(PRIORITY, 0, id, Buffer.concat([number(id), Buffer.from([1])]))], right),
  'origins without end': pouring(only(frame(ORIGIN, 0, 0, origins))),
  'other services without end': pouring(only(frame(ALTSVC, 0, 0, service))),
  'a push that nobody asked for': sending((id) => [frame(PUSH_PROMISE, END_HEADERS, id, Buffer.concat([number(2), fields([[':method', 'GET'], [':scheme', 'https'], [':authority', 'x'], [':path', '/']])]))], right),
  'a reset of nobody': sending(only(frame(RESET, 0, 0, number(0)))),
  'a reset of a stream that was never opened': sending((id) => [frame(RESET, 0, id + 1000, number(8))]),
  'resets without end': pouring((id) => [frame(RESET, 0, id, number(0))]),
  'goodbyes without end': pouring(only(goodbye(2 ** 31 - 1, 0))),
  'a goodbye that is too short': sending(only(frame(GOAWAY, 0, 0, number(0)))),
  'a goodbye that takes more than the one before': sending(only(goodbye(1, 0), goodbye(2 ** 31 - 1, 0)), right),
  ...goodbyes,
  'a goodbye with much to say': sending((id) => [frame(GOAWAY, 0, 0, Buffer.concat([number(id), number(11), Buffer.alloc(USUAL - 8, 'x')]))]),
}
