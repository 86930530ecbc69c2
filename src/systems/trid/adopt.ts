/** How the token of a number is read off what a real backend answered. */
import type { SeenReply, SessionNews } from '../../core/dialect.js'

const DAY = 24 * 60 * 60_000
/** Which operations answer a token, and how long it lives by the contract; the answer does not say. */
const LIFETIMES: Readonly<Record<string, number>> = { tridCheckSms: DAY, tridRegister: 30 * DAY }

/** @returns the token that the number has from now on */
export function adopt({ operation, request, body, error }: SeenReply): SessionNews | null {
  const accessLifetime = Object.hasOwn(LIFETIMES, operation) ? LIFETIMES[operation] : undefined
  const tel = request.field('tel')
  const { token } = body
  if (error !== null || accessLifetime === undefined || typeof tel !== 'string' || typeof token !== 'string') return null
  return {
    kind: 'began',
    user: { names: { tel }, record: async () => ({ tel, verified: true, username: null, password: null, huanxin_id: null, huanxin_password: null }) },
    tokens: { access: token, accessLifetime, refresh: null, refreshLifetime: null },
  }
}
