/** Cross-origin requests (Fetch standard): pages of any origin may call the systems, whose real backends are for apps. */
import { emptyReply, type Reply, type ReplyHeaders } from '../reply.js'
import type { Call } from '../stage/call.js'
import type { System } from '../system.js'

const EXPOSED = 'Server-Status, Understudy-Violation, Understudy-Refused, Understudy-Source, Understudy-Source-Reason, Preference-Applied, Content-Disposition, ETag, Content-Range, Date'
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

type PreflightHead = Pick<Call, 'method' | 'headers'>

/** @returns the answer to a preflight, private networks included (a page on the internet that calls a stub on this machine); null to any other call */
export function preflight(call: PreflightHead): Reply | null {
  const { headers } = call
  if (!isPreflight(call)) return null
  return emptyReply(204, {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    ...(headers['access-control-request-private-network'] === 'true' ? { 'access-control-allow-private-network': 'true' } : {}),
  })
}

/** Whether a browser asks by this request, on its own, if a page may send another. */
export function isPreflight({ method, headers }: PreflightHead): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

/**
 * What goes to no system (its name is misspelt, say) has nothing to hide either: a page shows the sentence that explains it.
 * @param reply what a request that reaches no system is answered with
 * @returns the answer as pages of other origins may read it; to a preflight the leave to ask
 */
export function readableByPages(call: PreflightHead, reply: Reply): Reply {
  const { origin } = call.headers
  if (origin === undefined) return reply
  const answer = preflight(call) ?? reply
  return { ...answer, headers: { ...answer.headers, ...withCookies(origin) } }
}

/** @returns the headers that let a page of this origin, which asked, read the answer */
export function corsHeaders(origin: string, { dialect }: System): ReplyHeaders {
  if (!dialect.cookies) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED }
  return { ...withCookies(origin), 'access-control-expose-headers': EXPOSED }
}

function withCookies(origin: string): ReplyHeaders {
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' }
}
