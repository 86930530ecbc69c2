/** Tag `order`: a question becomes an order, which a teacher confirms, its placer pays, and a phone call fulfils (QUIRKS.md #14). */
import type { Failure } from '../../../core/failure.js'
import type { Handlers, Work } from '../../../core/system.js'
import type { Edu } from '../../../generated/edu/contract.js'

type Order = Edu['records']['orders']
type Status = Order['status']

/** What one order costs, in fen. */
const PRICE = 9900

export const order = {
  async eduCreateOrder({ input: { t_id, question, self_desc = '' }, user, tx, ids, now, fail }) {
    if (user.userType === 't') throw fail('NO_PERMISSION')
    if ((await tx.get('users', t_id))?.userType !== 't') throw fail('RESOURCE_NOT_FOUND')
    const at = new Date(now).toISOString()
    const o_id = ids.hex(24)
    await tx.insert('orders', { o_id, userID: user.userID, t_id, question, self_desc, status: 'pending', called: false, reason: '', createdAt: at, updatedAt: at })
    return { o_id }
  },

  async eduListOrders({ input: { start, limit, status }, user, tx }) {
    const wanted = status?.split(',')
    const mine = await tx.findAll('orders', user.userType === 't' ? { t_id: user.userID } : { userID: user.userID })
    // One person's orders are few, so they are sorted here.
    const shown = mine.filter((one) => (wanted === undefined ? one.status !== 'canceled' : wanted.includes(one.status))).sort(newestFirst)
    return { list: shown.slice(start - 1, start - 1 + limit) }
  },

  async eduGetOrder(work) {
    const found = await orderOf(work)
    if (!isParty(work.user, found)) throw work.fail('NO_PERMISSION')
    return { info: found }
  },

  async eduDeleteOrder(work) {
    const { o_id } = await placedOrder(work, ['canceled', 'rejected'])
    await work.tx.delete('orders', o_id)
    return {}
  },

  async eduCancelOrder(work) {
    const found = await placedOrder(work, ['pending', 'confirmed'])
    await change(work, found, { status: 'canceled', reason: work.input.reason ?? '' })
    return {}
  },

  async eduConfirmOrder(work) {
    const { input, user, fail } = work
    const found = await orderOf(work)
    if (found.t_id !== user.userID || found.status !== 'pending') throw fail('NO_PERMISSION')
    await change(work, found, { status: input.status, reason: input.status === 'rejected' ? (input.reason ?? '') : '' })
    return {}
  },

  async eduPayOrder(work) {
    const { input, ids, outages, fail } = work
    const found = await placedOrder(work, ['confirmed'])
    if (outages.has('thirdParty')) throw fail('THIRD_PARTY_FAILED')
    await change(work, found, { status: 'paid' })
    return { pay_id: ids.hex(24), charge: { channel: input.channel, order_no: found.o_id, subject: '答疑订单', amount: PRICE, currency: 'cny' } }
  },

  async eduCallOrder(work) {
    const { user, ids, outages, fail } = work
    const found = await orderOf(work)
    if (!isParty(user, found) || found.status !== 'paid') throw fail('NO_PERMISSION')
    if (user.phone === null) throw fail('PHONE_NOT_BOUND')
    if (found.called || outages.has('callProvider')) throw fail('CALL_FAILED')
    await change(work, found, { called: true })
    return { callSid: ids.hex(32) }
  },
} satisfies Partial<Handlers<Edu>>

interface OnOrder extends Pick<Work<Edu, 'eduGetOrder'>, 'tx' | 'user' | 'now'> {
  readonly input: { readonly o_id: string }
  readonly fail: (error: 'RESOURCE_NOT_FOUND' | 'NO_PERMISSION') => Failure
}

async function orderOf({ input, tx, fail }: OnOrder): Promise<Order> {
  const found = await tx.get('orders', input.o_id)
  if (found === undefined) throw fail('RESOURCE_NOT_FOUND')
  return found
}

/** @returns the order, if the caller placed it and it is in one of these states */
async function placedOrder(work: OnOrder, states: readonly Status[]): Promise<Order> {
  const found = await orderOf(work)
  if (found.userID !== work.user.userID || !states.includes(found.status)) throw work.fail('NO_PERMISSION')
  return found
}

async function change({ tx, now }: OnOrder, { o_id }: Order, patch: Partial<Order>): Promise<void> {
  await tx.update('orders', o_id, { ...patch, updatedAt: new Date(now).toISOString() })
}

function isParty({ userID }: Edu['user'], found: Order): boolean {
  return found.userID === userID || found.t_id === userID
}

function newestFirst(a: Order, b: Order): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1
  return a.o_id < b.o_id ? 1 : -1
}
