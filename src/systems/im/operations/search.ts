/** Tag `search`: users and groups. */
import { Failure } from '../../../core/failure.js'
import type { Handlers, Work } from '../../../core/system.js'
import type { Im, Schemas } from '../../../generated/im/contract.js'
import type { Tx } from '../state.js'
import { viewUser } from '../views.js'

const PAGE_SIZE = 10
/** So many records are looked through at a time. */
const STRIDE = 200
const PHONE = /^1\d{10}$/

/** A search without a match is no success, but its message is that of one. */
const NO_MATCH = { message: 'ok' }

export const search = {
  imSearchUsers: ({ input: { field, page }, ...work }) => findUsers(work, PHONE.test(field) ? { phone: field } : { username: field }, page),
  async imFindUsers({ input: { username, phone, page }, ...work }) {
    if (username === undefined && phone === undefined) throw Failure.when('missingField', { cause: 'field' })
    return findUsers(work, { username, phone }, page)
  },
  imSearchGroups: ({ input: { field, page }, ...work }) => findGroups(work, field, page),
  imFindGroups: ({ input: { name, page }, ...work }) => findGroups(work, name, page),
} satisfies Partial<Handlers<Im>>

type Searching = Pick<Work<Im, 'imSearchUsers'>, 'user' | 'tx' | 'fail'>

/** What a user has to fit: a phone as a whole, a part of the name, or both. */
interface Wanted {
  readonly username?: string | undefined
  readonly phone?: string | undefined
}

async function findUsers({ user: caller, tx, fail }: Searching, { username = '', phone }: Wanted, page: number): Promise<Schemas['ImUser'][]> {
  const isNamed = (user: Im['user']) => user.username.includes(username)
  const found = phone === undefined ? await pageOf(tx, 'users', isNamed, page) : (await byPhone(tx, phone, page)).filter(isNamed)
  if (found.length === 0) throw fail('FAILURE_STATUS', NO_MATCH)
  return Promise.all(found.map((user) => viewUser(tx, user, caller)))
}

/** Pages count from 1 here, and 0 is 1. */
async function findGroups({ tx, fail }: Searching, name: string, page: number): Promise<Schemas['Group'][]> {
  const found = await pageOf(tx, 'groups', (group) => group.name.includes(name), Math.max(0, page - 1))
  if (found.length === 0) throw fail('FAILURE_STATUS', NO_MATCH)
  return found.map(viewGroup)
}

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
