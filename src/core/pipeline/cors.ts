/** Cross-origin requests (Fetch standard): pages of any origin may call the systems, whose real backends are for apps. */
import { emptyReply, type Reply, type ReplyHeaders } from '../reply.js'
import type { Exchange } from './exchange.js'

const EXPOSED = 'Server-Status, Understudy-Violation, Preference-Applied, Content-Disposition, ETag, Content-Range, Date'
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** Step: answers a preflight; private networks included (a page on the internet that calls a stub on this machine). */
export function preflight({ method, headers }: Exchange): Reply | null {
  if (method !== 'OPTIONS' || headers.origin === undefined || headers['access-control-request-method'] === undefined) return null
  return emptyReply(204, {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    ...(headers['access-control-request-private-network'] === 'true' ? { 'access-control-allow-private-network': 'true' } : {}),
  })
}

/** @returns the headers that let the page which asked read the answer; none when no page asked */
export function corsHeaders({ headers, system }: Exchange): ReplyHeaders | null {
  const { origin } = headers
  if (origin === undefined) return null
  if (!system.dialect.cookies) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED }
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED,
    vary: 'Origin',
  }
}
