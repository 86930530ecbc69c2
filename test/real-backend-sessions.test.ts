/** Sessions across the seam: who logged in at the real backend is known at the stub, by the shipped clients unchanged. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createEduClient, type EduTokens, type KickedOut } from '../src/contract/edu.js'
import { memoryTokens } from '../src/contract/clients/shared.js'
import { createLiveClient } from '../src/contract/live.js'
import { fileEngine } from '../src/core/engine/file/engine.js'
import { type Box, createStub } from '../src/index.js'
import { startBackend } from './backends/backend.js'
import { startEduBackend } from './backends/edu.js'
import { startLiveBackend } from './backends/live.js'
import { closedAfterEach } from './support/closing.js'
import { authOf } from './support/edu.js'

const PHONE = '13800003009'
const closing = closedAfterEach()

async function boxOf(backends: NonNullable<NonNullable<Parameters<typeof createStub>[0]>['backends']>): Promise<Box> {
  const stub = await createStub({ systems: ['live', 'edu', 'im', 'job', 'trid'], backends })
  closing.push(() => stub.close())
  return stub.sandbox()
}

async function live() {
  const real = await startLiveBackend()
  closing.push(() => real.close())
  return real
}

async function edu() {
  const real = await startEduBackend()
  closing.push(() => real.close())
  return real
}

describe('live', () => {
  test('a login at the real one, a list at the stub, a kick at the real one', async () => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url, operations: { channels: 'stub' } } })
    const client = createLiveClient({ baseUrl: box.baseUrl('live') })
    const login = () => client.POST('/auth/login', { body: { mobile: PHONE, auth_code: '123456' } })
    await client.GET('/auth/code', { params: { query: { mobile: PHONE } } })
    expect((await login()).data).toMatchObject({ code: 2000, mobile: PHONE })
    // The stub knows him, though it never saw the number before.
    expect((await client.GET('/channels/live')).data).toMatchObject({ code: 2000, count: 2 })
    expect(await box.sessions.list({ system: 'live', state: 'active' })).toHaveLength(1)
    expect((await box.requests.list({ operationId: 'liveLogin' }))[0]?.user).toBe('100')
    // Somebody else logs in with this number at the backend itself.
    await fetch(`${real.url}/auth/code?mobile=${PHONE}`)
    await fetch(`${real.url}/auth/login`, { method: 'POST', body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    expect((await client.GET('/channels/live')).data).toMatchObject({ code: 2000 })
    expect((await client.GET('/users/my')).data).toMatchObject({ code: 4010 })
    expect(await box.sessions.list({ system: 'live', state: 'active' })).toEqual([])
  })

  test('whoever is new at the real one gets a record as a first login makes it, beside those who are new at the stub', async () => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url, mode: 'stub' } })
    const logIn = async (mobile: string) => {
      const client = createLiveClient({ baseUrl: box.baseUrl('live') })
      await client.GET('/auth/code', { params: { query: { mobile } } })
      expect((await client.POST('/auth/login', { body: { mobile, auth_code: '123456' } })).data).toMatchObject({ code: 2000 })
    }
    await logIn('13800003008')
    await box.backends.set('live', { url: real.url })
    await logIn(PHONE)
    const [first, second] = [await box.db('live').list('users', { mobile: '13800003008' }), await box.db('live').list('users', { mobile: PHONE })]
    expect([...first, ...second]).toEqual([
      { id: 100, mobile: '13800003008', nickname: '用户3008', bio: '', avatar: '', gender: null },
      { id: 101, mobile: PHONE, nickname: '用户3009', bio: '', avatar: '', gender: null },
    ])
  })

  test('the end of a session at the real one is its end at the stub', async () => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url, operations: { channels: 'stub' } } })
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    const answer = await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    const headers = { authorization: Buffer.from(((await answer.json()) as { api_key: string }).api_key).toString('base64') }
    const channels = async () => ((await (await box.fetch('/live/channels/live', { headers })).json()) as { code: number }).code
    expect(await channels()).toBe(2000)
    await box.fetch('/live/auth/logout', { method: 'POST', headers })
    expect(await channels()).toBe(4010)
  })

  test('a token of the stub never leaves it, wherever in a call it stands', async () => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url, operations: { auth: 'stub' } } })
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    const answer = await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    const { api_key } = (await answer.json()) as { api_key: string }
    const encoded = Buffer.from(api_key).toString('base64')
    const calls: readonly RequestInit[] = [{ headers: { authorization: encoded } }, { headers: { authorization: `Basic ${Buffer.from(`${api_key}:`).toString('base64')}` } }, { headers: { 'x-other': api_key } }, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ bio: api_key }) }]
    for (const call of calls) {
      const refused = await box.fetch('/live/users/my', call)
      expect([await refused.json(), refused.headers.get('understudy-source'), refused.headers.get('understudy-source-reason')]).toMatchObject([{ code: 4010 }, 'stub', expect.stringMatching(/^stubToken: /)])
    }
    await box.fetch(`/live/users/my?key=${api_key}`)
    // Nor when its session has ended.
    await box.fetch('/live/auth/logout', { method: 'POST', headers: { authorization: encoded } })
    await box.fetch('/live/users/my', { headers: { authorization: encoded } })
    // Nor when nothing is left of it.
    await box.reset()
    expect((await (await box.fetch('/live/users/my', { headers: { authorization: encoded } })).json())).toMatchObject({ code: 4010 })
    expect(real.asked).toEqual([])
    // Where the stub may answer, it does.
    await box.backends.set('live', { url: real.url, mode: 'real-or-stub', operations: { auth: 'stub' } })
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    const again = await box.sessions.issue({ system: 'live', user: PHONE })
    const mine = await box.fetch('/live/users/my', { headers: { authorization: Buffer.from(again.session.accessToken).toString('base64') } })
    expect([await mine.json(), mine.headers.get('understudy-source'), real.asked]).toMatchObject([{ code: 2000 }, 'stub', []])
  })

  test('what is said beside a token that is replaced arrives as it was said', async () => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url, operations: { auth: 'stub' }, credentials: { '13800003001': '123456' } } })
    const { session } = await box.sessions.issue({ system: 'live', user: '13800003001' })
    const body = JSON.stringify({ nickname: '林间小鹿' })
    const answer = await box.fetch('/live/users/my', { method: 'POST', headers: { 'content-type': 'application/json', authorization: Buffer.from(session.accessToken).toString('base64') }, body })
    expect([answer.headers.get('understudy-source'), real.asked.at(-1)]).toMatchObject(['real', { path: '/users/my', text: body }])
  })

  test.each(['real', 'compare'] as const)('what one backend has issued never goes to another that takes its place (%s)', async (mode) => {
    const [first, second] = [await live(), await live()]
    const box = await boxOf({ live: { url: first.url, mode } })
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    const answer = await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    const { api_key } = (await answer.json()) as { api_key: string }
    const list = async () => {
      const response = await box.fetch('/live/channels/live', { headers: { authorization: Buffer.from(api_key).toString('base64') } })
      return [((await response.json()) as { code: number }).code, response.headers.get('understudy-source-reason')]
    }
    expect(await list()).toEqual([2000, null])
    const refused = [mode === 'real' ? 4010 : 2000, expect.stringMatching(/^stubToken: /)]
    // Another port, and another path at the same one.
    for (const url of [second.url, `${first.url}/other`]) {
      await box.backends.set('live', { url, mode })
      expect(await list()).toEqual(refused)
    }
    await box.backends.set('live', { url: first.url, mode })
    expect(await list()).toEqual([2000, null])
    // Nor when its session is forgotten.
    await box.reset()
    await box.backends.set('live', { url: second.url, mode })
    expect(await list()).toEqual([4010, expect.stringMatching(/^stubToken: /)])
    expect([second.asked, first.asked.filter(({ path }) => path.startsWith('/other'))]).toEqual([[], []])
  })
})

type Said = Omit<RequestInit, 'headers'> & { readonly headers: Readonly<Record<string, string>> }

describe('a token of the stub, however it is written', () => {
  const loggedIn = async (box: Box) => (await box.sessions.issue({ system: 'live', user: '13800003001' })).session.accessToken
  /** Of its first letter, not of a digit: the code of a digit ends with the digit, so that the token would stand there as it is. */
  const escaped = (token: string, sign: string) => token.replace(/[a-z]/i, (letter) => `${sign}${letter.charCodeAt(0).toString(16)}`)
  const said = (text: string): Said => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: text })

  const packed = (coding: string, compress: (text: string) => Uint8Array) => (token: string) => ['', { method: 'POST', headers: { 'content-type': 'application/json', 'content-encoding': coding }, body: Buffer.from(compress(JSON.stringify({ bio: token }))) }] as const

  const ways: readonly (readonly [way: string, call: (token: string) => readonly [query: string, init?: Said]])[] = [
    ['amid other letters', (token) => [`?x=key${token}`]],
    ['after a percent-encoded sign', (token) => [`?x=token%3D${token}`]],
    ['with a letter percent-encoded', (token) => [`?x=${escaped(token, '%')}`]],
    ['percent-encoded twice', (token) => [`?x=${escaped(token, '%25')}`]],
    ['after a line break in JSON', (token) => ['', said(JSON.stringify({ bio: `token:\n${token}` }))]],
    ['with an escape of JSON', (token) => ['', said(`{"bio":"${escaped(token, '\\u00')}"}`)]],
    ['in Base64 in a cookie', (token) => ['', { headers: { cookie: `key=${Buffer.from(token).toString('base64')}` } }]],
    ['in Base64 in a header amid other things', (token) => ['', { headers: { 'x-context': Buffer.from(JSON.stringify({ a: token })).toString('base64url') } }]],
    ['in a body that is compressed', packed('gzip', gzipSync)],
    ['in a body in the wrapping of zlib', packed('deflate', deflateSync)],
    ['in a body that is deflated without it', packed('deflate', deflateRawSync)],
    ['in a body that is compressed twice', packed('identity, br, X-GZIP', (text) => gzipSync(brotliCompressSync(text)))],
  ]

  test.each(ways)('%s, it stays here', async (_way, call) => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url } })
    const [query, init] = call(await loggedIn(box))
    const kept = await box.fetch(`/live/users/my${query}`, init)
    expect([kept.headers.get('understudy-source'), kept.headers.get('understudy-source-reason'), real.asked]).toEqual(['stub', expect.stringMatching(/^stubToken: /), []])
    // The same without it goes out.
    const [otherQuery, other] = call('beef'.padEnd(32, '0'))
    expect((await box.fetch(`/live/users/my${otherQuery}`, other)).headers.get('understudy-source')).toBe('real')
  })

  test.each(ways)('%s, the real one is not sent it though it knows the session', async (_way, call) => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url, operations: { auth: 'stub' }, credentials: { '13800003001': '123456' } } })
    const token = await loggedIn(box)
    const headers = { authorization: Buffer.from(token).toString('base64') }
    expect((await box.fetch('/live/users/my', { headers })).headers.get('understudy-source')).toBe('real')
    const [query, init] = call(token)
    await box.fetch(`/live/users/my${query}`, { ...init, headers: { ...headers, ...init?.headers } })
    const forms = [token, escaped(token, ''), Buffer.from(token).toString('base64'), Buffer.from(JSON.stringify({ a: token })).toString('base64url')]
    for (const form of forms) expect(JSON.stringify(real.asked)).not.toContain(form)
    expect(real.asked.filter(({ headers: { 'content-encoding': packed } }) => packed !== undefined)).toEqual([])
  })

  test('that is shorter than those of the system it is sent to, it stays here', async () => {
    const real = await live()
    const box = await boxOf({ live: { url: real.url } })
    const { session } = await box.sessions.issue({ system: 'job', user: '2' })
    for (const value of [session.accessToken, Buffer.from(session.accessToken).toString('base64')]) {
      const refused = await box.fetch('/live/users/my', { headers: { 'x-other': value } })
      expect([session.accessToken.length, refused.headers.get('understudy-source-reason')]).toEqual([20, expect.stringMatching(/^stubToken: /)])
    }
    // In JSON a letter stands before it, which is none.
    const inside = await box.fetch('/live/users/my', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ bio: `token\n${session.accessToken}` }) })
    expect(inside.headers.get('understudy-source-reason')).toMatch(/^stubToken: /)
    expect(real.asked).toEqual([])
  })

  test('it is known after a restart as well, by the sessions that were kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'understudy-'))
    closing.push(() => rm(folder, { recursive: true, force: true }))
    const real = await live()
    const started = () => createStub({ systems: ['live'], engine: fileEngine(folder), backends: { live: { url: real.url } } })
    const first = await started()
    const { session: { accessToken } } = await (await first.sandbox('kept')).sessions.issue({ system: 'live', user: '13800003001' })
    await first.close()
    const second = await started()
    closing.push(() => second.close())
    const box = await second.sandbox('kept')
    for (const query of [`?x=${accessToken}`, `?x=key${accessToken}`, `?x=token%3D${accessToken}`]) expect((await box.fetch(`/live/users/my${query}`)).headers.get('understudy-source-reason')).toMatch(/^stubToken: /)
    expect(real.asked).toEqual([])
  })
})

describe('edu', () => {
  const IOS = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' } as const

  test('a kick-out tells by whom, at the real one and then at the stub, and the client hears it once', async () => {
    const real = await edu()
    const box = await boxOf({ edu: { url: real.url, mode: 'stub', operations: { eduLogin: 'real', eduGetMyInfo: 'real' } } })
    const kicked: KickedOut[] = []
    const client = createEduClient({ baseUrl: box.baseUrl('edu'), userType: 's', app: IOS, tokens: memoryTokens<EduTokens>(), onKickedOut: (by) => kicked.push(by) })
    const login = await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'abc12345', device: 'My phone' } })
    expect(login.data).toMatchObject({ code: 900, info: { nick: 'Real student' } })
    const [adopted] = await box.sessions.list({ system: 'edu', state: 'active' })
    expect(adopted).toMatchObject({ realm: 's', device: { label: 'My phone', platform: 'ios' } })
    expect((await client.GET('/rest/{userType}/teachers')).data).toMatchObject({ code: 900 })
    await fetch(`${real.url}/rest/s/login`, { method: 'POST', body: JSON.stringify({ phone: '13800001001', passwd: 'abc12345', device: 'Other phone' }) })
    expect((await client.GET('/rest/{userType}/info')).data ?? (await client.GET('/rest/{userType}/info')).error).toMatchObject({ code: 903 })
    expect(kicked).toEqual([{ device: 'Other phone', at: '2026-01-05T04:00:00.000Z' }])
    expect(await box.sessions.list({ system: 'edu', state: 'active' })).toEqual([])
  })
  test('an access token that runs out at the real one is renewed there, and the stub knows the new one', async () => {
    const real = await edu()
    const box = await boxOf({ edu: { url: real.url, operations: { eduListTeachers: 'stub' } } })
    const client = createEduClient({ baseUrl: box.baseUrl('edu'), userType: 's', app: IOS, tokens: memoryTokens<EduTokens>() })
    await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'abc12345', device: 'My phone' } })
    const teachers = async () => [(await client.GET('/rest/{userType}/teachers')).data?.code, (await box.requests.list({ operationId: 'eduListTeachers' }))[0]]
    expect(await teachers()).toMatchObject([900, { source: 'stub', user: expect.any(String) as string }])
    const [before] = await box.sessions.list({ system: 'edu', state: 'active' })
    real.expire()
    expect((await client.GET('/rest/{userType}/info')).data).toMatchObject({ code: 900, info: { nick: 'Real student' } })
    expect((await box.requests.list({ operationId: 'eduRefreshAccess' })).map(({ source }) => source)).toEqual(['real'])
    // The same session, by its new token, on both sides of the seam.
    const after = await box.sessions.list({ system: 'edu', state: 'active' })
    expect(after.map(({ id }) => id)).toEqual([before?.id])
    expect(await teachers()).toMatchObject([900, { source: 'stub', user: (await box.requests.list({ operationId: 'eduGetMyInfo' }))[0]?.user }])
    expect(real.asked.filter(({ path }) => path.endsWith('/teachers'))).toEqual([])
    expect((await box.backends.drift()).drift).toEqual([])
    // A logout by the new token ends it on both sides.
    await client.POST('/rest/{userType}/logout')
    expect(await box.sessions.list({ system: 'edu', state: 'active' })).toEqual([])
    expect((await client.GET('/rest/{userType}/info')).error).toMatchObject({ code: expect.any(Number) as number })
  })

  test.each(['real', 'compare'] as const)('refresh tokens that are replaced there are the ones that are sent there (%s)', async (mode) => {
    const [access, refresh] = [['1', '2', '3', '4'].map((digit) => digit.repeat(48)), ['a'.repeat(48), 'b'.repeat(48)]]
    let given = 0
    const real = await startBackend(({ path }) => {
      const renewed = { access_token: access[given++], access_token_expire: 7_200_000 }
      if (path.endsWith('/login')) return { json: { code: 900, info: { userID: 'feed00000000000000000001', nick: 'Real student', phone: '13800001001', ...renewed, refresh_token: refresh[0], refresh_token_expire: 2_592_000_000 } } }
      return { json: path.endsWith('/refreshToken') ? { code: 900, refresh_token: refresh[1], refresh_token_expire: 2_592_000_000 } : { code: 900, ...renewed } }
    }, { status: 404, json: {} })
    closing.push(() => real.close())
    const box = await boxOf({ edu: { url: real.url, mode } })
    const ask = async (path: string, body: object) => (await box.fetch(`/edu/rest/s/${path}`, { method: 'POST', headers: { ...IOS, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as Promise<{ code: number; info: { refresh_token: string }; refresh_token?: string }>
    let { refresh_token } = (await ask('login', { phone: '13800001001', passwd: 'abc12345' })).info
    for (const path of ['accessToken', 'accessToken', 'refreshToken', 'accessToken']) {
      const answer = await ask(path, { refresh_token })
      expect(answer.code).toBe(900)
      refresh_token = answer.refresh_token ?? refresh_token
    }
    expect(real.asked.slice(1).map(({ text }) => JSON.parse(text) as unknown)).toEqual([0, 0, 0, 1].map((i) => ({ refresh_token: refresh[i] })))
  })

  test('a backend that gives the same refresh token at each login has its logins taken in, and the token is that of the newest', async () => {
    const access = ['1', '2', '3'].map((digit) => digit.repeat(48))
    const refresh_token = 'a'.repeat(48)
    let given = 0
    const real = await startBackend(({ path }) => {
      const renewed = { access_token: access[given++], access_token_expire: 7_200_000 }
      return { json: path.endsWith('/login') ? { code: 900, info: { userID: 'feed00000000000000000001', nick: 'Real student', phone: '13800001001', ...renewed, refresh_token, refresh_token_expire: 2_592_000_000 } } : { code: 900, ...renewed } }
    }, { status: 404, json: {} })
    closing.push(() => real.close())
    const box = await boxOf({ edu: { url: real.url, operations: { eduListTeachers: 'stub' } } })
    const post = async (path: string, body: object) => (await box.fetch(`/edu/rest/s/${path}`, { method: 'POST', headers: { ...IOS, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()
    const teachers = async (token = '') => ((await (await box.fetch('/edu/rest/s/teachers', { headers: { ...IOS, ...authOf(token) } })).json()) as { code: number }).code
    for (let login = 0; login < 2; login++) {
      await post('login', { phone: '13800001001', passwd: 'abc12345', device: `Phone ${String(login)}` })
      expect(await teachers(access[login])).toBe(900)
    }
    expect(await teachers(access[0])).toBe(903)
    await post('accessToken', { refresh_token })
    expect([await teachers(access[1]), await teachers(access[2])]).toEqual([903, 900])
    expect((await box.sessions.list({ system: 'edu', state: 'active' })).map(({ device }) => device.label)).toEqual(['Phone 1'])
  })

  test('an access token that is renewed where both answer is renewed at both', async () => {
    const real = await edu()
    const box = await boxOf({ edu: { url: real.url, mode: 'compare' } })
    const tokens = memoryTokens<EduTokens>()
    const client = createEduClient({ baseUrl: box.baseUrl('edu'), userType: 's', app: IOS, tokens })
    await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'abc12345', device: 'My phone' } })
    const sent = async () => {
      await client.GET('/rest/{userType}/info')
      return Buffer.from(String(real.asked.at(-1)?.headers['auth']), 'base64').toString()
    }
    expect(await sent()).toMatch(/access_token=ac0+1(?:&|$)/)
    const { refreshToken } = (await tokens.get()) ?? {}
    const renewed = await box.fetch('/edu/rest/s/accessToken', { method: 'POST', headers: { ...IOS, 'content-type': 'application/json' }, body: JSON.stringify({ refresh_token: refreshToken }) })
    const { access_token: accessToken } = (await renewed.json()) as { access_token: string }
    await tokens.set({ ...(await tokens.get()), accessToken } as EduTokens)
    expect(await sent()).toMatch(/access_token=ac0+91(?:&|$)/)
  })

  test.each([
    ['without an access token', { access_token: undefined }],
    ['without an id', { userID: undefined }],
    ['with a number for an id', { userID: 17 }],
  ])('a login %s is handed on, and nobody is logged in by it', async (_, wrong) => {
    const info = { userID: 'feed00000000000000000001', nick: 'Real student', phone: '13800001001', access_token: 'a'.repeat(48), access_token_expire: 7_200_000, refresh_token: 'b'.repeat(48), refresh_token_expire: 2_592_000_000, ...wrong }
    const real = await startBackend(() => ({ json: { code: 900, info } }), { status: 404, json: {} })
    closing.push(() => real.close())
    const box = await boxOf({ edu: { url: real.url } })
    const answer = await box.fetch('/edu/rest/s/login', { method: 'POST', headers: { ...IOS, 'content-type': 'application/json' }, body: JSON.stringify({ phone: '13800001001', passwd: 'abc12345' }) })
    expect([answer.status, await answer.json()]).toEqual([200, JSON.parse(JSON.stringify({ code: 900, info }))])
    expect(await box.sessions.list({ system: 'edu' })).toEqual([])
    expect(await box.requests.list()).toMatchObject([{ operationId: 'eduLogin', source: 'real', error: null }])
  })

  test('a logout by the shipped client at the real one is one at the stub, for a token that somebody kept', async () => {
    const real = await edu()
    const box = await boxOf({ edu: { url: real.url, operations: { eduListTeachers: 'stub' } } })
    const tokens = memoryTokens<EduTokens>()
    const client = createEduClient({ baseUrl: box.baseUrl('edu'), userType: 's', app: IOS, tokens })
    await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'abc12345', device: 'My phone' } })
    const kept = (await tokens.get()) ?? null
    await client.POST('/rest/{userType}/logout')
    await tokens.set(kept)
    // From here on the stub alone answers.
    await box.backends.set('edu', { url: real.url, mode: 'stub' })
    expect((await client.GET('/rest/{userType}/info')).error).toMatchObject({ code: 903 })
  })
})
