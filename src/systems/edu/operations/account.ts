/** Tag `account`: SMS codes, registration, the two kinds of login, third-party login. */
import type { Handlers, Work } from '../../../core/system.js'
import { hashOf } from '../passwords.js'
import { smsKey, ssoKey, type UserType } from '../state.js'
import { accessInfo, refreshInfo } from '../tokens.js'
import type { Edu, Schemas } from '../../../generated/edu/contract.js'
import { viewUser } from './profile.js'

/** The one third-party token that the simulated provider refuses. */
const REFUSED_TOKEN = 'refused'

export const account = {
  async eduSendSms({ input: { userType, phone }, sms }) {
    await sms.send(phone, smsKey(userType, phone))
    return {}
  },

  async eduRegister(work) {
    const { input, tx, sms, fail } = work
    const { userType, phone, smscode, passwd, nick, avatar, device } = input
    if ((await tx.find('users', { userType, phone })) !== undefined) throw fail('USER_EXISTS')
    await sms.redeem(smscode, smsKey(userType, phone))
    const user = await createUser(work, { userType, phone, passwd: passwd === undefined ? null : hashOf(passwd), nick, avatar })
    return { info: await enter(work, user, device) }
  },

  async eduLogin(work) {
    const { input, tx, sms, fail } = work
    const { userType, phone, smscode, passwd = '', device } = input
    const user = await tx.find('users', { userType, phone })
    if (user === undefined) throw fail('USER_NOT_FOUND')
    // With both, the code decides and the password is not looked at.
    if (smscode !== undefined) await sms.redeem(smscode, smsKey(userType, phone))
    else if (user.passwd === null) throw fail('PASSWORD_NOT_SET')
    else if (user.passwd !== hashOf(passwd)) throw fail('WRONG_PASSWORD')
    if (user.banned) throw fail('USER_BANNED')
    return { info: await enter(work, user, device) }
  },

  async eduSsoLogin(work) {
    const { input, tx, outages, fail } = work
    const { userType, ssoType, openid, access_token, nick, avatar, device } = input
    if (access_token === REFUSED_TOKEN || outages.has('thirdParty')) throw fail('THIRD_PARTY_FAILED')
    const key = ssoKey(userType, ssoType, openid)
    const known = await tx.get('ssoAccounts', key)
    const user = known === undefined ? await createUser(work, { userType, phone: null, passwd: null, nick, avatar }) : await tx.get('users', known.userID)
    if (user === undefined) throw new Error(`third-party account ${key} belongs to nobody`)
    if (known === undefined) await tx.insert('ssoAccounts', { key, userID: user.userID })
    if (user.banned) throw fail('USER_BANNED')
    return { info: await enter(work, user, device) }
  },
} satisfies Partial<Handlers<Edu>>

interface NewUser {
  readonly userType: UserType
  readonly phone: string | null
  readonly passwd: string | null
  readonly nick: string | undefined
  readonly avatar: string | undefined
}

async function createUser({ tx, ids }: Pick<Work<Edu, 'eduRegister'>, 'tx' | 'ids'>, { nick, avatar = '', ...given }: NewUser): Promise<Edu['user']> {
  const userID = ids.hex(24)
  const blank = { name: '', intro: '', school: '', version: '', grade: '', banned: false }
  return tx.insert('users', { userID, ...given, ...blank, avatar, nick: nick || `用户${(given.phone ?? userID).slice(-4)}` })
}

/** Every successful entry ends the account's earlier session; the session notes by which client (QUIRKS.md #7). */
async function enter({ sessions, headers, now }: Pick<Work<Edu, 'eduLogin'>, 'sessions' | 'headers' | 'now'>, user: Edu['user'], device = ''): Promise<Schemas['LoginInfo']> {
  const session = await sessions.issue({
    userId: user.userID,
    realm: user.userType,
    device: { label: device === '' ? null : device, platform: headers.platform, client: headers.client },
  })
  return { ...viewUser(user), ...accessInfo(session, now), ...refreshInfo(session, now) }
}
