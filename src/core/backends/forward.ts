/** What carries calls to a real backend. The core says what is to be carried, and knows no HTTP client: a host brings one. */
import { join } from '../../plain/pages.js'
import type { Reply, ReplyHeaders } from '../reply.js'
import type { SocketLink } from '../sockets/wire.js'

/** Why a real backend gave no answer, or none was asked for. */
export type Unanswered =
  | 'dns' | 'refused' | 'unreachable' | 'tls' | 'timeout' | 'reset' | 'tooLarge' | 'nonsense' | 'cancelled'
  /** The backend is this server itself. */
  | 'loop'
  /** The call carries a token of the stub, which is no business of anybody else. */
  | 'stubToken'
  /** The path would lead out of the backend's base. */
  | 'path'

/** A call for a real backend. */
export interface Outgoing {
  readonly method: string
  /** Scheme, host and port. */
  readonly origin: string
  /** Path and query as they go out. */
  readonly path: string
  readonly headers: ReplyHeaders
  /** Null where there is none. */
  readonly body: Uint8Array | null
  /** Real milliseconds for the answer and its body. */
  readonly timeout: number
  /**
   * Nobody may wait for the answer any more, some time; null where somebody always does.
   * @returns ends the telling
   */
  readonly whenGone: ((tell: () => void) => () => void) | null
}

/** A real backend's answer. */
export interface Incoming {
  readonly status: number
  /** Names in lower case; as they came, but for those that were about a compression that is undone. */
  readonly headers: ReplyHeaders
  /** The body, its compression undone, as it comes. It throws {@link ForwardError} where it breaks off; whoever stops early ends it. */
  readonly body: AsyncIterable<Uint8Array>
  /** Takes all of the body, where all of it is there already; null where it has to be read. Most answers are short, and come in one piece. */
  readonly whole: () => Uint8Array | null
}

/** A WebSocket that is wanted of a real backend. */
export interface OutgoingSocket extends Pick<Outgoing, 'origin' | 'path' | 'headers' | 'timeout'> {
  /** Aborted when nobody waits for the connection any more. */
  readonly signal: AbortSignal
  readonly protocols: readonly string[]
  /** Bytes of one frame that it may send. */
  readonly limit: number
}

/** What a real backend answered to a handshake: a WebSocket from which nothing is read before somebody listens, or something else. */
export type IncomingSocket =
  | { readonly kind: 'open'; readonly link: SocketLink; /** Empty where it has chosen none. */ readonly protocol: string; readonly headers: ReplyHeaders }
  | { readonly kind: 'refused'; /** Its body is cut where it is long. */ readonly reply: Reply }

/** No answer came, or not all of it. */
export class ForwardError extends Error {
  override readonly name = 'ForwardError'
  readonly reason: Unanswered

  constructor(reason: Unanswered, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Carries calls to real backends. */
export interface Forwarder {
  /**
   * @returns the answer as soon as its head is there
   * @throws ForwardError when none comes
   */
  forward(outgoing: Outgoing): Promise<Incoming>
  /**
   * @returns what came of the handshake; until then, and no longer, the signal ends it
   * @throws ForwardError when no answer comes
   */
  connect(outgoing: OutgoingSocket): Promise<IncomingSocket>
  /** Ends all connections. */
  close(): Promise<void>
}

/** A body of which at most so much is at hand, and where the rest of it comes from; null when all of it is at hand. */
export interface TakenBody {
  readonly bytes: Uint8Array
  readonly rest: AsyncIterator<Uint8Array> | null
}

/**
 * Takes a body up to a limit.
 * @param counted told of each piece; where it throws, nothing more is taken
 * @throws ForwardError where it breaks off before
 */
export async function take(body: AsyncIterable<Uint8Array>, limit: number, counted?: (bytes: number) => void): Promise<TakenBody> {
  const pieces = body[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const next = await pieces.next()
      if (next.done === true) return { bytes: join(taken), rest: null }
      taken.push(next.value)
      length += next.value.length
      counted?.(next.value.length)
      if (length > limit) return { bytes: join(taken), rest: pieces }
    }
  } catch (error) {
    await pieces.return?.()
    throw error
  }
}
