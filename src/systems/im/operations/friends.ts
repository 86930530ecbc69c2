/** Tag `friends`: relations, which go one way. */
import type { Handlers } from '../../../core/system.js'
import { friendKey } from '../state.js'
import type { Im } from '../types.js'
import { viewAccount, viewUser } from '../views.js'

export const friends = {
  async imAddFriend({ input: { uid }, user: caller, tx, fail }) {
    const target = await tx.get('users', uid)
    if (target === undefined) throw fail('NULL_USER')
    if (target.id === caller.id) throw fail('FAILURE_STATUS')
    const id = friendKey(caller.id, target.id)
    if ((await tx.get('friends', id)) !== undefined) throw fail('FAILURE_STATUS', { message: 'already friends' })
    await tx.insert('friends', { id, holderId: caller.id, targetId: target.id, alias: '' })
    return viewAccount(tx, target, caller)
  },

  async imListFriends({ user: caller, tx }) {
    const relations = await tx.findAll('friends', { holderId: caller.id })
    const targets = await Promise.all(relations.map(({ targetId }) => tx.get('users', targetId)))
    return Promise.all(targets.filter((user) => user !== undefined).map((user) => viewUser(tx, user, caller)))
  },
} satisfies Partial<Handlers<Im>>
