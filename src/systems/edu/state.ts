import type { StateDefinition } from '../../core/store/types.js'
import type { Edu } from '../../generated/edu/contract.js'

/** s student, t teacher, p parent: each has accounts of its own. */
export type UserType = Edu['user']['userType']

/** What edu stores and how it is found. Tokens live in `sessions`, SMS codes in `smsCodes`, which every system has. */
export const state: StateDefinition<Edu['records']> = {
  users: {
    key: 'userID',
    unique: [['userType', 'phone']],
    order: { teachers: { by: ['userID'], where: (user) => user.userType === 't' } },
  },
  ssoAccounts: { key: 'key' },
  orders: { key: 'o_id', index: [['userID'], ['t_id']] },
  files: { key: 'name', namesFiles: true },
  settings: { key: 'id' },
}

/** The key of the one record of `settings`. */
export const SETTINGS = 'settings'

/** @returns the key under which the codes of a phone are kept: `s`, `t` and `p` do not share them (QUIRKS.md #10) */
export function smsKey(userType: UserType, phone: string): string {
  return `${userType}/${phone}`
}

/** @returns the key of a third-party account */
export function ssoKey(userType: UserType, ssoType: string, openid: string): string {
  return `${userType}/${ssoType}/${openid}`
}
