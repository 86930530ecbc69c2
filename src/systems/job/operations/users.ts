/** Tag `users`: profiles, the bound phone, user administration. */
import type { components, Job } from '../../../generated/job/contract.js'
import type { Handlers } from '../../../core/system.js'
import { PASSED, type Tx } from '../state.js'
import { toDateTime } from '../time.js'

type Schemas = components['schemas']
type Claim = Job['records']['claims']

export const users = {
  async jobGetUser({ input: { id }, user: caller, tx, fail }) {
    const user = await tx.get('users', id)
    if (user === undefined) throw fail('USER_NOT_FOUND')
    return viewUser(user, caller)
  },

  async jobBindPhone({ input: { phone, code, answer }, user, tx, sms, fail }) {
    if (user.phone !== null) throw fail('UNBIND_PHONE_FIRST')
    if ((await tx.find('users', { phone })) !== undefined) throw fail('ALREADY_EXISTS')
    if (answer !== undefined) {
      const wallet = await tx.find('wallets', { userId: user.id })
      if (wallet?.seAnswer !== answer) throw fail('WRONG_SECURITY_ANSWER')
    }
    await sms.redeem(code, phone)
    await tx.update('users', user.id, { phone })
    return null
  },

  async jobUnbindPhone({ input: { code }, user, tx, sms, fail }) {
    if (user.phone === null) throw fail('NOT_FOUND')
    await sms.redeem(code, user.phone)
    await tx.update('users', user.id, { phone: null })
    return null
  },

  async jobDeleteUser({ input: { id }, user: caller, tx, sessions, now, fail }) {
    if (id === caller.id) throw fail('CANNOT_DELETE_SELF')
    if ((await tx.get('users', id)) === undefined) throw fail('USER_NOT_FOUND')
    if (await hasUnfinished(tx, id)) throw fail('FAILED')
    for (const session of await sessions.ofUser(String(id))) await sessions.end(session, 'revoked')
    await deleteBelongings(tx, id, now)
    await tx.delete('users', id)
    return null
  },
} satisfies Partial<Handlers<Job>>

/** Role ids and remarks as they travel. */
const roles: Readonly<Record<Schemas['RoleName'], Schemas['Role']>> = {
  ADMIN: { rid: 1, rolename: 'ADMIN', memo: '管理员' },
  STUDENT: { rid: 2, rolename: 'STUDENT', memo: '学生' },
  EMPLOYER: { rid: 3, rolename: 'EMPLOYER', memo: '商家' },
}

/** The user as `caller` may see it: a phone is shown to its owner only. */
function viewUser(user: Job['user'], caller: Job['user'] | null): Schemas['User'] {
  const { id, username, name, phone, idCerti, stuCerti, empCerti, companyName, createdAt, valid, credits } = user
  return {
    id,
    username,
    name,
    phone: caller?.id === id ? phone : null,
    idCerti,
    stuCerti,
    empCerti,
    companyName,
    createdTime: toDateTime(createdAt),
    valid,
    credits,
    roleList: user.roles.map((role) => roles[role]),
  }
}

/** Whether a task that the user claimed or published is claimed and not passed; work that waits for an audit is (QUIRKS.md #9). */
async function hasUnfinished(tx: Tx, userId: number): Promise<boolean> {
  const claims: Claim[] = [...(await tx.findAll('claims', { userId }))]
  for (const task of await tx.findAll('tasks', { memberId: userId })) claims.push(...(await tx.findAll('claims', { questId: task.id })))
  for (const { userId: memberId, questId } of claims) {
    const submissions = await tx.findAll('submissions', { questId, memberId })
    if (!submissions.some(({ status }) => status === PASSED)) return true
  }
  return false
}

/** What is the user's alone goes with him; what others see of him stays, but can no longer be entered into (QUIRKS.md #9). */
async function deleteBelongings(tx: Tx, userId: number, now: number): Promise<void> {
  for (const { id, jobId } of await tx.findAll('favourites', { userId })) {
    const job = await tx.get('jobs', jobId)
    if (job !== undefined) await tx.update('jobs', jobId, { likes: job.likes - 1 })
    await tx.delete('favourites', id)
  }
  for (const { id } of await tx.findAll('coupons', { memId: userId })) await tx.delete('coupons', id)
  for (const { id } of await tx.findAll('answers', { userId })) await tx.delete('answers', id)
  for (const { id } of await tx.findAll('certApplications', { userId })) await tx.delete('certApplications', id)
  const wallet = await tx.find('wallets', { userId })
  if (wallet !== undefined) await tx.delete('wallets', wallet.id)
  for (const { id } of await tx.findAll('jobs', { memberId: userId })) await tx.update('jobs', id, { deleted: true })
  for (const { id, endsAt } of await tx.findAll('tasks', { memberId: userId })) await tx.update('tasks', id, { endsAt: Math.min(endsAt, now) })
}
