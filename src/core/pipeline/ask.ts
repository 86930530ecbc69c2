/** Asks the real backend: makes the call that goes out of the one that came in, and takes its answer in. */
import { ForwardError, type Forwarder, type Incoming, take, type Unanswered } from '../backends/forward.js'
import { HOPS_HEADER, incomingHeaders, outgoingHeaders, REASON_HEADER } from '../backends/headers.js'
import type { IssuedTokens } from '../backends/issued.js'
import { type ReadReply, readReply } from '../backends/read.js'
import type { Backend } from '../backends/setting.js'
import { type KnownTokens, knownTokens, swapped } from '../backends/tokens.js'
import { Failure } from '../failure.js'
import type { Reply } from '../reply.js'
import type { SessionRecord } from '../sessions.js'
import type { StreamedReply } from '../stage/outcome.js'
import { decodeBody } from './decode.js'
import { pathOf } from '../../plain/url.js'
import type { Received } from './receive.js'
import { type Fields, View } from './view.js'

/** So much of an answer that has to be looked at is taken; one that is larger is none. */
const MOST_LOOKED_AT = 8 * 1024 * 1024
/** So much of any other answer is held back, so that a short one is had whole. */
const HELD_BACK = 1024 * 1024

/** What asking depends on beside the call. */
export interface AskParts {
  readonly forwarder: Forwarder
  /** What this server is known by to itself, when a call comes back to it. */
  readonly self: string
  /** Texts that no backend is to see in a header. */
  readonly hidden: readonly string[]
  /** The tokens that are the stub's own, whatever became of their sessions. */
  readonly issued: IssuedTokens
}

/** What became of a question. */
export type Asked = {
  /** The session of the caller; null where the sandbox does not know it. */
  readonly caller: SessionRecord | null
  readonly view: View
  /** Decoded fields of the body. */
  readonly fields: Fields
} & (
  | { readonly kind: 'none'; readonly reason: Unanswered; readonly detail: string }
  | { readonly kind: 'answer'; readonly reply: Reply | StreamedReply; readonly read: ReadReply; /** Its headers as the backend sent them. */ readonly original: Incoming['headers'] }
)

/**
 * @param body the bytes that came; null where there were none
 * @param wantsWhole whether something is still to be done to the answer's bytes
 */
export async function ask(received: Received, body: Uint8Array | null, backend: Backend, parts: AskParts, wantsWhole: boolean): Promise<Asked> {
  const { routed } = received
  const { arrival } = routed
  const { call, system, turn } = arrival
  const decoded = decodeBody(received)
  const fields = decoded instanceof Failure ? {} : decoded
  const view = new View(routed, fields)
  const shown = system.dialect.credentials?.read(view).tokens ?? []
  const text = body === null ? '' : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
  const texts = [call.url, ...Object.values(call.headers).map(String), text]
  const { value: tokens } = await turn.store(system.id).transact((tx) => knownTokens(system, tx, shown, texts, parts.issued))
  const none = (reason: Unanswered, detail: string): Asked => ({ kind: 'none', reason, detail, view, fields, caller: tokens.session })

  const hops = String(call.headers[HOPS_HEADER] ?? '').split(',').map((hop) => hop.trim()).filter((hop) => hop !== '')
  if (hops.includes(parts.self)) return none('loop', `${backend.url} leads back to this server`)
  if (/(?:^|\/)(?:\.|%2e){1,2}(?=\/|$)/i.test(arrival.path)) return none('path', 'a path with "." or ".." in it may lead out of the backend')
  if (tokens.hasForeign) return none('stubToken', 'the call carries a token that the stub has issued; log in at the real backend, through this server, to call it')

  const target = new URL(backend.url)
  const headers = outgoingHeaders(call.headers, parts.hidden, [...hops, parts.self])
  try {
    const incoming = await parts.forwarder.forward({
      method: call.method,
      origin: target.origin,
      path: swapped(`${target.pathname.replace(/\/$/, '')}${arrival.path}${ownSearch(arrival.search)}`, tokens.swaps),
      headers: withTokens(headers, tokens, system.dialect.credentials, texts),
      body: body === null ? null : tokens.swaps.size === 0 ? body : Buffer.from(swapped(text, tokens.swaps), 'latin1'),
      timeout: backend.timeout,
      signal: call.signal,
    })
    const seam = { backend: backend.url, here: hereOf(call.url, arrival.path), isEncrypted: call.isEncrypted }
    const answer = await takeIn(incoming, wantsWhole || !isBulk(incoming, routed.row.success.mediaType))
    if (String(incoming.headers[REASON_HEADER] ?? '').startsWith('loop')) return none('loop', `${backend.url} leads back to this server`)
    const head = { status: incoming.status, headers: incomingHeaders(incoming.headers, seam) }
    const reply = answer.body instanceof Uint8Array ? { ...head, body: answer.body } : { ...head, body: answer.body }
    return { kind: 'answer', reply, read: readReply(system.contract, routed.operation, incoming.status, answer.looked), original: incoming.headers, view, fields, caller: tokens.session }
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

async function takeIn({ body }: Incoming, isLookedAt: boolean): Promise<TakenIn> {
  const { bytes, rest } = await take(body, isLookedAt ? MOST_LOOKED_AT : HELD_BACK)
  if (rest === null) return { body: bytes, looked: bytes }
  if (!isLookedAt) return { body: goOn(bytes, rest), looked: new Uint8Array() }
  await rest.return?.()
  throw new ForwardError('tooLarge', `its answer has more than ${String(MOST_LOOKED_AT)} bytes, or no end`)
}

async function* goOn(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** The query without what is said to this server in it; the rest byte for byte. */
function ownSearch(search: string): string {
  if (search === '') return ''
  const kept = search.includes('__') ? search.split('&').filter((pair) => !/^__(?:error|code|delay)(?:=|$)/.test(pair)).join('&') : search
  return kept === '' ? '' : `?${kept}`
}

/** The tokens of the real backend in the place of the stub's; where a token does not stand there as it is, the dialect says how it is carried. */
function withTokens(headers: ReturnType<typeof outgoingHeaders>, { swaps, session }: KnownTokens, credentials: { carry(token: string): Readonly<Record<string, string>> } | null, texts: readonly string[]): ReturnType<typeof outgoingHeaders> {
  if (swaps.size === 0) return headers
  const swappedHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? swapped(value, swaps) : value.map((one) => swapped(one, swaps))]))
  const real = session === null ? undefined : swaps.get(session.accessToken)
  const isPlain = session === null || texts.some((text) => text.includes(session.accessToken))
  return real === undefined || isPlain || credentials === null ? swappedHeaders : { ...swappedHeaders, ...credentials.carry(real) }
}

/** What stands before the system's paths in the URL that was called. */
function hereOf(url: string, path: string): string {
  const called = pathOf(url)
  return called.endsWith(path) ? called.slice(0, called.length - path.length) : called
}
