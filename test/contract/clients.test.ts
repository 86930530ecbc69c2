/** The clients of the four systems with one token each, against the systems themselves. */
import { describe, expect, test } from 'vitest'
import { createImClient } from '../../src/contract/im.js'
import { createJobClient } from '../../src/contract/job.js'
import { createLiveClient, NoAnswer } from '../../src/contract/live.js'
import { memoryTokens } from '../../src/contract/clients/shared.js'
import { createTridClient } from '../../src/contract/trid.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { serve } from '../support/serve.js'

describe('live', async () => {
  const { box } = await serve(live)
  const mobile = '13800003001'

  /** An app of one phone, with a store that an app could have. */
  async function app(baseUrl: string) {
    const tokens = memoryTokens<string>()
    const client = createLiveClient({ baseUrl, tokens })
    const login = async () => {
      await client.GET('/auth/code', { params: { query: { mobile } } })
      return client.POST('/auth/login', { body: { mobile, auth_code: '123456' } })
    }
    return { client, tokens, login, me: async () => (await client.GET('/users/my')).data }
  }

  test('a login is kept, carried and dropped at logout', async () => {
    const { client, tokens, login, me } = await app((await box()).url)
    expect(await me()).toMatchObject({ code: 4010 })
    const { data } = await login()
    expect(data).toMatchObject({ code: 2000, api_key: await tokens.get() })
    expect(await me()).toMatchObject({ code: 2000, user: { mobile } })
    await client.POST('/auth/logout')
    expect(await tokens.get()).toBeNull()
  })

  test.each([['text', 'application/json', true], ['arrayBuffer', 'application/octet-stream', false], ['text', '', false]] as const)('a login that is read as %s and calls itself %j is kept: %s', async (parseAs, type, isKept) => {
    const { url } = await box()
    const tokens = memoryTokens<string>()
    const client = createLiveClient({
      baseUrl: url,
      tokens,
      fetch: async (request) => new Response(await (await fetch(request)).arrayBuffer(), { headers: type === '' ? {} : { 'content-type': type } }),
    })
    await client.GET('/auth/code', { params: { query: { mobile } } })
    await client.POST('/auth/login', { body: { mobile, auth_code: '123456' }, parseAs })
    expect((await tokens.get()) !== null).toBe(isKept)
  })

  test('a login that failed keeps the one before; one that somebody else ended is dropped', async () => {
    const { url } = await box()
    const first = await app(url)
    await first.login()
    const { data } = await first.client.POST('/auth/login', { body: { mobile, auth_code: '000000' } })
    expect(data).toMatchObject({ code: 4011 })
    expect(await first.me()).toMatchObject({ code: 2000 })

    await (await app(url)).login()
    expect(await first.me()).toMatchObject({ code: 4010 })
    expect(await first.tokens.get()).toBeNull()
  })

  test('the refusal of an old key that comes late does not drop the new one', async () => {
    const { url } = await box()
    const { client, tokens, login } = await app(url)
    await login()
    const old = await tokens.get()
    await login()
    const present = await tokens.get()
    const { data } = await client.GET('/users/my', { middleware: [{ onRequest: ({ request }) => { request.headers.set('authorization', btoa(String(old))) } }] })
    expect(data).toMatchObject({ code: 4010 })
    expect(await tokens.get()).toBe(present)
  })

  test('a store may be asynchronous', async () => {
    const { url } = await box()
    let kept: string | null = null
    const client = createLiveClient({ baseUrl: url, tokens: { get: async () => kept, set: async (key) => { kept = key } } })
    await client.GET('/auth/code', { params: { query: { mobile } } })
    await client.POST('/auth/login', { body: { mobile, auth_code: '123456' } })
    expect(kept).toMatch(/^[0-9a-f]{32}$/)
    expect((await client.GET('/users/my')).data).toMatchObject({ code: 2000 })
  })
})

describe('job', async () => {
  const { box } = await serve(job)

  test('a login goes out as a form, its token is carried, and what was published is found', async () => {
    const client = createJobClient({ baseUrl: (await box()).url })
    const { data } = await client.POST('/login', { body: { username: '13800002004', password: 'abc12345' } })
    expect(data).toMatchObject({ code: 0, data: { id: 4 } })
    const published = await client.POST('/api/u/job', {
      body: { title: '展会礼仪', cateId: 1, wage: '120.50', timeToPay: '日结', expiredTime: '2099-01-01', workPlace: '国展中心', jobDescription: '两天', contact: '王', contactPhone: '13800002004' },
    })
    expect(published.data).toMatchObject({ code: 0, ok: true })
    const list = await client.GET('/api/job/list', { params: { query: { pageNumber: 0, pageSize: 1 } } })
    expect(list.data).toMatchObject({ code: 0, data: { list: [{ title: '展会礼仪', wage: 120.5 }] } })
  })

  test('a token that a newer login killed is dropped, so that what is public can be read again', async () => {
    const { url } = await box()
    const tokens = memoryTokens<string>()
    const [first, second] = [createJobClient({ baseUrl: url, tokens }), createJobClient({ baseUrl: url })]
    for (const client of [first, second]) await client.POST('/login', { body: { username: '13800002002', password: 'abc12345' } })
    expect((await first.GET('/api/job/list')).data).toMatchObject({ code: 7 })
    expect(await tokens.get()).toBeNull()
    expect((await first.GET('/api/job/list')).data).toMatchObject({ code: 0 })
    await second.GET('/logout')
    expect((await second.GET('/api/user/acc/balance')).data).toMatchObject({ code: 7 })
    const leaving = createJobClient({ baseUrl: url, tokens })
    await leaving.POST('/login', { body: { username: '13800002004', password: 'abc12345' } })
    expect(await tokens.get()).not.toBeNull()
    await leaving.GET('/logout')
    expect(await tokens.get()).toBeNull()
  })

  test('a form field without a value, or with a file for one, is not sent', async () => {
    const forms: string[] = []
    const client = createJobClient({
      baseUrl: (await box()).url,
      fetch: async (request) => {
        forms.push(`${String(request.headers.get('content-type'))} ${await request.clone().text()}`)
        return fetch(request)
      },
    })
    for (const m of [undefined, new Blob(['portrait'])]) {
      const { data } = await client.POST('/login', { body: { username: '13800002002', password: 'abc12345', m: m as unknown as string } }) // as plain JavaScript may
      expect(data).toMatchObject({ code: 0 })
      expect(forms.splice(0)).toEqual(['application/x-www-form-urlencoded username=13800002002&password=abc12345'])
    }
    expect((await client.PUT('/api/user/acc/dealPwd', { body: { dealPwd: '135790', oldPwd: '246810' } })).data).toMatchObject({ code: 0 })
  })
})

describe('im', async () => {
  const { box } = await serve(im)

  test('the session of a login is carried where there is no cookie jar, and dropped at logout', async () => {
    const tokens = memoryTokens<string>()
    const client = createImClient({ baseUrl: (await box()).url, tokens })
    expect((await client.GET('/android/user_contacts/')).data).toMatchObject({ status: 11001, message: 'session error' })
    expect((await client.POST('/android/login/', { body: { phone: '13800004001', password: 'abc12345' } })).data).toMatchObject({ status: 1 })
    expect(await tokens.get()).toMatch(/^[a-z0-9]{32}$/)
    expect((await client.GET('/android/user_contacts/')).data).toMatchObject({ status: 1, result: [{ username: 'bob' }] })
    await client.GET('/android/out/')
    expect(await tokens.get()).toBeNull()
  })

  test('in a browser the cookie goes along with requests to another origin', async () => {
    const { url } = await box()
    const modes: string[] = []
    const client = createImClient({ baseUrl: url, fetch: (request) => { modes.push(request.credentials); return fetch(request) } })
    await client.GET('/android/user_contacts/')
    expect(modes).toEqual(['include'])
  })

  test('a session that ran out is dropped', async () => {
    const app = await box()
    const tokens = memoryTokens<string>()
    const client = createImClient({ baseUrl: app.url, tokens })
    await client.POST('/android/login/', { body: { phone: '13800004001', password: 'abc12345' } })
    await app.clock.advance('P15D')
    expect((await client.GET('/android/user_contacts/')).data).toMatchObject({ status: 11001 })
    expect(await tokens.get()).toBeNull()
  })
})

describe('trid', async () => {
  const { box } = await serve(trid)
  const tel = '13800005900'

  test('a number is verified and registered with nothing but what the user enters', async () => {
    const tokens = memoryTokens<string>()
    const { call } = createTridClient({ baseUrl: (await box()).url, tokens, now: () => 1_767_268_800_000 })
    expect((await call.tridSendSms({ tel })).data).toEqual({ type: 'sms_validation_send', success: true, error_no: 0, error_msg: null })
    expect((await call.tridCheckSms({ tel, code: '000000' })).data).toMatchObject({ error_no: 3 })
    expect(await tokens.get()).toBeNull()
    const { data } = await call.tridCheckSms({ tel, code: '123456' })
    expect(data).toMatchObject({ error_no: 0, token: await tokens.get() })
    const registered = (await call.tridRegister({ tel, username: '张立远', password: 'zly2026a' })).data
    expect(registered).toMatchObject({ error_no: 0, huanxin_id: tel, token: await tokens.get() })
  })

  test('of errors of the framework only one that is its own in every part is handed on', async () => {
    const own = { name: 'Not Found', message: 'Page not found.', code: 0, status: 404 }
    const answered = async (body: object) => {
      const { call } = createTridClient({ baseUrl: (await box()).url, fetch: () => Promise.resolve(Response.json(body, { status: 404 })) })
      const { error } = await call.tridSendSms({ tel })
      return error instanceof NoAnswer ? error.condition : error
    }
    expect(await answered(own)).toEqual(own)
    for (const other of [{ name: 1 }, { message: null }, { status: 500 }, { name: undefined }, { message: undefined, name: 'x' }, { status: '404' }]) expect(await answered({ ...own, ...other })).toBe('notOurs')
  })

  test('requests bear the time of the device, in seconds', async () => {
    const bodies: unknown[] = []
    const client = createTridClient({
      baseUrl: (await box()).url,
      now: () => 1_767_268_800_999,
      fetch: async (request) => {
        bodies.push(await request.clone().json())
        return fetch(request)
      },
    })
    await client.call.tridSendSms({ tel })
    await client.POST('/index.php?r=user/register', { body: { type: 'register', tel, token: 'x', username: 'y', password: 'z' } })
    expect(bodies).toEqual([
      { type: 'sms_validation_request', time: '1767268800', tel },
      { type: 'register', tel, token: 'x', username: 'y', password: 'z' },
    ])
  })
})
