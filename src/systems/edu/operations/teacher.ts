/** Tag `teacher`: what everybody may see of the teachers. */
import type { Handlers, Work } from '../../../core/system.js'
import type { Edu, Schemas } from '../../../generated/edu/contract.js'

export const teacher = {
  async eduListTeachers({ input: { start, limit }, user, tx }) {
    const { items } = await tx.page('users', 'teachers', { offset: start - 1, limit })
    const ordered = await teachersOf(tx, user)
    return { list: items.map((one) => viewTeacher(one, ordered)) }
  },

  async eduGetTeacher({ input: { userID }, user, tx, fail }) {
    const found = await tx.get('users', userID)
    if (found?.userType !== 't') throw fail('RESOURCE_NOT_FOUND')
    return { info: viewTeacher(found, await teachersOf(tx, user)) }
  },
} satisfies Partial<Handlers<Edu>>

/** @returns the teachers with whom the caller has placed an order, whatever became of it; none without login */
async function teachersOf(tx: Work<Edu, 'eduListTeachers'>['tx'], caller: Edu['user'] | null): Promise<ReadonlySet<string>> {
  const orders = caller === null ? [] : await tx.findAll('orders', { userID: caller.userID })
  return new Set(orders.map(({ t_id }) => t_id))
}

function viewTeacher({ userID, nick, name, avatar, intro }: Edu['user'], ordered: ReadonlySet<string>): Schemas['Teacher'] {
  return { userID, nick, name, avatar, intro, ordered: ordered.has(userID) }
}
