/** Users of the stub who are logged in at a real backend by credentials that the configuration has for them. */
import { describe, expect, test } from 'vitest'
import { type BackendChoice, type Box, createStub } from '../src/index.js'
import type { Backend } from './backends/backend.js'
import { startEduBackend } from './backends/edu.js'
import { startImBackend } from './backends/im.js'
import { startJobBackend } from './backends/job.js'
import { startLiveBackend } from './backends/live.js'
import { startTridBackend } from './backends/trid.js'
import { closedAfterEach } from './support/closing.js'

type SystemName = 'edu' | 'im' | 'job' | 'live' | 'trid'
const SECRET = 'abc12345'
const closing = closedAfterEach()

async function opened<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting
  closing.push(() => one.close())
  return one
}

/** A sandbox in which the stub logs in, and the real backend answers one operation. */
async function boxOf(system: SystemName, choice: BackendChoice, said: string[] = []): Promise<Box> {
  const stub = await createStub({ systems: [system], backends: { [system]: choice }, report: (problem) => said.push(problem) })
  closing.push(() => stub.close())
  return stub.sandbox()
}

/** What a backend was asked, in short. */
const saidTo = ({ asked }: Backend) => asked.map(({ method, path, query, headers, text }) => `${method} ${path}${query.size === 0 ? '' : `?${String(query)}`}${text === '' ? '' : ` ${String(headers['content-type'])} ${text}`}`)

const APP = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' }
const json = (body: object) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** How each system's user is called, how he is logged in, and how he calls what the backend answers. */
const cases: Readonly<Record<Exclude<SystemName, 'trid'>, { start: () => Promise<Backend>; user: string; secret: string; logins: readonly string[]; real: string; call: (box: Box, token: string) => Promise<Response>; good: object }>> = {
  edu: { start: startEduBackend, user: '13800001001', secret: SECRET, logins: ['POST /rest/s/login application/json {"phone":"13800001001","passwd":"abc12345","device":"Understudy"}'], real: 'eduGetMyInfo', call: (box, token) => box.fetch('/edu/rest/s/info', { headers: { ...APP, auth: Buffer.from(`access_token=${token}`).toString('base64') } }), good: { code: 900, info: { nick: 'Real student' } } },
  im: { start: startImBackend, user: '13800004001', secret: SECRET, logins: ['POST /android/login/ application/json {"phone":"13800004001","password":"abc12345"}'], real: 'imListFriends', call: (box, token) => box.fetch('/im/android/user_contacts/', { headers: { cookie: `sessionid=${token}` } }), good: { status: 1, result: [{ username: 'real_bob' }] } },
  job: { start: startJobBackend, user: '13800002002', secret: SECRET, logins: ['POST /login application/x-www-form-urlencoded username=13800002002&password=abc12345'], real: 'jobGetBalance', call: (box, token) => box.fetch('/job/api/user/acc/balance', { headers: { 'app-token': token } }), good: { code: 0, data: 42.5 } },
  live: { start: startLiveBackend, user: '13800003001', secret: '123456', logins: ['GET /auth/code?mobile=13800003001', 'POST /auth/login application/json {"mobile":"13800003001","auth_code":"123456"}'], real: 'liveListChannels', call: (box, token) => box.fetch('/live/channels/live', { headers: { authorization: Buffer.from(token).toString('base64') } }), good: { code: 2000, channels: [{ title: 'Real channel' }] } },
}

describe.each(Object.entries(cases))('%s', (name, { start, user, secret, logins, real: operation, call, good }) => {
  const system = name as SystemName // a key of the cases

  test('who has logged in at the stub is logged in at the real backend when he first calls there, once', async () => {
    const real = await opened(start())
    const box = await boxOf(system, { url: real.url, mode: 'stub', operations: { [operation]: 'real' }, credentials: { [user]: secret } })
    const { session } = await box.sessions.issue({ system, user, ...(system === 'edu' && { realm: 's' }) })
    for (let turn = 0; turn < 3; turn++) {
      const answer = await call(box, session.accessToken)
      expect([answer.headers.get('understudy-source'), await answer.json()]).toMatchObject(['real', good])
    }
    expect(saidTo(real).slice(0, -3)).toEqual(logins)
    expect(JSON.stringify(real.asked)).not.toContain(session.accessToken)
    expect((await box.backends.drift()).drift).toEqual([])
  })
})

test('trid: a number that is known by a code', async () => {
  const real = await opened(startTridBackend())
  const box = await boxOf('trid', { url: real.url, mode: 'stub', operations: { tridRegister: 'real' }, credentials: { '13800005900': '123456' } })
  const post = async (route: string, body: object) => (await box.fetch(`/trid/index.php?r=${route}`, json(body))).json() as Promise<Record<string, unknown>>
  const tel = { tel: '13800005900', time: '1' }
  await post('user/sms-validation-request', { type: 'sms_validation_request', ...tel })
  const { token } = await post('user/sms-validation-code', { type: 'sms_validation_code', code: '123456', ...tel })
  expect(await post('user/register', { type: 'register', token, username: 'newcomer', password: 'secret99', ...tel })).toMatchObject({ success: true, huanxin_id: '13800005900' })
  expect(JSON.stringify(real.asked)).not.toContain(String(token))
  expect(saidTo(real).slice(0, -1)).toEqual([
    'POST /index.php?r=user%2Fsms-validation-request application/json {"type":"sms_validation_request","tel":"13800005900","time":"0"}',
    'POST /index.php?r=user%2Fsms-validation-code application/json {"type":"sms_validation_code","code":"123456","tel":"13800005900","time":"0"}',
  ])
})

describe('what is configured', () => {
  test('is shown nowhere, and goes to no other host', async () => {
    const real = await opened(startEduBackend())
    const other = await opened(startEduBackend())
    const said: string[] = []
    const planted = 'PLANTED-secret-77'
    const box = await boxOf('edu', { url: real.url, mode: 'stub', operations: { eduGetMyInfo: 'real' }, credentials: { '13800001001': planted } }, said)
    const { session } = await box.sessions.issue({ system: 'edu', user: '13800001001', realm: 's' })
    const refused = await cases.edu.call(box, session.accessToken)
    expect([refused.headers.get('understudy-source-reason'), await refused.json()]).toMatchObject([expect.stringContaining('could not be logged in at the real backend: eduLogin was answered with'), { code: 903 }])
    // A password that is refused is not tried again.
    await cases.edu.call(box, session.accessToken)
    expect(real.asked.filter(({ path }) => path.endsWith('/login'))).toHaveLength(1)
    expect(await box.backends.get('edu')).toMatchObject({ accounts: 1 })
    // Whoever changes a mode need not know them; another one is tried at once.
    await box.backends.set('edu', { url: real.url, operations: { account: 'stub' } })
    expect(await box.backends.get('edu')).toMatchObject({ accounts: 1 })
    const shown = [await box.backends.list(), await box.backends.drift(), await box.requests.list(), await box.snapshot(), said, await (await box.fetch('/__admin/sandboxes')).text()]
    expect(JSON.stringify(shown)).not.toContain(planted)
    await box.backends.set('edu', { url: real.url, operations: { account: 'stub' }, credentials: { '13800001001': SECRET } })
    expect((await cases.edu.call(box, session.accessToken)).headers.get('understudy-source')).toBe('real')
    await box.backends.set('edu', { url: other.url, operations: { account: 'stub' } })
    expect(await box.backends.get('edu')).not.toHaveProperty('accounts')
    await box.backends.set('edu', { url: real.url, credentials: { '13800001001': SECRET } })
    await box.backends.set('edu', { url: real.url, credentials: {} })
    expect(await box.backends.get('edu')).not.toHaveProperty('accounts')
  })

  test.each([['dropped', 'eduLogin: reset'], ['htmlPage', 'eduLogin was answered with HTTP 502']] as const)('is tried again where the backend was not there (%s)', async (kind, why) => {
    const real = await opened(startEduBackend())
    const box = await boxOf('edu', { url: real.url, mode: 'stub', operations: { eduGetMyInfo: 'real' }, credentials: { '13800001001': SECRET } })
    const { session } = await box.sessions.issue({ system: 'edu', user: '13800001001', realm: 's' })
    real.depart({ kind, at: '/login' })
    expect((await cases.edu.call(box, session.accessToken)).headers.get('understudy-source-reason')).toContain(why)
    real.depart()
    expect(await (await cases.edu.call(box, session.accessToken)).json()).toMatchObject(cases.edu.good)
  })

  test('is used once where several calls come before the user is logged in', async () => {
    const real = await opened(startEduBackend())
    const box = await boxOf('edu', { url: real.url, mode: 'stub', operations: { eduGetMyInfo: 'real' }, credentials: { '13800001001': SECRET } })
    const { session } = await box.sessions.issue({ system: 'edu', user: '13800001001', realm: 's' })
    const answers = await Promise.all(Array.from({ length: 8 }, () => cases.edu.call(box, session.accessToken)))
    expect(answers.map(({ headers }) => headers.get('understudy-source'))).toEqual(Array.from({ length: 8 }, () => 'real'))
    expect(saidTo(real).slice(0, -8)).toEqual(cases.edu.logins)
  })

  test('logs the same session in at each backend apart, and no backend gets what another has issued', async () => {
    const [first, second] = [await opened(startLiveBackend()), await opened(startLiveBackend())]
    const choice = (url: string): BackendChoice => ({ url, mode: 'stub', operations: { liveListChannels: 'real' }, credentials: { '13800003001': '123456' } })
    const box = await boxOf('live', choice(first.url))
    for (let turn = 0; turn < 2; turn++) {
      // The second session has the second key there, which no other backend has drawn.
      const { session } = await box.sessions.issue({ system: 'live', user: '13800003001' })
      expect((await cases.live.call(box, session.accessToken)).headers.get('understudy-source')).toBe('real')
      if (turn === 0) continue
      const issued = Buffer.from('beef0000000000000000000000000002').toString('base64')
      expect(JSON.stringify(first.asked)).toContain(issued)
      await box.backends.set('live', choice(second.url))
      const answer = await cases.live.call(box, session.accessToken)
      expect([answer.headers.get('understudy-source'), await answer.json()]).toMatchObject(['real', cases.live.good])
      expect(second.asked.map(({ path }) => path)).toEqual(['/auth/code', '/auth/login', '/channels/live'])
      expect(JSON.stringify(second.asked)).not.toContain(issued)
    }
  })

  test('is refused without showing it where it cannot be what it is', async () => {
    const wrong = { url: 'https://staging.example', credentials: { '13800001001': 'PLANTED'.repeat(40) } }
    await expect(createStub({ systems: ['edu'], backends: { edu: wrong } })).rejects.toThrow(/^credentials are texts by phone number or user name, such as \{ "13800001001": "abc12345" \}/)
    await expect(createStub({ systems: ['edu'], backends: { edu: { ...wrong, url: '' } } })).rejects.not.toThrow(/PLANTED/)
  })
})
