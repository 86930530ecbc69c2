/**
 * Who may drive the server. A control plane on a developer's machine is within reach of every web page he opens, so foreign
 * hosts (DNS rebinding) and foreign origins (a hostile page) are refused whatever they know.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Request, RequestHandler } from 'express'
import { writeReply } from '../hosts/node/send.js'
import { answerProblem } from '../core/problem.js'
import { emptyReply } from '../core/reply.js'
import { quote, Refusal, refusal } from './refusal.js'

export interface Guard {
  /** What a caller has to know; null where every caller is on this machine. */
  readonly token: string | null
  /** The host that the server listens on. */
  readonly host: string
}

/** What stays open without a token: a probe tells nothing worth hiding. */
const OPEN = '/health'
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** @returns whether the address can be reached from this machine alone */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}

/** @returns the middleware that lets only those calls through which may drive the server */
export function guard({ token, host }: Guard): RequestHandler {
  return (request, response, next) => {
    try {
      admitHost(request, host)
      const origin = admitOrigin(request)
      if (origin !== null) {
        response.setHeader('access-control-allow-origin', origin)
        response.setHeader('access-control-expose-headers', 'X-Total-Count, Link, Location, Last-Event-ID, Understudy-Violation')
        response.setHeader('vary', 'Origin')
        if (request.method === 'OPTIONS') {
          const headers = { 'access-control-allow-methods': METHODS, 'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*' }
          writeReply(response, emptyReply(204, headers), request.method)
          return
        }
      }
      admitCaller(request, token)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const challenge = error.problem.status === 401 ? { 'www-authenticate': 'Bearer realm="understudy"' } : {}
      writeReply(response, answerProblem(error.problem, challenge), request.method)
      return
    }
    next()
  }
}

/** A name that somebody else's DNS has pointed at this machine is foreign; an address or this machine's own name is not. */
function admitHost(request: Request, listening: string): void {
  const host = request.headers.host ?? ''
  const name = nameOf(host)
  if (name !== null && (isIP(name) !== 0 || isLoopbackHost(name) || name === listening.toLowerCase() || name === hostname().toLowerCase())) return
  throw refusal(403, 'foreign-host', `The control plane does not answer under the host ${quote(host)}. Call it by its IP address or as localhost.`)
}

/** @returns the origin of the page that calls, null where no page does */
function admitOrigin(request: Request): string | null {
  const { origin, host } = request.headers
  if (origin === undefined) return null
  const page = URL.canParse(origin) ? new URL(origin) : null
  const isOwn = page !== null && page.host === host
  const isLocal = page !== null && isLoopbackHost(page.hostname) && isLoopbackHost(nameOf(host ?? '') ?? '')
  if (isOwn || isLocal) return origin
  throw refusal(403, 'foreign-origin', `The control plane does not answer pages of ${quote(origin)}. Call it from a page of this machine, or from a program.`)
}

function admitCaller(request: Request, token: string | null): void {
  if (token === null) {
    const { remoteAddress = '' } = request.socket
    if (isLoopbackHost(remoteAddress)) return
    throw refusal(403, 'not-local', 'Without an admin token the control plane answers callers on its own machine only. Start the server with --admin-token.')
  }
  if (request.path === OPEN) return
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (isSame(given, token)) return
  throw refusal(401, 'admin-token-required', 'The control plane of this server asks for its admin token. Send the header "Authorization: Bearer <token>" with the token that the server was given, or printed at its start.')
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
