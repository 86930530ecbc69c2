/** Tag `account`. */
import type { Handlers } from '../../../core/system.js'
import type { __Id__ } from '../../../generated/__id__/contract.js'

export const account = {
  async __id__SendSms({ input, sms }) {
    await sms.send(input.phone)
    return null
  },

  async __id__Login({ input, sms, sessions, tx }) {
    await sms.redeem(input.code, input.phone)
    const known = await tx.find('users', { phone: input.phone })
    const user = known ?? (await tx.insert('users', { id: await tx.next('users', 100), phone: input.phone, name: `用户${input.phone.slice(-4)}` }))
    const { accessToken } = await sessions.issue({ userId: String(user.id) })
    return { token: accessToken }
  },

  async __id__GetMe({ user }) {
    return user
  },
} satisfies Handlers<__Id__>
