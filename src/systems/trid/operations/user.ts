/** Tag `user`: a phone is verified by SMS, then registered. */
import bcrypt from 'bcryptjs'
import { Failure } from '../../../core/failure.js'
import type { Ids } from '../../../core/ids.js'
import type { Handlers } from '../../../core/system.js'
import type { Trid } from '../types.js'

const DAY = 24 * 60 * 60_000
const SMS_TOKEN_LIFE = DAY
const REGISTER_TOKEN_LIFE = 30 * DAY

export const user = {
  async tridSendSms({ input: { tel }, tx, sms, outages, fail }) {
    if (outages.has('database')) throw fail('SMS_DATABASE_ERROR')
    const refused = await sms.send(tel)
    const known = await tx.get('tels', tel)
    if (known !== undefined) await tx.update('tels', tel, { verified: false })
    else if (refused === null) await tx.insert('tels', { tel, verified: false, username: null, password: null, huanxin_id: null, huanxin_password: null })
    // Returned, not thrown: a refused request takes the verification back all the same (QUIRKS.md #5).
    return refused ?? {}
  },

  async tridCheckSms({ input: { tel, code }, tx, sms, sessions, outages }) {
    if (outages.has('database')) throw Failure.when('internal')
    await sms.redeem(code, tel)
    await tx.update('tels', tel, { verified: true })
    const { accessToken } = await sessions.issue({ userId: tel, lifetime: SMS_TOKEN_LIFE })
    return { token: accessToken }
  },

  async tridRegister({ input: { tel, token, username, password }, tx, sessions, ids, outages, fail }) {
    const known = await tx.get('tels', tel)
    if (known === undefined) throw fail('TEL_NOT_FOUND')
    const { state, session } = await sessions.byAccessToken(token)
    if (state !== 'active' || session.userId !== tel) throw fail('TOKEN_NOT_VALID')
    if (!known.verified) throw fail('TEL_NOT_VERIFIED')
    if (outages.has('database')) throw fail('REGISTER_DATABASE_ERROR')
    const huanxin = { huanxin_id: tel, huanxin_password: await huanxinPassword(password, ids) }
    await tx.update('tels', tel, { username, password, ...huanxin })
    const { accessToken } = await sessions.issue({ userId: tel, lifetime: REGISTER_TOKEN_LIFE })
    return { token: accessToken, ...huanxin }
  },
} satisfies Handlers<Trid>

/** Characters of a bcrypt salt; letters are part of bcrypt's own base64. */
const SALT_LENGTH = 22

/** @returns a bcrypt hash of the password in the form that PHP writes (`$2y$`), with a salt from the sandbox's ids */
async function huanxinPassword(password: string, ids: Ids): Promise<string> {
  const hash = await bcrypt.hash(password, `$2b$10$${ids.text('letters', SALT_LENGTH)}`)
  return hash.replace('$2b$', '$2y$')
}
