/** The client of edu against edu itself: logins, refresh, kick-out. */
import { expect, test } from 'vitest'
import { contract, createEduClient, type EduClientOptions, type EduTokens, type KickedOut } from '../../src/contract/edu.js'
import { EduSession } from '../../src/contract/clients/edu-session.js'
import { memoryTokens } from '../../src/contract/clients/shared.js'
import { OPEN } from '../../src/contract/clients/edu-paths.js'
import { edu } from '../../src/systems/edu/index.js'
import { type Box, serve } from '../support/serve.js'

const { box } = await serve(edu)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const PHONE = '13800001001'
const IOS = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' } as const

/** An app on one device: its client, what it stores, what it sends, and what it is told. */
function phone(backend: Box, options: Partial<EduClientOptions> = {}) {
  const tokens = memoryTokens<EduTokens>()
  const sent: { path: string; headers: Headers }[] = []
  const kicked: KickedOut[] = []
  const device = { time: 1_767_268_800_000 }
  const client = createEduClient({
    baseUrl: backend.url,
    userType: 's',
    app: IOS,
    tokens,
    now: () => device.time,
    onKickedOut: (by) => kicked.push(by),
    fetch: (request) => {
      sent.push({ path: new URL(request.url).pathname.split('/rest/s')[1] ?? '', headers: request.headers })
      return fetch(request)
    },
    ...options,
  })
  return {
    client, tokens, sent, kicked,
    paths: () => sent.splice(0).map(({ path }) => path),
    login: (name = 'iPhone 15') => client.POST('/rest/{userType}/login', { body: { phone: PHONE, passwd: 'abc12345', device: name } }),
    me: () => client.GET('/rest/{userType}/info'),
    /** Time passes for the device and, unless its clock is wrong, for the backend. */
    async wait(duration: number, backendToo = true) {
      device.time += duration
      if (backendToo) await backend.clock.advance(`PT${String(duration / 1000)}S`)
    },
  }
}

test('userType and headers are filled in, the login is kept and carried', async () => {
  const { client, sent, tokens, login, me } = phone(await box())
  const { data } = await login()
  expect(data?.info.phone).toBe(PHONE)
  expect(await tokens.get()).toEqual({
    accessToken: data?.info.access_token,
    accessExpiresAt: 1_767_268_800_000 + 2 * HOUR,
    refreshToken: data?.info.refresh_token,
    refreshExpiresAt: 1_767_268_800_000 + 30 * 24 * HOUR,
  })
  expect((await me()).data?.info.phone).toBe(PHONE)
  const [entry, call] = sent
  expect([...(entry?.headers ?? [])]).toEqual(expect.arrayContaining([['client', '1.0.2.3'], ['platform', 'ios'], ['u', IOS.u], ['w', IOS.w]]))
  expect(call?.headers.get('auth')).toBe(btoa(`access_token=${String(data?.info.access_token)}`))
  expect(call?.headers.has('u')).toBe(false)
  expect(call?.headers.get('content-type')).toBe('application/json')
  // A call without a body is asked for a content type all the same.
  expect((await client.POST('/rest/{userType}/logout', { body: {} })).data).toEqual({ code: 900 })
  expect(await tokens.get()).toBeNull()
  expect((await me()).error).toMatchObject({ code: 903 })
})

test('headers and userType can be given for one call', async () => {
  const { client } = phone(await box())
  const old = await client.GET('/rest/{userType}/update', { params: { header: { client: '0.9.0' } } })
  expect(old.error).toMatchObject({ code: 914, url: 'https://download.example.test/edu' })
  const teacher = await client.POST('/rest/{userType}/login', { params: { path: { userType: 't' } }, body: { phone: '13800001101', passwd: 'abc12345' } })
  expect(teacher.data?.info.userID).toBe('5e0000000000000000001101')
  const missing = await client.GET('/rest/{userType}/order/{o_id}', { params: { path: { o_id: '5f0000000000000000000001' } } })
  expect(missing.error).toMatchObject({ code: 903 })
})

test('android sends its channel; a file goes out as a form, without the headers of an app', async () => {
  const { client, sent } = phone(await box(), { app: { ...IOS, platform: 'android', channel: 'TencentAPP' } })
  expect((await client.GET('/rest/{userType}/teachers')).data?.list.length).toBeGreaterThan(0)
  const { data } = await client.POST('/upload', { body: { upload: new Blob(['portrait']), path: 'me.txt' } })
  expect(data).toEqual({ code: 900, filePath: '/file/me.txt' })
  expect((await client.GET('/file/{name}', { params: { path: { name: 'me.txt' } }, parseAs: 'text' })).data).toBe('portrait')
  expect(sent.map(({ headers }) => headers.get('channel'))).toEqual(['TencentAPP', null, null])
})

test('a token that is about to run out is renewed before the call', async () => {
  const { login, me, wait, paths, tokens } = phone(await box())
  await login()
  await wait(2 * HOUR - MINUTE - 1000)
  expect((await me()).data).toBeDefined()
  expect(paths()).toEqual(['/login', '/info'])

  const before = await tokens.get()
  await wait(1000)
  expect((await me()).data).toBeDefined()
  expect(paths()).toEqual(['/accessToken', '/info'])
  expect(await tokens.get()).toMatchObject({ refreshToken: before?.refreshToken, accessExpiresAt: Number(before?.accessExpiresAt) + 2 * HOUR - MINUTE })
})

test('a token that the server finds expired is renewed and the call repeated once, its body included', async () => {
  const backend = await box()
  const { client, login, paths, me } = phone(backend)
  await login()
  await backend.clock.advance('PT3H') // the device's clock stands still, so it knows of nothing
  expect((await client.POST('/rest/{userType}/info', { body: { nick: '小雨' } })).data).toEqual({ code: 900 })
  expect(paths()).toEqual(['/login', '/info', '/accessToken', '/info'])
  expect((await me()).data?.info.nick).toBe('小雨')
})

test('calls at the same time share one refresh', async () => {
  const backend = await box()
  const { login, wait, me, paths } = phone(backend)
  await login()
  await wait(3 * HOUR)
  paths()
  const answers = await Promise.all([me(), me(), me(), me()])
  expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined])
  expect(paths().sort()).toEqual(['/accessToken', '/info', '/info', '/info', '/info'])

  await backend.clock.advance('PT3H')
  await Promise.all([me(), me(), me()])
  expect(paths().filter((path) => path === '/accessToken')).toHaveLength(1)
})

test('a refresh token that is about to run out is renewed first', async () => {
  const { login, wait, me, paths, tokens } = phone(await box())
  await login()
  const before = await tokens.get()
  await wait(29 * 24 * HOUR)
  expect((await me()).data).toBeDefined()
  expect(paths()).toEqual(['/login', '/refreshToken', '/accessToken', '/info'])
  expect((await tokens.get())?.refreshToken).not.toBe(before?.refreshToken)
  await wait(25 * 24 * HOUR)
  expect((await me()).data).toBeDefined()
})

test('when both tokens have run out the call says so and the login is dropped', async () => {
  const { login, wait, me, tokens, kicked } = phone(await box())
  await login()
  await wait(31 * 24 * HOUR)
  expect((await me()).error).toMatchObject({ code: 903 })
  expect(await tokens.get()).toBeNull()
  expect(kicked).toEqual([])
})

test('a phone that was kicked out is told once by whom, and its login is dropped', async () => {
  const backend = await box()
  const [first, second] = [phone(backend), phone(backend)]
  await first.login()
  await second.login('小米 14 Pro')
  const answers = await Promise.all([first.me(), first.me(), first.me()])
  expect(answers.map(({ error }) => error?.code)).toEqual([903, 903, 903])
  // A refresh would be refused as well.
  expect(first.paths()).toEqual(['/login', '/info', '/info', '/info'])
  const at = (await backend.clock.now()).now
  expect(first.kicked).toEqual([{ device: '小米 14 Pro', at }])
  expect(await first.tokens.get()).toBeNull()
  expect((await second.me()).data).toBeDefined()
})

test('a kick-out whose device is not told has none, and an app that wants no word of it gets the refusal alone', async () => {
  const kicked: KickedOut[] = []
  const refusal = { code: 903, msg: '登录信息失效，请重新登陆', nextLogin: '2026-01-01T00:00:00.000Z' }
  for (const onKickedOut of [(by: KickedOut) => kicked.push(by), undefined]) {
    const tokens = memoryTokens<EduTokens>()
    await tokens.set({ accessToken: 'a', accessExpiresAt: Infinity, refreshToken: 'r', refreshExpiresAt: Infinity })
    const client = createEduClient({ baseUrl: 'http://localhost:4010', userType: 's', app: IOS, tokens, onKickedOut, fetch: () => Promise.resolve(Response.json(refusal, { status: 401 })) })
    expect((await client.GET('/rest/{userType}/info')).error).toEqual(refusal)
    expect(await tokens.get()).toBeNull()
  }
  expect(kicked).toEqual([{ device: '', at: '2026-01-01T00:00:00.000Z' }])
})

test('it is told once even if the store is slow to forget', async () => {
  const backend = await box()
  let kept: EduTokens | null = null
  let refusals = 0
  let allRefused = () => {}
  const refused = new Promise<void>((resolve) => { allRefused = resolve })
  const { login, me, kicked } = phone(backend, {
    tokens: {
      get: async () => kept,
      set: async (tokens) => {
        if (tokens === null) await refused
        kept = tokens
      },
    },
    fetch: async (request) => {
      const response = await fetch(request)
      if (response.status === 401 && ++refusals === 3) allRefused()
      return response
    },
  })
  await login()
  await phone(backend).login('小米 14 Pro')
  await Promise.all([me(), me(), me()])
  expect(kicked).toHaveLength(1)
  expect(kept).toBeNull()
})

test('a kick-out that shows at the refresh is told too, and answers the call', async () => {
  const backend = await box()
  const [first, second] = [phone(backend), phone(backend)]
  await first.login()
  await second.login('小米 14 Pro')
  await first.wait(3 * HOUR)
  const { error, response } = await first.me()
  expect(response.status).toBe(401)
  expect(error).toMatchObject({ code: 903, nextDevice: '小米 14 Pro' })
  expect(first.kicked).toHaveLength(1)
  expect(first.paths()).toEqual(['/login', '/accessToken'])
})

test('a call that was on its way while the token was replaced is repeated with the new one', async () => {
  const backend = await box()
  await backend.settings.set('edu', { accessTokenGraceMs: 0 })
  const { login, me, paths, client, tokens } = phone(backend)
  await login()
  const old = await tokens.get()
  await client.POST('/rest/{userType}/accessToken', { body: { refresh_token: String(old?.refreshToken) } })
  paths()
  const late = await client.GET('/rest/{userType}/info', {
    middleware: [{ onRequest: ({ request }) => { request.headers.set('auth', btoa(`access_token=${String(old?.accessToken)}`)) } }],
  })
  expect(late.data).toBeDefined()
  expect(paths()).toEqual(['/info', '/info'])
  expect((await me()).data).toBeDefined()
})

test('while the server cannot refresh, a token that still lives is used', async () => {
  const backend = await box()
  let down = false
  const { login, me, wait } = phone(backend, {
    fetch: (request) => (down && request.url.endsWith('/accessToken') ? Promise.resolve(Response.json({ code: 905, msg: '服务器内部错误' }, { status: 500 })) : fetch(request)),
  })
  await login()
  down = true
  await wait(2 * HOUR - 30_000)
  expect((await me()).data).toBeDefined()
  await wait(MINUTE)
  expect((await me()).error).toMatchObject({ code: 905 })
  down = false
  expect((await me()).data).toBeDefined()
})

test('at the moment at which a token runs out it is used no more', async () => {
  const asked: string[] = []
  const { login, me, wait } = phone(await box(), {
    fetch: (request) => {
      const path = new URL(request.url).pathname
      asked.push(path.slice(path.indexOf('/rest')))
      return path.endsWith('/accessToken') ? Promise.resolve(Response.json({ code: 905, msg: '服务器内部错误' }, { status: 500 })) : fetch(request)
    },
  })
  await login()
  await wait(2 * HOUR - 1)
  expect((await me()).data).toBeDefined()
  await wait(1)
  expect((await me()).error).toMatchObject({ code: 905 })
  expect(asked).toEqual(['/rest/s/login', '/rest/s/accessToken', '/rest/s/info', '/rest/s/accessToken'])
})

test('while a refresh token cannot be renewed, it still renews the access token', async () => {
  const { login, me, wait, tokens } = phone(await box(), {
    fetch: (request) => (request.url.endsWith('/refreshToken') ? Promise.resolve(Response.json({ code: 905, msg: '服务器内部错误' }, { status: 500 })) : fetch(request)),
  })
  await login()
  const before = await tokens.get()
  await wait(29 * 24 * HOUR + HOUR)
  expect((await me()).data).toBeDefined()
  expect((await tokens.get())?.refreshToken).toBe(before?.refreshToken)
})

test('a token that another tab has renewed meanwhile is taken, not renewed again', async () => {
  const stale: EduTokens = { accessToken: 'a', accessExpiresAt: 0, refreshToken: 'r', refreshExpiresAt: Infinity }
  const renewed: EduTokens = { ...stale, accessToken: 'b', accessExpiresAt: HOUR }
  const reads = [stale, renewed]
  const session = new EduSession({
    store: { get: () => reads.shift(), set: () => { throw new Error('nothing is to be stored') } },
    now: () => 0, refreshAhead: 0, renewAhead: 0, onKickedOut: undefined,
    ask: () => { throw new Error('nothing is to be asked for') },
  })
  expect(await session.usable()).toBe(renewed)
})

test('where failures travel under HTTP 200 a refresh works all the same', async () => {
  const backend = await box()
  await backend.settings.set('edu', { httpStatus: 'always200' })
  const { login, me, tokens } = phone(backend)
  await login()
  await backend.clock.advance('PT3H')
  expect((await me()).data).toMatchObject({ code: 900 })
  await backend.clock.advance('P31D')
  const { data } = await me()
  expect(data).toMatchObject({ code: 903 })
  expect(await tokens.get()).toBeNull()
})

test('the operations that go without a token are those of the contract', () => {
  const none = Object.values(contract.operations).filter(({ auth }) => auth === 'none').map(({ path }) => path)
  expect([...OPEN].sort()).toEqual([...none].sort())
  const others = Object.values(contract.operations).filter(({ auth }) => auth !== 'none').map(({ path }): string => path)
  expect(others.filter((path) => OPEN.includes(path))).toEqual([])
})
