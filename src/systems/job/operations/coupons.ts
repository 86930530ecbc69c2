/** Tag `coupons`: coupons of students and their redemption by merchants. */
import type { components, Job } from '../../../generated/job/contract.js'
import type { Handlers } from '../../../core/system.js'
import { pageOf, viewPage, windowOf } from '../paging.js'
import { FREE, USED } from '../state.js'
import { toDateTime } from '../time.js'

type CouponRecord = Job['records']['coupons']

export const coupons = {
  async jobListCoupons({ input: { status, pn, ps }, user, tx }) {
    const own = (await tx.findAll('coupons', { memId: user.id })).map(held)
    const wanted = own.filter((coupon) => status === undefined || coupon.status === status)
    const latestFirst = wanted.sort((a, b) => b.acquiredAt - a.acquiredAt || b.id - a.id)
    return viewPage(pageOf(latestFirst, windowOf(pn, ps)), viewCoupon)
  },

  async jobRedeemCoupon({ input: { code }, user, tx, now, fail }) {
    const coupon = await tx.find('coupons', { code })
    if (coupon === undefined || coupon.status === FREE || coupon.empId !== user.id) throw fail('COUPON_ILLEGAL')
    if (coupon.status === USED) throw fail('COUPON_USED')
    if (now >= coupon.expiresAt) throw fail('COUPON_EXPIRED')
    await tx.update('coupons', coupon.id, { status: USED })
    return null
  },
} satisfies Partial<Handlers<Job>>

type HeldCoupon = CouponRecord & { memId: number; acquiredAt: number }

/** A coupon that somebody holds: it then has a holder and a time. */
function held(coupon: CouponRecord): HeldCoupon {
  const { memId, acquiredAt } = coupon
  if (memId === null || acquiredAt === null) throw new Error(`coupon ${String(coupon.id)} is held by nobody, or since never`)
  return { ...coupon, memId, acquiredAt }
}

function viewCoupon({ expiresAt, acquiredAt, ...coupon }: HeldCoupon): components['schemas']['Coupon'] {
  return { ...coupon, expiredTime: toDateTime(expiresAt), acquireTime: toDateTime(acquiredAt) }
}
