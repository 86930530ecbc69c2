/**
 * Who may drive the server. A control plane on a developer's machine is within reach of every web page he opens, so foreign
 * hosts (DNS rebinding) and foreign origins (a hostile page) are refused whatever they know.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { hostname } from 'node:os'
import { emptyReply, type ReplyHeaders } from '../core/reply.js'
import type { Call } from '../core/stage/call.js'
import { type Outcome, whole } from '../core/stage/outcome.js'
import { quote, Refusal, refusal } from '../core/surface/refusal.js'
import { pathBelow, withHeaders } from '../core/surface/surface.js'

export interface Guard {
  /** Origins whose pages may drive the server beside its own, as the header `Origin` has them; see {@link checkOrigins}. */
  readonly origins: readonly string[]
  /** What a caller has to know; null where every caller is on this machine. */
  readonly token: string | null
  /** The host that the server listens on. */
  readonly host: string
}

/** What stays open without a token: a probe tells nothing worth hiding. */
const OPEN = '/health'
const PAGES_COME_BY: readonly string[] = ['http:', 'https:']
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const EXPOSED = 'X-Total-Count, Link, Location, Last-Event-ID, Understudy-Violation'

/**
 * @returns the origins as browsers write them
 * @throws TypeError for what is no origin; `null` is none, for every page in a sandboxed frame has that one
 */
export function checkOrigins(origins: readonly string[]): readonly string[] {
  return origins.map((given) => {
    const { origin, href } = URL.canParse(given) ? new URL(given) : { origin: 'null', href: '' }
    if (href !== `${origin}/`) throw new TypeError(`${quote(given)} is no origin; an origin is scheme, host and port, as http://localhost:5173`)
    return origin
  })
}

/** @returns whether the address can be reached from this machine alone */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}

/**
 * @param prefix what the guarded surface answers below
 * @param answer answers those calls that may drive the server
 * @returns what refuses all others; the headers that let a page read the answer are on every answer to a page that may
 */
export function guarded(guard: Guard, prefix: string, answer: (call: Call) => Promise<Outcome>): (call: Call) => Promise<Outcome> {
  return async (call) => {
    admitHost(call, guard.host)
    const forPage = admitPage(call, guard)
    try {
      if (call.method === 'OPTIONS' && forPage !== null) return whole(emptyReply(204, { ...preflight(call), ...forPage }))
      admitCaller(call, prefix, guard.token)
      return withHeaders(await answer(call), forPage ?? {})
    } catch (error) {
      throw error instanceof Refusal ? new Refusal(error.problem, { ...error.headers, ...forPage }) : error
    }
  }
}

function preflight({ headers }: Call): ReplyHeaders {
  return { 'access-control-allow-methods': METHODS, 'access-control-allow-headers': headers['access-control-request-headers'] ?? '*' }
}

/** A name that somebody else's DNS has pointed at this machine is foreign; an address or this machine's own name is not. */
function admitHost({ headers, remoteAddress }: Call, listening: string): void {
  // From within this process nobody comes by a name.
  if (remoteAddress === null) return
  const { host = '' } = headers
  const name = nameOf(host)
  if (name !== null && (isAddress(name) || isLoopbackHost(name) || name === listening.toLowerCase() || ownNames(listening).includes(name))) return
  throw refusal(403, 'foreign-host', `The control plane does not answer under the host ${quote(host)}. Call it by its IP address or as localhost.`)
}

/** Names that this machine gives itself; to others it is also known by multicast DNS, which answers for the network it is on and for nobody's DNS. */
function ownNames(listening: string): readonly string[] {
  const name = hostname().toLowerCase()
  const [short = ''] = name.split('.')
  return isLoopbackHost(listening) ? [name] : [name, `${short}.local`]
}

/** Pages that a browser says it asks for itself: what the address bar holds, and what the server's own pages ask for. */
const OWN_SITES: readonly unknown[] = [undefined, 'none', 'same-origin']

/**
 * A browser tells of every call whose page it is made for: in `Origin`, and where a page only loads something (`<img>`, `<script>`, a link) in
 * `Sec-Fetch-Site` alone. A page of another port is another origin, though it is of the same site.
 * @returns the headers that let the page which calls read the answer, null where no page does
 * @throws Refusal for a page that may not
 */
function admitPage(call: Call, { origins, token }: Guard): ReplyHeaders | null {
  const { origin, 'sec-fetch-site': site } = call.headers
  if (origin === undefined) {
    if (OWN_SITES.includes(site)) return null
    throw refusal(403, 'foreign-origin', 'The control plane does not answer what pages of other origins load or link to. Call it with fetch from a page that is allowed, open it in a tab of its own, or call it from a program.')
  }
  const isKnown = origins.includes(origin) || (isOwnOrigin(call, origin) && site !== 'cross-site')
  // Whoever has to know the token is let as far as where it is asked for.
  if (isKnown || (token !== null && isLocalOrigin(origin))) return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' }
  throw refusal(403, 'foreign-origin', `The control plane does not answer pages of ${quote(origin)}. Start the server with --allow-origin ${URL.canParse(origin) ? quote(origin) : '<origin>'} if they are yours, or call it from a program.`)
}

/** By any of this machine's names the same port is the same server. */
function isOwnOrigin({ headers: { host = '' }, isEncrypted }: Call, origin: string): boolean {
  const own = `${isEncrypted ? 'https' : 'http'}://${host}`
  if (!URL.canParse(origin) || !URL.canParse(own)) return false
  const page = new URL(origin)
  const server = new URL(own)
  if (page.origin === server.origin) return true
  return page.protocol === server.protocol && page.port === server.port && isLoopbackHost(page.hostname) && isLoopbackHost(server.hostname)
}

function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && PAGES_COME_BY.includes(new URL(origin).protocol) && isLoopbackHost(new URL(origin).hostname)
}

function admitCaller(call: Call, prefix: string, token: string | null): void {
  if (token === null) {
    if (call.remoteAddress === null || isLoopbackHost(call.remoteAddress)) return
    throw refusal(403, 'not-local', 'Without an admin token the control plane answers callers on its own machine only. Start the server with --admin-token.')
  }
  if (pathBelow(prefix, call) === OPEN) return
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(call.headers.authorization ?? '') ?? []
  if (isSame(given, token)) return
  const detail = 'The control plane of this server asks for its admin token. Send the header "Authorization: Bearer <token>" with the token that the server was given, or printed at its start.'
  throw refusal(401, 'admin-token-required', detail, {}, { 'www-authenticate': 'Bearer realm="understudy"' })
}

/** Takes the same time whatever is given. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** @returns the host of a Host header without its port, in lower case; null when it is none */
function nameOf(host: string): string | null {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(host) ?? []
  return (bracketed ?? plain)?.toLowerCase() ?? null
}

/** Whether the host is an IP address: four numbers, or what stands in brackets in a URL. */
function isAddress(name: string): boolean {
  const parts = name.split('.')
  return (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) || (name.includes(':') && URL.canParse(`http://[${name}]`))
}
