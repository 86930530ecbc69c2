/**
 * Calls over a connection of HTTP/2 (RFC 9113), by Node's own client: undici's breaks off what is under way when the backend says that it takes no further
 * calls, as many do after each thousand.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Dispatcher } from 'undici'
import { ForwardError, type Outgoing } from '../../core/backends/forward.js'
import type { Exchange, AnswerHead } from './exchange.js'
import { reasonOf } from './reasons.js'
import { Worth } from './worth.js'

/** Real milliseconds that a connection is kept which nobody uses, whatever the backend goes on to say on it. */
const KEPT = 60_000
/** Real milliseconds that the backend has to close its side of one that is over. */
const GOODBYE = 1000
/** Names of other origins that it may say it answers for: Node.js keeps them, and nobody asks. */
const MOST_ORIGINS = 100
/** Bytes of one answer that may be under way. */
const WINDOW = 256 * 1024
/** Calls that it carries at once; the backend may take fewer, and further ones wait. */
const MOST_AT_ONCE = 128
/** MiB that may wait to be sent; what comes in has bounds of its own. */
const MOST_MEMORY = 256

/** So often is looked at what has come on it, in real milliseconds. */
const LOOK_AGAIN = 50

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants

/** What carries a call over a connection. */
export interface Carried {
  readonly outgoing: Outgoing
  readonly exchange: Exchange
  /** Told when the backend has not looked at the call, and never will (RFC 9113, section 8.7). */
  readonly refused: () => void
  /** Told when the connection takes no more calls, and has not been given this one. */
  readonly elsewhere: () => void
}

export class Http2Connection {
  readonly #session: ClientHttp2Session
  readonly #socket: TLSSocket
  readonly #worth = new Worth()
  #underWay = 0
  #unused: NodeJS.Timeout | null = null
  #origins = 0
  readonly #waiting: Carried[] = []
  #takesMore = true
  /** The last call that it may have looked at when it broke the connection off as if it refused what is on it; Node.js tells of that as of one refused call. */
  #lookedAt = 0

  /** @param ended told when it is gone */
  constructor(origin: string, socket: TLSSocket, ended: () => void) {
    this.#socket = socket
    this.#session = connect(origin, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: WINDOW }, maxSessionMemory: MOST_MEMORY })
    // What breaks the connection is told by the streams on it.
    this.#session.on('error', this.#partSoon)
    this.#session.on('goaway', (code: number, last: number) => {
      if (code === NGHTTP2_REFUSED_STREAM) this.#lookedAt = last
      this.#letGo()
    })
    this.#session.on('origin', (origins) => {
      this.#origins += origins.length
      if (this.#origins > MOST_ORIGINS) this.destroy()
    })
    const looking = setInterval(this.#look, LOOK_AGAIN).unref()
    this.#session.on('close', () => {
      clearInterval(looking)
      ended()
    })
    this.#rest()
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

  /** @param error what is told of the calls on it */
  destroy(error?: ForwardError): void {
    this.#session.destroy(error)
    this.#socket.destroy()
  }

  #begin({ outgoing: { method, origin, path, headers, body }, exchange, refused }: Carried): void {
    const length = body === null ? {} : { 'content-length': String(body.length) }
    const head: OutgoingHttpHeaders = { ...mutable(headers), ...length, ':method': method, ':scheme': 'https', ':authority': origin.slice(origin.indexOf('//') + 2), ':path': path }
    const stream = this.#session.request(head, { endStream: body === null })
    this.#underWay++
    this.#worth.call()
    this.#session.ref()
    if (this.#unused !== null) clearTimeout(this.#unused)
    let hasHead = false
    let isWhole = false
    // Node.js ends the reading of a stream that was reset as it does of one that is whole: but only then is it closed before.
    const push = stream.push.bind(stream)
    stream.push = (piece, encoding) => {
      if (piece === null && !stream.closed) isWhole = true
      return push(piece, encoding)
    }
    const isRefused = () => stream.rstCode === NGHTTP2_REFUSED_STREAM && !hasHead && (stream.id ?? 0) > this.#lookedAt
    const controller = controllerOf(stream, (reason) => {
      // Nothing came: the connection may be dead without a word.
      if (reason instanceof ForwardError && reason.reason === 'timeout' && !hasHead) this.#letGo()
    })
    stream.on('headers', (interim) => {
      exchange.onResponseStart(controller, interim[':status'] ?? 0, {})
    })
    stream.on('response', (answer) => {
      hasHead = true
      exchange.onResponseStart(controller, answer[':status'] ?? 0, plain(answer))
    })
    stream.on('data', (piece: Buffer) => {
      this.#worth.frame(piece.length)
      this.#look()
      exchange.onResponseData(controller, piece)
    })
    stream.on('end', () => {
      if (stream.rstCode !== NGHTTP2_NO_ERROR) return
      if (hasHead && isWhole) exchange.onResponseEnd()
      else exchange.fail(brokenOff(stream))
    })
    stream.on('error', (error) => {
      if (!isRefused()) exchange.fail(reasonOf(error))
    })
    stream.on('close', () => {
      this.#underWay--
      if (this.#underWay === 0) this.#rest()
      this.#next()
      if (isRefused()) refused()
      else exchange.fail(brokenOff(stream))
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
      if (!this.isOpen) call.elsewhere()
      else {
        try {
          this.#begin(call)
        } catch (error) {
          call.exchange.fail(reasonOf(error))
        }
      }
    }
  }

  readonly #look = () => {
    const tooMuch = this.#worth.tooMuch(this.#socket.bytesRead)
    if (tooMuch !== null && !this.#session.destroyed) this.destroy(new ForwardError('nonsense', tooMuch))
  }

  /** What is under way on it is answered yet; what waits need not wait for that. */
  readonly #letGo = () => {
    this.#takesMore = false
    for (const call of this.#waiting.splice(0)) call.elsewhere()
    if (!this.#session.closed) this.#session.close()
    if (this.#underWay === 0) this.#partSoon()
  }

  /** Nobody uses it. */
  #rest(): void {
    this.#session.unref()
    if (!this.isOpen) this.#partSoon()
    else this.#unused = setTimeout(this.#letGo, KEPT).unref()
  }

  /** A session that is over waits for the backend to take what was said, and to close as well: some never do. */
  readonly #partSoon = () => {
    setTimeout(() => {
      this.#socket.destroy()
    }, GOODBYE).unref()
  }
}

function brokenOff({ rstCode }: ClientHttp2Stream): ForwardError {
  return new ForwardError('reset', `it ended the call before its answer was whole (HTTP/2 code ${String(rstCode)})`)
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
function plain(headers: IncomingHttpHeaders): AnswerHead['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
}
