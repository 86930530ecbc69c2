/** Tag `user`: a phone is verified by SMS, then registered. */
import bcrypt from 'bcryptjs'
import { Failure } from '../../../core/failure.js'
import type { Handlers } from '../../../core/system.js'
import type { Trid } from '../../../generated/trid/contract.js'

/** A client, or a number, may ask for a code once in this time. */
export const SMS_INTERVAL = 60_000
const DAY = 24 * 60 * 60_000
const SMS_TOKEN_LIFE = DAY
const REGISTER_TOKEN_LIFE = 30 * DAY

export const user = {
  async tridSendSms({ input: { tel }, tx, sms, settings, client, now, outages, fail }) {
    if (outages.has('database')) throw fail('SMS_DATABASE_ERROR')
    if (settings['interval'] === 'client') {
      const asked = await tx.get('clients', client)
      if (asked !== undefined && now < asked.sentAt + SMS_INTERVAL) throw Failure.when('smsTooFrequent')
      await sms.send(tel, tel, 0)
      await tx.put('clients', { client, sentAt: now })
    } else await sms.send(tel)
    // Only what was sent takes the verification back (QUIRKS.md #5).
    if ((await tx.get('tels', tel)) !== undefined) await tx.update('tels', tel, { verified: false })
    else await tx.insert('tels', { tel, verified: false, username: null, password: null, huanxin_id: null, huanxin_password: null })
    return {}
  },

  async tridCheckSms({ input: { tel, code }, tx, sms, sessions, outages }) {
    if (outages.has('database')) throw Failure.when('internal')
    await sms.redeem(code, tel)
    await tx.update('tels', tel, { verified: true })
    const { accessToken } = await sessions.issue({ userId: tel, lifetime: SMS_TOKEN_LIFE })
    return { token: accessToken }
  },

  async tridRegister({ input: { tel, token, username, password }, tx, sessions, ids, outages, aside, fail }) {
    const known = await tx.get('tels', tel)
    if (known === undefined) throw fail('TEL_NOT_FOUND')
    const { state, session } = await sessions.byAccessToken(token)
    if (state !== 'active' || session.userId !== tel) throw fail('TOKEN_NOT_VALID')
    if (!known.verified) throw fail('TEL_NOT_VERIFIED')
    if (outages.has('database')) throw fail('REGISTER_DATABASE_ERROR')
    const salt = ids.text('letters', SALT_LENGTH)
    const huanxin = { huanxin_id: tel, huanxin_password: await aside(() => huanxinPassword(password, salt)) }
    await tx.update('tels', tel, { username, password, ...huanxin })
    const { accessToken } = await sessions.issue({ userId: tel, lifetime: REGISTER_TOKEN_LIFE })
    return { token: accessToken, ...huanxin }
  },
} satisfies Handlers<Trid>

/** Characters of a bcrypt salt; letters are part of bcrypt's own base64. */
const SALT_LENGTH = 22

/** @returns a bcrypt hash of the password in the form that PHP writes (`$2y$`); it takes a tenth of a second */
async function huanxinPassword(password: string, salt: string): Promise<string> {
  const hash = await bcrypt.hash(password, `$2b$10$${salt}`)
  return hash.replace('$2b$', '$2y$')
}
