import bcrypt from 'bcryptjs'
import { describe, expect, test } from 'vitest'
import { trid } from '../src/systems/trid/index.js'
import { expectListed, tridRows } from './support/document-rows.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box } = await serve(trid)

const UNKNOWN = '13800005900'
const token = (digit: number) => String(digit).repeat(48)

const post = (app: Box, route: string, body: unknown) => app.call(`/index.php?r=${route}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
const ask = (app: Box, tel: unknown = UNKNOWN, more: object = {}) => post(app, 'user/sms-validation-request', { type: 'sms_validation_request', tel, time: '1439280893', ...more })
const check = (app: Box, tel: unknown = UNKNOWN, code: unknown = '123456', more: object = {}) => post(app, 'user/sms-validation-code', { type: 'sms_validation_code', tel, time: '1439280893', code, ...more })
const register = (app: Box, tel: string, by: unknown, more: object = {}) => post(app, 'user/register', { type: 'register', tel, token: by, username: 'zly', password: '123456a', ...more })

const failure = (type: string, error_no: number, error_msg: string) => ({ type, success: false, error_no, error_msg })
const sent = { type: 'sms_validation_send', success: true, error_no: 0, error_msg: null }

describe('registration', () => {
  test('a phone is verified, then registered, each step with a token of its own', async () => {
    const app = await box()
    expect((await ask(app)).json).toEqual(sent)
    const checked = await check(app)
    expect(checked.json).toEqual({ type: 'sms_validation_result', success: true, token: expect.stringMatching(/^[0-9a-f]{48}$/) as string, error_no: 0, error_msg: null })
    const registered = await register(app, UNKNOWN, checked.json?.['token'])
    expect(registered.json).toMatchObject({ type: 'register', success: true, huanxin_id: UNKNOWN, error_no: 0, error_msg: null })
    expect(registered.json?.['token']).not.toBe(checked.json?.['token'])
    await expect(register(app, UNKNOWN, checked.json?.['token'])).toFailWith('TOKEN_NOT_VALID')
    expect((await register(app, UNKNOWN, registered.json?.['token'], { username: '改名' })).json).toMatchObject({ success: true })
  })

  test('the Huanxin password is a bcrypt hash of the password, never the password', async () => {
    const app = await box()
    const answer = await register(app, '13800005001', token(1))
    const hash = String(answer.json?.['huanxin_password'])
    expect(hash).toMatch(/^\$2y\$10\$[./A-Za-z0-9]{53}$/)
    expect(await bcrypt.compare('123456a', hash)).toBe(true)
  })

  test('a number that never asked is not found', async () => {
    await expect(register(await box(), UNKNOWN, token(1))).toFailWith('TEL_NOT_FOUND')
  })

  test('a wrong, a foreign and an old token are not valid', async () => {
    const app = await box()
    await expect(register(app, '13800005002', token(2))).toFailWith('TOKEN_NOT_VALID')
    await expect(register(app, '13800005001', token(3))).toFailWith('TOKEN_NOT_VALID')
    await expect(register(app, '13800005001', token(9))).toFailWith('TOKEN_NOT_VALID')
  })

  test('a good token of a number that was sent another code is not verified', async () => {
    const app = await box()
    await expect(register(app, '13800005004', token(4))).toFailWith('TEL_NOT_VERIFIED')
    await ask(app)
    const checked = await check(app)
    await app.clock.advance('PT1M')
    expect((await ask(app)).json).toEqual(sent)
    await expect(register(app, UNKNOWN, checked.json?.['token'])).toFailWith('TEL_NOT_VERIFIED')
    await check(app)
    await expect(register(app, UNKNOWN, checked.json?.['token'])).toFailWith('TOKEN_NOT_VALID')
  })

  test('a request for a code that is refused takes no verification back', async () => {
    const app = await box()
    await ask(app)
    const checked = await check(app)
    await expect(ask(app)).toFailWith('SMS_SEND_FAILED')
    expect((await register(app, UNKNOWN, checked.json?.['token'])).json).toMatchObject({ success: true })

    await app.clock.advance('PT1M')
    await app.outages.set(['smsOperator'])
    await expect(ask(app)).toFailWith('SMS_SEND_FAILED')
    await app.outages.set([])
    const registered = await register(app, '13800005001', token(1))
    await app.outages.set(['database'])
    await expect(ask(app, '13800005001')).toFailWith('SMS_DATABASE_ERROR')
    await app.outages.set([])
    expect((await register(app, '13800005001', registered.json?.['token'])).json).toMatchObject({ success: true })
  })

  test('the token of a code check lives 24 hours, that of a registration 30 days', async () => {
    const app = await box()
    await ask(app)
    let checked = await check(app)
    await app.clock.advance('PT24H')
    await expect(register(app, UNKNOWN, checked.json?.['token'])).toFailWith('TOKEN_NOT_VALID')
    checked = await check(app)
    await app.clock.advance('PT23H59M59S')
    const registered = await register(app, UNKNOWN, checked.json?.['token'])
    await app.clock.advance('P29DT23H59M59S')
    expect((await register(app, UNKNOWN, registered.json?.['token'])).json).toMatchObject({ success: true })
  })
})

describe('codes', () => {
  test('a second request is refused until exactly 60 seconds have gone, and a refusal does not start them anew', async () => {
    const app = await box()
    expect((await ask(app)).json).toEqual(sent)
    await app.clock.advance('PT30S')
    await expect(ask(app)).toFailWith('SMS_SEND_FAILED')
    await app.clock.advance('PT29.999S')
    await expect(ask(app)).toFailWith('SMS_SEND_FAILED')
    await app.clock.advance('PT0.001S')
    expect((await ask(app)).json).toEqual(sent)
  })

  test('one number does not wait for another', async () => {
    const app = await box()
    await ask(app)
    expect((await ask(app, '13800005901')).json).toEqual(sent)
  })

  test('by a setting it is the client that waits, whatever the number, and the number that does not', async () => {
    const app = await box()
    await app.settings.set('trid', { interval: 'client' })
    const from = (client: string | null, tel: string) => {
      const body = { type: 'sms_validation_request', tel, time: '1439280893' }
      return app.call('/index.php?r=user/sms-validation-request', { method: 'POST', body, headers: client === null ? {} : { 'x-forwarded-for': client } })
    }
    expect((await from('203.0.113.7', UNKNOWN)).json).toEqual(sent)
    await expect(from('203.0.113.7, 10.0.0.1', '13800005901')).toFailWith('SMS_SEND_FAILED')
    expect((await from('203.0.113.8', UNKNOWN)).json).toEqual(sent)
    // Without the header a client is its address.
    expect((await from(null, UNKNOWN)).json).toEqual(sent)
    await expect(from(null, '13800005901')).toFailWith('SMS_SEND_FAILED')
    await app.clock.advance('PT1M')
    expect((await from('203.0.113.7', '13800005901')).json).toEqual(sent)
  })

  test('a request that the operator refused makes no client wait', async () => {
    const app = await box()
    await app.settings.set('trid', { interval: 'client' })
    await expect(ask(app, '13800005998')).toFailWith('SMS_SEND_FAILED')
    expect((await ask(app)).json).toEqual(sent)
  })

  test('the operator refuses one number always', async () => {
    const app = await box()
    await expect(ask(app, '13800005998')).toFailWith('SMS_SEND_FAILED')
    await expect(check(app, '13800005998')).toFailWith('VALIDATION_CODE_INVALID')
  })

  test('a code has no end and is not used up', async () => {
    const app = await box()
    await ask(app)
    await app.clock.advance('P1Y')
    expect((await check(app)).json).toMatchObject({ success: true })
    expect((await check(app)).json).toMatchObject({ success: true })
  })

  test('a wrong code is invalid', async () => {
    const app = await box()
    await ask(app)
    await expect(check(app, UNKNOWN, '000000')).toFailWith('VALIDATION_CODE_INVALID')
  })
})

describe('every code of the tables, by the row of the document', () => {
  const broken = (use: (app: Box) => Promise<Answer>) => async (app: Box) => {
    await app.outages.set(['database'])
    return use(app)
  }
  const ways: readonly (readonly [error: string, how: string, call: (app: Box) => Promise<Answer>])[] = [
    ['OK', 'a request for a code', (app) => ask(app)],
    ['OK', 'a check of the code', async (app) => (await ask(app), check(app))],
    ['OK', 'a registration', (app) => register(app, '13800005001', token(1))],
    ['JSON_DECODE_FAILED', 'a request that is no JSON', (app) => post(app, 'user/sms-validation-request', 'x')],
    ['JSON_DECODE_FAILED', 'a check that is no JSON', (app) => post(app, 'user/sms-validation-code', 'x')],
    ['JSON_DECODE_FAILED', 'a registration that is no JSON', (app) => post(app, 'user/register', 'x')],
    ['INPUT_NOT_VALID', 'a request without fields', (app) => post(app, 'user/sms-validation-request', {})],
    ['INPUT_NOT_VALID', 'a check without fields', (app) => post(app, 'user/sms-validation-code', {})],
    ['INPUT_NOT_VALID', 'a registration without fields', (app) => post(app, 'user/register', {})],
    ['SMS_DATABASE_ERROR', 'a request while the database is down', broken((app) => ask(app))],
    ['SMS_SEND_FAILED', 'a second request in the same minute', async (app) => (await ask(app), ask(app))],
    ['SMS_SEND_FAILED', 'a request for a number that the operator refuses', (app) => ask(app, '13800005998')],
    ['VALIDATION_CODE_INVALID', 'a check of a wrong code', async (app) => (await ask(app), check(app, UNKNOWN, '000000'))],
    ['TEL_NOT_FOUND', 'a registration of a number that never asked', (app) => register(app, UNKNOWN, token(1))],
    ['TOKEN_NOT_VALID', 'a registration with a wrong token', (app) => register(app, '13800005001', token(9))],
    ['TEL_NOT_VERIFIED', 'a registration after another code was sent', (app) => register(app, '13800005004', token(4))],
    ['REGISTER_DATABASE_ERROR', 'a registration while the database is down', broken((app) => register(app, '13800005001', token(1)))],
  ]

  test.each(ways.map(([error, how, call]) => [tridRows[error], how, error, call] as const))('%s: %s', async (row = '', _how, error, call) => {
    const app = await box()
    const { code, message } = trid.contract.errors[error] ?? {}
    expect((await call(app)).json).toMatchObject(error === 'OK' ? { error_no: 0, error_msg: null } : { error_no: code, error_msg: message })
    if (error !== 'OK') expect(row.startsWith(`${String(code)} ${String(message)} `)).toBe(true)
    await expectListed(app, trid, error)
  })

  test('none is left out', () => {
    expect([...new Set(ways.map(([error]) => error))]).toEqual(Object.keys(trid.contract.errors))
    expect(Object.keys(tridRows)).toEqual(Object.keys(trid.contract.errors))
  })
})

describe('the dialect', () => {
  test('a network error, for which it has no word, is the failure of its framework', async () => {
    const app = await box()
    await app.faults.next('trid', 'tridRegister', { kind: 'error', condition: 'networkError' })
    const { status, json } = await post(app, 'user/register', {})
    expect([status, json]).toEqual([500, { name: 'Internal Server Error', message: 'An internal server error occurred.', code: 0, status: 500 }])
  })

  const routes = { 'user/sms-validation-request': 'sms_validation_send', 'user/sms-validation-code': 'sms_validation_result', 'user/register': 'register' }

  test.each(Object.entries(routes))('%s: what is no JSON object is 1, what lacks a field is 2', async (route, type) => {
    const app = await box()
    for (const body of ['', 'x', '[]', '1', 'null', '"{}"', '{,}']) expect((await post(app, route, body)).json).toEqual(failure(type, 1, 'json decode failed.'))
    expect((await post(app, route, {})).json).toEqual(failure(type, 2, 'input not valid.'))
  })

  test('every field is needed, and null, empty text, boolean, array and object are none', async () => {
    const app = await box()
    const whole = { type: 'register', tel: '13800005001', token: token(1), username: 'zly', password: '123456a' }
    for (const field of Object.keys(whole)) {
      for (const value of [undefined, null, '', true, [], {}]) expect((await post(app, 'user/register', { ...whole, [field]: value })).json).toEqual(failure('register', 2, 'input not valid.'))
    }
    expect((await ask(app, UNKNOWN, { type: 'register' })).json).toMatchObject({ error_no: 2 })
  })

  test('a number is taken as text for tel, time and code', async () => {
    const app = await box()
    expect((await ask(app, Number(UNKNOWN), { time: 1439280893 })).json).toEqual(sent)
    expect((await check(app, UNKNOWN, 123456)).json).toMatchObject({ success: true })
  })

  test('any content type or none will do', async () => {
    const app = await box()
    const body = JSON.stringify({ type: 'sms_validation_request', tel: UNKNOWN, time: '1' })
    for (const [i, type] of ['application/x-www-form-urlencoded', 'text/plain', 'application/json'].entries()) {
      const answer = await app.call('/index.php?r=user/sms-validation-request', { method: 'POST', headers: { 'content-type': type }, body: body.replace(UNKNOWN, `1380000591${String(i)}`) })
      expect(answer.json).toEqual(sent)
    }
  })

  test('r may be percent-encoded, the last one counts, other parameters do not', async () => {
    const app = await box()
    expect((await post(app, 'user%2Fsms-validation-request', 'x')).json).toMatchObject({ type: 'sms_validation_send' })
    expect((await post(app, 'user/register&r=user/sms-validation-code&x=%zz', 'x')).json).toMatchObject({ type: 'sms_validation_result' })
  })

  test('every answer says that it is JSON in UTF-8', async () => {
    const app = await box()
    const answers = [await ask(app), await ask(app, ''), await post(app, 'user/nothing', {}), await app.call('/index.php?r=user/register')]
    expect(answers.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([200, 200, 404, 405].map((status) => [status, 'application/json; charset=UTF-8']))
  })

  test('routing errors lie outside the envelope', async () => {
    const app = await box()
    for (const [path, method, status] of [
      ['/index.php?r=user/nothing', 'POST', 404],
      ['/index.php', 'POST', 404],
      ['/other', 'POST', 404],
      ['/index.php?r=user/register', 'GET', 405],
    ] as const) {
      const answer = await app.call(path, { method, ...(method === 'POST' ? { body: {} } : {}) })
      expect(answer.status).toBe(status)
      expect(answer.json).toMatchObject({ code: 0, status })
      expect(Object.keys(answer.json ?? {}).sort()).toEqual(['code', 'message', 'name', 'status'])
    }
  })

  test('a database fault has a number of its own on request and registration, and is a server fault on the check', async () => {
    const app = await box()
    await app.outages.set(['database'])
    expect((await ask(app)).json).toEqual(failure('sms_validation_send', 3, 'database error.'))
    await expect(register(app, '13800005004', token(4))).toFailWith('TEL_NOT_VERIFIED')
    expect((await register(app, '13800005001', token(1))).json).toEqual(failure('register', 6, 'database error.'))
    const answer = await app.call('/index.php?r=user/sms-validation-code', { method: 'POST', body: { type: 'sms_validation_code', tel: UNKNOWN, time: '1', code: '1' } })
    expect(answer.status).toBe(500)
  })
})
