import { afterAll, describe, expect, test } from 'vitest'
import { type Box, ControlError, createStub } from '../src/index.js'
import { phones } from './support/im.js'
import { Client } from './support/push.js'
import { send } from './support/serve.js'

const MOBILE = '13800003001'
const STUDENT = { system: 'edu', user: '13800001001', realm: 's' }
const PHONE = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' } as const

const stub = await createStub({ systems: ['edu', 'im', 'live', 'trid'] })
afterAll(() => stub.close())

const sendCode = (box: Box) => box.client('live').GET('/auth/code', { params: { query: { mobile: MOBILE } } })
const login = (box: Box) => box.client('live').POST('/auth/login', { body: { mobile: MOBILE, auth_code: '123456' } })

/** Logs the student in. @returns a call that needs the login */
async function study(box: Box) {
  const client = box.client('edu')
  const params = { header: PHONE, path: { userType: 's' as const } }
  const { data } = await client.POST('/rest/{userType}/login', { params, body: { phone: STUDENT.user, passwd: 'abc12345' } })
  const auth = Buffer.from(`access_token=${String(data?.info.access_token)}`).toString('base64')
  return () => client.GET('/rest/{userType}/info', { params: { ...params, header: { ...PHONE, auth } } })
}

async function refusal(promise: Promise<unknown>): Promise<ControlError> {
  const error: unknown = await promise.then(() => 'it went well', (reason: unknown) => reason)
  if (!(error instanceof ControlError)) throw new Error(`no refusal, but ${String(error)}`)
  return error
}

describe('sessions', () => {
  test('are listed with who they are of', async () => {
    const box = await stub.sandbox()
    await study(box)
    const [session] = await box.sessions.list({ system: 'edu', user: STUDENT.user, state: 'active' })
    expect(session).toMatchObject({ system: 'edu', realm: 's', state: 'active', accessToken: '***', device: { platform: 'ios' } })
    const [open] = await box.sessions.list({ system: 'edu', user: STUDENT.user, secrets: true })
    expect(open?.accessToken).toMatch(/^\w{10,}$/)
  })

  test('are ended by a newer phone, which the older one is told of', async () => {
    const box = await stub.sandbox()
    const me = await study(box)
    const ended = await box.sessions.kick({ ...STUDENT, by: { platform: 'ios', label: 'iPhone 15' } })
    expect(ended).toMatchObject([{ state: 'displaced', displacedBy: { label: 'iPhone 15', platform: 'ios' } }])
    expect((await me()).error).toMatchObject({ code: 903, nextDevice: 'iPhone 15' })
  })

  test('expire: the access token alone, or both', async () => {
    const box = await stub.sandbox()
    const me = await study(box)
    const [session] = await box.sessions.expire(STUDENT)
    expect(session).toMatchObject({ state: 'expired' })
    expect((await me()).error).toMatchObject({ code: 899 })
    expect(await box.sessions.expire({ ...STUDENT, session: session?.id ?? '', token: 'both' })).toHaveLength(1)
  })

  test('are revoked without a word of another phone', async () => {
    const box = await stub.sandbox()
    const me = await study(box)
    expect(await box.sessions.revoke(STUDENT)).toMatchObject([{ state: 'revoked', displacedBy: null }])
    const { error } = await me()
    expect(error).toMatchObject({ code: 903 })
    expect(error).not.toHaveProperty('nextDevice')
  })

  test('need to be told of which user', async () => {
    const { sessions } = await stub.sandbox()
    expect(await refusal(sessions.kick({ system: 'edu', user: STUDENT.user }))).toMatchObject({ kind: 'ambiguous-user', problem: { status: 409 } })
    expect(await refusal(sessions.issue({ system: 'edu', user: STUDENT.user }))).toMatchObject({ kind: 'ambiguous-user' })
    expect(await refusal(sessions.kick({ system: 'edu', user: '13899999999' }))).toMatchObject({ problem: { status: 404 } })
    expect(await refusal(sessions.revoke({ system: 'job', user: 'x' }))).toMatchObject({ kind: 'no-such-system', problem: { known: ['edu', 'im', 'live', 'trid'] } })
  })

  test('of a banned user are worth nothing, until the ban is lifted', async () => {
    const box = await stub.sandbox()
    const me = await study(box)
    expect(await box.sessions.ban(STUDENT)).toMatchObject({ system: 'edu', realm: 's', banned: true })
    expect((await me()).error).toMatchObject({ code: 909 })
    expect(await box.sessions.unban(STUDENT)).toMatchObject({ banned: false })
    expect((await me()).data).toMatchObject({ code: 900 })
    expect(await refusal(box.sessions.ban({ system: 'live', user: MOBILE }))).toMatchObject({ problem: { status: 422 } })
  })

  test('belong to users, who are listed too', async () => {
    const { sessions } = await stub.sandbox()
    const all = await sessions.users()
    const some = await sessions.users('live')
    expect(some).toContainEqual({ system: 'live', id: '1', realm: '', names: { mobile: MOBILE, nickname: '小雨在现场' }, roles: [], banned: false })
    expect(all.filter(({ system }) => system === 'live')).toEqual(some)
    expect(await sessions.users('live', { q: MOBILE })).toEqual(some.filter(({ id }) => id === '1'))
    expect(await sessions.users('live', { limit: 1, offset: 1 })).toEqual(some.slice(1, 2))
    await sessions.issue({ system: 'live', user: MOBILE })
    expect(await sessions.users('live', { loggedIn: 'only' })).toMatchObject([{ system: 'live', id: '1', login: { sessions: 1 } }])
  })
})

describe('maintenance', () => {
  test('of one system leaves the others alone', async () => {
    const box = await stub.sandbox()
    expect(await box.maintenance.on('live', { status: 'upgrading', httpStatus: 502 })).toContainEqual({ system: 'live', active: true, status: 'upgrading', httpStatus: 502 })
    const { response } = await sendCode(box)
    expect([response.status, response.headers.get('server-status')]).toEqual([502, 'upgrading'])
    expect(await box.maintenance.status()).toContainEqual({ system: 'trid', active: false, status: null, httpStatus: null })
    await box.maintenance.off('live')
    expect((await sendCode(box)).response.status).toBe(200)
  })

  test('of all begins and ends at once', async () => {
    const { maintenance } = await stub.sandbox()
    expect((await maintenance.on()).map(({ active }) => active)).toEqual([true, true, true, true])
    expect((await maintenance.off()).map(({ active }) => active)).toEqual([false, false, false, false])
  })
})

describe('outages and settings', () => {
  test('an outage is the system failing behind its contract', async () => {
    const box = await stub.sandbox()
    const before = await box.outages.list()
    expect(before.find(({ system }) => system === 'live')).toMatchObject({ out: [] })
    await box.outages.set(['internal'], 'live')
    expect((await sendCode(box)).response.status).toBe(500)
    await box.outages.set([])
    expect(await box.outages.list()).toEqual(before)
    expect(await refusal(box.outages.set(['weather']))).toMatchObject({ problem: { status: 422 } })
  })

  test('settings are set, and go back when left out', async () => {
    const { settings } = await stub.sandbox()
    const before = await settings.list()
    expect(await settings.set('edu', { httpStatus: 'always200' })).toContainEqual({ system: 'edu', settings: { httpStatus: 'always200', accessTokenGraceMs: 60_000, contentTypeRequired: 'withBody' } })
    await settings.set('edu', {})
    expect(await settings.list()).toEqual(before)
    expect((await refusal(settings.set('edu', { httpStatus: 'sometimes' }))).problem.status).toBe(422)
  })
})

describe('faults', () => {
  test('the next call fails, and the one after it does not', async () => {
    const box = await stub.sandbox()
    await sendCode(box)
    const { id } = await box.faults.next('live', 'liveLogin', { error: 'API_INVALID_AUTH_CODE' })
    expect((await login(box)).data).toMatchObject({ code: 4011 })
    expect((await login(box)).data).toMatchObject({ code: 2000 })
    expect(await box.faults.get(id)).toMatchObject({ times: 0, matched: 1, fired: 1 })
  })

  test('an error is named by constant, code or condition', async () => {
    const box = await stub.sandbox()
    await box.faults.next('live', '*', { code: 4011, message: 'not this time' })
    await box.faults.next('live', 'liveLogin', { condition: 'smsCodeInvalid', extra: { hint: 'ask again' } })
    expect((await login(box)).data).toEqual({ code: 4011, desc: 'not this time' })
    expect((await login(box)).data).toEqual({ code: 4011, desc: 'invalid auth code', hint: 'ask again' })
  })

  test('a session is answered as one that another phone ended', async () => {
    const box = await stub.sandbox()
    const me = await study(box)
    await box.faults.next('edu', 'eduGetMyInfo', { error: 'UNAUTHENTICATED', displacedBy: { label: 'iPad' } })
    expect((await me()).error).toMatchObject({ code: 903, nextDevice: 'iPad' })
  })

  test('the network fails in its own ways', async () => {
    const box = await stub.sandbox()
    await box.faults.next('live', 'liveSendCode', { kind: 'status', status: 502, body: 'Bad Gateway' })
    expect((await sendCode(box)).response.status).toBe(502)
    await box.faults.next('live', 'liveSendCode', { kind: 'drop', carriedOut: false })
    expect((await sendCode(box)).error).toMatchObject({ condition: 'offline' })
    await box.faults.next('live', 'liveSendCode', { kind: 'malformed' })
    expect((await sendCode(box)).error).toMatchObject({ condition: 'malformedAnswer' })
    await box.faults.next('live', 'liveSendCode', { kind: 'latency', min: 1, max: 2 }, 2)
    expect((await sendCode(box)).data).toMatchObject({ code: 2000 })
  })

  test('wait for so many milliseconds, or as long as a duration says', async () => {
    const { faults, clock } = await stub.sandbox()
    expect((await faults.next('live', 'liveLogin', { kind: 'latency', min: '2s', max: '2500ms' })).fault).toEqual({ kind: 'latency', min: 2000, max: 2500 })
    expect((await faults.next('live', 'liveLogin', { kind: 'slow', milliseconds: '1s', chunks: 2 })).fault).toEqual({ kind: 'slow', milliseconds: 1000, chunks: 2 })
    await expect(faults.next('live', 'liveLogin', { kind: 'latency', min: 'soon' })).rejects.toThrow(new TypeError('min is "soon"; it has to be a number of milliseconds, or like 2s or 250ms'))
    expect((await refusal(faults.next('live', 'liveLogin', { kind: 'latency', mn: 1 } as object as { kind: 'latency'; min: number }))).message).toContain('"fault.min" is missing')
    await expect(faults.add({ fault: { kind: 'drop' }, for: 20 as unknown as string })).rejects.toThrow('for takes a duration with its unit, and not 20; write "20s" for seconds')
    await expect(clock.advance(30 as unknown as string)).rejects.toThrow(new TypeError('clock.advance takes a duration with its unit, and not 30; write "30s" for seconds, "30ms" for milliseconds'))
  })

  test('rules hold until they are removed', async () => {
    const box = await stub.sandbox()
    const everywhere = await box.faults.add({ fault: { kind: 'status', status: 503 } })
    const sometimes = await box.faults.add({ system: 'trid', operationId: 'tridRegister', fault: { error: 'TOKEN_NOT_VALID' }, probability: 0.5, times: 3 })
    expect(everywhere).toMatchObject({ system: '*', operationId: '*', times: null, probability: 1 })
    expect(sometimes).toMatchObject({ system: 'trid', operationId: 'tridRegister', times: 3, probability: 0.5 })
    expect(await box.faults.list()).toEqual([everywhere, sometimes])
    await box.faults.remove(everywhere.id)
    expect(await box.faults.list()).toEqual([sometimes])
    await box.faults.clear()
    expect(await box.faults.list()).toEqual([])
    expect((await refusal(box.faults.remove('fault-99'))).problem.status).toBe(404)
  })

  test('an error that the system does not have is refused with those it has', async () => {
    const { faults } = await stub.sandbox()
    const { kind, problem } = await refusal(faults.next('live', 'liveLogin', { error: 'SMS_CODE_INVALID' as 'API_OK' }))
    expect(kind).toBe('no-such-error')
    expect(problem.known).toContain('API_INVALID_AUTH_CODE')
  })
})

describe('sockets', () => {
  test('are listed, pushed to and dropped', async () => {
    const box = await stub.sandbox()
    const url = box.baseUrl('im')
    expect(await box.sockets.push({ system: 'im', user: phones.alice, packet: { info: [{ category: '0', content: '早' }] } })).toMatchObject({ system: 'im', connected: false })
    const alice = await Client.start({ url, call: (path, call) => send(url + path, call) }, phones.alice)
    const [socket] = await box.sockets.list({ system: 'im', user: phones.alice })
    expect(socket).toMatchObject({ system: 'im', mailbox: expect.any(String) as unknown })
    expect(await box.sockets.push({ system: 'im', user: phones.alice, packet: [{ info: [{ category: '0', content: '晚' }] }] })).toMatchObject({ connected: true })
    await box.sockets.drop(socket?.id ?? '', { code: 4002, reason: 'that is all' })
    expect(await alice.closed).toEqual({ code: 4002, reason: 'that is all' })
    expect(await box.sockets.list()).toEqual([])
    expect((await refusal(box.sockets.drop('socket-99'))).problem.status).toBe(404)
  })
})

describe('records', () => {
  test('are found by what is in them', async () => {
    const db = (await stub.sandbox()).db('live')
    expect((await db.collections()).map(({ name, key }) => [name, key])).toContainEqual(['users', 'id'])
    const all = await db.list('users', { _sort: 'id', _order: 'desc' })
    expect(all.length).toBeGreaterThan(1)
    expect(await db.list('users', { mobile: MOBILE })).toEqual([await db.get('users', 1)])
    expect(await db.list('users', { _sort: 'id', _order: 'desc', _limit: 1 })).toEqual(all.slice(0, 1))
  })

  test('are made, changed, replaced and deleted; an app sees it', async () => {
    const box = await stub.sandbox()
    const db = box.db('live')
    const made = await db.create('users', { mobile: '13800003777', nickname: '新人', bio: '', avatar: '', gender: null })
    expect(made.id).toEqual(expect.any(Number))
    expect(await db.update('users', made.id, { nickname: '老人' })).toEqual({ ...made, nickname: '老人' })
    expect(await db.replace('users', made.id, { ...made, bio: '你好' })).toEqual({ ...made, bio: '你好' })
    expect(await box.sessions.users('live')).toContainEqual(expect.objectContaining({ id: String(made.id), names: { mobile: '13800003777', nickname: '新人' } }))
    await db.delete('users', made.id)
    expect((await refusal(db.get('users', made.id))).problem.status).toBe(404)
    expect((await refusal(db.create('users', { mobile: MOBILE }))).problem.status).toBeGreaterThanOrEqual(409)
  })

  test('of the core are there as well', async () => {
    const box = await stub.sandbox()
    await sendCode(box)
    expect(await box.db('live').list('smsCodes', { phone: MOBILE })).toMatchObject([{ code: '123456' }])
  })
})
