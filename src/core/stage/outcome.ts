/**
 * What comes of a call: an answer, and how it is to arrive. Both are data; a host carries them out with the means it has. Whatever
 * wants to be called beside the systems (control plane, pages) is a {@link Surface}.
 */
import type { Reply, ReplyHeaders } from '../reply.js'
import type { Call } from './call.js'

/** An answer whose body comes bit by bit: an event stream. */
export interface StreamedReply {
  readonly status: number
  readonly headers: ReplyHeaders
  /**
   * The pieces of the body. The host asks for the next one when the last has gone out, so whoever makes them holds and bounds what
   * waits; it ends them (`return`) when the caller goes away, and cuts the answer off when they throw. Of a HEAD call none is asked for.
   */
  readonly body: AsyncIterable<string | Uint8Array>
}

/** How an answer arrives. */
export type Delivery =
  /** In one piece. */
  | { readonly kind: 'whole' }
  /** The head at once, then the body in so many pieces, spread evenly over so many milliseconds of real time. */
  | { readonly kind: 'slow'; readonly milliseconds: number; readonly chunks: number }
  /** Not: the connection is closed before the first byte (`start`), or broken in the middle of the body (`body`). */
  | { readonly kind: 'cut'; readonly at: 'start' | 'body' }

/** What comes of a call. */
export interface Outcome {
  /** Headers complete but for `content-length`, which the host adds. To a HEAD call it is what GET is answered; the host leaves the body away. */
  readonly reply: Reply | StreamedReply
  readonly delivery: Delivery
  /** What is left to be done, and would only have delayed the answer. The host does it once the answer is on its way, in the same turn of the loop. */
  readonly afterwards?: () => void
}

/** Answers calls beside the systems; which ones is said where it is mounted. It never throws; a failure is an outcome too. */
export type Surface = (call: Call) => Outcome | Promise<Outcome>

const WHOLE: Delivery = { kind: 'whole' }

/** @returns the outcome that simply arrives */
export function whole(reply: Reply | StreamedReply): Outcome {
  return { reply, delivery: WHOLE }
}

/** @returns whether the body of this answer comes bit by bit */
export function isStreamed(reply: Reply | StreamedReply): reply is StreamedReply {
  return typeof reply.body !== 'string' && !(reply.body instanceof Uint8Array)
}
