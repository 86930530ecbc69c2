/** Users as others see them. */
import { friendKey, type Tx } from './state.js'
import type { Im, Schemas } from '../../generated/im/contract.js'

/**
 * @param caller the user of the session; null where there is none
 * @returns the user as the caller may see him, with the caller's relation to him
 */
export async function viewUser(tx: Tx, user: Im['user'], caller: Im['user'] | null): Promise<Schemas['ImUser']> {
  const { id, username, phone, avatar, desc, sex, modifyAt } = user
  const relation = caller === null ? undefined : await tx.get('friends', friendKey(caller.id, id))
  const friends = await tx.findAll('friends', { holderId: id })
  return { id, username, phone, avatar, desc, sex, alias: relation?.alias ?? '', friends: friends.length, isFriend: relation !== undefined, modifyAt }
}

/** @returns the account of a user, as the caller may see it */
export async function viewAccount(tx: Tx, user: Im['user'], caller: Im['user'] | null): Promise<Schemas['Account']> {
  return { user: await viewUser(tx, user, caller), account: user.phone, isBind: user.isBind }
}
