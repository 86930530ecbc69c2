import { describe, expect, test } from 'vitest'
import { at, type Box, kindOf, serveControl } from './support/control.js'

const { box } = await serveControl(['edu', 'live', 'trid'])
/** The same once more, which knows nothing of the first. */
const twin = await serveControl(['edu', 'live', 'trid'])
const { box: jobBox } = await serveControl(['job'])
const { box: imBox } = await serveControl(['im'])
const HEADERS = { client: '1.0.2.3', platform: 'ios', u: '1', w: '1' }
const PHONE = '13800001001'

const login = async ({ call }: Box, userType = 's') => {
  const { json } = await call(`/edu/rest/${userType}/login`, { method: 'POST', headers: HEADERS, body: { phone: PHONE, passwd: 'abc12345' } })
  const info = json?.['info']
  const token = typeof info === 'object' && info !== null && 'access_token' in info ? String(info.access_token) : ''
  expect(token, JSON.stringify(json)).not.toBe('')
  return { auth: Buffer.from(`access_token=${token}`).toString('base64') }
}
const profile = ({ call }: Box, auth: { auth: string }) => call('/edu/rest/s/info', { headers: { ...HEADERS, ...auth } })

describe('SMS', () => {
  test('land in the inbox instead of a phone', async () => {
    const here = box()
    await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
    await here.call('/live/auth/code?mobile=13800003001')
    const inbox = await here.admin('GET', '/sms?phone=13800003001')
    expect(at(inbox, 'messages')).toEqual([
      { system: 'live', key: '13800003001', phone: '13800003001', code: '123456', state: 'valid', sentAt: '2026-01-31T08:30:00.000Z', expiresAt: '2026-01-31T08:40:00.000Z', earlier: [] },
    ])
    await here.call('/live/auth/login', { method: 'POST', body: { mobile: '13800003001', auth_code: '123456' } })
    expect(at(await here.admin('GET', '/sms?system=live'), 'messages.0.state')).toBe('used')
    await here.call('/live/auth/code?mobile=13800003001')
    await here.admin('POST', '/clock/advance', { by: 'PT10M' })
    expect(at(await here.admin('GET', '/sms?system=live'), 'messages.0')).toMatchObject({ state: 'expired', earlier: [{ code: '123456', sentAt: '2026-01-31T08:30:00.000Z' }] })
    expect(kindOf(await here.admin('GET', '/sms?system=life'))).toBe('no-such-system')
  })

  test('of many messages the latest are shown, so many as are asked for, and all are counted', async () => {
    const here = box()
    await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
    for (const last of ['1', '2', '3']) {
      await here.call(`/live/auth/code?mobile=1380000300${last}`)
      await here.admin('POST', '/clock/advance', { by: 'PT1S' })
    }
    expect(await here.admin('GET', '/sms?system=live&limit=2')).toMatchObject({ json: { messages: [{ phone: '13800003003' }, { phone: '13800003002' }], total: 3 } })
    expect(kindOf(await here.admin('GET', '/sms?limit=0'))).toBe('invalid-request')
  })

  test('count their codes when told to, where the contract leaves the choice', async () => {
    const here = box()
    const set = await here.admin('PATCH', '/sms/settings', { source: 'sequence' })
    expect(at(set, 'sms')).toEqual([
      { system: 'edu', source: 'sequence', operator: 'up' },
      { system: 'live', source: 'sequence', operator: 'up' },
      { system: 'trid', source: 'fixed', operator: 'up' },
    ])
    await here.call('/live/auth/code?mobile=13800003001')
    await here.call('/live/auth/code?mobile=13800003001')
    expect(at(await here.admin('GET', '/sms?phone=13800003001'), 'messages.0')).toMatchObject({ code: '100002', earlier: [{ code: '100001' }] })
    expect(kindOf(await here.admin('PATCH', '/sms/settings', { system: 'trid', source: 'sequence' }))).toBe('not-available')
    expect(kindOf(await here.admin('PATCH', '/sms/settings', { system: 'life', source: 'sequence' }))).toBe('no-such-system')
    expect(kindOf(await here.admin('PATCH', '/sms/settings', { source: 'dice' }))).toBe('invalid-request')
    expect((await here.admin('GET', '/sms/settings')).json).toEqual(set.json)
  })

  test('an operator that fails, and recovers, leaves other outages as they are', async () => {
    const here = box('outages')
    const out = async () => (at(await here.admin('GET', '/outages'), 'outages') as { system: string; out: string[] }[]).find(({ system }) => system === 'edu')?.out // as the contract has it
    await here.admin('PUT', '/outages', { system: 'edu', out: ['thirdParty', 'internal'] })
    for (const [operator, expected] of [['down', ['internal', 'smsOperator', 'thirdParty']], ['down', ['internal', 'smsOperator', 'thirdParty']], ['up', ['internal', 'thirdParty']]] as const) {
      await here.admin('PATCH', '/sms/settings', { system: 'edu', operator })
      expect((await out())?.sort()).toEqual(expected)
    }
  })

  test('fail with their operator', async () => {
    const here = box()
    const send = () => here.call('/edu/rest/s/smscode', { method: 'POST', headers: HEADERS, body: { phone: '13800001777' } })
    await here.admin('PATCH', '/sms/settings', { system: 'edu', operator: 'down' })
    const failed = await send()
    await here.admin('PATCH', '/sms/settings', { operator: 'up' })
    const sent = await send()
    expect([failed.json?.['code'], sent.json?.['code']]).toEqual([602, 900])
    expect(kindOf(await here.admin('PATCH', '/sms/settings', { system: 'live', operator: 'down' }))).toBe('not-available')
  })
})

describe('sessions', () => {
  test('are listed with their device and without their tokens', async () => {
    const here = box()
    await login(here)
    const listed = await here.admin('GET', '/sessions?system=edu&state=active')
    const sessions = at(listed, 'sessions')
    expect(sessions).toContainEqual(expect.objectContaining({ system: 'edu', realm: 's', state: 'active', accessToken: '***', refreshToken: '***', device: expect.objectContaining({ platform: 'ios' }) as unknown }))
    expect(listed.text).not.toMatch(/[0-9a-f]{48}/)
    expect((await here.admin('GET', `/sessions?user=${PHONE}&secrets=true`)).text).toMatch(/[0-9a-f]{48}/)
    expect(at(await here.admin('GET', '/sessions?user=nobody'), 'sessions')).toEqual([])
  })

  test('a kick tells the client who did it, as its system tells it', async () => {
    const here = box()
    const auth = await login(here)
    await here.admin('POST', '/clock/freeze', { at: '2099-01-31T08:30:00Z' })
    const kicked = await here.admin('POST', '/sessions/kick', { system: 'edu', user: PHONE, realm: 's', by: { label: 'iPhone 15', platform: 'ios' } })
    expect(at(kicked, 'sessions.0')).toMatchObject({ accessToken: '***', refreshToken: '***', state: 'displaced', displacedBy: { label: 'iPhone 15', platform: 'ios', client: null, at: '2099-01-31T08:30:00.000Z' } })
    const answer = await profile(here, auth)
    expect(answer.status).toBe(401)
    expect(answer.json).toMatchObject({ code: 903, nextDevice: 'iPhone 15', nextLogin: '2099-01-31T08:30:00.000Z' })
  })

  test('a token runs out when it is told to, the access token alone or with the other', async () => {
    const here = box()
    const auth = await login(here)
    await here.admin('POST', '/clock/freeze')
    const expired = await here.admin('POST', '/sessions/expire', { system: 'edu', user: PHONE, realm: 's' })
    expect(at(expired, 'sessions.0')).toMatchObject({ accessToken: '***', refreshToken: '***' })
    expect(at(expired, 'sessions')).toMatchObject([{ state: 'expired' }])
    expect((await profile(here, auth)).json).toMatchObject({ code: 899 })
    const id = String(at(expired, 'sessions.0.id'))
    const both = await here.admin('POST', '/sessions/expire', { system: 'edu', user: PHONE, realm: 's', session: id, token: 'both' })
    expect(at(both, 'sessions.0.refreshExpiresAt')).toBe(at(both, 'sessions.0.accessExpiresAt'))
    expect(kindOf(await here.admin('POST', '/sessions/expire', { system: 'edu', user: PHONE, realm: 's', session: 'none' }))).toBe('no-such-session')
  })

  test('one of several runs out alone, and one that has ended stays as it ended', async () => {
    const here = imBox()
    const issue = async () => String(at(await here.admin('POST', '/sessions', { system: 'im', user: 'alice' }), 'session.id'))
    const ids = async (way: string, more = {}) => (at(await here.admin('POST', `/sessions/${way}`, { system: 'im', user: 'alice', ...more }), 'sessions') as { readonly id: string }[]).map(({ id }) => id) // as control.yaml says
    const ended = await issue()
    expect(await ids('revoke')).toEqual([ended])
    const [first, second] = [await issue(), await issue()]
    expect(await ids('expire', { session: second })).toEqual([second])
    const states = async () => (at(await here.admin('GET', '/sessions?system=im&user=alice'), 'sessions') as { readonly id: string; readonly state: string }[]).map(({ id, state }) => [id, state])
    expect(new Map((await states()) as [string, string][])).toEqual(new Map([[ended, 'revoked'], [first, 'active'], [second, 'expired']]))
    expect(new Set(await ids('expire'))).toEqual(new Set([first, second]))
    expect(await ids('expire', { session: ended })).toEqual([])
  })

  test('are revoked all at once, and nobody is told by whom', async () => {
    const here = box()
    const auth = await login(here)
    expect(at(await here.admin('POST', '/sessions/revoke', { system: 'edu', user: PHONE, realm: 's' }), 'sessions.0.state')).toBe('revoked')
    const answer = await profile(here, auth)
    expect(answer.json).toMatchObject({ code: 903 })
    expect(answer.json).not.toHaveProperty('nextDevice')
    expect(at(await here.admin('POST', '/sessions/revoke', { system: 'edu', user: PHONE, realm: 's' }), 'sessions')).toEqual([])
  })

  test('a user is logged in without password or code, and the headers that come back are good', async () => {
    const here = box()
    const auth = await login(here)
    const issued = await here.admin('POST', '/sessions', { system: 'edu', user: PHONE, realm: 's', device: { label: 'iPhone 15' } })
    expect(issued.status, issued.text).toBe(201)
    expect(at(issued, 'session')).toMatchObject({ system: 'edu', realm: 's', state: 'active', device: { label: 'iPhone 15', platform: null, client: null } })
    expect(at(issued, 'session.accessToken')).toMatch(/^[0-9a-f]{48}$/)
    expect(at(issued, 'ended')).toMatchObject([{ state: 'displaced', accessToken: Buffer.from(auth.auth, 'base64').toString().replace('access_token=', '') }])
    expect((await profile(here, auth)).json).toMatchObject({ code: 903, nextDevice: 'iPhone 15' })
    const headers = at(issued, 'headers') as { auth: string } // the profile is refused otherwise
    expect((await profile(here, headers)).json).toMatchObject({ code: 900 })
  })

  test('whoever is logged in again is told of the session that this ends, and of none that had ended before', async () => {
    const here = box()
    const logIn = () => here.admin('POST', '/sessions', { system: 'edu', user: PHONE, realm: 's' })
    const answers = [await logIn(), await logIn(), await logIn()]
    const ids = answers.map((answer) => String(at(answer, 'session.id')))
    expect(answers.map((answer) => (at(answer, 'ended') as { readonly id: string }[]).map(({ id }) => id))).toEqual([[], [ids[0]], [ids[1]]]) // as the contract says
  })

  test('the same calls give the same tokens, as those of an app do', async () => {
    const tokens = async (here: Box) => {
      await here.admin('POST', '/sessions', { system: 'live', user: '13800003001' })
      return at(await here.admin('POST', '/sessions', { system: 'live', user: '1' }), 'session.accessToken')
    }
    const first = await tokens(box('twin'))
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(await tokens(twin.box('twin'))).toBe(first)
  })

  test('a system that takes its token in the body has no headers to give', async () => {
    const issued = await box().admin('POST', '/sessions', { system: 'trid', user: '13800005001' })
    expect(issued.json).toMatchObject({ session: { user: '13800005001', state: 'active' }, headers: {} })
  })

  test('a banned user is logged in, and told of the ban by the system', async () => {
    const here = box()
    await here.admin('POST', '/users/ban', { system: 'edu', user: PHONE, realm: 's' })
    const headers = at(await here.admin('POST', '/sessions', { system: 'edu', user: PHONE, realm: 's' }), 'headers') as { auth: string } // the profile is refused otherwise
    expect((await profile(here, headers)).json).toMatchObject({ code: 909 })
  })

  test('nobody can be logged in whom the system does not know', async () => {
    const here = box()
    const issue = (body: object) => here.admin('POST', '/sessions', body)
    expect(kindOf(await issue({ system: 'live', user: 'nobody' }))).toBe('no-such-user')
    expect(kindOf(await issue({ system: 'life', user: '1' }))).toBe('no-such-system')
    expect(kindOf(await issue({ system: 'live', user: 1 }))).toBe('invalid-request')
    expect(kindOf(await issue({ system: 'live', user: '1', device: { name: 'x' } }))).toBe('invalid-request')
    expect(kindOf(await here.admin('POST', '/sessions', { system: 'live', user: '1' }, { headers: { origin: 'https://evil.example' } }))).toBe('foreign-origin')
    expect(at(await here.admin('GET', '/sessions?system=live&state=active&user=nobody'), 'sessions')).toEqual([])
  })

  test('job: somebody is known by his user name, his phone and his name', async () => {
    const here = jobBox()
    await here.admin('PATCH', '/db/job/users/3', { username: 'zhou.zihang', phone: '13800002903' })
    for (const user of ['3', 'zhou.zihang', '13800002903', '周子航']) expect(at(await here.admin('POST', '/sessions', { system: 'job', user }), 'session.user'), user).toBe('3')
    expect(at(await here.admin('GET', '/users?q=13800002903'), 'users')).toMatchObject([{ id: '3', names: { username: 'zhou.zihang', phone: '13800002903', name: '周子航' } }])
  })

  test('of many users so many are shown as are asked for, and all are counted', async () => {
    const here = box()
    const all = await here.admin('GET', '/users?system=edu')
    const total = Number(at(all, 'total'))
    expect(at(all, 'users')).toHaveLength(total)
    const some = await here.admin('GET', '/users?system=edu&limit=2')
    expect(at(some, 'users')).toEqual([at(all, 'users.0'), at(all, 'users.1')])
    expect(at(some, 'total')).toBe(total)
    expect(at(await here.admin('GET', '/users?limit=1'), 'total')).toBeGreaterThan(total)
    expect(kindOf(await here.admin('GET', '/users?limit=1001'))).toBe('invalid-request')
  })

  test('users are found by what they are called, and come in pages', async () => {
    const here = box()
    const named = async (query: string) => (at(await here.admin('GET', `/users?${query}`), 'users') as { system: string; id: string; names: Record<string, string | null> }[]).map(({ system, id }) => `${system} ${id}`) // as the contract has it
    const everybody = await named('')
    expect(await named('q=13800003001')).toEqual(['live 1'])
    expect(await named('q=LIVE%20003001')).toEqual(['live 1'])
    expect(await named('q=nobody')).toEqual([])
    // Each word stands in one of the things that he is called.
    expect(await named('q=live1')).toEqual([])
    expect([...(await named('limit=3')), ...(await named('limit=1000&offset=3'))]).toEqual(everybody)
    expect(at(await here.admin('GET', '/users?limit=3&offset=3'), 'total')).toBe(everybody.length)
    expect(await named('offset=100000')).toEqual([])
    expect(at(await here.admin('GET', '/users?q=13800003001'), 'total')).toBe(1)
    expect(kindOf(await here.admin('GET', '/users?offset=-1'))).toBe('invalid-request')
    expect(kindOf(await here.admin('GET', '/users?loggedIn=yes'))).toBe('invalid-request')
  })

  test('those who are logged in come first where that is asked for, the latest login before the others, each once', async () => {
    const here = box()
    const list = async (query: string) => at(await here.admin('GET', `/users?${query}`), 'users') as { system: string; id: string; login?: { sessions: number; latest: { device: { label: string } } } }[] // as the contract has it
    const everybody = await list('')
    expect(everybody.filter(({ login: theirs }) => theirs !== undefined)).toEqual([])
    // Some of trid are logged in in its world.
    const before = await list('loggedIn=only')
    expect(new Set(before.map(({ system }) => system))).toEqual(new Set(['trid']))
    await here.admin('POST', '/clock/freeze', { at: '2099-01-31T08:30:00Z' })
    await here.admin('POST', '/sessions', { system: 'live', user: '13800003002', device: { label: 'first' } })
    await here.admin('POST', '/clock/advance', { by: 'PT1M' })
    await here.admin('POST', '/sessions', { system: 'edu', user: PHONE, realm: 's', device: { label: 'second' } })
    const only = await list('loggedIn=only')
    expect(only).toMatchObject([{ system: 'edu', login: { sessions: 1, latest: { device: { label: 'second' }, accessToken: '***' } } }, { system: 'live', id: '2', login: { latest: { device: { label: 'first' } } } }, ...before.map(({ id }) => ({ id }))])
    const first = await list('loggedIn=first')
    expect(first.slice(0, only.length)).toEqual(only)
    const ids = (users: typeof first) => users.map(({ system, id }) => `${system} ${id}`)
    expect(ids(first).sort()).toEqual(ids(everybody).sort())
    expect([...(await list('loggedIn=first&limit=1')), ...(await list('loggedIn=first&limit=2&offset=1')), ...(await list('loggedIn=first&offset=3'))]).toEqual(first)
    expect(ids(await list('loggedIn=first&q=live&limit=1'))).toEqual(['live 2'])
    await here.admin('POST', '/sessions/kick', { system: 'live', user: '13800003002' })
    expect(ids(await list('loggedIn=only'))).toEqual(ids(only).filter((id) => id !== 'live 2'))
  })

  test('a user who may be several people is asked about', async () => {
    const here = box()
    const users = await here.admin('GET', '/users?system=edu')
    expect(at(users, 'users')).toContainEqual(expect.objectContaining({ system: 'edu', realm: 's', names: expect.objectContaining({ phone: PHONE }) as unknown, banned: false }))
    const kick = async (body: object) => here.admin('POST', '/sessions/kick', body)
    expect(kindOf(await kick({ system: 'edu', user: '13800001999' }))).toBe('no-such-user')
    expect(kindOf(await kick({ system: 'edu', user: PHONE, realm: 'x' }))).toBe('no-such-user')
    // An id is one user's, and no other realm's; written in another way it is nobody's.
    const owner = at(await here.admin('GET', '/users?system=edu'), 'users.0') as { id: string; realm: string } // as the contract has it
    expect((await kick({ system: 'edu', user: owner.id, realm: owner.realm })).status).toBe(200)
    expect(kindOf(await kick({ system: 'edu', user: owner.id, realm: owner.realm === 's' ? 't' : 's' }))).toBe('no-such-user')
    expect(kindOf(await kick({ system: 'edu', user: `0${owner.id}` }))).toBe('no-such-user')
    expect(kindOf(await kick({ system: 'life', user: PHONE }))).toBe('no-such-system')
    expect(kindOf(await kick({ user: PHONE }))).toBe('invalid-request')
    // The same phone may belong to a student and to a parent.
    const student = String(at(await here.admin('GET', '/db/edu/users?userType=s&_limit=1').then(first), 'first.phone'))
    const parent = await here.admin('GET', '/db/edu/users?userType=p&_limit=1').then(first)
    const changed = await here.admin('PATCH', `/db/edu/users/${String(at(parent, 'first.userID'))}`, { phone: student })
    expect(changed.status, changed.text).toBe(200)
    const ambiguous = await kick({ system: 'edu', user: student })
    expect(kindOf(ambiguous)).toBe('ambiguous-user')
    expect(String(at(ambiguous, 'detail'))).toMatch(/realm p\).*Say which by "realm"/)
    expect(at(ambiguous, 'known')).toContain(`${String(at(parent, 'first.userID'))} (realm p)`)
    expect((await kick({ system: 'edu', user: student, realm: 's' })).status).toBe(200)
    expect((await kick({ system: 'edu', user: String(at(parent, 'first.userID')) })).status).toBe(200)
  })

  test('a banned user gets nowhere until the ban is lifted', async () => {
    const here = box()
    const auth = await login(here)
    const banned = await here.admin('POST', '/users/ban', { system: 'edu', user: PHONE, realm: 's' })
    expect(banned.json).toMatchObject({ system: 'edu', realm: 's', banned: true })
    expect((await profile(here, auth)).json).toMatchObject({ code: 909 })
    expect((await here.admin('POST', '/users/unban', { system: 'edu', user: PHONE, realm: 's' })).json).toMatchObject({ banned: false })
    expect((await profile(here, auth)).json).toMatchObject({ code: 900 })
    expect(kindOf(await here.admin('POST', '/users/ban', { system: 'live', user: '1' }))).toBe('not-available')
    expect(kindOf(await here.admin('POST', '/users/unban', { system: 'edu', user: '13800001999' }))).toBe('no-such-user')
  })
})

/** A list as the body of an answer, its first item under a name. */
function first(answer: Awaited<ReturnType<Box['admin']>>) {
  const list: unknown = JSON.parse(answer.text)
  return { ...answer, json: { first: Array.isArray(list) ? (list[0] as unknown) : null } }
}
