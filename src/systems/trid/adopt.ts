/** How the token of a number is read off what a real backend answered. */
import type { LoggingIn, LoginCall, SeenReply, SessionNews } from '../../core/dialect.js'

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

/** What an app says of the time, which nobody looks at. */
const TIME = '0'

/** @returns the calls that get a number its token by a code that the backend takes for it */
export function logIn({ name, secret }: LoggingIn): readonly LoginCall[] {
  const call = (operation: string, route: string, fields: LoginCall['fields']): LoginCall => ({ operation, method: 'POST', path: `/index.php?r=${route}`, fields: { ...fields, tel: name, time: TIME }, type: 'application/json' })
  return [call('tridSendSms', 'user/sms-validation-request', { type: 'sms_validation_request' }), call('tridCheckSms', 'user/sms-validation-code', { type: 'sms_validation_code', code: secret })]
}
