/** The token in the header `Authorization: Bearer`. */
import type { Credential, Credentials } from '../../core/dialect.js'

export const credentials: Credentials = {
  read({ headers }): Credential {
    const value = headers.authorization ?? ''
    const token = /^bearer +(\S+)$/i.exec(value)?.[1]
    return { sent: value !== '', tokens: token === undefined ? [] : [token] }
  },
  carry: (token) => ({ authorization: `Bearer ${token}` }),
}
