/** How a login, and its end, is read off what a real backend answered. */
import type { LoggingIn, LoginCall, SeenReply, SessionNews } from '../../core/dialect.js'
import { FIRST_NEW_USER } from './state.js'

/**
 * @returns what the answer says of the caller's api_key. A key that no longer fits tells no reason. Whoever is given one has logged in, by whatever
 *   code: the document shows another one for it than its table of codes knows.
 */
export function adopt({ operation, request, body, error }: SeenReply): SessionNews | null {
  if (typeof error === 'string') return null
  if (operation === 'liveLogout') return { kind: 'ended', reason: 'loggedOut' }
  if (operation !== 'liveLogin') return null
  const { api_key, mobile = request.field('mobile') } = body
  if (typeof api_key !== 'string' || typeof mobile !== 'string') return null
  return {
    kind: 'began',
    // The answer tells no id.
    user: { names: { mobile }, record: async (draw) => ({ id: await draw(FIRST_NEW_USER), mobile, nickname: `用户${mobile.slice(-4)}`, bio: '', avatar: '', gender: null }) },
    tokens: { access: api_key, accessLifetime: null, refresh: null, refreshLifetime: null },
  }
}

/** @returns the calls that log a number in with a code that the backend takes for it */
export function logIn({ name, secret }: LoggingIn): readonly LoginCall[] {
  return [
    { operation: 'liveSendCode', method: 'GET', path: `/auth/code?${String(new URLSearchParams({ mobile: name }))}`, fields: {}, type: 'application/json' },
    { operation: 'liveLogin', method: 'POST', path: '/auth/login', fields: { mobile: name, auth_code: secret }, type: 'application/json' },
  ]
}
