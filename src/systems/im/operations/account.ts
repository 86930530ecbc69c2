/** Tag `account`: registration, login, logout, completing the account. */
import type { Handlers, Rules, RuleWork, Work } from '../../../core/system.js'
import { DEFAULT_AVATAR, FIRST_NEW_USER, type Tx } from '../state.js'
import { toDay } from '../time.js'
import type { Im } from '../../../generated/im/contract.js'
import { viewAccount } from '../views.js'

export const account = {
  async imRegister({ input: { phone, password }, tx, now, fail }) {
    if ((await tx.find('users', { phone })) !== undefined) throw fail('SAME_PHONE')
    const names = await freeNames(tx)
    const user = await tx.insert('users', { ...names, phone, password, avatar: DEFAULT_AVATAR, desc: '', sex: 0, isBind: false, modifyAt: toDay(now) })
    return viewAccount(tx, user, null)
  },

  async imLogin({ input: { phone, password }, session, sessions, tx, fail }) {
    if (session !== null) throw fail('ERROR_REPEAT_LOGIN')
    const user = await tx.find('users', { phone })
    if (user === undefined) throw fail('NULL_USER')
    if (user.password !== password) throw fail('ERROR_PASSWORD')
    await sessions.issue({ userId: user.id })
    return viewAccount(tx, user, user)
  },

  async imLogout({ session, sessions }) {
    await sessions.end(session, 'loggedOut')
    return 'ok'
  },

  imCompleteAccount: completeAccount,
  // The same fields in the object that the document shows as account information.
  imCompleteAccountWeb: completeAccount,
} satisfies Partial<Handlers<Im>>

async function completeAccount({ user, input: { username, avatar, desc = user.desc, sex = user.sex }, tx, now }: Pick<Work<Im, 'imCompleteAccount'>, 'user' | 'input' | 'tx' | 'now'>) {
  const changed = await tx.update('users', user.id, { username, avatar, desc, sex, modifyAt: toDay(now) })
  return viewAccount(tx, changed, changed)
}

export const accountRules: Rules<Im> = { imCompleteAccount: checkAccount, imCompleteAccountWeb: checkAccount }

/** Whose account it is and whose name it is stand among the rules of single fields (`x-errors`). */
async function checkAccount({ input: { userId, username }, user, tx, fail }: Pick<RuleWork<Im, 'imCompleteAccount'>, 'input' | 'user' | 'tx' | 'fail'>): Promise<void> {
  if (userId !== undefined && (await tx.get('users', userId)) === undefined) throw fail('NULL_USER')
  const holder = username === undefined ? undefined : await tx.find('users', { username })
  if (holder !== undefined && holder.id !== user.id) throw fail('SAME_USERNAME')
  if (userId !== undefined && userId !== user.id) throw fail('FAILURE_STATUS')
}

/** Somebody may have taken the name `user_…` of the next number for himself; then it is passed over. */
async function freeNames(tx: Tx): Promise<Pick<Im['user'], 'id' | 'username' | 'pushId'>> {
  for (;;) {
    const digits = String(await tx.next('users', FIRST_NEW_USER))
    const names = { id: `u-${digits}`, username: `user_${digits}`, pushId: `p-${digits}` }
    const taken = (await tx.get('users', names.id)) ?? (await tx.find('users', { username: names.username }))
    if (taken === undefined) return names
  }
}
