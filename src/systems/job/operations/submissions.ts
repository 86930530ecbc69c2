/** Tag `submissions`: claiming a task, handing in work, auditing and delegated audits. */
import type { Handlers, Rules } from '../../../core/system.js'
import { CERTIFIED, FREE, HANDED_OUT, newId, PASSED, REFUSED, WAITING, type Tx } from '../state.js'
import type { Job } from '../../../generated/job/contract.js'

type Submission = Job['records']['submissions']
type TaskRecord = Job['records']['tasks']

export const submissions = {
  async jobClaimTask({ input: { id: questId }, user, tx, now, fail }) {
    const task = await tx.get('tasks', questId)
    if (task === undefined) throw fail('NOT_FOUND')
    if (now >= task.endsAt) throw fail('TASK_ENDED')
    if (now < task.startsAt) throw fail('TASK_NOT_STARTED')
    if ((await tx.find('claims', { userId: user.id, questId })) !== undefined) throw fail('TASK_ALREADY_CLAIMED')
    if (!isMeantFor(task, user)) throw fail('AUDIENCE_MISMATCH')
    if (task.leftAmt === 0) throw fail('TASK_EXHAUSTED')
    await tx.update('tasks', questId, { leftAmt: task.leftAmt - 1 })
    await tx.insert('claims', { id: await newId(tx, 'claims'), userId: user.id, questId, createdAt: now })
    return null
  },

  async jobSubmitTask({ input: { id: questId, description, imageIds, name = null, memo = null }, user, tx, now, fail }) {
    if ((await tx.get('tasks', questId)) === undefined) throw fail('NOT_FOUND')
    if ((await tx.find('claims', { userId: user.id, questId })) === undefined) throw fail('TASK_NOT_CLAIMED')
    const last = latest(await tx.findAll('submissions', { questId, memberId: user.id }))
    if (last !== undefined && last.status !== REFUSED) throw fail('DUPLICATE_SUBMISSION')
    const id = await newId(tx, 'submissions')
    const author = { questId, memberId: user.id, username: user.username, name }
    await tx.insert('submissions', { id, ...author, description, imageIds, memo, createdAt: now, auditedAt: null, status: WAITING })
    return null
  },

  async jobAuditSubmission({ input: { id, status, memo }, user, tx, now, fail }) {
    const submission = await tx.get('submissions', id)
    const task = submission && (await tx.get('tasks', submission.questId))
    if (submission === undefined || task === undefined) throw fail('NOT_FOUND')
    if (task.memberId !== user.id) throw fail('NO_PERMISSION')
    if (submission.status !== WAITING) throw fail('STATUS_LOCKED')
    await tx.update('submissions', id, { status, auditedAt: now, ...(memo === undefined ? {} : { memo }) })
    if (status !== PASSED) return null
    if (task.couponAmt !== null && !(await handOutCoupon(tx, task.id, submission.memberId, now))) throw fail('COUPON_TAKE_FAILED')
    const wallet = await tx.find('wallets', { userId: submission.memberId })
    if (wallet !== undefined) await tx.update('wallets', wallet.id, { balanceFen: wallet.balanceFen + task.awardFen })
    return null
  },

  async jobDelegateAudit({ input: { questId, amt }, user, tx, fail }) {
    const task = await tx.get('tasks', questId)
    if (task === undefined) throw fail('NOT_FOUND')
    if (task.memberId !== user.id) throw fail('NO_PERMISSION')
    const left = task.totalAmt - (await countAudited(tx, questId)) - task.delegated
    if (amt > left) throw fail('AUDIT_QUOTA_SHORT')
    await tx.update('tasks', questId, { delegated: task.delegated + amt })
    return null
  },
} satisfies Partial<Handlers<Job>>

export const submissionRules = {
  /** Listed before the number of the task, which is looked at with the fields where it is too long to be one. */
  async jobClaimTask({ user, fail }) {
    if (user.stuCerti !== CERTIFIED) throw fail('STUDENT_NOT_CERTIFIED')
  },
} satisfies Rules<Job>

function isMeantFor({ targetAll, collegeIds }: TaskRecord, { collegeId }: Job['user']): boolean {
  return targetAll || (collegeIds ?? '').split(';').some((id) => Number(id) === collegeId)
}

/** The submission handed in last; ids count upwards. */
function latest(found: readonly Submission[]): Submission | undefined {
  return found.reduce<Submission | undefined>((last, one) => (last !== undefined && last.id > one.id ? last : one), undefined)
}

/** @returns whether a coupon of the task was free */
async function handOutCoupon(tx: Tx, questId: number, memId: number, now: number): Promise<boolean> {
  const [free] = await tx.findAll('coupons', { questId, status: FREE })
  if (free === undefined) return false
  await tx.update('coupons', free.id, { memId, acquiredAt: now, status: HANDED_OUT })
  return true
}

/** Students whose latest work is audited: one who was refused and has handed in again waits for an audit once more (QUIRKS.md #12). */
async function countAudited(tx: Tx, questId: number): Promise<number> {
  const lastOf = new Map<number, Submission>()
  for (const one of await tx.findAll('submissions', { questId })) {
    const last = lastOf.get(one.memberId)
    if (last === undefined || one.id > last.id) lastOf.set(one.memberId, one)
  }
  return [...lastOf.values()].filter(({ status }) => status !== WAITING).length
}
