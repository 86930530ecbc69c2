/** Tag `friends`: relations, which go one way. */
import type { Handlers, Work } from '../../../core/system.js'
import { friendKey } from '../state.js'
import type { Im } from '../../../generated/im/contract.js'
import { viewAccount, viewUser } from '../views.js'

export const friends = {
  imAddFriend: addFriend,
  // The pattern of the searches, which stands in the document's block on friends: the page is not looked at.
  imAddFriendByPage: addFriend,

  async imListFriends({ user: caller, tx }) {
    const relations = await tx.findAll('friends', { holderId: caller.id })
    const targets = await Promise.all(relations.map(({ targetId }) => tx.get('users', targetId)))
    return Promise.all(targets.filter((user) => user !== undefined).map((user) => viewUser(tx, user, caller)))
  },
} satisfies Partial<Handlers<Im>>

type Adding = Work<Im, 'imAddFriend'>

async function addFriend({ input: { uid }, user: caller, tx, fail }: { readonly input: Pick<Adding['input'], 'uid'> } & Pick<Adding, 'user' | 'tx' | 'fail'>) {
  const target = await tx.get('users', uid)
  if (target === undefined) throw fail('NULL_USER')
  if (target.id === caller.id) throw fail('FAILURE_STATUS')
  const id = friendKey(caller.id, target.id)
  if ((await tx.get('friends', id)) !== undefined) throw fail('FAILURE_STATUS', { message: 'already friends' })
  await tx.insert('friends', { id, holderId: caller.id, targetId: target.id, alias: '' })
  return viewAccount(tx, target, caller)
}
