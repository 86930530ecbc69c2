/** Asks the real backend: makes the call that goes out of the one that came in, and takes its answer in. */
import { ForwardError, type Forwarder, type Incoming, take, type TakenBody, type Unanswered } from '../backends/forward.js'
import { incomingHeaders, REASON_HEADER } from '../backends/headers.js'
import { unpackedBody } from '../backends/guises.js'
import type { AnswerRoom } from '../backends/room.js'
import { hereOf, outward, type OutwardParts } from '../backends/outward.js'
import { type ReadReply, readLongReply } from '../backends/read.js'
import type { Backend } from '../backends/setting.js'
import { swapped } from '../backends/tokens.js'
import { Failure } from '../failure.js'
import type { Reply } from '../reply.js'
import type { SessionRecord } from '../sessions.js'
import type { StreamedReply } from '../stage/outcome.js'
import { decodeBody } from './decode.js'
import type { Received } from './receive.js'
import { type BodyFields, View } from './view.js'

/** So much of an answer that has to be looked at is taken; one that is larger is none. */
const MOST_LOOKED_AT = 8 * 1024 * 1024
/** So much of any other answer is held back, so that a short one is had whole. */
const HELD_BACK = 1024 * 1024

/** What asking depends on beside the call. */
export interface AskParts extends OutwardParts {
  readonly forwarder: Forwarder
  readonly room: AnswerRoom
}

/** What became of a question. */
export type AskOutcome = {
  /** The session of the caller; null where the sandbox does not know it. */
  readonly caller: SessionRecord | null
  readonly view: View
  /** Decoded fields of the body. */
  readonly fields: BodyFields
} & (
  | { readonly kind: 'none'; readonly reason: Unanswered; readonly detail: string }
  | { readonly kind: 'answer'; readonly reply: Reply | StreamedReply; readonly read: ReadReply; /** Its headers as the backend sent them. */ readonly original: Incoming['headers'] }
)

/**
 * @param body the bytes that came; null where there were none
 * @param wantsWhole whether something is still to be done to the answer's bytes
 */
export async function ask(received: Received, body: Uint8Array | null, backend: Backend, parts: AskParts, wantsWhole: boolean): Promise<AskOutcome> {
  const { routed } = received
  const { arrival } = routed
  const { call, system, turn } = arrival
  const decoded = decodeBody(received)
  const fields = decoded instanceof Failure ? {} : decoded
  const view = new View(routed, fields)
  const shown = system.dialect.credentials?.read(view).tokens ?? []
  const text = body === null ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
  const unpacked = body === null ? '' : await unpackedBody(call.headers, body)
  const leaving = outward({ system, turn, url: call.url, path: arrival.path, search: arrival.search, headers: call.headers, shown, text, unpacked }, backend, parts)
  const going = leaving instanceof Promise ? await leaving : leaving
  const { caller } = going
  const none = (reason: Unanswered, detail: string): AskOutcome => ({ kind: 'none', reason, detail, view, fields, caller })
  if (going.kind === 'kept') return none(going.reason, going.detail)
  const { origin, path, headers, swaps } = going
  try {
    const incoming = await parts.forwarder.forward({
      method: call.method,
      origin,
      path,
      headers,
      body: body === null || swaps.size === 0 ? body : Buffer.from(swapped(text, swaps), 'latin1'),
      timeout: backend.timeout,
      whenGone: (tell) => call.whenGone(tell),
    })
    const seam = { backend: backend.url, here: hereOf(call.url, arrival.path), isEncrypted: call.isEncrypted }
    const bytes = incoming.whole()
    const answer = bytes === null ? await takeIn(incoming, wantsWhole || !isBulk(incoming, routed.row.success.mediaType), parts.room) : { body: bytes, looked: bytes }
    if (String(incoming.headers[REASON_HEADER] ?? '').startsWith('loop')) return none('loop', `${backend.url} leads back to this server`)
    const { status } = incoming
    const headersHere = incomingHeaders(incoming.headers, seam)
    const reply = answer.body instanceof Uint8Array ? { status, headers: headersHere, body: answer.body } : { status, headers: headersHere, body: answer.body }
    return { kind: 'answer', reply, read: await readLongReply(parts.pace, system.contract, routed.operation, status, answer.looked), original: incoming.headers, view, fields, caller }
  } catch (error) {
    if (!(error instanceof ForwardError)) throw error
    return none(error.reason, error.message)
  }
}

/** Whether the bytes of an answer are of no further interest here: a file, a picture. */
function isBulk({ headers }: Incoming, mediaType: string | null): boolean {
  return mediaType !== 'application/json' && !/json/i.test(String(headers['content-type'] ?? ''))
}

interface TakenIn {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  /** What of it can be looked at. */
  readonly looked: Uint8Array
}

async function takeIn({ body }: Incoming, isLookedAt: boolean, room: AnswerRoom): Promise<TakenIn> {
  const { bytes, rest } = await takeCounted(body, isLookedAt ? MOST_LOOKED_AT : HELD_BACK, room)
  if (rest === null) return { body: bytes, looked: bytes }
  if (!isLookedAt) return { body: goOn(bytes, rest), looked: new Uint8Array() }
  await rest.return?.()
  throw new ForwardError('tooLarge', `its answer has more than ${String(MOST_LOOKED_AT)} bytes, or no end`)
}

async function takeCounted(body: Incoming['body'], limit: number, room: AnswerRoom): Promise<TakenBody> {
  const guest = room.enter()
  try {
    return await take(body, limit, guest.take)
  } finally {
    guest.leave()
  }
}

async function* goOn(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
