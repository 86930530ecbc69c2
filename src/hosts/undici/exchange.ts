/** One call to a real backend and its answer, with no stream between undici and whoever reads: most answers are one piece. */
import { type Dispatcher, errors } from 'undici'
import { ForwardError, type Outgoing } from '../../core/backends/forward.js'
import { join } from '../../plain/pages.js'
import type { Begin } from './line.js'
import { reasonOf } from './reasons.js'

/** So many bytes wait for whoever reads them; then the backend does. */
const MOST_WAITING = 256 * 1024
/** So many answers may come that are not final. */
const MOST_INTERIM = 100

const SWITCHED = 101
const NOT_MODIFIED = 304
/** RFC 9110, section 15; what is above is none that pages and tests could be given. */
const HIGHEST = 599

const NOTHING = () => {}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

interface Waiting<T> {
  resolve(value: T): void
  reject(error: ForwardError): void
}

/** The answer's body is what it iterates over; it throws {@link ForwardError} where that breaks off, and whoever stops early ends it. */
export class Exchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array> {
  readonly head: Promise<AnswerHead>
  /** Puts the call on another connection; null where it may not go out again. */
  onceMore: (() => void) | null = null
  #begin: Begin | null = null
  /** Whether it went over a connection that was used before, on which nothing has come since. */
  #isUnheard: () => boolean = () => false
  readonly #timeout: number
  /** Ends the waiting for whoever waits to leave. */
  #stay: () => void = NOTHING
  readonly #timer: NodeJS.Timeout
  readonly #pieces: Uint8Array[] = []
  #waiting = 0
  #interim = 0
  #answering: Waiting<AnswerHead> | null = null
  #reading: Waiting<IteratorResult<Uint8Array, undefined>> | null = null
  #controller: Dispatcher.DispatchController | null = null
  /** Null before there is one. */
  #status: number | null = null
  /** Null while more may come. */
  #end: ForwardError | 'whole' | null = null

  constructor({ timeout, whenGone }: Pick<Outgoing, 'timeout' | 'whenGone'>) {
    this.head = new Promise((resolve, reject) => {
      this.#answering = { resolve, reject }
    })
    this.#timeout = timeout
    this.#timer = setTimeout(this.#timeIsOver, timeout)
    this.#stay = whenGone?.(this.#nobodyWaits) ?? NOTHING
  }

  /** Whether nothing more comes of it. */
  get isOver(): boolean {
    return this.#end !== null
  }

  /** Notes the line that the call goes over, before it does. */
  readonly over = (begin: Begin): void => {
    this.#begin = begin
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#begin !== null) this.#isUnheard = this.#begin()
    if (this.#end !== null) controller.abort(new Error('given up'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHead['headers']): void {
    // What is not final yet is of no interest; what can be no status, or ends HTTP unasked, is no answer.
    if (status < 100 || status > HIGHEST || status === SWITCHED) this.fail(new ForwardError('nonsense', `what came is no HTTP answer (status ${String(status).padStart(3, '0')})`))
    else if (status >= 200) {
      this.#status = status
      this.#answering?.resolve({ status, headers })
    } else if (++this.#interim > MOST_INTERIM) this.fail(new ForwardError('nonsense', `more than ${String(MOST_INTERIM)} interim answers came before the answer`))
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    if (this.#end !== null) return
    if (this.#reading !== null) {
      this.#reading.resolve({ done: false, value: piece })
      this.#reading = null
      return
    }
    this.#pieces.push(piece)
    this.#waiting += piece.length
    if (this.#waiting > MOST_WAITING) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#finish('whole')) this.#reading?.resolve({ done: true, value: undefined })
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    // How long the answer would be that the client has already may be told with it (RFC 9110, section 8.6); undici misses that many bytes.
    if (this.#status === NOT_MODIFIED && error instanceof errors.ResponseContentLengthMismatchError) this.onResponseEnd()
    else if (!this.#goesAgain(reasonOf(error))) this.fail(reasonOf(error))
  }

  /** @returns whether the call has gone out once more, in the place of its failure */
  #goesAgain({ reason }: ForwardError): boolean {
    const { onceMore } = this
    this.onceMore = null
    if (onceMore === null || this.isOver || reason !== 'reset' || !this.#isUnheard()) return false
    onceMore()
    return true
  }

  /** Nothing more comes, for a reason. */
  fail(error: ForwardError): void {
    if (!this.#finish(error)) return
    this.#answering?.reject(error)
    this.#reading?.reject(error)
    this.#controller?.abort(error)
  }

  /** @returns all of the body, where nothing of it is still to come; null where it is to be read */
  whole(): Uint8Array | null {
    return this.#end === 'whole' ? join(this.#pieces.splice(0)) : null
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = this.#pieces.shift()
    if (piece !== undefined) {
      this.#waiting -= piece.length
      if (this.#waiting <= MOST_WAITING) this.#controller?.resume()
      return Promise.resolve({ done: false, value: piece })
    }
    if (this.#end === 'whole') return Promise.resolve({ done: true, value: undefined })
    if (this.#end !== null) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject }
    })
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#pieces.length = 0
    this.fail(new ForwardError('cancelled', 'nobody reads on'))
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** @returns whether this is the end, and not something after it */
  #finish(end: ForwardError | 'whole'): boolean {
    if (this.#end !== null) return false
    this.#end = end
    clearTimeout(this.#timer)
    this.#stay()
    return true
  }

  readonly #timeIsOver = () => {
    this.fail(timeIsOver(this.#timeout))
  }

  readonly #nobodyWaits = () => {
    this.fail(new ForwardError('cancelled', 'the client did not wait for the answer'))
  }
}

/** @returns what is told of an answer that was not whole in its time */
export function timeIsOver(timeout: number): ForwardError {
  return new ForwardError('timeout', `no whole answer within ${String(timeout)} ms`)
}
