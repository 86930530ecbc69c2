/** The access token in the header `auth`: base64 of `access_token=<token>` (QUIRKS.md #1). */
import type { Credential, Credentials } from '../../core/dialect.js'

export const credentials: Credentials = {
  read({ headers, pathParameters }): Credential {
    const value = headers['auth']
    if (typeof value !== 'string' || value === '') return { sent: false, tokens: [] }
    const token = new URLSearchParams(Buffer.from(value, 'base64').toString('utf8')).get('access_token')
    return { sent: true, tokens: token === null ? [] : [token], realm: pathParameters['userType'] }
  },
  carry: (token) => ({ auth: Buffer.from(`access_token=${token}`).toString('base64') }),
}
