/** What leaves for a real backend: where it goes, by whose tokens, and what keeps it here. */
import { pathOf } from '../../plain/url.js'
import type { Awaitable } from '../engine/engine.js'
import type { ReplyHeaders } from '../reply.js'
import type { SessionRecord } from '../sessions.js'
import type { Pace } from '../slices.js'
import type { CallHeaders } from '../stage/call.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'
import type { Unanswered } from './forward.js'
import { decodedIn, guisesOf, headerGuises, mayHold } from './guises.js'
import { HOPS_HEADER, outgoingHeaders } from './headers.js'
import type { IssuedTokens } from './issued.js'
import type { RealLogins } from './login.js'
import { type Backend, placeOf } from './setting.js'
import { isLeft, type KnownTokens, knownTokens, NO_TOKENS, shortestToken, swapped } from './tokens.js'

/** What this server has to know of itself to let something go. */
export interface OutwardParts {
  /** What this server is known by to itself, when a call comes back to it. */
  readonly self: string
  /** Texts that no backend is to see in a header. */
  readonly hidden: readonly string[]
  /** Whose tokens are whose, whatever became of their sessions. */
  readonly issued: IssuedTokens
  readonly logins: RealLogins
  /** Of all who work in the same server. */
  readonly pace: Pace
}

/** A request that is to leave. */
export interface Leaving {
  readonly system: System
  readonly turn: Turn
  /** As it was asked for. */
  readonly url: string
  /** Below the system's base. */
  readonly path: string
  readonly search: string
  readonly headers: CallHeaders
  /** What the dialect takes for the caller's token. */
  readonly shown: readonly string[]
  /** Its body, a character for each byte. */
  readonly text: string
  /** The same without its compression; empty where it has none. */
  readonly unpacked: string
}

/** What became of it. */
export type Outward = {
  /** The session of the caller; null where the sandbox does not know it. */
  readonly caller: SessionRecord | null
} & (
  | { readonly kind: 'kept'; readonly reason: Unanswered; readonly detail: string }
  | { readonly kind: 'goes'; readonly origin: string; /** Path and query. */ readonly path: string; readonly headers: ReturnType<typeof outgoingHeaders>; readonly swaps: KnownTokens['swaps'] }
)

/** A part of a path that leads up or nowhere, between whatever some server takes for a slash. */
const CLIMBS = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?=[/\\]|%2f|%5c|$)/i

/** @returns the request as the backend is to get it, or why it gets none */
export function outward(leaving: Leaving, backend: Backend, parts: OutwardParts): Awaitable<Outward> {
  const { system, url, headers, shown, text, unpacked } = leaving
  const texts = guisesOfCall(url, headers, [text, unpacked], shortestToken(system, parts.issued))
  return shown.length === 0 && texts.length === 0 ? withKnown(leaving, backend, parts, NO_TOKENS) : lookAndLeave(leaving, backend, parts, texts)
}

/** @param texts all forms of what may hold a token */
async function lookAndLeave(leaving: Leaving, backend: Backend, parts: OutwardParts, texts: readonly string[]): Promise<Outward> {
  const { system, turn, headers, shown } = leaving
  const look = () => knownTokens(system, turn.store(system.id), shown, texts, parts.issued, backend.url, parts.pace)
  const tokens = await look()
  const going = withKnown(leaving, backend, parts, tokens)
  if (tokens.foreign === null || (going.kind === 'kept' && going.reason !== 'stubToken')) return going
  const why = await parts.logins.logIn({ system, turn, session: tokens.foreign, headers }, backend, parts.self)
  if (typeof why === 'string') return { kind: 'kept', reason: 'stubToken', detail: `the call carries a token that the stub, or another backend, has issued, and its user could not be logged in at the real backend: ${why}`, caller: tokens.session }
  return why === null ? withKnown(leaving, backend, parts, await look()) : going
}

/** The request as it leaves, or why it stays, by what is known of the tokens in it. */
function withKnown({ system, url, path, search, headers, text, unpacked }: Leaving, backend: Backend, { self, hidden }: OutwardParts, tokens: KnownTokens): Outward {
  const { swaps, session: caller } = tokens
  const kept = (reason: Unanswered, detail: string): Outward => ({ kind: 'kept', reason, detail, caller })
  const hops = hopsOf(headers[HOPS_HEADER])
  if (hops.includes(self)) return kept('loop', `${backend.url} leads back to this server`)
  if (CLIMBS.test(path)) return kept('path', 'a path with "." or ".." in it may lead out of the backend')
  if (tokens.hasForeign) return kept('stubToken', 'the call carries a token that the stub, or another backend, has issued; log in at the real backend, through this server, to call it')
  const { origin, base } = placeOf(backend)
  const going = outgoingHeaders(headers, hidden, [...hops, self])
  const asked = `${base}${path}${ownSearch(search)}`
  if (swaps.size === 0) return { kind: 'goes', origin, path: asked, headers: going, swaps, caller }
  const goingPath = swapped(asked, swaps)
  const goingHeaders = withTokens(going, tokens, system, [url, ...Object.values(headers).map(String), text])
  if (isLeft(guisesOfCall(goingPath, goingHeaders, [swapped(text, swaps), unpacked], 0), swaps)) return kept('stubToken', 'the call carries a token that the stub has issued, written so that it cannot be replaced by the real backend\'s')
  return { kind: 'goes', origin, path: goingPath, headers: goingHeaders, swaps, caller }
}

/** All that a call says, in all forms that it may have, but for what holds no token of so many characters in any. */
function guisesOfCall(url: string, headers: CallHeaders | ReplyHeaders, bodies: readonly string[], length: number): readonly string[] {
  const texts = mayHold(url, length) ? [...headerGuises(url)] : []
  for (const name in headers) {
    const value = String(headers[name])
    if (mayHold(value, length)) texts.push(...headerGuises(value))
  }
  for (const body of bodies) if (mayHold(body, length)) texts.push(...guisesOf(body))
  return texts
}

function hopsOf(header: string | readonly string[] | undefined): readonly string[] {
  return header === undefined ? [] : String(header).split(',').map((hop) => hop.trim()).filter((hop) => hop !== '')
}

/** The query without what is said to this server in it; the rest byte for byte. */
function ownSearch(search: string): string {
  if (search === '') return ''
  const kept = search.includes('__') ? search.split('&').filter((pair) => !/^__(?:error|code|delay)(?:=|$)/.test(pair)).join('&') : search
  return kept === '' ? '' : `?${kept}`
}

/** The tokens of the real backend in the place of the stub's; where a token does not stand there as it is, the dialect says how it is carried. */
function withTokens(headers: ReturnType<typeof outgoingHeaders>, { swaps, session }: KnownTokens, { dialect: { credentials } }: System, texts: readonly string[]): ReturnType<typeof outgoingHeaders> {
  const swappedHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? swapped(value, swaps) : value.map((one) => swapped(one, swaps))]))
  const real = session === null ? undefined : swaps.get(session.accessToken)
  const isPlain = session === null || texts.some((text) => text.includes(session.accessToken))
  const isEncoded = session !== null && texts.slice(0, -1).some((text) => decodedIn(text).some((decoded) => decoded.includes(session.accessToken)))
  return real === undefined || (isPlain && !isEncoded) || credentials === null ? swappedHeaders : { ...swappedHeaders, ...credentials.carry(real) }
}

/** What stands before the system's paths in the URL that was called. */
export function hereOf(url: string, path: string): string {
  const called = pathOf(url)
  return called.endsWith(path) ? called.slice(0, called.length - path.length) : called
}
