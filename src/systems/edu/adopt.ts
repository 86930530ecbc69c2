/** How sessions are read off what a real backend answered. */
import type { LoggingIn, LoginCall, SeenReply, SessionNews } from '../../core/dialect.js'
import { isObject } from '../../plain/json.js'

/** These answer a login, all in the same way. */
const LOGINS = ['eduLogin', 'eduRegister', 'eduSsoLogin']

/** @returns what the answer says of the sessions of an account; a displaced token says by whose login (QUIRKS.md #8) */
export function adopt(seen: SeenReply): SessionNews | null {
  const { operation, request, body, error } = seen
  if (error !== null) return displaced(seen)
  if (LOGINS.includes(operation)) return began(seen)
  switch (operation) {
    case 'eduRefreshAccess':
      return { kind: 'renewed', by: textOf(request.field('refresh_token') ?? request.query('refresh_token')), tokens: accessOf(body) ?? {} }
    case 'eduRefreshRefresh':
      return { kind: 'renewed', by: textOf(request.field('refresh_token') ?? request.query('refresh_token')), tokens: refreshOf(body) ?? {} }
    case 'eduLogout':
      return { kind: 'ended', reason: 'loggedOut' }
    default:
      return null
  }
}

function began({ request, body }: SeenReply): SessionNews | null {
  const info = isObject(body['info']) ? body['info'] : {}
  const access = accessOf(info)
  const userType = request.pathParameters['userType']
  const { userID, phone = request.field('phone') } = info
  if (access === null || userType === undefined || typeof userID !== 'string') return null
  const text = (name: string) => textOf(info[name]) ?? ''
  const hasPhone = typeof phone === 'string' && phone !== ''
  return {
    kind: 'began',
    realm: userType,
    device: { label: textOf(request.field('device')), platform: textOf(request.headers['platform']), client: textOf(request.headers['client']) },
    user: {
      names: hasPhone ? { userType, phone } : { userID },
      key: userID,
      record: async () => ({
        userID, userType, phone: hasPhone ? phone : null, passwd: null, nick: text('nick'), name: text('name'), intro: text('intro'), avatar: text('avatar'),
        school: text('school'), version: text('version'), grade: text('grade'), banned: false,
      }),
    },
    tokens: { ...access, ...(refreshOf(info) ?? { refresh: null, refreshLifetime: null }) },
  }
}

function displaced({ body: { nextDevice, nextLogin } }: SeenReply): SessionNews | null {
  if (typeof nextDevice !== 'string') return null
  const at = typeof nextLogin === 'string' ? Date.parse(nextLogin) : Number.NaN
  return { kind: 'ended', reason: 'displaced', ...(Number.isNaN(at) ? {} : { displacedBy: { label: nextDevice, platform: null, client: null, at } }) }
}

function accessOf({ access_token: access, access_token_expire: left }: Readonly<Record<string, unknown>>) {
  return typeof access === 'string' ? { access, accessLifetime: lifetimeOf(left) } : null
}

function refreshOf({ refresh_token: refresh, refresh_token_expire: left }: Readonly<Record<string, unknown>>) {
  return typeof refresh === 'string' ? { refresh, refreshLifetime: lifetimeOf(left) } : null
}

function lifetimeOf(left: unknown): number | null {
  return typeof left === 'number' && Number.isInteger(left) ? left : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** @returns the call that logs a phone number in with its password */
export function logIn({ name, secret, realm, headers: { client, platform, channel, u, w } }: LoggingIn): readonly LoginCall[] {
  const headers = { client, platform, channel, u, w }
  return [{ operation: 'eduLogin', method: 'POST', path: `/rest/${realm}/login`, headers, fields: { phone: name, passwd: secret, device: 'Understudy' }, type: 'application/json', parameters: { userType: realm } }]
}
