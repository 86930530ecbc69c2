/** How a login, and its end, is read off what a real backend answered. */
import type { LoggingIn, LoginCall, SeenReply, SessionNews } from '../../core/dialect.js'
import { isObject } from '../../plain/json.js'

/** Of users that a real backend has; nobody is told theirs. */
const UNKNOWN_PASSWORD = 'unknown to the stub'

/** @returns what the answer says of the caller's token. A displaced client is not told by whom. */
export function adopt({ operation, request, body, error }: SeenReply): SessionNews | null {
  if (error !== null) return null
  if (operation === 'jobLogout') return { kind: 'ended', reason: 'loggedOut' }
  if (operation !== 'jobLogin' || !isObject(body['data'])) return null
  const { id, appToken } = body['data']
  const username = request.field('username')
  if (typeof id !== 'number' || typeof appToken !== 'string' || typeof username !== 'string') return null
  return {
    kind: 'began',
    user: {
      names: { username },
      // A login tells no more than the id: somebody who has shown no papers yet.
      key: String(id),
      record: async () => ({
        id, username, password: UNKNOWN_PASSWORD, name: username, phone: null, roles: ['STUDENT'], idCerti: '00', stuCerti: '00', empCerti: '00', companyName: null, collegeId: null,
        createdAt: 0, valid: true, credits: 0,
      }),
    },
    tokens: { access: appToken, accessLifetime: null, refresh: null, refreshLifetime: null },
  }
}

/** @returns the call that logs a user in with his password */
export function logIn({ name, secret }: LoggingIn): readonly LoginCall[] {
  return [{ operation: 'jobLogin', method: 'POST', path: '/login', fields: { username: name, password: secret }, type: 'application/x-www-form-urlencoded' }]
}
