/** Where mobile apps fail most: every client resolves to an error that `classifyResult` knows, whatever the network does, and keeps its token. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { asOpenapiFetch, createLiveClient, isNoAnswer, memoryTokens, NoAnswer } from '../../src/contract/live.js'
import { createEduClient, type EduClientOptions, type EduTokens } from '../../src/contract/edu.js'
import { createImClient } from '../../src/contract/im.js'
import { createJobClient } from '../../src/contract/job.js'
import { createTridClient } from '../../src/contract/trid.js'
import { type Classification, classifyResult, conditions } from '../../src/errors/index.js'
import { createStub } from '../../src/index.js'

const APP = { client: '1.0.2.3', platform: 'ios', u: '1', w: '1' } as const
const PAGE = '<!doctype html><title>Hotel</title><form action="/login">Welcome, please log in</form>'

/** The systems whose clients are written by hand. */
type Shipped = 'edu' | 'job' | 'live' | 'im' | 'trid'

/** One call of each system, by a client that is logged in, and what it keeps. */
const callers: { readonly [S in Shipped]: (baseUrl: string, signal?: AbortSignal) => Promise<{ readonly result: Parameters<typeof classifyResult>[1]; readonly kept: unknown }> } = {
  async edu(baseUrl, signal) {
    const tokens = memoryTokens<EduTokens>()
    await tokens.set({ accessToken: 'a', accessExpiresAt: Infinity, refreshToken: 'r', refreshExpiresAt: Infinity })
    const client = createEduClient({ baseUrl, userType: 's', app: APP, tokens })
    const result = await client.GET('/rest/{userType}/info', { ...(signal && { signal }) })
    return { result, kept: await tokens.get() }
  },
  job: (baseUrl, signal) => withToken((tokens) => createJobClient({ baseUrl, tokens }).GET('/api/user/acc/balance', { ...(signal && { signal }) })),
  live: (baseUrl, signal) => withToken((tokens) => createLiveClient({ baseUrl, tokens }).GET('/users/my', { ...(signal && { signal }) })),
  im: (baseUrl, signal) => withToken((tokens) => createImClient({ baseUrl, tokens }).GET('/android/user_contacts/', { ...(signal && { signal }) })),
  trid: (baseUrl, signal) => withToken((tokens) => createTridClient({ baseUrl, tokens }).POST('/index.php?r=user/register', {
    body: { type: 'register', tel: '13800005900', token: 'kept', username: '张立远', password: 'zly2026a' }, ...(signal && { signal }),
  })),
}
const systems = Object.keys(callers) as Shipped[] // the keys of the record above

async function withToken(call: (tokens: ReturnType<typeof memoryTokens<string>>) => Promise<Parameters<typeof classifyResult>[1]>) {
  const tokens = memoryTokens<string>()
  await tokens.set('kept')
  return { result: await call(tokens), kept: await tokens.get() }
}

/** Calls every system; what each call came back with is of openapi-fetch's shape, and no token is lost by it. */
async function callAll(baseUrl: (system: Shipped) => string, signal?: () => AbortSignal): Promise<Classification[]> {
  return Promise.all(systems.map(async (system) => {
    const { result, kept } = await callers[system](baseUrl(system), signal?.())
    expect(kept, system).toEqual(system === 'edu' ? expect.objectContaining({ accessToken: 'a' }) : 'kept')
    expect([system, result.data]).toEqual([system, undefined])
    expect(result.response, system).toBeInstanceOf(Response)
    expect(result.error, system).toBeInstanceOf(NoAnswer)
    return classifyResult(system, result)
  }))
}

const all = (condition: keyof typeof conditions) => systems.map(() => expect.objectContaining({ condition, advice: conditions[condition].advice, message: conditions[condition].message }) as unknown)

/** A server that answers everything alike. */
async function serveAll(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => new Promise((resolve) => { server.close(resolve).closeAllConnections() }))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` // a TCP server that listens has one
}

describe('against the stub, by its own faults', async () => {
  const stub = await createStub({ systems })
  afterAll(() => stub.close())
  const box = await stub.sandbox()
  const url = (system: Shipped) => box.baseUrl(system)

  test.each([
    ['a connection that is dropped', 'offline', { kind: 'drop', carriedOut: false }],
    ['one that breaks in the midst of the answer', 'malformedAnswer', { kind: 'reset' }],
    ['broken JSON', 'malformedAnswer', { kind: 'malformed' }],
    ['a login page of the network under 200', 'notOurs', { kind: 'status', status: 200, body: PAGE, contentType: 'text/html' }],
    ['one under 511', 'notOurs', { kind: 'status', status: 511, body: PAGE, contentType: 'text/html' }],
    ['an empty answer', 'malformedAnswer', { kind: 'status', status: 200, body: '' }],
    ['a page of a gateway', 'internal', { kind: 'status', status: 502, body: PAGE, contentType: 'text/html' }],
    ['an empty failure', 'internal', { kind: 'status', status: 500, body: '' }],
    ['a page of maintenance', 'maintenance', { kind: 'status', status: 503, body: PAGE, contentType: 'text/html' }],
  ] as const)('%s is %s', async (_, condition, fault) => {
    const rule = await box.faults.add({ fault })
    expect(await callAll(url)).toEqual(all(condition))
    await box.faults.remove(rule.id)
  })

  test("the sandbox's own client of a system takes an empty answer for one", async () => {
    await box.faults.next('live', 'liveGetMe', { kind: 'status', status: 204, body: '' })
    const { error, response } = await box.client('live').GET('/users/my')
    expect([error, response.status]).toEqual([undefined, 204])
  })

  test('an answer that takes too long is timedOut, before it begins and in its midst; one that the app gives up is aborted', async () => {
    const waiting = await box.faults.add({ fault: { kind: 'latency', min: 60_000 } })
    expect(await callAll(url, () => AbortSignal.timeout(50))).toEqual(all('timedOut'))
    const gone = new AbortController()
    const calls = callAll(url, () => gone.signal)
    await box.requests.count() // so that the calls are under way
    gone.abort()
    expect(await calls).toEqual(all('aborted'))
    expect(await callAll(url, () => AbortSignal.abort(new Error('the page was left')))).toEqual(all('aborted'))
    await box.faults.remove(waiting.id)
    await box.faults.add({ fault: { kind: 'slow', milliseconds: 60_000, chunks: 3 } })
    expect(await callAll(url, () => AbortSignal.timeout(200))).toEqual(all('timedOut'))
    await box.faults.clear()
  })
})

describe('against a server of somebody else', () => {
  test('JSON without a code of ours is notOurs', async () => {
    const url = await serveAll((_, response) => response.setHeader('content-type', 'application/json').end('{"portal":"https://hotel.example/login"}'))
    expect(await callAll(() => url)).toEqual(all('notOurs'))
  })

  test('JSON that ends before its end is malformedAnswer', async () => {
    const url = await serveAll((_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"code":', () => response.destroy()))
    expect(await callAll(() => url)).toEqual(all('malformedAnswer'))
  })

  test('a server that is not there is offline, and the error says which', async () => {
    expect(await callAll(() => 'http://127.0.0.1:1')).toEqual(all('offline'))
    const { error, response } = await createLiveClient({ baseUrl: 'http://127.0.0.1:1' }).GET('/users/my')
    if (!isNoAnswer(error)) throw new Error('it is')
    expect([error.url, error.message, response.status, response.type]).toEqual(['http://127.0.0.1:1/users/my', 'GET http://127.0.0.1:1/users/my: fetch failed', 0, 'error'])
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  test.each([
    ['JSON of somebody else', 200, 'application/json', '{}', "HTTP 200, and JSON that is none of the backend's"],
    ['nothing', 200, 'text/html', '', 'HTTP 200, and an empty body'],
    ['a page', 502, 'text/html', PAGE, 'HTTP 502, and text/html that is no JSON'],
    ['a text that calls itself nothing', 404, '', 'no', 'HTTP 404, and a text that is no JSON'],
  ])('%s: the error says what was called and what came', async (_, status, type, body, said) => {
    const url = await serveAll((_request, response) => response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body))
    const { error } = await createLiveClient({ baseUrl: url }).GET('/users/my')
    expect(error).toMatchObject({ message: `GET ${url}/users/my: ${said}`, url: `${url}/users/my` })
  })

  test('of an answer that breaks off, JSON or bytes, the error says so, and why', async () => {
    const url = await serveAll((_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"code":', () => response.destroy()))
    const client = createEduClient({ baseUrl: url, userType: 's', app: APP })
    const calls = [client.GET('/rest/{userType}/teachers'), client.GET('/file/{name}', { params: { path: { name: 'a.png' } }, parseAs: 'blob' })]
    const paths = ['/rest/s/teachers', '/file/a.png']
    for (const [at, { error }] of (await Promise.all(calls)).entries()) {
      expect(error).toMatchObject({ condition: 'malformedAnswer', message: `GET ${url}${String(paths[at])}: HTTP 200, and the answer broke off`, cause: expect.any(TypeError) as unknown })
    }
  })

  test('a page can still be read, for whoever wants to show it', async () => {
    const url = await serveAll((_, response) => response.setHeader('content-type', 'text/html').end(PAGE))
    expect(await callAll(() => url)).toEqual(all('notOurs'))
    const { response } = await createLiveClient({ baseUrl: url }).GET('/users/my')
    expect(await response.text()).toBe(PAGE)
  })

  test('HEAD is answered by headers alone', async () => {
    const url = await serveAll((_, response) => response.setHeader('content-type', 'application/json').end())
    const { error, response } = await asOpenapiFetch(createLiveClient({ baseUrl: url })).HEAD('/users/my' as never) // no document has it
    expect([error, response.status]).toEqual([undefined, 200])
  })

  test('a login that the network ate leaves nobody logged in', async () => {
    const url = await serveAll((_, response) => response.setHeader('content-type', 'text/html').end(PAGE))
    const tokens = memoryTokens<string>()
    await createLiveClient({ baseUrl: url, tokens }).POST('/auth/login', { body: { mobile: '13800003001', auth_code: '123456' } })
    expect(await tokens.get()).toBeNull()
  })
})

describe('edu, whose token has run out', () => {
  const stale = { accessToken: 'a', accessExpiresAt: 0, refreshToken: 'r', refreshExpiresAt: Infinity }

  test.each([
    ['offline', 'http://127.0.0.1:1', 'offline'],
    ['behind a login page', null, 'notOurs'],
  ] as const)('a refresh that fails %s answers the call, and the login goes on', async (_, base, condition) => {
    const baseUrl = base ?? (await serveAll((_request, response) => response.setHeader('content-type', 'text/html').end(PAGE)))
    const tokens = memoryTokens<EduTokens>()
    await tokens.set(stale)
    const client = createEduClient({ baseUrl, userType: 's', app: APP, tokens, now: () => 1000 })
    const result = await client.GET('/rest/{userType}/info')
    expect(classifyResult('edu', result)).toMatchObject({ condition, advice: 'retryLater' })
    expect(result.error).toBeInstanceOf(NoAnswer)
    expect(await tokens.get()).toEqual(stale)
  })
})

describe('edu, in the midst of a refresh', () => {
  const stale = { accessToken: 'a', accessExpiresAt: 0, refreshToken: 'r', refreshExpiresAt: Infinity }

  /** A phone whose refresh waits until it is let go on; every other call succeeds. */
  async function phone(tokens: EduTokens, first: () => Response = () => Response.json({ code: 900 })) {
    const store = memoryTokens<EduTokens>()
    await store.set(tokens)
    let goOn = () => {}
    const held = new Promise<void>((resolve) => { goOn = resolve })
    let begun = () => {}
    const refreshing = new Promise<void>((resolve) => { begun = resolve })
    let refreshes = 0
    const client = createEduClient({
      baseUrl: 'http://localhost:4010', userType: 's', app: APP, tokens: store, now: () => 1000,
      async fetch(request) {
        if (!request.url.endsWith('/accessToken')) return request.headers.get('auth') === btoa('access_token=a') ? first() : Response.json({ code: 900 })
        refreshes += 1
        begun()
        await held
        return Response.json({ code: 900, access_token: 'b', access_token_expire: 7_200_000 })
      },
    })
    const get = (signal?: AbortSignal) => client.GET('/rest/{userType}/info', { ...(signal && { signal }) })
    return { get, goOn: () => { goOn() }, refreshing, store, refreshes: () => refreshes }
  }

  test.each([
    ['before the call', stale, undefined],
    ['after it was refused', { ...stale, accessExpiresAt: Infinity }, () => Response.json({ code: 899, msg: 'access_token过期' }, { status: 400 })],
  ] as const)('a caller who gives up %s is told at once, and the others get the new token', async (_, tokens, first) => {
    const { get, goOn, refreshing, store, refreshes } = await phone(tokens, first)
    const gone = new AbortController()
    const leaving = get(gone.signal)
    const staying = get()
    const late = get(AbortSignal.timeout(1))
    await refreshing
    gone.abort()
    expect(classifyResult('edu', await leaving)).toMatchObject({ condition: 'aborted' })
    expect(classifyResult('edu', await late)).toMatchObject({ condition: 'timedOut' })
    expect(classifyResult('edu', await get(AbortSignal.abort()))).toMatchObject({ condition: 'aborted' })
    goOn()
    expect((await staying).data).toEqual({ code: 900 })
    expect([await store.get(), refreshes()]).toMatchObject([{ accessToken: 'b' }, 1])
  })
})

describe("edu, when the app's own code fails", () => {
  const good = { accessToken: 'a', accessExpiresAt: Infinity, refreshToken: 'r', refreshExpiresAt: Infinity }
  const kicked = () => Promise.resolve(Response.json({ code: 903, msg: '登录信息失效，请重新登陆', nextDevice: '小米 14 Pro', nextLogin: '2026-01-01T00:00:00.000Z' }, { status: 401 }))
  const locked = (): Promise<never> => Promise.reject(new Error('the store is locked'))
  const failures: readonly (readonly [string, Pick<EduClientOptions, 'tokens' | 'onKickedOut'>])[] = [
    ['a store that cannot forget', { tokens: { get: () => good, set: locked } }],
    ['onKickedOut', { onKickedOut: () => { throw new Error('the store is locked') }, tokens: { get: () => good, set: () => undefined } }],
  ]

  test.each(failures)('%s rejects the call with what it threw', async (_, options) => {
    const client = createEduClient({ baseUrl: 'http://localhost:4010', userType: 's', app: APP, fetch: kicked, ...options })
    // toThrow would take a rejection with nothing for any error.
    await expect(client.GET('/rest/{userType}/info')).rejects.toEqual(new Error('the store is locked'))
  })

  test('a store that opens once only rejects too', async () => {
    let seen = 0
    const tokens = { get: () => (seen++ === 0 ? good : locked()), set: () => undefined }
    await expect(createEduClient({ baseUrl: 'http://localhost:4010', userType: 's', app: APP, fetch: kicked, tokens }).GET('/rest/{userType}/info')).rejects.toEqual(new Error('the store is locked'))
  })
})

test('a download that breaks off or cannot be had is no exception either', async () => {
  const broken = await serveAll((_, response) => response.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000' }).write('png', () => response.destroy()))
  const get = (baseUrl: string) => createEduClient({ baseUrl, userType: 's', app: APP }).GET('/file/{name}', { params: { path: { name: 'a.png' } }, parseAs: 'blob' })
  expect(classifyResult('edu', await get(broken), 'eduDownload')).toMatchObject({ condition: 'malformedAnswer' })
  expect(classifyResult('edu', await get('http://127.0.0.1:1'), 'eduDownload')).toMatchObject({ condition: 'offline' })
})

test.each([
  ['a page of a proxy', 403, PAGE, 'notOurs'],
  ['nothing', 204, '', 'malformedAnswer'],
] as const)('a download in whose place comes %s is none', async (_, status, body, condition) => {
  const url = await serveAll((_request, response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body))
  const result = await createEduClient({ baseUrl: url, userType: 's', app: APP }).GET('/file/{name}', { params: { path: { name: 'a.png' } }, parseAs: 'blob' })
  expect([classifyResult('edu', result, 'eduDownload').condition, result.error instanceof NoAnswer]).toEqual([condition, true])
})

test('a library that takes a client of openapi-fetch, and throws what is an error, goes on working', async () => {
  const client = asOpenapiFetch(createLiveClient({ baseUrl: 'http://127.0.0.1:1' }))
  const query = async () => {
    const { data, error }: { readonly data?: unknown; readonly error?: unknown } = await client.GET('/users/my')
    return error === undefined ? data : Promise.reject(error instanceof Error ? error : new Error('no Error'))
  }
  await expect(query()).rejects.toBeInstanceOf(NoAnswer)
  expect(await client.request('get', '/users/my')).toMatchObject({ error: { condition: 'offline' } })
})

test('what is wrong with the call itself is thrown as ever', async () => {
  await expect(createLiveClient({ baseUrl: 'nowhere' }).GET('/users/my')).rejects.toThrow(TypeError)
  for (const baseUrl of ['localhost:4010/live', 'ftp://localhost/live']) await expect(createLiveClient({ baseUrl }).GET('/users/my')).rejects.toThrow(`baseUrl "${baseUrl}" must begin with http:// or https://`)
  const tokens = { get: () => Promise.reject(new Error('the store is locked')), set: () => undefined }
  await expect(createLiveClient({ baseUrl: 'http://127.0.0.1:1', tokens }).GET('/users/my')).rejects.toThrow('the store is locked')
})
