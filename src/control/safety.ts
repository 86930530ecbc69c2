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
  /** What a caller has to know; null where every caller is on this machine. */
  readonly token: string | null
  /** The host that the server listens on. */
  readonly host: string
}

/** What stays open without a token: a probe tells nothing worth hiding. */
const OPEN = '/health'
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const EXPOSED = 'X-Total-Count, Link, Location, Last-Event-ID, Understudy-Violation'

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
    const forPage = admitOrigin(call)
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
  if (name !== null && (isAddress(name) || isLoopbackHost(name) || name === listening.toLowerCase() || name === hostname().toLowerCase())) return
  throw refusal(403, 'foreign-host', `The control plane does not answer under the host ${quote(host)}. Call it by its IP address or as localhost.`)
}

/** @returns the headers that let the page which calls read the answer, null where no page does */
function admitOrigin({ headers: { origin, host } }: Call): ReplyHeaders | null {
  if (origin === undefined) return null
  const page = URL.canParse(origin) ? new URL(origin) : null
  const isOwn = page !== null && page.host === host
  const isLocal = page !== null && isLoopbackHost(page.hostname) && isLoopbackHost(nameOf(host ?? '') ?? '')
  if (isOwn || isLocal) return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' }
  throw refusal(403, 'foreign-origin', `The control plane does not answer pages of ${quote(origin)}. Call it from a page of this machine, or from a program.`)
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
