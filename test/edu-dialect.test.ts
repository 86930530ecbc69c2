import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { authOf, codeOf, IOS, orderID, Phone, phoneOf } from './support/edu.js'
import { serve } from './support/serve.js'

const { box } = await serve(edu)

describe('headers', () => {
  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['all that is needed on ios', { client: '1.0', platform: 'ios' }, 900],
    ['a platform in capitals', { client: '1.0', platform: 'iOS' }, 900],
    ['android in capitals, with a channel', { client: '1.0', platform: 'ANDROID', channel: 'TencentAPP' }, 900],
    ['names in capitals', { CLIENT: '1.0', PLATFORM: 'ios' }, 900],
    ['no client', { platform: 'ios' }, 904],
    ['an empty client', { client: '', platform: 'ios' }, 904],
    ['no platform', { client: '1.0' }, 904],
    ['another platform', { client: '1.0', platform: 'harmony' }, 904],
    ['android without channel', { client: '1.0', platform: 'android' }, 904],
    ['Android without channel', { client: '1.0', platform: 'Android' }, 904],
    ['android with an empty channel', { client: '1.0', platform: 'android', channel: '' }, 904],
  ])('%s', async (_case, headers, code) => {
    expect(codeOf(await (await box()).call('/rest/s/teachers', { headers }))).toBe(code)
  })

  test('u and w are needed to come in, and for nothing else', async () => {
    const app = await box()
    const { u, w, ...others } = IOS
    for (const headers of [others, { ...others, u }, { ...others, w }, { ...others, u: '', w }]) {
      const phone = new Phone(app, 's', headers)
      for (const path of ['/login', '/register', '/ssoLogin']) {
        const all = { phone: '13800001001', passwd: 'abc12345', smscode: '1', ssoType: 'qq', openid: 'x', access_token: 'good' }
        expect(codeOf(await phone.post(path, all))).toBe(904)
      }
      expect(codeOf(await phone.post('/smscode', { phone: '13800001001' }))).not.toBe(904)
    }
  })

  test.each([
    ['application/json', 900],
    ['application/json; charset=utf-8', 900],
    ['application/json;', 900],
    ['Application/JSON ; charset=utf-8', 900],
    ['text/plain', 904],
    ['application/jsonp', 904],
    ['application/x-www-form-urlencoded', 904],
  ])('content type %s', async (type, code) => {
    const phone = new Phone(await box())
    expect(codeOf(await phone.send('POST', '/login', '{"phone":"13800001001","passwd":"abc12345"}', { 'content-type': type }))).toBe(code)
  })

  test('POST and PUT need a content type even without a body, DELETE only with one, GET never', async () => {
    const phone = await phoneOf(await box(), 'S1')
    expect(codeOf(await phone.send('POST', '/logout', undefined, {}))).toBe(904)
    expect(codeOf(await phone.send('PUT', '/phone'))).toBe(904)
    expect(codeOf(await phone.send('GET', '/info'))).toBe(900)
    expect(codeOf(await phone.send('DELETE', `/order/${orderID('007')}`, 'x', { 'content-type': 'text/plain' }))).toBe(904)
    expect(codeOf(await phone.send('DELETE', `/order/${orderID('007')}`))).toBe(900)
    expect(codeOf(await phone.send('POST', '/logout', '', { 'content-type': 'application/json' }))).toBe(900)
  })
})

test('by a setting every call needs a content type, GET included; the file service needs none', async () => {
  const app = await box()
  await app.settings.set('edu', { contentTypeRequired: 'always' })
  const phone = await phoneOf(app, 'S1')
  const json = { 'content-type': 'application/json' }
  expect(codeOf(await phone.send('GET', '/info'))).toBe(904)
  expect(codeOf(await phone.send('DELETE', `/order/${orderID('007')}`))).toBe(904)
  expect(codeOf(await phone.send('GET', '/info', undefined, { ...json, ...authOf(phone.access) }))).toBe(900)
  expect((await app.call('/file/default.png')).status).toBe(200)
})

test('903 says whether there was a login at all', async () => {
  const phone = new Phone(await box())
  expect((await phone.get('/info')).json).toEqual({ code: 903, msg: '没有登陆信息，请重新登陆' })
  expect((await phone.send('GET', '/info', undefined, { auth: '' })).json).toEqual({ code: 903, msg: '没有登陆信息，请重新登陆' })
  expect((await phone.send('GET', '/info', undefined, authOf('0'.repeat(48)))).json).toEqual({ code: 903, msg: '登录信息失效，请重新登陆' })
})

describe('the credential', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')

  test.each<[string, (token: string) => Readonly<Record<string, string>>, number]>([
    ['base64 of access_token=…', authOf, 900],
    ['with other keys beside it', (token) => ({ auth: base64(`userID=aaa&access_token=${token}`) }), 900],
    ['without padding', (token) => ({ auth: base64(`access_token=${token}&x`).replace(/=+$/, '') }), 900],
    ['the bare token', (token) => ({ auth: token }), 903],
    ['the text not encoded', (token) => ({ auth: `access_token=${token}` }), 903],
    ['the old form', () => ({ auth: base64('userID=aaa&authSign=bbb') }), 903],
    ['an empty token', () => authOf(''), 903],
    ['no base64 at all', () => ({ auth: '%%%' }), 903],
    ['another header', (token) => ({ authorization: `Bearer ${token}` }), 903],
    ['a cookie', (token) => ({ cookie: `access_token=${token}` }), 903],
    ['a token that never was', () => authOf('0'.repeat(48)), 903],
  ])('%s', async (_form, headers, code) => {
    const app = await box()
    const { access } = await phoneOf(app, 'S1')
    expect(codeOf(await app.call('/rest/s/info', { headers: { ...IOS, ...headers(access) } }))).toBe(code)
  })

  test('the query is no place for it, and a refresh token does not do', async () => {
    const app = await box()
    const { access, refresh } = await phoneOf(app, 'S1')
    expect(codeOf(await app.call(`/rest/s/info?access_token=${access}`, { headers: IOS }))).toBe(903)
    expect(codeOf(await app.call('/rest/s/info', { headers: { ...IOS, ...authOf(refresh) } }))).toBe(903)
  })

  test('no login needed: the header is not looked at', async () => {
    expect(codeOf(await (await box()).call('/rest/s/update', { headers: { ...IOS, auth: 'nonsense' } }))).toBe(900)
  })

  test('optional login: absent or empty passes, anything else must verify', async () => {
    const app = await box()
    const teachers = async (headers: Readonly<Record<string, string>>) => codeOf(await app.call('/rest/s/teachers', { headers: { ...IOS, ...headers } }))
    expect(await teachers({})).toBe(900)
    expect(await teachers({ auth: '' })).toBe(900)
    expect(await teachers({ auth: 'nonsense' })).toBe(903)
    expect(await teachers(authOf((await phoneOf(app, 'S1')).access))).toBe(900)
  })

  test('a token issued to a student is worth nothing as a teacher or parent, even with the same phone number', async () => {
    const app = await box()
    const { access } = await phoneOf(app, 'S1')
    for (const userType of ['t', 'p'] as const) {
      const other = new Phone(app, userType)
      other.access = access
      for (const path of ['/info', '/teachers', '/orders']) {
        const { status, json } = await other.get(path)
        expect([status, json]).toEqual([401, { code: 903, msg: '登录信息失效，请重新登陆' }])
      }
    }
  })
})

describe('bodies and paths', () => {
  test('an empty body is an empty object; anything that is no object is 904', async () => {
    const phone = await phoneOf(await box(), 'S1')
    const json = { 'content-type': 'application/json' }
    expect(codeOf(await phone.send('POST', `/order/${orderID('001')}/cancel`, '', json))).toBe(900)
    for (const body of ['{', '[]', 'null', '"x"', '1', '\u0000', '{"reason":1}']) {
      expect(codeOf(await phone.send('POST', `/order/${orderID('002')}/cancel`, body, json))).toBe(904)
    }
    expect(codeOf(await phone.send('POST', `/order/${orderID('002')}/cancel`, JSON.stringify({ reason: 'x', more: 'x'.repeat(1_100_000) }), json))).toBe(904)
  })

  test('required fields that are empty, null or of another type are 904, a phone as a number too', async () => {
    const phone = new Phone(await box())
    for (const value of ['', null, 13800001001, true, [], {}]) expect([value, codeOf(await phone.post('/smscode', { phone: value }))]).toEqual([value, 904])
    for (const value of ['12345', '23800001001', '138000010011', '1380000100a', ' 13800001001']) expect([value, codeOf(await phone.post('/smscode', { phone: value }))]).toEqual([value, 127])
    for (const passwd of ['', null, 1, 'x'.repeat(129)]) expect(codeOf(await phone.login('13800001001', { passwd }))).toBe(904)
    expect(codeOf(await phone.post('/smscode', { phone: '13800001001', smsType: 'mail' }))).toBe(904)
  })

  test('unknown paths, userTypes and verbs are 911', async () => {
    const app = await box()
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/rest/login'],
      ['GET', '/rest/x/teachers'],
      ['GET', '/rest/S/teachers'],
      ['GET', '/rest/s'],
      ['GET', '/rest/s/%'],
      ['GET', '/file'],
      ['GET', '/file/a/b'],
      ['GET', '/rest/s/login'],
      ['DELETE', '/rest/s/teachers'],
      ['PATCH', '/rest/s/info'],
      ['PUT', '/upload'],
    ] as const) {
      const { status, json } = await app.call(path, { method, headers: IOS })
      expect([method, path, status, json]).toEqual([method, path, 404, { code: 911, msg: '要获取的资源不存在' }])
    }
  })

  test('a trailing slash makes no difference, and HEAD is GET without a body', async () => {
    const app = await box()
    expect(codeOf(await app.call('/rest/s/teachers/', { headers: IOS }))).toBe(900)
    const [whole, head] = [await app.call('/rest/s/teachers', { headers: IOS }), await app.call('/rest/s/teachers', { method: 'HEAD', headers: IOS })]
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', String(Buffer.byteLength(whole.text))])
  })
})
