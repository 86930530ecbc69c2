/** What is read off the answers of a real backend: a session begins, is renewed or ends where an answer says so, and nowhere else, however much one looks as if it did. */
import { expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'
import { type Answered, startBackend } from './backends/backend.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const NOW = '2030-01-01T00:00:00.000Z'
const APP = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' }
const json = (body: object, headers = {}) => ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const form = (fields: Readonly<Record<string, string>>) => ({ method: 'POST', body: new URLSearchParams(fields) })

type System = 'edu' | 'im' | 'job' | 'live' | 'trid'
type Asked = readonly [path: string, init?: RequestInit]

const PHONE = { edu: '13800001919', im: '13800004919', job: '13800002919', live: '13800003919', trid: '13800005919' } as const
const ACCESS = { edu: `ac${'1'.repeat(46)}`, im: 'a1'.repeat(16), job: 'RealTokenNumberBBBBB', live: 'be'.repeat(16), trid: 'da'.repeat(24) } as const
const tel = { tel: PHONE.trid, time: '1' }

/** A login, and a call that is none. */
const LOGIN: Readonly<Record<System, Asked>> = {
  edu: ['/edu/rest/s/login', json({ phone: PHONE.edu, passwd: 'abc12345', device: 'iPhone 15' }, APP)],
  im: ['/im/android/login/', json({ phone: PHONE.im, password: 'abc12345' })],
  job: ['/job/login', form({ username: PHONE.job, password: 'abc12345' })],
  live: ['/live/auth/login', json({ mobile: PHONE.live, auth_code: '123456' })],
  trid: ['/trid/index.php?r=user/sms-validation-code', json({ type: 'sms_validation_code', code: '123456', ...tel })],
}
const OTHER: Readonly<Record<System, Asked>> = {
  edu: ['/edu/rest/s/smscode', json({ phone: PHONE.edu, type: 'login' }, APP)],
  im: ['/im/android/register/', json({ phone: PHONE.im, password: 'abc12345' })],
  job: ['/job/register', form({ username: PHONE.job, password: 'abc12345', rePassword: 'abc12345', code: '123456', nickname: 'n', isEmployer: 'false' })],
  live: [`/live/auth/code?mobile=${PHONE.live}`],
  trid: ['/trid/index.php?r=user/sms-validation-request', json({ type: 'sms_validation_request', ...tel })],
}

const INFO = { userID: 'feed00000000000000000009', nick: 'n', phone: PHONE.edu, access_token: ACCESS.edu, access_token_expire: 7_200_000, refresh_token: `ef${'2'.repeat(46)}`, refresh_token_expire: 86_400_000 }
const eduOf = (info: unknown, code = 900): Answered => ({ json: { code, ...(info === undefined ? {} : { info }) } })
const imOf = (result: unknown = {}, line = `sessionid=${ACCESS.im}; Max-Age=3600`, status = 1, message = 'ok'): Answered => ({ json: { status, result, message }, headers: { 'set-cookie': line } })
const jobOf = (data: unknown, code = 0): Answered => ({ json: { message: 'success', code, data, ok: code === 0 } })
const liveOf = (more: object, code = 2000): Answered => ({ json: { code, desc: 'ok', ...more } })
const tridOf = (more: object, errorNo = 0, type = 'sms_validation_result'): Answered => ({ json: { type, success: errorNo === 0, ...more, error_no: errorNo, error_msg: errorNo === 0 ? null : 'validation code invalid.' } })

/** What logs somebody in, told as the contract has it. */
const WELL: Readonly<Record<System, Answered>> = {
  edu: eduOf(INFO), im: imOf({ user: { id: 'u-4900' } }), job: jobOf({ id: 77, appToken: ACCESS.job }), live: liveOf({ api_key: ACCESS.live, mobile: PHONE.live }), trid: tridOf({ token: ACCESS.trid }),
}
const SYSTEMS = Object.keys(WELL) as System[] // its own keys

/** A backend that answers what it is told to, whatever it is asked. */
async function puppet(system: System, told: Answered): Promise<{ box: Box; tell(answer: Answered): void; ask(asked: Asked): Promise<Response> }> {
  let answer = told
  const backend = await startBackend(() => answer, { status: 404, json: {} })
  closing.push(() => backend.close())
  const stub = await createStub({ systems: [system], backends: { [system]: backend.url } })
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  await box.clock.freeze(NOW)
  return {
    box,
    tell: (next) => {
      answer = next
    },
    ask: ([path, init]) => box.fetch(path, init),
  }
}

/** The sessions that were taken over from it, with what is told of each. */
const sessionsOf = async (box: Box) => (await box.sessions.list({ secrets: true })).filter(({ real }) => real === true)

test.each(SYSTEMS)('%s: what looks like a login begins a session where one was asked for, and nowhere else', async (system) => {
  const { box, ask } = await puppet(system, WELL[system])
  await ask(OTHER[system])
  expect(await sessionsOf(box)).toEqual([])
  await ask(LOGIN[system])
  expect(await sessionsOf(box)).toMatchObject([{ accessToken: ACCESS[system], state: 'active' }])
})

test.each([
  ['edu', 'an error', eduOf(INFO, 906)],
  ['edu', 'no account', eduOf(undefined)],
  ['edu', 'an account that is none', eduOf('x')],
  ['edu', 'no access token', eduOf({ ...INFO, access_token: undefined })],
  ['edu', 'a number for an access token', eduOf({ ...INFO, access_token: 1 })],
  ['edu', 'no id', eduOf({ ...INFO, userID: undefined })],
  ['edu', 'a number for an id', eduOf({ ...INFO, userID: 9 })],
  ['im', 'an error', imOf({}, undefined, 10000, 'wrong password')],
  ['im', 'no cookie', { json: { status: 1, result: {}, message: 'ok' } }],
  ['im', 'another cookie', imOf({}, `session=${ACCESS.im}`)],
  ['im', 'a cookie that is empty', imOf({}, 'sessionid=; Max-Age=0')],
  ['job', 'an error', jobOf({ id: 77, appToken: ACCESS.job }, 3)],
  ['job', 'nothing', jobOf(null)],
  ['job', 'no id', jobOf({ appToken: ACCESS.job })],
  ['job', 'a text for an id', jobOf({ id: '77', appToken: ACCESS.job })],
  ['job', 'no token', jobOf({ id: 77 })],
  ['live', 'an error', liveOf({ api_key: ACCESS.live, mobile: PHONE.live }, 4011)],
  ['live', 'no key', liveOf({ mobile: PHONE.live })],
  ['live', 'a number for a key', liveOf({ api_key: 7, mobile: PHONE.live })],
  ['live', 'a number that is none', liveOf({ api_key: ACCESS.live, mobile: 13_800_003_919 })],
  ['trid', 'an error', tridOf({ token: ACCESS.trid }, 3)],
  ['trid', 'no token', tridOf({})],
  ['trid', 'a number for a token', tridOf({ token: 5 })],
] satisfies readonly (readonly [System, string, Answered])[])('%s: a login that is answered with %s begins none', async (system, _what, answer) => {
  const { box, tell, ask } = await puppet(system, answer)
  expect((await ask(LOGIN[system])).ok).toBe(true)
  expect(await sessionsOf(box)).toEqual([])
  tell(WELL[system])
  await ask(LOGIN[system])
  expect(await sessionsOf(box)).toHaveLength(1)
})

/** The user that a login makes, and the session that it begins. */
async function begunBy(system: System, answer: Answered, asked: Asked = LOGIN[system]): Promise<{ user: object; session: object | undefined }> {
  const { box, ask } = await puppet(system, answer)
  const people = () => (system === 'trid' ? box.db('trid').list('tels') : box.db(system as 'live').list('users'))
  const before = new Set((await people()).map((one) => JSON.stringify(one)))
  await ask(asked)
  const made = (await people()).filter((one) => !before.has(JSON.stringify(one)))
  expect(made).toHaveLength(1)
  return { user: made[0] ?? {}, session: (await sessionsOf(box))[0] }
}

test('live: the number is the one of the answer, or of the call where the answer tells none', async () => {
  expect(await begunBy('live', liveOf({ api_key: ACCESS.live }))).toMatchObject({ user: { mobile: PHONE.live, nickname: '用户3919' } })
  expect(await begunBy('live', liveOf({ api_key: ACCESS.live, mobile: '13800003929' }))).toMatchObject({ user: { mobile: '13800003929', nickname: '用户3929' } })
})

test('edu: names and lifetimes are those of the answer, as far as they are texts and whole numbers', async () => {
  const told = { nick: 'nick', name: 'name', intro: 'intro', avatar: 'a.png', school: 'school', version: 'v', grade: 'g' }
  expect(await begunBy('edu', eduOf({ ...INFO, ...told }))).toEqual({
    user: { userID: INFO.userID, userType: 's', phone: PHONE.edu, passwd: null, ...told, banned: false },
    session: expect.objectContaining({ user: INFO.userID, realm: 's', device: { label: 'iPhone 15', platform: 'ios', client: '1.0.2.3' }, accessExpiresAt: '2030-01-01T02:00:00.000Z', refreshToken: INFO.refresh_token, refreshExpiresAt: '2030-01-02T00:00:00.000Z' }) as unknown,
  })
  expect(await begunBy('edu', eduOf({ ...INFO, phone: undefined }))).toMatchObject({ user: { phone: PHONE.edu } })
  expect(await begunBy('edu', eduOf({ ...INFO, phone: '' }))).toMatchObject({ user: { userID: INFO.userID, phone: null } })
  expect(await begunBy('edu', eduOf({ ...INFO, phone: 13_800_001_919, nick: 7 }))).toMatchObject({ user: { userID: INFO.userID, phone: null, nick: '' } })
  const odd = await begunBy('edu', eduOf({ ...INFO, access_token_expire: '7200000', refresh_token_expire: 1.5 }))
  expect(odd).toMatchObject({ session: { accessExpiresAt: null, refreshExpiresAt: null } })
  expect(await begunBy('edu', eduOf({ ...INFO, refresh_token: 9 }))).toMatchObject({ session: { accessExpiresAt: '2030-01-01T02:00:00.000Z', refreshToken: null, refreshExpiresAt: null } })
  const named = { userID: INFO.userID, access_token: ACCESS.edu }
  expect(await begunBy('edu', eduOf(named), ['/edu/rest/t/login', LOGIN.edu[1] ?? {}])).toMatchObject({ user: { userType: 't' }, session: { realm: 't', refreshToken: null } })
})

test('im: the person is whom the answer tells of, and the cookie is the session for as long as it says, a fortnight where it does not', async () => {
  const person = { id: 'u-4900', username: 'nora', avatar: 'x.png', desc: 'd', sex: 1, modifyAt: '2026/02/03' }
  expect(await begunBy('im', imOf({ user: person, isBind: true }))).toMatchObject({ user: { ...person, phone: PHONE.im, pushId: 'p-4900', isBind: true }, session: { user: 'u-4900', accessToken: ACCESS.im, accessExpiresAt: '2030-01-01T01:00:00.000Z' } })
  const plain = { username: 'user_4900', avatar: 'media/avatars/android/default.jpg', desc: '', sex: 0, modifyAt: '1970/01/01', isBind: false }
  expect(await begunBy('im', imOf({ user: { id: 'u-4900', username: '', avatar: 5, sex: '1' }, isBind: 'yes' }, `sessionid=${ACCESS.im}`))).toMatchObject({ user: plain, session: { accessExpiresAt: '2030-01-15T00:00:00.000Z' } })
  for (const [id, result] of [['x', { user: { id: 'xu-4900' } }], ['y', { user: { id: 'u-4900y' } }], ['none', { user: 'nobody' }], ['nothing', 'nobody']] as const) {
    const { user } = await begunBy('im', imOf(result))
    expect(user, id).toMatchObject({ id: expect.stringMatching(/^u-\d+$/) as unknown, isBind: false })
    expect(user, id).not.toMatchObject({ id: 'u-4900' })
  }
  expect(await begunBy('im', imOf({}, `  sessionid=${ACCESS.im};max-age=60`))).toMatchObject({ session: { accessToken: ACCESS.im, accessExpiresAt: '2030-01-01T00:01:00.000Z' } })
})

test('job and trid: whoever has a number or an id has it from the answer, and a token for as long as the contract says', async () => {
  expect(await begunBy('job', WELL.job)).toMatchObject({ user: { id: 77, username: PHONE.job, name: PHONE.job }, session: { user: '77', accessExpiresAt: null } })
  expect(await begunBy('trid', WELL.trid)).toMatchObject({ user: { tel: PHONE.trid, verified: true }, session: { user: PHONE.trid, accessExpiresAt: '2030-01-02T00:00:00.000Z' } })
  const registering: Asked = ['/trid/index.php?r=user/register', json({ type: 'register', ...tel, token: 'ab'.repeat(24), username: 'nora', password: 'abc12345' })]
  expect(await begunBy('trid', tridOf({ token: ACCESS.trid }, 0, 'register_result'), registering)).toMatchObject({ session: { user: PHONE.trid, accessExpiresAt: '2030-01-31T00:00:00.000Z' } })
})

/** A call with the token of the session that the backend has given. */
const CARRYING: Readonly<Record<'edu' | 'im', Asked>> = {
  edu: ['/edu/rest/s/info', { headers: { ...APP, Auth: Buffer.from(`access_token=${ACCESS.edu}`).toString('base64') } }],
  im: ['/im/android/user_contacts/', { headers: { cookie: `sessionid=${ACCESS.im}` } }],
}
const DISPLACED = { code: 903, msg: '已在其他设备登录' }

test.each([
  ['edu', 'an error that names no device', { status: 401, json: { code: 903, msg: '登录信息失效，请重新登陆' } }, { state: 'revoked', displacedBy: null }],
  ['edu', 'a device that is no text', { status: 401, json: { ...DISPLACED, nextDevice: 5, nextLogin: NOW } }, { state: 'revoked', displacedBy: null }],
  ['edu', 'a device and a moment', { status: 401, json: { ...DISPLACED, nextDevice: 'Pixel 9', nextLogin: '2029-12-31T23:00:00.000Z' } }, { state: 'displaced', displacedBy: { label: 'Pixel 9', platform: null, client: null, at: '2029-12-31T23:00:00.000Z' } }],
  ['edu', 'a device and no moment', { status: 401, json: { ...DISPLACED, nextDevice: 'Pixel 9', nextLogin: 'soon' } }, { state: 'displaced', displacedBy: null }],
  ['edu', 'a device in an answer that is no error', eduOf({ nextDevice: 'Pixel 9' }), { state: 'active' }],
  ['im', 'the network that fails', { json: { status: 11001, result: 'network error', message: 'network error' } }, { state: 'active' }],
  ['im', 'a session that is none', { json: { status: 11001, result: 'session error', message: 'session error' } }, { state: 'revoked' }],
  ['im', 'another error of these words', { json: { status: 10000, result: 'session error', message: 'session error' } }, { state: 'active' }],
] as const)('%s: what %s says of a session', async (system, _what, answer, expected) => {
  const { box, tell, ask } = await puppet(system, WELL[system])
  await ask(LOGIN[system])
  tell(answer)
  await ask(CARRYING[system])
  expect(await sessionsOf(box)).toMatchObject([expected])
})
