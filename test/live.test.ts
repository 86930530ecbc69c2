import { describe, expect, test } from 'vitest'
import { live } from '../src/systems/live/index.js'
import { expectListed, liveRows } from './support/document-rows.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box, problems } = await serve(live)

const MOBILE = '13800003001'
const base64 = (text: string) => Buffer.from(text).toString('base64')

const sendCode = (app: Box, mobile = MOBILE) => app.call(`/auth/code?mobile=${mobile}`)
const login = (app: Box, mobile = MOBILE, auth_code = '123456') => app.call('/auth/login', { method: 'POST', body: { mobile, auth_code } })
const logout = (app: Box, authorization: string) => app.call('/auth/logout', { method: 'POST', headers: { authorization } })
const me = (app: Box, key: string) => app.call('/users/my', { headers: { authorization: base64(key) } })

/** Asks for a code, logs in, and hands back the key. */
async function enter(app: Box, mobile = MOBILE): Promise<string> {
  await sendCode(app, mobile)
  const { json } = await login(app, mobile)
  expect(json).toMatchObject({ code: 2000, desc: 'ok', mobile })
  return String(json?.['api_key'])
}

describe('codes', () => {
  test('a code is asked for, used once, and gone', async () => {
    const app = await box()
    expect((await sendCode(app)).json).toEqual({ code: 2000, desc: 'ok' })
    expect((await login(app)).json).toMatchObject({ code: 2000 })
    await expect(login(app)).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('a code is good at 9:59 and dead at 10:00 and 10:01', async () => {
    const app = await box()
    await sendCode(app)
    await app.clock.advance('PT9M59S')
    expect((await login(app)).json).toMatchObject({ code: 2000 })

    await sendCode(app)
    await app.clock.advance('PT10M')
    await expect(login(app)).toFailWith('API_INVALID_AUTH_CODE')
    await app.clock.advance('PT1S')
    await expect(login(app)).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('a wrong try costs nothing', async () => {
    const app = await box()
    await sendCode(app)
    await expect(login(app, MOBILE, '000000')).toFailWith('API_INVALID_AUTH_CODE')
    expect((await login(app)).json).toMatchObject({ code: 2000 })
  })

  test('nobody logs in who never asked, or with the code of another number', async () => {
    const app = await box()
    await expect(login(app)).toFailWith('API_INVALID_AUTH_CODE')
    await sendCode(app, '13800003002')
    await expect(login(app)).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('with codes in sequence only the newest counts', async () => {
    const app = await box()
    await app.sms.source('sequence')
    await sendCode(app)
    await sendCode(app)
    await expect(login(app, MOBILE, '100001')).toFailWith('API_INVALID_AUTH_CODE')
    expect((await login(app, MOBILE, '100002')).json).toMatchObject({ code: 2000 })
  })

  test('by a setting each code of the last ten is good for ten minutes, and once', async () => {
    const app = await box()
    await app.sms.source('sequence')
    await app.settings.set('live', { codes: 'each' })
    await sendCode(app)
    await app.clock.advance('PT5M')
    await sendCode(app)
    expect((await login(app, MOBILE, '100001')).json).toMatchObject({ code: 2000 })
    await expect(login(app, MOBILE, '100001')).toFailWith('API_INVALID_AUTH_CODE')
    await app.clock.advance('PT5M')
    await sendCode(app)
    expect((await login(app, MOBILE, '100002')).json).toMatchObject({ code: 2000 })
    expect((await login(app, MOBILE, '100003')).json).toMatchObject({ code: 2000 })

    for (let i = 0; i < 11; i++) await sendCode(app)
    await app.clock.advance('PT9M59S')
    expect((await login(app, MOBILE, '100005')).json).toMatchObject({ code: 2000 })
    await expect(login(app, MOBILE, '100004')).toFailWith('API_INVALID_AUTH_CODE')
    await app.clock.advance('PT1S')
    await expect(login(app, MOBILE, '100014')).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('two requests with one fixed code make it good twice, where each code counts', async () => {
    const app = await box()
    await app.settings.set('live', { codes: 'each' })
    await sendCode(app)
    await sendCode(app)
    for (const _ of [1, 2]) expect((await login(app)).json).toMatchObject({ code: 2000 })
    await expect(login(app)).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('codes may be asked for as often as one likes', async () => {
    const app = await box()
    for (let i = 0; i < 5; i++) expect((await sendCode(app)).json).toEqual({ code: 2000, desc: 'ok' })
  })
})

describe('every code of the table, by the row of the document', () => {
  const ways: readonly (readonly [error: string, how: string, call: (app: Box) => Promise<Answer>])[] = [
    ['API_OK', 'a request for a code', (app) => sendCode(app)],
    ['API_OK', 'a login', async (app) => (await sendCode(app), login(app))],
    ['API_OK', 'a logout', async (app) => logout(app, base64(await enter(app)))],
    ['API_BAD_REQUEST', 'a code for no mobile', (app) => app.call('/auth/code')],
    ['API_BAD_REQUEST', 'a code for a mobile of another form', (app) => sendCode(app, '123')],
    ['API_BAD_REQUEST', 'a login without a code', (app) => app.call('/auth/login', { method: 'POST', body: { mobile: MOBILE } })],
    ['API_UNAUTHORIZED', 'a logout without a key', (app) => app.call('/auth/logout', { method: 'POST' })],
    ['API_INVALID_AUTH_CODE', 'a login with a wrong code', async (app) => (await sendCode(app), login(app, MOBILE, '000000'))],
    ['API_USER_NOT_FOUND', 'a look at a user who is not there', async (app) => app.call('/users/9999', { headers: { authorization: base64(await enter(app)) } })],
  ]

  test.each(ways.map(([error, how, call]) => [liveRows[error], how, error, call] as const))('%s: %s', async (row = '', _how, error, call) => {
    const app = await box()
    const { json } = await call(app)
    expect(row.split(' ')[1]).toBe(String(json?.['code']))
    await expectListed(app, live, error)
  })

  test('none is left out', () => {
    expect([...new Set(ways.map(([error]) => error))]).toEqual(Object.keys(live.contract.errors))
    expect(Object.keys(liveRows)).toEqual(Object.keys(live.contract.errors))
  })
})

describe('keys', () => {
  test('the key is 32 hexadecimal digits', async () => {
    expect(await enter(await box())).toMatch(/^[0-9a-f]{32}$/)
  })

  test.each([
    ['the encoded key', (key: string) => base64(key)],
    ['Basic and the encoded key', (key: string) => `Basic ${base64(key)}`],
    ['basic in small letters', (key: string) => `basic ${base64(key)}`],
    ['Basic with the key as user', (key: string) => `Basic ${base64(`${key}:`)}`],
    ['Basic with any password', (key: string) => `Basic ${base64(`${key}:secret`)}`],
    ['Basic with the encoded key as user', (key: string) => `Basic ${base64(`${base64(key)}:`)}`],
    ['Basic with the encoded key as a shell writes it, a line', (key: string) => `Basic ${base64(`${base64(key)}\n`)}`],
  ])('logout takes %s', async (_name, form) => {
    const app = await box()
    const key = await enter(app)
    expect((await logout(app, form(key))).json).toEqual({ code: 2000, desc: 'ok' })
    await expect(me(app, key)).toFailWith('API_UNAUTHORIZED')
  })

  test.each([
    ['the raw key', (key: string) => key],
    ['Bearer', (key: string) => `Bearer ${base64(key)}`],
    ['the key encoded twice, without Basic', (key: string) => base64(base64(key))],
    ['Basic alone', () => 'Basic'],
    ['an empty value', () => ''],
    ['an encoded empty key', () => base64(':')],
    ['a key that never was', () => base64('0'.repeat(32))],
  ])('logout does not take %s', async (_name, form) => {
    const app = await box()
    const key = await enter(app)
    await expect(logout(app, form(key))).toFailWith('API_UNAUTHORIZED')
    expect((await me(app, key)).json).toMatchObject({ code: 2000 })
  })

  test('a key in the query, in the body or in a cookie is none', async () => {
    const app = await box()
    const key = await enter(app)
    await expect(app.call(`/users/my?api_key=${key}`)).toFailWith('API_UNAUTHORIZED')
    await expect(app.call('/users/my', { headers: { cookie: `api_key=${key}` } })).toFailWith('API_UNAUTHORIZED')
    await expect(app.call('/auth/logout', { method: 'POST', body: { api_key: key } })).toFailWith('API_UNAUTHORIZED')
  })

  test('a second login kills the first key, a failed one does not', async () => {
    const app = await box()
    const first = await enter(app)
    await login(app, MOBILE, 'wrong')
    expect((await me(app, first)).json).toMatchObject({ code: 2000 })
    const second = await enter(app)
    await expect(me(app, first)).toFailWith('API_UNAUTHORIZED')
    expect((await me(app, second)).json).toMatchObject({ code: 2000 })
  })

  test('a key does not die of age', async () => {
    const app = await box()
    const key = await enter(app)
    await app.clock.advance('P50Y')
    expect((await me(app, key)).json).toMatchObject({ code: 2000 })
  })

  test('fifty logins at once with one code leave exactly one live key', async () => {
    const app = await box()
    await sendCode(app)
    const answers = await Promise.all(Array.from({ length: 50 }, () => login(app)))
    const keys = answers.filter(({ json }) => json?.['code'] === 2000).map(({ json }) => String(json?.['api_key']))
    expect(keys).toHaveLength(1)
    for (const answer of answers.filter(({ json }) => json?.['code'] !== 2000)) await expect(answer).toFailWith('API_INVALID_AUTH_CODE')
    expect((await me(app, keys[0] ?? '')).json).toMatchObject({ code: 2000 })
  })

  test('fifty clients that ask for a code and log in at once leave exactly one live key', async () => {
    const app = await box()
    const keys = await Promise.all(
      Array.from({ length: 50 }, async () => {
        await sendCode(app)
        return (await login(app)).json?.['api_key']
      }),
    )
    const taken = keys.filter((key) => typeof key === 'string')
    expect(taken.length).toBeGreaterThan(0)
    const alive = await Promise.all(taken.map((key) => me(app, key)))
    expect(alive.filter(({ json }) => json?.['code'] === 2000)).toHaveLength(1)
  })
})

describe('users', () => {
  test('the first login of a number makes its user', async () => {
    const app = await box()
    const key = await enter(app, '13800003900')
    expect((await me(app, key)).json).toEqual({
      code: 2000,
      desc: 'ok',
      user: { id: 100, nickname: '用户3900', bio: '', avatar: '', gender: null, mobile: '13800003900' },
    })
  })

  test('a mobile is shown to its owner only', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    const [own, other] = await Promise.all([1, 2].map((id) => app.call(`/users/${String(id)}`, { headers: { authorization } })))
    expect(own?.json).toMatchObject({ user: { id: 1, mobile: MOBILE } })
    expect(other?.json).toMatchObject({ user: { id: 2, mobile: null } })
  })

  test('a user who is not there is not found, a path that is no number is unknown', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    await expect(app.call('/users/9999', { headers: { authorization } })).toFailWith('API_USER_NOT_FOUND')
    expect((await app.call('/users/abc', { headers: { authorization } })).json).toEqual({ code: 4000, desc: 'bad request: unknown path' })
  })

  test('a profile changes in the fields that are sent, and only in its own fields', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    const update = (body: object) => app.call('/users/my', { method: 'POST', headers: { authorization }, body })
    expect((await update({ nickname: '小雨', gender: 1, bio: '', id: 7, mobile: '13900000000' })).json).toMatchObject({
      code: 2000,
      user: { id: 1, mobile: MOBILE, nickname: '小雨', gender: 1, bio: '' },
    })
    for (const bad of [{}, { id: 7 }, { nickname: '' }, { nickname: 'x'.repeat(21) }, { gender: 2 }, { gender: '1' }, { bio: 'x'.repeat(101) }, { avatar: 'x'.repeat(256) }, { nickname: null }]) {
      await expect(update(bad)).toFailWith('API_BAD_REQUEST')
    }
  })
})

describe('channels', () => {
  const list = (app: Box, authorization: string, query = '') => app.call(`/channels/live${query}`, { headers: { authorization } })

  test('those on air are listed page by page with their owners', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    expect((await list(app, authorization)).json).toMatchObject({ code: 2000, count: 2, channels: [{ id: 1, owner: { id: 1, mobile: MOBILE } }, { id: 2, owner: { id: 2, mobile: null } }] })
    expect((await list(app, authorization, '?p=2&l=1')).json).toMatchObject({ count: 2, channels: [{ id: 2 }] })
    expect((await list(app, authorization, '?owner_id=2')).json).toMatchObject({ count: 1, channels: [{ id: 2 }] })
    expect((await list(app, authorization, '?owner_id=3')).json).toMatchObject({ count: 0, channels: [] })
    // A number is written in digits: what JavaScript would read as one as well is none.
    for (const bad of ['?p=0', '?p=x', '?l=101', '?l=0', '?owner_id=x', '?p=1e0', '?p=0x1', '?p=1.0', '?p=%2B1', '?p=%201', '?p=1%20']) await expect(list(app, authorization, bad)).toFailWith('API_BAD_REQUEST')
  })

  test('a channel whose owner is gone from the records ends the list with an error, and the log says why', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    await app.db('live').delete('users', 2)
    const answer = await list(app, authorization)
    expect([answer.status, answer.text]).toEqual([500, ''])
    expect(problems.splice(0)).toEqual([expect.stringContaining('channel 2 belongs to nobody')])
  })

  test('those of one owner come the latest first, and of two that began together the one with the higher id', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    const { id: _id, ...channel } = await app.db('live').get('channels', 2)
    for (const [id, later] of [[801, -1000], [803, 0], [802, 0], [804, 1000]] as const) await app.db('live').create('channels', { ...channel, id, started_at: channel.started_at + later })
    const { json } = await list(app, authorization, '?owner_id=2')
    expect((json?.['channels'] as { id: number }[]).map(({ id }) => id)).toEqual([804, 803, 802, 2, 801]) // as the contract has it
  })
})

describe('the dialect', () => {
  test('a refusal is its code and its words, under HTTP 200', async () => {
    const app = await box()
    const authorization = base64(await enter(app))
    for (const [answer, body] of [
      [await login(app, MOBILE, '000000'), { code: 4011, desc: 'invalid auth code' }],
      [await app.call('/users/my'), { code: 4010, desc: 'unauthorized' }],
      [await app.call('/users/9999', { headers: { authorization } }), { code: 4041, desc: 'user not found' }],
    ] as const) {
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual(body)
    }
  })

  test('an unknown path and a wrong verb are 4000 under HTTP 200', async () => {
    const app = await box()
    for (const [path, method, desc] of [
      ['/nothing', 'GET', 'bad request: unknown path'],
      ['/', 'GET', 'bad request: unknown path'],
      ['/auth/%zz', 'GET', 'bad request: unknown path'],
      ['/auth/login', 'GET', 'bad request: wrong method'],
      ['/auth/code', 'DELETE', 'bad request: wrong method'],
    ] as const) {
      const answer = await app.call(path, { method })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('www-authenticate')).toBeNull()
      expect(answer.json).toEqual({ code: 4000, desc })
    }
  })

  test('a missing field is named', async () => {
    const app = await box()
    expect((await app.call('/auth/code')).json).toEqual({ code: 4000, desc: "missing arguments 'mobile'" })
    expect((await app.call('/auth/login', { method: 'POST', body: { mobile: MOBILE } })).json).toEqual({ code: 4000, desc: "missing arguments 'auth_code'" })
  })

  test('an empty text is a missing field', async () => {
    const app = await box()
    expect((await app.call('/auth/code?mobile=')).json).toEqual({ code: 4000, desc: "missing arguments 'mobile'" })
    expect((await login(app, MOBILE, '')).json).toEqual({ code: 4000, desc: "missing arguments 'auth_code'" })
  })

  test('a field of another form is named', async () => {
    const app = await box()
    for (const mobile of ['123', '12345', '23800003001', '138000030011', '+8613800003001']) {
      expect((await app.call(`/auth/code?mobile=${encodeURIComponent(mobile)}`)).json).toEqual({ code: 4000, desc: "malformed arguments 'mobile'" })
    }
    for (const [body, field] of [
      [{ mobile: '12345', auth_code: '1' }, 'mobile'],
      [{ mobile: Number(MOBILE), auth_code: '123456' }, 'mobile'],
      [{ mobile: MOBILE, auth_code: 123456 }, 'auth_code'],
    ] as const) {
      expect((await app.call('/auth/login', { method: 'POST', body })).json).toEqual({ code: 4000, desc: `malformed arguments '${field}'` })
    }
  })

  test('other media types and broken JSON are 4000', async () => {
    const app = await box()
    const post = (body: string, type = 'application/json') => app.call('/auth/login', { method: 'POST', headers: { 'content-type': type }, body })
    const good = JSON.stringify({ mobile: MOBILE, auth_code: '123456' })
    for (const body of ['', '{', '[]', 'null', '"x"']) {
      expect((await post(body)).json).toEqual({ code: 4000, desc: 'bad request' })
    }
    expect((await post(good, 'text/plain')).json).toEqual({ code: 4000, desc: 'bad request' })
    for (const type of ['application/json; charset=utf-8', 'Application/JSON ; charset=utf-8']) await expect(post(good, type)).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('the key comes before the body', async () => {
    const app = await box()
    await expect(app.call('/users/my', { method: 'POST', body: '{' })).toFailWith('API_UNAUTHORIZED')
  })

  test('logout needs no content type and ignores a body', async () => {
    const app = await box()
    const key = await enter(app)
    expect((await app.call('/auth/logout', { method: 'POST', headers: { authorization: base64(key), 'content-type': 'text/plain' }, body: 'anything' })).json).toEqual({ code: 2000, desc: 'ok' })
  })

  test('a trailing slash makes no difference and HEAD is answered as GET without a body', async () => {
    const app = await box()
    expect((await app.call(`/auth/code/?mobile=${MOBILE}`)).json).toEqual({ code: 2000, desc: 'ok' })
    const head = await app.call(`/auth/code?mobile=${MOBILE}`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.text).toBe('')
    expect(head.headers.get('content-length')).toBe(String('{"code":2000,"desc":"ok"}'.length))
  })
})
