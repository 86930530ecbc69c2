/** Tag `tasks`: categories of paid tasks, browsing and publishing. */
import type { components, Job } from '../../../generated/job/contract.js'
import type { Handlers, Rules, Work } from '../../../core/system.js'
import { fenOf, priceOf, yuanOf } from '../money.js'
import { pageOf, viewPage, windowOf } from '../paging.js'
import { CERTIFIED, FREE, newId, type Tx } from '../state.js'
import { endOfDate, fromDateTime, toDateTime } from '../time.js'
import { ownWallet } from './wallets.js'

type TaskRecord = Job['records']['tasks']
type ListWork = Work<Job, 'jobListTasks'>
type Publishing = Work<Job, 'jobPublishTask'>['input']

/** Fen; the contract's `Amount` begins at one. */
const LEAST_AWARD = 10
const COUPON_CODE_LENGTH = 30

export const tasks = {
  async jobListCategories({ input: { pn, ps }, tx }) {
    return viewPage(await tx.page('questCategories', 'byId', windowOf(pn, ps)), (category) => category)
  },

  async jobDeleteCategory({ input: { id }, tx, fail }) {
    if ((await tx.get('questCategories', id)) === undefined) throw fail('NOT_FOUND')
    if ((await tx.findAll('tasks', { questCateId: id })).length > 0) throw fail('CATEGORY_NOT_EMPTY')
    await tx.delete('questCategories', id)
    return null
  },

  async jobListTasks({ input, tx }) {
    const { cateId, min, max, pn, ps } = input
    const window = windowOf(pn, ps)
    const isWhole = cateId === undefined && min === undefined && max === undefined
    return viewPage(isWhole ? await tx.page('tasks', 'newest', window) : pageOf(await narrowed(tx, input), window), viewTask)
  },

  async jobGetTask({ input: { id }, user, tx, fail }) {
    const task = await tx.get('tasks', id)
    if (task === undefined) throw fail('NOT_FOUND')
    const claim = user === null ? undefined : await tx.find('claims', { userId: user.id, questId: id })
    return { ...viewTask(task), assigned: claim !== undefined }
  },

  async jobPublishTask({ input, user, tx, ids, fail }) {
    const awardFen = fenOf(input.award)
    if (awardFen < LEAST_AWARD) throw fail('AMOUNT_TOO_SMALL')
    if (user.idCerti !== CERTIFIED) throw fail('IDENTITY_NOT_CERTIFIED')
    const coupons = couponsOf(input)
    if (coupons !== null && user.empCerti !== CERTIFIED) throw fail('MERCHANT_NOT_CERTIFIED')
    if ((await tx.get('questCategories', input.questCateId)) === undefined) throw fail('NOT_FOUND')
    const wallet = await ownWallet({ tx, user, fail })
    const balanceFen = wallet.balanceFen - priceOf(awardFen, input.totalAmt)
    if (balanceFen < 0) throw fail('INSUFFICIENT_BALANCE')
    await tx.update('wallets', wallet.id, { balanceFen })
    const id = await newId(tx, 'tasks')
    await tx.insert('tasks', { id, memberId: user.id, awardFen, empStatus: user.empCerti === CERTIFIED ? 1 : 0, ...taskOf(input) })
    for (let made = 0; coupons !== null && made < coupons.count; made++) {
      const code = ids.text('letters', COUPON_CODE_LENGTH).toUpperCase()
      await tx.insert('coupons', { id: await newId(tx, 'coupons'), code, questId: id, empId: user.id, memId: null, ...coupons.each, acquiredAt: null, status: FREE })
    }
    return { id }
  },
} satisfies Partial<Handlers<Job>>

export const taskRules = {
  /** A time must stand in the calendar, and the end must come after the start. */
  async jobPublishTask({ input: { startTime, endTime }, fail }) {
    const [start, end] = [startTime, endTime].map((text) => (text === undefined ? undefined : fromDateTime(text)))
    if (start === null) throw fail('ILLEGAL_PARAMETER', { field: 'startTime' })
    if (end === null || (start !== undefined && end !== undefined && end <= start)) throw fail('ILLEGAL_PARAMETER', { field: 'endTime' })
  },
} satisfies Rules<Job>

/** No order is kept for a choice of tasks, so this reads the tasks of the category, or all of them. */
async function narrowed(tx: Tx, { cateId, min, max }: ListWork['input']): Promise<TaskRecord[]> {
  const [least, most] = [min === undefined ? 0 : fenOf(min), max === undefined ? Number.POSITIVE_INFINITY : fenOf(max)]
  const found = cateId === undefined ? await tx.list('tasks') : await tx.findAll('tasks', { questCateId: cateId })
  return found.filter(({ awardFen }) => awardFen >= least && awardFen <= most).sort((a, b) => b.id - a.id)
}

/** What a new task takes over from the request. */
function taskOf(input: Publishing): Omit<TaskRecord, 'id' | 'memberId' | 'awardFen' | 'empStatus'> {
  const { title, questCateId, totalAmt, contactName, contactPhone, description, questDetail, collegeIds = null, couponAmt = null } = input
  const targetAll = input.all === 1
  return {
    ...{ title, questCateId, contactName, contactPhone, description, questDetail, url: null, memo: null },
    startsAt: momentOf(input.startTime),
    endsAt: momentOf(input.endTime),
    totalAmt,
    leftAmt: totalAmt,
    targetAll,
    collegeIds: targetAll ? null : collegeIds,
    couponAmt,
    delegated: 0,
  }
}

/** A time that the rules have let through. */
function momentOf(dateTime: string): number {
  const ms = fromDateTime(dateTime)
  if (ms === null) throw new Error(`${dateTime} passed the rules of the fields`)
  return ms
}

/** The coupons of a new task: the contract lets pass all four fields or none. */
function couponsOf({ couponTitle, couponDesp, expiredTime, couponAmt }: Publishing) {
  if (couponTitle === undefined || couponDesp === undefined || expiredTime === undefined || couponAmt === undefined) return null
  return { count: couponAmt, each: { title: couponTitle, description: couponDesp, expiresAt: endOfDate(expiredTime) } }
}

/** Spelled out for the same reason as a job is. */
function viewTask(task: TaskRecord): components['schemas']['Task'] {
  return {
    id: task.id, title: task.title, questCateId: task.questCateId, totalAmt: task.totalAmt, leftAmt: task.leftAmt, memberId: task.memberId, contactName: task.contactName,
    contactPhone: task.contactPhone, description: task.description, questDetail: task.questDetail, url: task.url, memo: task.memo, empStatus: task.empStatus,
    targetAll: task.targetAll, collegeIds: task.collegeIds, couponAmt: task.couponAmt, startTime: toDateTime(task.startsAt), endTime: toDateTime(task.endsAt), award: yuanOf(task.awardFen),
  }
}
