/** Why no answer came, told from what Node and undici throw. */
import { ForwardError, type Unanswered } from '../../core/backends/forward.js'

const REASONS: readonly (readonly [code: RegExp, reason: Unanswered, words: string])[] = [
  [/^(?:ENOTFOUND|EAI_)/, 'dns', 'the name of its host is not known'],
  [/^ECONNREFUSED$/, 'refused', 'nothing listens there'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM|EINVAL)$/, 'unreachable', 'there is no way to it'],
  [/SELF_SIGNED|^UNABLE_TO_(?:VERIFY|GET_ISSUER)/, 'tls', 'no authority that is known here has signed its certificate; NODE_EXTRA_CA_CERTS=ca.pem at the start makes one known'],
  [/^ERR_TLS_CERT_ALTNAME/, 'tls', 'its certificate is for another name'],
  [/^CERT_HAS_EXPIRED$/, 'tls', 'its certificate has run out'],
  [/CERT|^ERR_(?:TLS|SSL)|^EPROTO$|UNABLE_TO_|SIGNATURE|SELF_SIGNED/, 'tls', 'TLS could not be agreed on'],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ETIMEDOUT)$/, 'timeout', 'it did not connect in time'],
  [/^ERR_HTTP2_(?:STREAM_ERROR|STREAM_CANCEL|SESSION_ERROR|GOAWAY_SESSION|INVALID_SESSION|INVALID_STREAM)$/, 'reset', 'it ended the call before its answer was whole'],
  [/^(?:HPE_|UND_ERR_SOCKET: bad|UND_ERR_(?:HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH|RESPONSE)|Z_|ERR_HTTP2)/, 'nonsense', 'what came is no HTTP answer'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|ECONNABORTED|ERR_STREAM)/, 'reset', 'it closed the connection before its answer was whole'],
]

/** @returns what was thrown as the core knows it, with the code that it came with */
export function reasonOf(error: unknown): ForwardError {
  if (error instanceof ForwardError) return error
  const codes = codesOf(error)
  for (const [form, reason, words] of REASONS) {
    const code = codes.find((one) => form.test(one))
    if (code !== undefined) return new ForwardError(reason, `${words} (${code})`, { cause: error })
  }
  return new ForwardError('unreachable', `no answer came (${codes[0] ?? 'no reason given'})`, { cause: error })
}

/** The codes of an error, of its causes, and of the errors that it sums up. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 4) return []
  // undici's parser gives its errors a code where it knows one, and always this name; what it finds wrong itself it says in words.
  const own = 'code' in error && typeof error.code === 'string' ? [/^bad /.test(error.message) ? `${error.code}: ${error.message}` : error.code] : error.name === 'HTTPParserError' ? ['HPE_UNKNOWN'] : []
  const within = error instanceof AggregateError ? error.errors.flatMap((one: unknown) => codesOf(one, depth + 1)) : []
  return [...own, ...within, ...codesOf(error.cause, depth + 1)]
}
