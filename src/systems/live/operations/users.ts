/** Tag `users`: profiles. */
import type { Handlers } from '../../../core/system.js'
import type { components, Live } from '../../../generated/live/contract.js'

export const users = {
  async liveGetUser({ input, user: caller, tx, fail }) {
    const user = await tx.get('users', input.id)
    if (user === undefined) throw fail('API_USER_NOT_FOUND')
    return { user: viewUser(user, caller) }
  },

  async liveGetMe({ user }) {
    return { user: viewUser(user, user) }
  },

  async liveUpdateMe({ input, user, tx }) {
    const changed = await tx.update('users', user.id, input)
    return { user: viewUser(changed, changed) }
  },
} satisfies Partial<Handlers<Live>>

/** @returns the user as `caller` may see it: a mobile is shown to its owner only */
export function viewUser(user: Live['user'], caller: Live['user']): components['schemas']['LiveUser'] {
  return { ...user, mobile: user.id === caller.id ? user.mobile : null }
}
