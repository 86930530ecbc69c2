/** Tag `auth`: codes, login, logout. */
import type { Handlers, Work } from '../../../core/system.js'
import { FIRST_NEW_USER } from '../state.js'
import type { Live } from '../../../generated/live/contract.js'

export const auth = {
  async liveSendCode({ input, sms }) {
    await sms.send(input.mobile)
    return {}
  },

  async liveLogin({ input, sms, sessions, settings, tx }) {
    await sms.redeem(input.auth_code, input.mobile, settings['codes'] === 'each' ? 'each' : 'newest')
    const user = (await tx.find('users', { mobile: input.mobile })) ?? (await createUser(tx, input.mobile))
    const { accessToken } = await sessions.issue({ userId: String(user.id) })
    return { api_key: accessToken, mobile: user.mobile }
  },

  async liveLogout({ session, sessions }) {
    await sessions.end(session, 'loggedOut')
    return {}
  },
} satisfies Partial<Handlers<Live>>

/** The first login of a number makes its user (QUIRKS.md #3). */
async function createUser(tx: Work<Live, 'liveLogin'>['tx'], mobile: string): Promise<Live['user']> {
  const id = await tx.next('users', FIRST_NEW_USER)
  return tx.insert('users', { id, mobile, nickname: `用户${mobile.slice(-4)}`, bio: '', avatar: '', gender: null })
}
