/** The session in the cookie `sessionid`, and nowhere else. */
import type { Credential, Credentials } from '../../core/dialect.js'

export const SESSION_DAYS = 14
export const COOKIE = 'sessionid'
const TOKEN = /^[a-z0-9]{32}$/

export const credentials: Credentials = {
  read({ headers }): Credential {
    // A browser sends every cookie of that name that fits the path, the most specific first.
    const values = (headers.cookie ?? '').split(';').flatMap(valueOf)
    return { sent: values.length > 0, tokens: values.filter((value) => TOKEN.test(value)) }
  },
  carry: (token) => ({ cookie: `${COOKIE}=${token}` }),
  issue: ({ accessToken }) => ({ 'set-cookie': `${COOKIE}=${accessToken}; Path=/; HttpOnly; Max-Age=${String(SESSION_DAYS * 86_400)}` }),
  // Somebody whose session has run out logs in again without having to lose the cookie first.
  deadIsNone: true,
}

function valueOf(pair: string): string[] {
  const at = pair.indexOf('=')
  return at !== -1 && pair.slice(0, at).trim() === COOKIE ? [pair.slice(at + 1).trim()] : []
}
