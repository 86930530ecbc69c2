/** How a login, and its end, is read off what a real backend answered: the session is a cookie. */
import type { LoggingIn, LoginCall, SeenReply, SessionNews } from '../../core/dialect.js'
import { isObject } from '../../plain/json.js'
import { COOKIE, SESSION_DAYS } from './credentials.js'
import { DEFAULT_AVATAR, FIRST_NEW_USER } from './state.js'

const DAY = 24 * 60 * 60_000
/** Of users that a real backend has; nobody is told theirs. */
const UNKNOWN_PASSWORD = 'not-known-here'

/** @returns what the answer says of the caller's session */
export function adopt({ operation, request, body, headers, error }: SeenReply): SessionNews | null {
  // Of the two meanings that its message tells apart (QUIRKS.md #3); on the push channel as well.
  if (error === 'ERROR_NET' && body['message'] === 'session error') return { kind: 'ended', reason: 'revoked' }
  if (error !== null) return null
  if (operation === 'imLogout') return { kind: 'ended', reason: 'loggedOut' }
  if (operation !== 'imLogin') return null
  const cookie = [headers['set-cookie'] ?? []].flat().flatMap(cookieOf)[0]
  const account = isObject(body['result']) ? body['result'] : {}
  const user = isObject(account['user']) ? account['user'] : {}
  const phone = request.field('phone')
  if (cookie === undefined || typeof phone !== 'string') return null
  const text = (name: string, otherwise: string) => (typeof user[name] === 'string' && user[name] !== '' ? user[name] : otherwise)
  const known = /^u-(\d+)$/.exec(text('id', ''))?.[1]
  return {
    kind: 'began',
    user: {
      names: { phone },
      ...(known === undefined ? {} : { key: `u-${known}` }),
      record: async (draw) => {
        const digits = known ?? String(await draw(FIRST_NEW_USER))
        return {
          id: `u-${digits}`, phone, password: UNKNOWN_PASSWORD, username: text('username', `user_${digits}`), avatar: text('avatar', DEFAULT_AVATAR),
          desc: text('desc', ''), sex: user['sex'] === 1 ? 1 : 0, pushId: `p-${digits}`, isBind: account['isBind'] === true, modifyAt: text('modifyAt', '1970/01/01'),
        }
      },
    },
    tokens: { access: cookie.value, accessLifetime: cookie.lifetime, refresh: null, refreshLifetime: null },
  }
}

function cookieOf(line: string): readonly { readonly value: string; readonly lifetime: number }[] {
  const [, name, value = ''] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? []
  const seconds = /;\s*max-age=(\d{1,9})/i.exec(line)?.[1]
  return name === COOKIE && value !== '' ? [{ value, lifetime: seconds === undefined ? SESSION_DAYS * DAY : Number(seconds) * 1000 }] : []
}

/** @returns the call that logs a phone number in with its password */
export function logIn({ name, secret }: LoggingIn): readonly LoginCall[] {
  return [{ operation: 'imLogin', method: 'POST', path: '/android/login/', fields: { phone: name, password: secret }, type: 'application/json' }]
}
