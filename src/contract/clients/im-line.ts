/** One connection of im's push channel: packets out, their answers in the order in which they were sent, messages in between. */
import { conditionOfText, conditionOfThrown, NoAnswer } from '../../errors/no-answer.js'
import type { NoAnswerCondition } from '../../generated/conditions.js'
import type { components } from '../../generated/im/contract.js'
import { asObject } from './shared.js'

export type Schemas = components['schemas']
export type ImPacket = Schemas['ClientFrame']['message']
export type ImRefusal = Schemas['ServerRefusal']

/** Why a connection is over: what the server said at last, or a NoAnswer; `aborted` where the app itself closed it. */
export interface ImSocketEnd {
  readonly data?: undefined
  readonly error: ImRefusal | NoAnswer
  readonly response: Response
}

/** What came of a packet, or of opening: openapi-fetch's own shape, so that `classifyResult('im', …)` takes it. */
export type ImSocketResult<Data> = { readonly data: Data; readonly error?: undefined; readonly response: Response } | ImSocketEnd

/** A connection that has started. */
export interface ImSocket {
  /** The user's push id; with it a later connection restarts. */
  readonly pushId: string
  /** Resolves once the connection is over; it rejects only with what `onMessages` threw. To connect again is the app's business. */
  readonly ended: Promise<ImSocketEnd>
  /**
   * Sends a packet: messages, a confirmation, `ok` (confirms all that this connection was delivered) or an empty text (a heartbeat).
   * @param options.signal gives up waiting for the answer; what was sent stays sent
   */
  send(message: ImPacket, options?: { readonly signal?: AbortSignal }): Promise<ImSocketResult<Schemas['ServerAck']>>
  /** Hangs up. */
  close(): void
}

type Result = ImSocketResult<Schemas['ServerAck']>

/** What is used of a WebSocket: that of browsers, of Node.js, of React Native and of the package `ws` have it. */
export interface WebSocketLike {
  send(text: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
}

/** After these the server closes the connection; they answer no packet. */
const LAST_WORDS: readonly string[] = ['session error', 'replaced'] satisfies ImRefusal['message'][]

export class ImLine implements ImSocket {
  /** Whether the handshake was carried out. */
  readonly opened: Promise<boolean>
  readonly ended: Promise<ImSocketEnd>
  /** The same for this package; so that `ended` is unheard where the app does not listen, and what the app threw is not swallowed. */
  readonly over: Promise<ImSocketEnd>
  readonly #socket: WebSocketLike
  readonly #url: string
  /** Those who wait for an answer, the one that comes next first. */
  readonly #waiting: ((result: Result) => void)[] = []
  #end: ImSocketEnd | null = null
  #tellEnd!: (end: ImSocketEnd | Promise<never>) => void
  #pushId = ''

  constructor(socket: WebSocketLike, url: string, onMessages: (messages: Schemas['ServerDelivery']['message']) => void) {
    this.#socket = socket
    this.#url = url
    this.over = new Promise((resolve) => {
      this.#tellEnd = resolve
    })
    this.ended = this.over.then((end) => end)
    this.opened = new Promise((resolve) => {
      socket.addEventListener('open', () => { resolve(true) })
      void this.over.catch(() => undefined).then(() => { resolve(false) })
    })
    // What went wrong is told by `close`, which follows.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code, reason }) => {
      this.end(lost('offline', url, `closed with ${String(code)}${reason === '' ? '' : ` ${reason}`}`))
    })
    socket.addEventListener('message', ({ data }) => {
      const frame = this.#end === null ? this.#read(data) : null
      if (frame !== null) this.#take(frame, String(data), onMessages)
    })
  }

  get pushId(): string {
    return this.#pushId
  }

  async send(message: ImPacket, { signal, pushId = this.#pushId }: { readonly signal?: AbortSignal; readonly pushId?: string } = {}): Promise<Result> {
    const text = JSON.stringify({ status: 1, pushId, message })
    if (this.#end !== null) return this.#end
    const givenUp = () => lost(conditionOfThrown(null, signal), this.#url, 'given up')
    if (signal?.aborted === true) return givenUp()
    return new Promise((resolve) => {
      const giveUp = () => { settle(givenUp()) }
      const settle = (result: Result) => {
        signal?.removeEventListener('abort', giveUp)
        resolve(result)
      }
      signal?.addEventListener('abort', giveUp)
      // It keeps its place when it is given up, for its answer comes all the same.
      this.#waiting.push(settle)
      this.#socket.send(text)
    })
  }

  close(): void {
    this.end(lost('aborted', this.#url, 'closed by the app'))
  }

  /** Ends the connection, once: all who wait are told why. */
  end(end: ImSocketEnd, told: ImSocketEnd | Promise<never> = end): void {
    if (this.#end !== null) return
    this.#end = end
    this.#socket.close()
    for (const settle of this.#waiting.splice(0)) settle(end)
    this.#tellEnd(told)
  }

  /** A frame that cannot be read ends the connection: of no later answer it could be told whose it is. Nothing is lost, for what is not confirmed comes again. */
  #read(data: unknown): Schemas['ServerFrame'] | null {
    const frame = typeof data === 'string' ? parse(data) : undefined
    if (isFrame(frame)) return frame
    const condition = frame === undefined ? conditionOfText(String(data), 'application/json') : 'notOurs'
    this.end(lost(condition, this.#url, 'a frame that is none of im'))
    return null
  }

  #take(frame: Schemas['ServerFrame'], text: string, onMessages: (messages: Schemas['ServerDelivery']['message']) => void): void {
    if (isDelivery(frame)) {
      try {
        onMessages(frame.message)
      } catch (thrown) {
        // The app's own failure; on a WebSocket nobody could catch it. What it did not confirm comes again.
        if (this.#end !== null) throw thrown
        this.end(lost('aborted', this.#url, 'onMessages failed'), Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown))))
      }
      return
    }
    const response = new Response(text, { headers: { 'content-type': 'application/json' } })
    if (frame.status === 1) {
      this.#pushId = frame.pushId
      this.#waiting.shift()?.({ data: frame, response })
    } else if (LAST_WORDS.includes(frame.message)) this.end({ error: frame, response })
    else this.#waiting.shift()?.({ error: frame, response })
  }
}

/** @returns the result of a call without an answer */
export function lost(condition: NoAnswerCondition, url: string, what: string): ImSocketEnd {
  const response = Response.error()
  return { error: new NoAnswer(condition, { url, message: `${url}: ${what}`, response }), response }
}

function isFrame(value: unknown): value is Schemas['ServerFrame'] {
  const frame = asObject(value)
  return frame !== null && typeof frame['status'] === 'number' && typeof frame['pushId'] === 'string' && (typeof frame['message'] === 'string' || Array.isArray(frame['message']))
}

function isDelivery(frame: Schemas['ServerFrame']): frame is Schemas['ServerDelivery'] {
  return Array.isArray(frame.message)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
