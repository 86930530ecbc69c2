/** Which headers go out to a real backend and which come back (RFC 9110, section 7.6; RFC 6265), made to fit where they arrive. */
import type { ReplyHeaders } from '../reply.js'
import type { CallHeaders } from '../stage/call.js'

/** Carries the ids of the servers that a call has come through, so that one which comes back to where it was is seen. */
export const HOPS_HEADER = 'understudy-hops'
/** Says who answered. */
export const SOURCE_HEADER = 'understudy-source'
/** Says why the real backend did not. */
export const REASON_HEADER = 'understudy-source-reason'

/** What one connection has to say to the other end of it, and to nobody else. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings']
/** Of a request: what the way out makes anew, what is for this server, and what a browser says of a page that the backend knows nothing of. */
const STAYS_HERE = new Set([...HOP_BY_HOP, 'host', 'content-length', 'expect', 'prefer', 'origin', 'referer', 'accept-encoding'])
/** Of an answer: what the way back makes anew, and what a browser would take for said of all that is here. Which pages may read it is for this server to say. */
const STAYS_THERE = new Set([...HOP_BY_HOP, 'content-length', 'vary', 'alt-svc', 'strict-transport-security', 'clear-site-data', 'service-worker-allowed', 'nel', 'report-to'])
/** A browser runs nothing in it, and what it is called so by is not to be read in two ways. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:; ?charset=[\w-]+)?$/i
/** A page, and whatever else a browser may take for one, is of an origin of its own: those of this server drive it. */
const APART = 'sandbox'
const UNDONE = 'gzip, deflate, br'

/**
 * @param hidden texts that no backend is to see in any header: the admin token
 * @param hops the ids of the servers that the call has come through, this one included
 * @returns the headers of the call as the backend gets them
 */
export function outgoingHeaders(headers: CallHeaders, hidden: readonly string[], hops: readonly string[]): Readonly<Record<string, string | readonly string[]>> {
  const named = connectionNames(headers['connection'])
  const going: Record<string, string | readonly string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || STAYS_HERE.has(name) || named.has(name) || /^(?:understudy-|sec-fetch-|access-control-)/.test(name)) continue
    if (hidden.some((text) => String(value).includes(text))) continue
    going[name] = value
  }
  // A part of something compressed could not be undone.
  going['accept-encoding'] = headers.range === undefined ? UNDONE : 'identity'
  going[HOPS_HEADER] = hops.join(', ')
  return going
}

/** Where an answer came from, and where whoever asked for it stands. */
export interface Seam {
  /** The backend's base, without a slash at its end. */
  readonly backend: string
  /** What stands before the system's paths here: `/@box/<system>`. */
  readonly here: string
  /** Whether the call came over https. */
  readonly isEncrypted: boolean
}

/** @returns the headers of a real answer as whoever called here gets them */
export function incomingHeaders(headers: ReplyHeaders, seam: Seam): ReplyHeaders {
  const named = connectionNames(headers['connection'])
  const coming: Record<string, string | readonly string[]> = {}
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (STAYS_THERE.has(name) || named.has(name) || /^(?:understudy-|access-control-)/.test(name)) continue
    if (name === 'location' && typeof value === 'string') coming[name] = locationHere(value, seam)
    else if (name === 'set-cookie') coming[name] = [value].flat().map((cookie) => cookieHere(cookie, seam))
    else coming[name] = value
  }
  const { 'content-type': type, [POLICY_HEADER]: policy } = coming
  // Policies hold together, each as if it were the only one.
  if (typeof type !== 'string' || !JSON_TYPE.test(type)) coming[POLICY_HEADER] = [...(policy === undefined ? [] : [policy].flat()), APART]
  return coming
}

const POLICY_HEADER = 'content-security-policy'

const NO_NAMES: ReadonlySet<string> = new Set()

function connectionNames(header: string | readonly string[] | undefined): ReadonlySet<string> {
  if (header === undefined || header === 'keep-alive') return NO_NAMES
  return new Set(String(header).toLowerCase().split(',').map((name) => name.trim()))
}

/** A place below the backend's base is below the system here; any other place stays what it is, and is not gone to. */
function locationHere(location: string, { backend, here }: Seam): string {
  const base = new URL(backend)
  // A location that is no whole URL is relative to the URL that was asked for, or to the host; the first holds here as it does there.
  if (!/^(?:\/|[a-z][a-z\d+.-]*:)/i.test(location) || !URL.canParse(location, backend)) return location
  const target = new URL(asciiOf(location), backend)
  const path = pathHere(target.pathname, base.pathname.replace(/\/$/, ''), here)
  if (target.origin !== base.origin || path === null) return location
  // Two slashes at its beginning would stand before a host.
  return `${path.startsWith('//') ? '/.' : ''}${path}${target.search}${target.hash}`
}

/** Headers come with a character for each byte; what is no ASCII is encoded as the bytes that it is. */
function asciiOf(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * A cookie of another host, or one that wants https where there is none, would be thrown away by the client. Its path is one below the system here, unless
 * it goes with every path of the backend.
 */
function cookieHere(cookie: string, { backend, here, isEncrypted }: Seam): string {
  const base = new URL(backend).pathname.replace(/\/$/, '')
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
  const kept = attributes.flatMap((attribute) => {
    const [name = '', ...rest] = attribute.split('=')
    const value = rest.join('=').trim()
    switch (name.trim().toLowerCase()) {
      case 'domain':
        return []
      case 'secure':
      case 'partitioned':
        return isEncrypted ? [attribute] : []
      case 'samesite':
        // Without Secure, browsers take no cookie that says None.
        return value.toLowerCase() === 'none' && !isEncrypted ? [] : [attribute]
      case 'path':
        return value.startsWith('/') ? [`Path=${pathHere(value, base, here) ?? (here === '' ? '/' : here)}`] : []
      default:
        return [attribute]
    }
  })
  return [pair, ...kept].join('; ')
}

/** @returns the path here that stands for one of the backend; null where it is not below its base */
function pathHere(path: string, base: string, here: string): string | null {
  if (path !== base && !path.startsWith(`${base}/`)) return null
  const below = path.slice(base.length)
  return below === '' || below === '/' ? `${here}/` : here + below
}
