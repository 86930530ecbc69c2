/** The api_key in the header `Authorization`, in the four forms that clients send it in (QUIRKS.md #2). */
import type { Credential, Credentials } from '../../core/dialect.js'

const KEY = /^[0-9a-f]{32}$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

export const credentials: Credentials = {
  read({ headers }): Credential {
    const value = headers.authorization
    if (value === undefined) return { sent: false, tokens: [] }
    const encoded = /^basic +(.*)$/i.exec(value.trim())
    const once = userOf(encoded?.[1] ?? value)
    // A Basic library that was given the encoded key as its user name encodes it a second time.
    const twice = encoded === null ? '' : userOf(once)
    return { sent: true, tokens: [once, twice].filter((key) => KEY.test(key)) }
  },
  carry: (key) => ({ authorization: Buffer.from(key).toString('base64') }),
}

/** @returns what base64 hides, up to the first colon; an empty text where it is no base64 */
function userOf(text: string): string {
  const trimmed = text.trim()
  if (!BASE64.test(trimmed)) return ''
  return Buffer.from(trimmed, 'base64').toString('utf8').split(':', 1)[0] ?? ''
}
