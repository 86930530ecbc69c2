/** Tag `auth`: login, registration, SMS codes, lost passwords. */
import type { Handlers } from '../../../core/system.js'
import { newId } from '../state.js'
import type { Job } from '../../../generated/job/contract.js'

export const auth = {
  async jobLogin({ input: { username, password }, tx, sessions, fail }) {
    const user = await tx.find('users', { username })
    if (user === undefined) throw fail('USER_NOT_FOUND')
    if (user.password !== password) throw fail('WRONG_PASSWORD')
    if (!user.valid) throw fail('USER_BLOCKED')
    const { accessToken } = await sessions.issue({ userId: String(user.id) })
    return { id: user.id, appToken: accessToken }
  },

  async jobLogout({ session, sessions }) {
    await sessions.end(session, 'loggedOut')
    return null
  },

  async jobRegister({ input: { username, password, rePassword, code, nickname, isEmployer }, tx, sms, now, fail }) {
    if (password !== rePassword) throw fail('INPUTS_DIFFER')
    // The number becomes the phone as well, so one that somebody else has bound is taken too (QUIRKS.md #5).
    const taken = (await tx.find('users', { username })) ?? (await tx.find('users', { phone: username }))
    if (taken !== undefined) throw fail('USER_EXISTS')
    await sms.redeem(code, username)
    await tx.insert('users', {
      id: await newId(tx, 'users'),
      username,
      password,
      name: nickname,
      phone: username,
      roles: [isEmployer ? 'EMPLOYER' : 'STUDENT'],
      idCerti: '00',
      stuCerti: '00',
      empCerti: '00',
      companyName: null,
      collegeId: null,
      createdAt: now,
      valid: true,
      credits: 0,
    })
    return null
  },

  async jobSendSms({ input: { mobile, reg }, tx, sms, fail }) {
    if (reg === FOR_REGISTRATION && (await tx.find('users', { username: mobile })) !== undefined) throw fail('USER_EXISTS')
    await sms.send(mobile)
    return null
  },

  async jobFindPassword({ input: { mobile, newPwd, code }, tx, sms, fail }) {
    await sms.redeem(code, mobile)
    const user = await tx.find('users', { phone: mobile })
    if (user === undefined) throw fail('PHONE_NOT_LINKED')
    await tx.update('users', user.id, { password: newPwd })
    return null
  },
} satisfies Partial<Handlers<Job>>

/** The value of `reg` that asks for a code to register with. */
const FOR_REGISTRATION = 0
