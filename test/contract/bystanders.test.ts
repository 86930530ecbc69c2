/** What stands between an app and its backend: a proxy, a gateway, a maintenance page. Whatever they answer, no session begins or ends by it. */
import { describe, expect, test } from 'vitest'
import { createEduClient, type EduTokens } from '../../src/contract/edu.js'
import { createImClient } from '../../src/contract/im.js'
import { createJobClient } from '../../src/contract/job.js'
import { createLiveClient } from '../../src/contract/live.js'
import { memoryTokens, type TokenStore } from '../../src/contract/clients/shared.js'
import { NoAnswer } from '../../src/contract/live.js'
import { classifyResponse, classifyResult, type SystemId } from '../../src/errors/index.js'
import { createTridClient } from '../../src/contract/trid.js'
import { edu } from '../../src/systems/edu/index.js'
import { serve } from '../support/serve.js'

type Fetch = (request: Request) => Promise<Response>

/** An app of one system, whose every request is answered by somebody else. */
interface App {
  /** Body of the answer that, from the backend itself, would drop the token. */
  readonly refusal: object
  /** Body of the answer that, from the backend itself, would put another token in its place; and headers that belong to it. */
  readonly entry: object
  readonly entryHeaders?: Readonly<Record<string, string>>
  /** HTTP status of the refusal when it is the backend's own. */
  readonly status?: number
  /** @returns the calls of an app that has a token */
  readonly app: (fetch: Fetch) => { readonly tokens: TokenStore<unknown>; readonly me: () => Promise<unknown>; readonly login: () => Promise<unknown> }
}

const baseUrl = 'http://localhost:4010'

/** A store in which somebody is logged in. */
function loggedIn<T>(token: T): TokenStore<T> {
  const tokens = memoryTokens<T>()
  void tokens.set(token)
  return tokens
}

const apps: Readonly<Record<string, App>> = {
  edu: {
    refusal: { code: 903, msg: '登录信息失效，请重新登陆' },
    status: 401,
    entry: { code: 900, info: { access_token: 'b', access_token_expire: 7_200_000, refresh_token: 'b', refresh_token_expire: 7_200_000 } },
    app(fetch) {
      const tokens = loggedIn<EduTokens>({ accessToken: 'a', accessExpiresAt: Infinity, refreshToken: 'r', refreshExpiresAt: Infinity })
      const client = createEduClient({ baseUrl, userType: 's', app: { client: '1', platform: 'ios', u: '1', w: '1' }, tokens, fetch })
      return {
        tokens,
        me: () => client.GET('/rest/{userType}/info'),
        login: () => client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'x' } }),
      }
    },
  },
  job: {
    refusal: { message: 'not logged in', code: 7, data: null, ok: false },
    entry: { message: 'success', code: 0, data: { id: 2, appToken: 'AAAAAAAAAAAAAAAAAAAA' }, ok: true },
    app(fetch) {
      const tokens = loggedIn('BBBBBBBBBBBBBBBBBBBB')
      const client = createJobClient({ baseUrl, tokens, fetch })
      return { tokens, me: () => client.GET('/api/user/acc/balance'), login: () => client.POST('/login', { body: { username: '13800002002', password: 'x' } }) }
    },
  },
  live: {
    refusal: { code: 4010, desc: 'unauthorized' },
    entry: { code: 2000, desc: 'ok', api_key: 'b'.repeat(32), mobile: '13800003001' },
    app(fetch) {
      const tokens = loggedIn('a'.repeat(32))
      const client = createLiveClient({ baseUrl, tokens, fetch })
      return { tokens, me: () => client.GET('/users/my'), login: () => client.POST('/auth/login', { body: { mobile: '13800003001', auth_code: 'x' } }) }
    },
  },
  im: {
    refusal: { status: 11001, result: [], message: 'session error', date: '2026-01-01T00:00:00' },
    entry: { status: 1, result: {}, message: 'ok', date: '2026-01-01T00:00:00' },
    entryHeaders: { 'set-cookie': `sessionid=${'b'.repeat(32)}; Path=/` },
    app(fetch) {
      const tokens = loggedIn('a'.repeat(32))
      const client = createImClient({ baseUrl, tokens, fetch })
      return { tokens, me: () => client.GET('/android/user_contacts/'), login: () => client.POST('/android/login/', { body: { phone: '13800004001', password: 'x' } }) }
    },
  },
  trid: {
    refusal: { type: 'register', success: false, error_no: 4, error_msg: 'token not valid.' },
    entry: { type: 'sms_validation_result', success: true, token: 'b'.repeat(48), error_no: 0, error_msg: null },
    app(fetch) {
      const tokens = loggedIn('a'.repeat(48))
      const { call } = createTridClient({ baseUrl, tokens, fetch, now: () => 0 })
      const fields = { tel: '13800005900', username: 'a', password: 'b' }
      return { tokens, me: () => call.tridRegister(fields), login: () => call.tridCheckSms({ tel: fields.tel, code: 'x' }) }
    },
  },
}

test.each(Object.entries(apps))('%s: the error of a call under a 5XX is a NoAnswer where the contract has no such body there, and ends no session', async (name, { refusal, app }) => {
  const { me } = app(() => Promise.resolve(Response.json(refusal, { status: 503 })))
  const result = (await me()) as Parameters<typeof classifyResult>[1] // each is the result of its own operation
  expect(result.error).toBeInstanceOf(NoAnswer)
  expect(classifyResult(name as SystemId, result)).toMatchObject({ condition: 'maintenance', advice: 'retryLater' }) // the keys of the record are systems
})

test('what the contract has under an HTTP status of failure is handed on', async () => {
  const answered = (body: object, status: number) => () => Promise.resolve(Response.json(body, { status }))
  const rejected = { message: 'ERROR', code: -2, data: null, ok: false }
  expect((await createJobClient({ baseUrl, fetch: answered(rejected, 413) }).GET('/api/user/acc/balance')).error).toEqual(rejected)
  const lost = { status: 0, result: [], message: 'not found', date: '2018-12-15T21:40:56' }
  expect((await createImClient({ baseUrl, fetch: answered(lost, 404) }).GET('/android/user_contacts/')).error).toEqual(lost)
  const failed = { name: 'Service Unavailable', message: '…', code: 0, status: 503 }
  expect((await createTridClient({ baseUrl, fetch: answered(failed, 503), now: () => 0 }).call.tridSendSms({ tel: '13800005900' })).error).toEqual(failed)
})

describe.each(Object.entries(apps))('%s', (_name, { refusal, entry, entryHeaders = {}, status = 200, app }) => {
  /** What the store holds before and after a call that was answered so. */
  async function after(call: 'me' | 'login', reply: () => Response) {
    const { tokens, ...calls } = app(() => Promise.resolve(reply()))
    const before = await tokens.get()
    // A page where JSON is due may reject the call; what counts here is the store.
    await calls[call]().catch(() => undefined)
    return { before, after: await tokens.get() }
  }

  const bystanders: Readonly<Record<string, (body: object, status: number) => Response>> = {
    'a 5XX with the body of an answer': (body) => Response.json(body, { status: 502, headers: entryHeaders }),
    'an answer with Server-Status': (body, own) => Response.json(body, { status: own, headers: { ...entryHeaders, 'server-status': 'upgrading' } }),
    'a maintenance page': () => new Response('<h1>维护中</h1>', { status: 503, headers: { 'content-type': 'text/html' } }),
    'the login page of a hotel': () => new Response('<form>…</form>', { headers: { 'content-type': 'text/html', ...entryHeaders } }),
    'a page that calls itself JSON': () => new Response('<h1>Bad gateway</h1>', { headers: { 'content-type': 'application/json', ...entryHeaders } }),
    // gRPC's code 7 is "permission denied", and its gateways say so in JSON.
    "a gateway's JSON with the same code": (body) => Response.json({ ...pick(body, ['code', 'status', 'error_no']), message: 'session error', details: [] }, { status: 403, headers: entryHeaders }),
    'the same JSON under 200': (body) => Response.json({ ...pick(body, ['code', 'status', 'error_no']), info: [] }, { headers: entryHeaders }),
    'no body at all': () => new Response(null, { status: 200, headers: { 'content-type': 'application/json', 'content-length': '0', ...entryHeaders } }),
  }

  test.each(Object.entries(bystanders))('%s drops no token and hands out none', async (_bystander, reply) => {
    const met = await after('me', () => reply(refusal, status))
    expect(met.after).toEqual(met.before)
    const asked = await after('login', () => reply(entry, 200))
    expect(asked.after).toEqual(asked.before)
  })

  test.each(['application/json', 'text/html; charset=UTF-8', 'text/plain', ''])('what is handed on as the own answer counts, also when it calls itself "%s"', async (type) => {
    const sent = (body: object, own: number, headers = {}) => new Response(new TextEncoder().encode(JSON.stringify(body)), { status: own, headers: { ...headers, ...(type !== '' && { 'content-type': type }) } })
    const asked = await after('login', () => sent(entry, 200, entryHeaders))
    expect(asked.after).not.toEqual(asked.before)
    const met = await after('me', () => sent(refusal, status))
    expect(met.after).toEqual(_name === 'trid' ? met.before : null)
  })

  test('what has no body, and JSON of a gateway, is handed on as a NoAnswer that classify agrees with', async () => {
    const { me } = app(() => Promise.resolve(reply()))
    let reply = () => new Response(null, { status: 204 })
    const call = async () => {
      const result = (await me()) as Parameters<typeof classifyResult>[1] // each is the result of its own operation
      const plain = await classifyResponse(_name as SystemId, reply()) // the keys of the record are systems
      return [result.error instanceof NoAnswer && result.error.condition, classifyResult(_name as SystemId, result).condition, plain.condition]
    }
    for (const empty of [204, 205, 304]) {
      reply = () => new Response(null, { status: empty })
      expect([empty, await call()]).toEqual([empty, ['malformedAnswer', 'malformedAnswer', 'malformedAnswer']])
    }
    for (const gateway of [401, 403, 404]) {
      for (const body of ['{"message":"Unauthorized"}', '<h1>no</h1>', '']) {
        reply = () => new Response(body, { status: gateway })
        expect([gateway, body, await call()]).toEqual([gateway, body, ['notOurs', 'notOurs', 'notOurs']])
      }
    }
  })

  test('a body that lacks a field of the dialect, or has something else in its place, is nobody\'s word', async () => {
    for (const [field, value] of Object.entries(refusal)) {
      // Some fields may hold anything, and have to be there all the same.
      const others = typeof value === 'object' ? [undefined] : [undefined, { another: 'form' }]
      for (const other of others) {
        const reply = () => Response.json({ ...refusal, [field]: other }, { status })
        const result = (await app(() => Promise.resolve(reply())).me()) as Parameters<typeof classifyResult>[1] // each is the result of its own operation
        expect([field, other, result.error instanceof NoAnswer && result.error.condition]).toEqual([field, other, 'notOurs'])
        const met = await after('me', reply)
        expect(met.after).toEqual(met.before)
      }
    }
  })

  test('a failure begins nothing, whatever else it says', async () => {
    const failed = { code: _name === 'job' ? 5 : _name === 'edu' ? 906 : 4011, msg: 'no', status: 11000, success: _name !== 'trid', error_no: 3 }
    const asked = await after('login', () => Response.json({ ...entry, ...failed }, { headers: entryHeaders }))
    expect(asked.after).toEqual(asked.before)
  })

  test('a login under a status that is none of success begins nothing', async () => {
    const asked = await after('login', () => Response.json(entry, { status: 300, headers: entryHeaders }))
    expect(asked.after).toEqual(asked.before)
  })

  test('a refusal that is the own one counts, and so does an entry', async () => {
    const asked = await after('login', () => Response.json(entry, { headers: entryHeaders }))
    expect(asked.after).not.toEqual(asked.before)
    const met = await after('me', () => Response.json(refusal, { status }))
    // trid keeps its token: a new one is had by another code only, and nothing is gained by forgetting it.
    expect(met.after).toEqual(_name === 'trid' ? met.before : null)
  })
})

test.each([
  ['job', (token: unknown) => ({ message: 'success', code: 0, data: { id: 2, appToken: token }, ok: true })],
  ['live', (token: unknown) => ({ code: 2000, desc: 'ok', api_key: token, mobile: '13800003001' })],
  ['trid', (token: unknown) => ({ type: 'sms_validation_result', success: true, token, error_no: 0, error_msg: null })],
] as const)('%s: a login whose token is no text, or an empty one, leaves the token that was there', async (name, entry) => {
  for (const token of [undefined, null, 17, '']) {
    const { tokens, login } = apps[name]?.app(() => Promise.resolve(Response.json(entry(token)))) ?? expect.fail(name)
    const before = await tokens.get()
    await login()
    expect([token, await tokens.get()]).toEqual([token, before])
  }
})

test('edu: a login that lacks a part of its tokens leaves those that were there', async () => {
  const whole = { access_token: 'b', access_token_expire: 7_200_000, refresh_token: 'b', refresh_token_expire: 7_200_000 }
  const after = async (info: unknown) => {
    const { tokens, login } = apps['edu']?.app(() => Promise.resolve(Response.json({ code: 900, info }))) ?? expect.fail('edu')
    await login()
    return tokens.get()
  }
  for (const [part, value] of Object.entries(whole)) {
    for (const other of [undefined, null, typeof value === 'string' ? 17 : '17']) expect([part, other, await after({ ...whole, [part]: other })]).toEqual([part, other, expect.objectContaining({ accessToken: 'a', refreshToken: 'r' })])
  }
  for (const info of [undefined, null, 'b']) expect(await after(info)).toMatchObject({ accessToken: 'a', refreshToken: 'r' })
  expect(await after(whole)).toMatchObject({ accessToken: 'b', refreshToken: 'b' })
})

function pick(body: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)))
}

describe('edu, at a refresh', async () => {
  const { box } = await serve(edu)
  const HOUR = 3_600_000

  async function phone(bystander: () => Response) {
    const backend = await box()
    const tokens = memoryTokens<EduTokens>()
    const device = { time: 1_767_268_800_000, bystander: false }
    const client = createEduClient({
      baseUrl: backend.url, userType: 's', app: { client: '1', platform: 'ios', u: '1', w: '1' }, tokens, now: () => device.time,
      fetch: (request) => (device.bystander && request.url.endsWith('/accessToken') ? Promise.resolve(bystander()) : fetch(request)),
    })
    await client.POST('/rest/{userType}/login', { body: { phone: '13800001001', passwd: 'abc12345' } })
    device.bystander = true
    return { device, tokens, me: () => client.GET('/rest/{userType}/info') }
  }

  test.each([
    ['a page under 200', () => new Response('<form>…</form>', { headers: { 'content-type': 'text/html' } })],
    ['a refusal with Server-Status', () => Response.json({ code: 903, msg: 'x' }, { status: 401, headers: { 'server-status': 'upgrading' } })],
    ['a refusal under 502', () => Response.json({ code: 903, msg: 'x' }, { status: 502 })],
    ['a success under 502', () => Response.json({ code: 900, access_token: 'b', access_token_expire: 1 }, { status: 502 })],
  ])('%s: the old token is used while it lives, and answers the call afterwards', async (_what, bystander) => {
    const { device, tokens, me } = await phone(bystander)
    const before = await tokens.get()
    device.time += 2 * HOUR - 30_000
    expect((await me()).data).toMatchObject({ code: 900 })
    device.time += HOUR
    expect((await me().catch((): { data?: unknown } => ({}))).data).not.toMatchObject({ code: 900 })
    expect(await tokens.get()).toEqual(before)
    device.bystander = false
    expect((await me()).data).toMatchObject({ code: 900 })
  })
})
