/** Tag `push`: binding the push id. The push channel itself is in `../push`. */
import type { Handlers } from '../../../core/system.js'
import type { Im } from '../../../generated/im/contract.js'
import { viewAccount } from '../views.js'

export const push = {
  async imBindPush({ input: { pushId }, user, tx, fail }) {
    if (pushId !== user.pushId) throw fail('FAILURE_STATUS')
    const bound = await tx.update('users', user.id, { isBind: true })
    return viewAccount(tx, bound, bound)
  },
} satisfies Partial<Handlers<Im>>
