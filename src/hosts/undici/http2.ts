/**
 * Calls over a connection of HTTP/2 (RFC 9113), by Node's own client: undici's breaks off what is under way when the backend says that it takes no further
 * calls, as many do after each thousand.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Dispatcher } from 'undici'
import { ForwardError, type Outgoing } from '../../core/backends/forward.js'
import type { Exchange, Head } from './exchange.js'
import { reasonOf } from './reasons.js'

/** Real milliseconds that a connection is kept which nobody uses. */
const KEPT = 60_000
/** Bytes of one answer that may be under way. */
const WINDOW = 256 * 1024
/** Calls that it carries at once; the backend may take fewer, and further ones wait. */
const MOST_AT_ONCE = 128
/** MiB that may wait to be sent; what comes in has bounds of its own. */
const MOST_MEMORY = 256

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

/** What carries a call over a connection. */
export interface Carried {
  readonly outgoing: Outgoing
  readonly exchange: Exchange
  /** Told when the backend has not looked at the call, and never will (RFC 9113, section 8.7). */
  readonly refused: () => void
}

export class Http2Connection {
  readonly #session: ClientHttp2Session
  #underWay = 0
  readonly #waiting: Carried[] = []
  #takesMore = true

  /** @param ended told when it is gone */
  constructor(origin: string, socket: TLSSocket, ended: () => void) {
    this.#session = connect(origin, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: WINDOW }, maxSessionMemory: MOST_MEMORY })
    // What breaks the connection is told by the streams on it.
    this.#session.on('error', () => undefined)
    this.#session.on('goaway', this.#letGo)
    this.#session.on('close', ended)
    this.#session.setTimeout(KEPT, () => {
      if (this.#underWay === 0) this.#letGo()
    })
    this.#session.unref()
  }

  /** Whether calls may still be put on it. */
  get isOpen(): boolean {
    return this.#takesMore && !this.#session.closed && !this.#session.destroyed
  }

  /** Carries a call, as soon as it can; what comes of it is told to its exchange. */
  carry(call: Carried): void {
    if (this.#underWay < MOST_AT_ONCE) this.#begin(call)
    else this.#waiting.push(call)
  }

  destroy(): void {
    this.#session.destroy()
  }

  #begin({ outgoing: { method, origin, path, headers, body }, exchange, refused }: Carried): void {
    const length = body === null ? {} : { 'content-length': String(body.length) }
    const head: OutgoingHttpHeaders = { ...mutable(headers), ...length, ':method': method, ':scheme': 'https', ':authority': origin.slice(origin.indexOf('//') + 2), ':path': path }
    const stream = this.#session.request(head, { endStream: body === null })
    this.#underWay++
    this.#session.ref()
    let hasHead = false
    const controller = controllerOf(stream, (reason) => {
      // Nothing came: the connection may be dead without a word.
      if (reason instanceof ForwardError && reason.reason === 'timeout' && !hasHead) this.#letGo()
    })
    stream.on('response', (answer) => {
      hasHead = true
      exchange.onResponseStart(controller, answer[':status'] ?? 0, plain(answer))
    })
    stream.on('data', (piece: Buffer) => {
      exchange.onResponseData(controller, piece)
    })
    stream.on('end', () => {
      // A stream that was reset ends as well.
      if (hasHead && stream.rstCode === NGHTTP2_NO_ERROR) exchange.onResponseEnd()
    })
    stream.on('error', (error) => {
      if (stream.rstCode !== NGHTTP2_REFUSED_STREAM || hasHead) exchange.fail(reasonOf(error))
    })
    stream.on('close', () => {
      this.#underWay--
      if (this.#underWay === 0) this.#session.unref()
      this.#next()
      if (stream.rstCode === NGHTTP2_REFUSED_STREAM && !hasHead) refused()
      else exchange.fail(new ForwardError('reset', `it ended the call before its answer was whole (HTTP/2 code ${String(stream.rstCode)})`))
    })
    exchange.onRequestStart(controller)
    if (body !== null) stream.end(body)
  }

  /** Those whose time has run out meanwhile are not begun; where the connection takes no more, others are for the next one. */
  #next(): void {
    while (this.#underWay < MOST_AT_ONCE) {
      const call = this.#waiting.shift()
      if (call === undefined) return
      if (call.exchange.isOver) continue
      if (!this.isOpen) call.refused()
      else {
        try {
          this.#begin(call)
        } catch (error) {
          call.exchange.fail(reasonOf(error))
        }
      }
    }
  }

  /** What is under way on it is answered yet. */
  readonly #letGo = () => {
    this.#takesMore = false
    if (!this.#session.closed) this.#session.close()
  }
}

function controllerOf(stream: ClientHttp2Stream, aborted: (reason: Error) => void): Dispatcher.DispatchController {
  let hasLeft = false
  let reason: Error | null = null
  return {
    get aborted() {
      return hasLeft
    },
    get paused() {
      return stream.isPaused()
    },
    get reason() {
      return reason
    },
    abort: (why) => {
      hasLeft = true
      reason = why
      aborted(why)
      if (!stream.closed) stream.close(NGHTTP2_CANCEL)
      // Else what nobody reads would keep it.
      stream.destroy()
    },
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
  }
}

function mutable(headers: Outgoing['headers']): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]))
}

/** What is no header begins with a colon. */
function plain(headers: IncomingHttpHeaders): Head['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
}
