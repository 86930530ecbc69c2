/** Who gets a message. */
import type { Schemas } from '../../../generated/im/contract.js'
import type { Tx } from '../state.js'

const GROUP_MESSAGE = '7'

/** @returns the push ids of all receivers; null when `toId` is nobody */
export async function receiversOf(tx: Tx, { type, toId, fromId }: Schemas['Message']): Promise<readonly string[] | null> {
  const user = await tx.get('users', toId)
  if (user !== undefined) return [user.pushId]
  const group = type === GROUP_MESSAGE ? await tx.get('groups', toId) : undefined
  if (group === undefined) return null
  const others = group.memberIds.filter((id) => id !== fromId)
  const members = await Promise.all(others.map((id) => tx.get('users', id)))
  return members.filter((member) => member !== undefined).map(({ pushId }) => pushId)
}
