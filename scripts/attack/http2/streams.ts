/** Answers that do harm on their own stream: all others on the connection get theirs. */
import { constants, type OutgoingHttpHeaders } from 'node:http2'
import { pour } from '../answers.js'
import { LONG } from '../judge.js'
import { one, TYPE, type Whole, wholes } from '../wholes.js'
import type { Answering, Heard } from './server.js'

/** Every code that RFC 9113 has, and two that it has not. */
export const CODES: readonly number[] = [...Array.from({ length: 14 }, (_, code) => code), 0xff, 0xffffffff]
const FINE = { ':status': 200, 'content-type': 'application/json' }
const LENGTHS = ['-1', '1e3', '99999999999999999999', '0x10', '', '3, 3']

/** Real milliseconds between drops, and until what comes later. */
const [DROP, LATER] = [10, 50]

export function respond({ stream }: Heard, { body, status = 200, headers = [TYPE] }: Whole): void {
  const all: OutgoingHttpHeaders = { ':status': status }
  for (const [name, value] of headers) {
    const before = all[name.toLowerCase()]
    all[name.toLowerCase()] = typeof before === 'string' ? [before, value] : Array.isArray(before) ? [...before, value] : value
  }
  stream.respond(all)
  // Of some statuses Node.js ends the stream by itself.
  if (!stream.writableEnded) stream.end(body)
}

/** Later, where the call is still waited for. */
export function later({ stream }: Heard, work: () => void): void {
  setTimeout(() => {
    if (!stream.destroyed) work()
  }, LATER)
}

const begun = ({ stream }: Heard, right: string, part: number): void => {
  stream.respond({ ...FINE, 'content-length': String(right.length) })
  stream.write(right.slice(0, Math.floor(part * right.length)))
}
const withLength = (length: string): Answering => ({ stream }, _drawn, right) => {
  stream.respond({ ...FINE, 'content-length': length })
  stream.end(right)
}
const withTrailers = (trailers: OutgoingHttpHeaders): Answering => ({ stream }, _drawn, right) => {
  stream.respond(FINE, { waitForTrailers: true })
  stream.on('wantTrailers', () => { stream.sendTrailers(trailers) })
  stream.end(right)
}

const resets: Readonly<Record<string, Answering>> = Object.fromEntries(CODES.flatMap((code): readonly (readonly [string, Answering])[] => [
  [`a reset with ${String(code)} before the head`, ({ stream }) => { stream.close(code) }],
  [`a reset with ${String(code)} after the head`, ({ stream }) => {
    stream.respond(FINE)
    setImmediate(() => { stream.close(code) })
  }],
  [`a reset with ${String(code)} in the body`, (heard, { part }, right) => {
    begun(heard, right, part)
    setImmediate(() => { heard.stream.close(code) })
  }],
]))

/** A header of a MiB breaks the connection, and stands with what does; of what is long to read nothing is new here. */
const ELSEWHERE = ['a huge header', ...LONG]

export const streams: Readonly<Record<string, Answering>> = {
  ...Object.fromEntries(Object.entries(wholes).filter(([kind]) => !ELSEWHERE.includes(kind)).map(([kind, make]): readonly [string, Answering] => [kind, (heard, drawn, right) => { respond(heard, make(drawn, right)) }])),
  ...resets,
  'no answer': () => undefined,
  'a head, then nothing': ({ stream }) => { stream.respond(FINE) },
  'half an answer, then nothing': (heard, { part }, right) => { begun(heard, right, part) },
  'all of an answer but its end': (heard, _drawn, right) => { begun(heard, right, 1) },
  'a body without end': ({ stream }) => {
    stream.respond(FINE)
    pour(stream, '', '[[[[')
  },
  'drop by drop': ({ stream }, _drawn, right) => {
    const drops = right.split('')
    stream.respond(FINE)
    const timer = setInterval(() => {
      if (stream.destroyed) clearInterval(timer)
      else stream.write(drops.shift() ?? ' ')
    }, DROP)
  },
  'a length that is too short': withLength('3'),
  'a length that is too long': withLength('100000'),
  'a length that is none': (heard, drawn, right) => { withLength(one(LENGTHS, drawn))(heard, drawn, right) },
  trailers: withTrailers({ x: '1', 'content-length': '5', 'set-cookie': ['a=1'] }),
  'thousands of trailers': withTrailers(Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`x${String(i)}`, '1']))),
  'interim answers without end': ({ stream }, drawn) => {
    const status = Number(one(['100', '102', '103', '199'], drawn))
    const more = () => {
      if (stream.destroyed || stream.closed) return
      for (let i = 0; i < 20; i++) stream.additionalHeaders({ ':status': status, link: '</a.css>; rel=preload' })
      setImmediate(more)
    }
    more()
  },
  'right, and no more of the call is wanted': (heard, _drawn, right) => {
    respond(heard, { body: right })
    heard.stream.on('finish', () => { heard.stream.close(constants.NGHTTP2_NO_ERROR) })
  },
  'right, later': (heard, _drawn, right) => { later(heard, () => { respond(heard, { body: right }) }) },
}
