/** The core flow of each system, as an app goes through it: login, one list, one write, the end. */
import type { Box } from '../../src/index.js'
import type { Backend } from './backend.js'
import { startEduBackend } from './edu.js'
import { startImBackend } from './im.js'
import { startJobBackend } from './job.js'
import { startLiveBackend } from './live.js'
import { startTridBackend } from './trid.js'

export type System = 'edu' | 'im' | 'job' | 'live' | 'trid'
export const starts: Readonly<Record<System, () => Promise<Backend>>> = { edu: startEduBackend, im: startImBackend, job: startJobBackend, live: startLiveBackend, trid: startTridBackend }
export const systems = Object.keys(starts) as readonly System[] // its keys are these

export const PHONE = '13800003009'
export const HEADERS = { client: '1.0.2.3', platform: 'ios', u: '1', w: '1' }
export const json = (body: object, headers: Readonly<Record<string, string>> = {}) => ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
export const form = (body: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) => ({ method: 'POST', headers, body: new URLSearchParams(body) })
const bodyOf = async (answer: Response) => (await answer.json().catch(() => ({}))) as Readonly<Record<string, unknown>>

/** Logs in, and tells what a call carries from then on. */
export const logins: Readonly<Record<System, (box: Box) => Promise<Readonly<Record<string, string>>>>> = {
  async live(box) {
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    const { api_key } = await bodyOf(await box.fetch('/live/auth/login', json({ mobile: PHONE, auth_code: '123456' })))
    return { authorization: Buffer.from(String(api_key)).toString('base64') }
  },
  async edu(box) {
    const { info } = await bodyOf(await box.fetch('/edu/rest/s/login', json({ phone: '13800001001', passwd: 'abc12345', device: 'Phone' }, HEADERS)))
    return { ...HEADERS, auth: Buffer.from(`access_token=${String((info as { access_token: string } | undefined)?.access_token)}`).toString('base64') }
  },
  async job(box) {
    const { data } = await bodyOf(await box.fetch('/job/login', form({ username: '13800002002', password: 'abc12345' })))
    return { 'app-token': String((data as { appToken: string } | null)?.appToken) }
  },
  async im(box) {
    const login = await box.fetch('/im/android/login/', json({ phone: '13800004001', password: 'abc12345' }))
    return { cookie: (login.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' }
  },
  trid: () => Promise.resolve({}),
}

export const flows: Readonly<Record<System, (box: Box) => Promise<void>>> = {
  async live(box) {
    const headers = await logins.live(box)
    await box.fetch('/live/channels/live', { headers })
    await box.fetch('/live/users/my', json({ bio: 'hello' }, headers))
    await box.fetch('/live/auth/logout', { method: 'POST', headers })
    await box.fetch('/live/users/my', { headers })
  },
  async edu(box) {
    const headers = await logins.edu(box)
    await box.fetch('/edu/rest/s/teachers', { headers })
    await box.fetch('/edu/rest/s/info', json({ nick: 'New name' }, headers))
    await box.fetch('/edu/rest/s/info', { headers })
    await box.fetch('/edu/rest/s/logout', json({}, headers))
    await box.fetch('/edu/rest/s/info', { headers })
  },
  async job(box) {
    const headers = await logins.job(box)
    await box.fetch('/job/api/job/list', { headers })
    await box.fetch('/job/api/u/job/fav/9001', { method: 'POST', headers })
    await box.fetch('/job/api/u/job/favlist', { headers })
    await box.fetch('/job/logout', { headers })
    await box.fetch('/job/api/user/acc/balance', { headers })
  },
  async im(box) {
    const headers = await logins.im(box)
    await box.fetch('/im/android/user_contacts/', { headers })
    await box.fetch('/im/android/out/', { headers })
    await box.fetch('/im/android/user_contacts/', { headers })
  },
  async trid(box) {
    const tel = '13800005009'
    await box.fetch('/trid/index.php?r=user/sms-validation-request', json({ type: 'sms_validation_request', tel, time: '1' }))
    const { token } = await bodyOf(await box.fetch('/trid/index.php?r=user/sms-validation-code', json({ type: 'sms_validation_code', tel, code: '123456', time: '1' })))
    await box.fetch('/trid/index.php?r=user/register', json({ type: 'register', tel, token: String(token), username: 'somebody', password: 'abc12345' }))
  },
}
