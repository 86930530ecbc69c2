/** Tag `profile`: one's own data, password and phone. */
import type { Handlers } from '../../../core/system.js'
import { hashOf } from '../passwords.js'
import { smsKey } from '../state.js'
import type { Edu, Schemas } from '../../../generated/edu/contract.js'

export const profile = {
  async eduGetMyInfo({ user }) {
    const { name, school, version, grade } = user
    return { info: { ...viewUser(user), name, school, version, grade } }
  },

  async eduUpdateMyInfo({ input, user, tx }) {
    // Beside the fields of a profile there is only the userType, which is the user's own: a token of another one has been refused.
    await tx.update('users', user.userID, input)
    return {}
  },

  async eduChangePassword({ input: { oldPwd, newPwd }, user, tx, fail }) {
    if (user.passwd === null) throw fail('PASSWORD_NOT_SET')
    if (user.passwd !== hashOf(oldPwd)) throw fail('WRONG_PASSWORD')
    await tx.update('users', user.userID, { passwd: hashOf(newPwd) })
    return {}
  },

  async eduResetPassword({ input: { userType, phone, smscode, newPwd }, tx, sms, fail }) {
    const user = await tx.find('users', { userType, phone })
    if (user === undefined) throw fail('USER_NOT_FOUND')
    await sms.redeem(smscode, smsKey(userType, phone))
    if (user.banned) throw fail('USER_BANNED')
    await tx.update('users', user.userID, { passwd: hashOf(newPwd) })
    return {}
  },

  async eduCheckPhone({ input: { userType, phone }, user, sms, fail }) {
    if (user.phone === null) throw fail('PHONE_NOT_BOUND')
    if (user.phone !== phone) throw fail('BAD_PARAMETER')
    await sms.send(phone, smsKey(userType, phone))
    return {}
  },

  async eduBindPhone({ input: { userType, phone, smscode }, user, tx, sms, fail }) {
    const holder = await tx.find('users', { userType, phone })
    if (holder !== undefined && holder.userID !== user.userID) throw fail('USER_EXISTS')
    await sms.redeem(smscode, smsKey(userType, phone))
    await tx.update('users', user.userID, { phone })
    return {}
  },
} satisfies Partial<Handlers<Edu>>

/** @returns what login answers and profiles tell of a user: absence is an empty text here, never null */
export function viewUser({ userID, nick, phone, intro, avatar, passwd }: Edu['user']): Schemas['User'] {
  return { userID, nick, phone: phone ?? '', intro, avatar, has_passwd: passwd !== null }
}
