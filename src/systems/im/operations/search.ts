/** Tag `search`: users and groups. */
import type { Handlers } from '../../../core/system.js'
import type { Im, Schemas, Tx } from '../types.js'
import { viewUser } from '../views.js'

const PAGE_SIZE = 10
/** So many records are looked through at a time. */
const STRIDE = 200
const PHONE = /^1\d{10}$/

/** A search without a match is no success, but its message is that of one. */
const NO_MATCH = { message: 'ok' }

export const search = {
  async imSearchUsers({ input: { field, page }, user: caller, tx, fail }) {
    const found = PHONE.test(field) ? await byPhone(tx, field, page) : await pageOf(tx, 'users', (user) => user.username.includes(field), page)
    if (found.length === 0) throw fail('FAILURE_STATUS', NO_MATCH)
    return Promise.all(found.map((user) => viewUser(tx, user, caller)))
  },

  async imSearchGroups({ input: { field, page }, tx, fail }) {
    const found = await pageOf(tx, 'groups', (group) => group.name.includes(field), Math.max(0, page - 1))
    if (found.length === 0) throw fail('FAILURE_STATUS', NO_MATCH)
    return found.map(viewGroup)
  },
} satisfies Partial<Handlers<Im>>

async function byPhone(tx: Tx, phone: string, page: number): Promise<readonly Im['user'][]> {
  const user = page === 0 ? await tx.find('users', { phone }) : undefined
  return user === undefined ? [] : [user]
}

/** No index finds a part of a name. The records are gone through in order, and no further than the page reaches. */
async function pageOf<C extends 'users' | 'groups'>(tx: Tx, collection: C, where: (record: Im['records'][C]) => boolean, page: number) {
  const end = (page + 1) * PAGE_SIZE
  const found: Im['records'][C][] = []
  for (let offset = 0; found.length < end; offset += STRIDE) {
    const { items, total } = await tx.page(collection, 'byId', { offset, limit: STRIDE })
    found.push(...items.filter(where))
    if (offset + STRIDE >= total) break
  }
  return found.slice(page * PAGE_SIZE, end)
}

function viewGroup({ id, name, picture, desc, ownerId, memberIds, modifyAt }: Im['records']['groups']): Schemas['Group'] {
  return { id, name, picture, desc, ownerId, members: memberIds.length, modifyAt }
}
