/** Answers that do harm to the connection, and to what else is under way on it. */
import { one, wholes } from '../wholes.js'
import type { Answering, Heard } from './server.js'
import { CODES, later, respond } from './streams.js'

const FINE = { ':status': 200, 'content-type': 'application/json' }

const goaways: Readonly<Record<string, Answering>> = Object.fromEntries(CODES.flatMap((code): readonly (readonly [string, Answering])[] => [
  [`GOAWAY with ${String(code)} before an answer`, (heard, _drawn, right) => {
    heard.session.goaway(code)
    later(heard, () => { respond(heard, { body: right }) })
  }],
  [`GOAWAY with ${String(code)} in an answer`, (heard, _drawn, right) => {
    heard.stream.respond(FINE)
    heard.stream.write(right.slice(0, 2))
    heard.session.goaway(code, 0, Buffer.from('no more'))
    later(heard, () => { heard.stream.end(right.slice(2)) })
  }],
  [`GOAWAY with ${String(code)} after an answer`, (heard, _drawn, right) => {
    respond(heard, { body: right })
    setImmediate(() => {
      if (!heard.session.destroyed) heard.session.goaway(code)
    })
  }],
]))

const ends: Readonly<Record<string, (heard: Heard) => void>> = {
  'the end of the connection': ({ socket }) => { socket.end() },
  'the connection cut': ({ socket }) => { socket.destroy() },
  'the session destroyed': ({ session }) => { session.destroy() },
  'the session closed': ({ session }) => { session.close() },
}
/** Each in three places. */
const cuts: Readonly<Record<string, Answering>> = Object.fromEntries(Object.entries(ends).flatMap(([name, end]): readonly (readonly [string, Answering])[] => [
  [`${name}, before the head`, end],
  [`${name}, after the head`, (heard) => {
    heard.stream.respond(FINE)
    setImmediate(() => { end(heard) })
  }],
  [`${name}, in the body`, (heard, { part }, right) => {
    heard.stream.respond({ ...FINE, 'content-length': String(right.length) })
    heard.stream.write(right.slice(0, Math.floor(part * right.length)))
    setImmediate(() => { end(heard) })
  }],
]))

const set = (settings: Parameters<Heard['session']['settings']>[0]): Answering => (heard, _drawn, right) => {
  heard.session.settings(settings)
  // What was set holds for all that follows: the next call has a connection of its own.
  heard.stream.on('close', () => { heard.session.close() })
  later(heard, () => { respond(heard, { body: right }) })
}

export const sessions: Readonly<Record<string, Answering>> = {
  right: (heard, _drawn, right) => { respond(heard, { body: right }) },
  ...goaways,
  ...cuts,
  'a huge header': (heard, drawn, right) => { respond(heard, wholes['a huge header']?.({ ...drawn, part: Math.max(0.1, drawn.part) }, right) ?? { body: right }) },
  'a header of a MiB in the trailers': ({ stream }, _drawn, right) => {
    stream.respond(FINE, { waitForTrailers: true })
    stream.on('wantTrailers', () => { stream.sendTrailers({ x: 'y'.repeat(1024 * 1024) }) })
    stream.end(right)
  },
  'no calls at once': set({ maxConcurrentStreams: 0 }),
  'one call at once': set({ maxConcurrentStreams: 1 }),
  'one call at once, and no answer': ({ session }) => { session.settings({ maxConcurrentStreams: 1 }) },
  'a window of nothing': set({ initialWindowSize: 0 }),
  'the largest window': set({ initialWindowSize: 2 ** 31 - 1 }),
  'no table of headers': set({ headerTableSize: 0 }),
  'the largest table of headers': set({ headerTableSize: 2 ** 32 - 1 }),
  'headers of nothing': set({ maxHeaderListSize: 0 }),
  'another protocol is possible': set({ enableConnectProtocol: true }),
  'a few origins and other services': (heard, drawn, right) => {
    heard.session.origin(...Array.from({ length: 50 }, (_, i) => `https://other${String(i)}.example`))
    heard.session.altsvc(one(['h2=":8000"', 'clear', 'h3="other.example:1"; ma=99999999999'], drawn), 'https://other.example')
    respond(heard, { body: right })
  },
  'pings that are counted': (heard, _drawn, right) => {
    for (let i = 0; i < 10; i++) heard.session.ping(() => undefined)
    respond(heard, { body: right })
  },
}
