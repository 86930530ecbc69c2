import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { eduRows, expectListed } from './support/document-rows.js'
import { ANDROID, codeOf, IOS, orderID, Phone, phoneOf, phoneOfS5, userID } from './support/edu.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box } = await serve(edu)

const form = (name: string, text: string, more: Readonly<Record<string, string>> = {}) => {
  const data = new FormData()
  data.append('upload', new Blob([text], { type: 'text/plain' }), name)
  for (const [field, value] of Object.entries(more)) data.append(field, value)
  return data
}

/** Code, its HTTP status, and how honest use comes by it. */
const ways: readonly (readonly [code: number, status: number, how: string, use: (app: Box) => Promise<Answer>])[] = [
  [900, 200, 'a login', (app) => new Phone(app).login('13800001001')],
  [899, 400, 'a required call two hours after the login', async (app) => {
    const phone = await phoneOf(app, 'S1')
    await app.clock.advance('PT2H')
    return phone.get('/info')
  }],
  [899, 400, 'an optional call two hours after the login', async (app) => {
    const phone = await phoneOf(app, 'S1')
    await app.clock.advance('PT2H')
    return phone.get('/teachers')
  }],
  [899, 400, 'a check of the access token two hours after the login', async (app) => {
    const phone = await phoneOf(app, 'S1')
    await app.clock.advance('PT2H')
    return phone.get('/checkToken', { access_token: phone.access })
  }],
  [901, 400, 'registering a phone that has an account', (app) => new Phone(app).post('/register', { phone: '13800001001', smscode: '123456' })],
  [901, 400, 'binding a phone that somebody else has', async (app) => (await phoneOf(app, 'S1')).put('/phone', { phone: '13800001002', smscode: '123456' })],
  [902, 404, 'a login with an unknown phone', (app) => new Phone(app).login('13800001900')],
  [903, 401, 'a required call without auth', (app) => new Phone(app).get('/info')],
  [904, 400, 'a login without phone', (app) => new Phone(app).post('/login', { passwd: 'abc12345' })],
  [905, 500, 'anything while the server is broken (an outage, no honest use)', async (app) => {
    await app.outages.set(['internal'])
    return new Phone(app).login('13800001001')
  }],
  [906, 400, 'a login with a wrong password', (app) => new Phone(app).login('13800001001', { passwd: 'wrong' })],
  [907, 400, 'a password login without ever having set one', (app) => new Phone(app).login('13800001003')],
  [908, 400, 'checking the phone of an account that has none', async (app) => (await phoneOfS5(app)).post('/checkphone', { phone: '13800001001' })],
  [908, 400, 'a call by somebody without a phone', async (app) => (await phoneOfS5(app)).post(`/order/${orderID('006')}/call`)],
  [909, 400, 'a login of a banned user', (app) => new Phone(app).login('13800001004')],
  [910, 400, "cancelling somebody else's order", async (app) => (await phoneOf(app, 'S1')).post(`/order/${orderID('005')}/cancel`)],
  [910, 400, 'cancelling an order that is paid', async (app) => (await phoneOf(app, 'S1')).post(`/order/${orderID('003')}/cancel`)],
  [911, 404, 'looking at an order that does not exist', async (app) => (await phoneOf(app, 'S1')).get(`/order/${orderID('999')}`)],
  [912, 400, 'calling twice', async (app) => {
    const phone = await phoneOf(app, 'S1')
    expect(codeOf(await phone.post(`/order/${orderID('003')}/call`))).toBe(900)
    return phone.post(`/order/${orderID('003')}/call`)
  }],
  [912, 400, 'calling on an order whose call was made', async (app) => (await phoneOf(app, 'S1')).post(`/order/${orderID('004')}/call`)],
  [912, 400, 'calling while the provider is down (an outage)', async (app) => {
    await app.outages.set(['callProvider'])
    return (await phoneOf(app, 'S1')).post(`/order/${orderID('003')}/call`)
  }],
  [913, 400, 'a third-party login with a token that is refused', (app) => new Phone(app).post('/ssoLogin', { ssoType: 'weixin', openid: 'wx-1001', access_token: 'refused' })],
  [913, 400, 'paying while the payment service is down (an outage)', async (app) => {
    await app.outages.set(['thirdParty'])
    return (await phoneOf(app, 'S1')).post(`/order/${orderID('002')}/pay`)
  }],
  [914, 400, 'an update check of a very old app', (app) => new Phone(app, 's', { ...IOS, client: '0.9.0' }).get('/update')],
  [601, 400, 'asking for a code twice within a minute', async (app) => {
    await new Phone(app).post('/smscode', { phone: '13800001001' })
    return new Phone(app).post('/smscode', { phone: '13800001001' })
  }],
  [602, 400, 'asking for a code to a number that the operator refuses', (app) => new Phone(app).post('/smscode', { phone: '13800001998' })],
  [602, 400, 'asking for a code while the operator is down (an outage)', async (app) => {
    await app.outages.set(['smsOperator'])
    return new Phone(app).post('/smscode', { phone: '13800001001' })
  }],
  [603, 400, 'a login with a wrong code', (app) => new Phone(app).post('/login', { phone: '13800001001', smscode: '000000' })],
  [127, 400, 'asking for a code to no phone number', (app) => new Phone(app).post('/smscode', { phone: '12345' })],
]

const nameOf = (code: number) => Object.entries(edu.contract.errors).find(([, row]) => row.code === code)?.[0] ?? ''

describe('every code of the table', () => {
  test.each(ways.map(([code, status, how, use]) => [eduRows[nameOf(code)], status, how, code, use] as const))('%s, HTTP %i: %s', async (_row, status, _how, code, use) => {
    const app = await box()
    const answer = await use(app)
    await expectListed(app, edu, nameOf(code))
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject(code === 900 ? { code } : { code, msg: expect.stringMatching(/./) as string })
  })

  test('none is left out', () => {
    const reached = new Set(ways.map(([code]) => code))
    expect([...reached].sort()).toEqual(Object.values(edu.contract.errors).map(({ code }) => code).sort())
    const named = Object.entries(eduRows).map(([name, row]) => [name, Number.parseInt(row)])
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(Object.entries(edu.contract.errors).map(([name, { code }]) => [name, code])))
  })

  test('with always200 the same failures travel with HTTP 200', async () => {
    for (const [code, , how, use] of ways) {
      const app = await box()
      await app.settings.set('edu', { httpStatus: 'always200' })
      const { status, json } = await use(app)
      expect([how, status, json?.['code']]).toEqual([how, 200, code])
    }
    const app = await box()
    await app.settings.set('edu', { httpStatus: 'always200' })
    const lost = await app.call('/nowhere')
    expect([lost.status, codeOf(lost)]).toEqual([200, 911])
  })
})

describe('maintenance', () => {
  test('is 905 under HTTP 503 with Server-Status, before anything is looked at; tokens survive it', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await app.maintenance.on()
    for (const answer of [phone.get('/info'), app.call('/rest/s/info'), app.call('/file/notes.txt'), phone.login('13800001001')]) {
      const { status, json, headers } = await answer
      expect([status, json, headers.get('server-status')]).toEqual([503, { code: 905, msg: '停机维护中，请稍后再试（服务器内部错误）' }, 'maintenance'])
    }
    await app.maintenance.off()
    const { json, headers } = await phone.get('/info')
    expect([json?.['code'], headers.get('server-status')]).toEqual([900, null])
  })

  test('is 200 where every answer is', async () => {
    const app = await box()
    await app.settings.set('edu', { httpStatus: 'always200' })
    await app.maintenance.on()
    const { status, json } = await app.call('/rest/s/info', { headers: IOS })
    expect([status, json?.['code']]).toEqual([200, 905])
  })
})

test('every operation does what it is for', async () => {
  const app = await box()
  const student = new Phone(app, 's', ANDROID)
  const teacher = await phoneOf(app, 'T1')
  const t_id = userID('101')
  const good = async (answer: Promise<Answer>) => {
    const { status, json, text } = await answer
    expect([status, json?.['code']], text).toEqual([200, 900])
    return json
  }
  await good(student.post('/smscode', { phone: '13800001900', smsType: 'voice' }))
  await good(student.enter('/register', { phone: '13800001900', smscode: '123456', passwd: 'abc12345' }))
  await good(student.login('13800001900'))
  await good(student.get('/checkToken', { access_token: student.access, refresh_token: student.refresh }))
  await good(student.renew())
  student.refresh = String((await good(student.post('/refreshToken', { refresh_token: student.refresh })))?.['refresh_token'])
  await good(student.post('/info', { nick: '小满' }))
  await good(student.get('/info'))
  await good(student.post('/changePwd', { oldPwd: 'abc12345', newPwd: 'other678' }))
  await app.clock.advance('PT1M')
  await good(student.post('/checkphone', { phone: '13800001900' }))
  await good(student.post('/resetPwd', { phone: '13800001900', smscode: '123456', newPwd: 'third901' }))
  await good(student.post('/smscode', { phone: '13800001901' }))
  await good(student.put('/phone', { phone: '13800001901', smscode: '123456' }))
  await good(student.get('/teachers', { start: '1', limit: '2' }))
  await good(student.get(`/teacher/${t_id}/info`))
  const [kept, dropped] = await Promise.all([1, 2].map(() => good(student.post('/order', { t_id, question: '怎样求导？' }))))
  await good(teacher.post(`/order/${String(kept?.['o_id'])}/confirm`))
  await good(student.post(`/order/${String(kept?.['o_id'])}/pay`, { channel: 'wx' }))
  await good(teacher.post(`/order/${String(kept?.['o_id'])}/call`))
  await good(student.post(`/order/${String(dropped?.['o_id'])}/cancel`, { reason: '想明白了' }))
  await good(student.delete(`/order/${String(dropped?.['o_id'])}`))
  await good(student.get('/orders'))
  await good(student.get(`/order/${String(kept?.['o_id'])}`))
  await good(student.get('/update'))
  await good(student.get('/mqtt/info'))
  await good(app.call('/upload', { method: 'POST', body: form('notes.txt', '求导口诀', { path: 'mine.txt' }) }))
  expect((await app.call('/file/mine.txt')).text).toBe('求导口诀')
  await good(student.post('/logout'))
  await good(student.enter('/ssoLogin', { ssoType: 'weibo', openid: 'wb-1', access_token: 'good' }))
  const done = new Set((await app.requests.list({ system: 'edu' })).filter(({ error }) => error === null).map(({ operationId }) => operationId))
  expect([...done].sort()).toEqual(Object.keys(edu.contract.operations).sort())
})

describe('the order of checks', () => {
  const bad = { client: '', platform: 'windows' }

  test.each<[string, number, (app: Box) => Promise<Answer>]>([
    ['an unknown userType comes before everything', 911, (app) => app.call('/rest/x/info', { headers: bad })],
    ['a broken server comes before the headers', 905, async (app) => {
      await app.outages.set(['internal'])
      return app.call('/rest/s/info', { headers: bad })
    }],
    ['a header comes before the login', 904, (app) => app.call('/rest/s/info', { headers: bad })],
    ['broken JSON comes before the login', 904, (app) => new Phone(app).send('POST', '/info', '{', { 'content-type': 'application/json' })],
    ['the login comes before the fields', 903, (app) => new Phone(app).post('/info')],
    ['a token that ran out comes before the ban', 899, async (app) => {
      const phone = await phoneOf(app, 'S1')
      await app.sessions.ban({ system: 'edu', user: userID('001') })
      await app.clock.advance('PT2H')
      return phone.get('/info')
    }],
    ['being displaced comes before the token that ran out', 903, async (app) => {
      const phone = await phoneOf(app, 'S1')
      await phoneOf(app, 'S1')
      await app.clock.advance('PT2H')
      return phone.get('/info')
    }],
    ['the ban comes before the fields', 909, async (app) => {
      const phone = await phoneOf(app, 'S1')
      await app.sessions.ban({ system: 'edu', user: userID('001') })
      return phone.post('/info')
    }],
    ['a missing field comes before a faulty phone', 904, (app) => new Phone(app).post('/resetPwd', { phone: '12345', smscode: '1' })],
    ['a faulty phone comes before the unknown user', 127, (app) => new Phone(app).login('12345')],
    ['the taken phone comes before the code', 901, (app) => new Phone(app).post('/register', { phone: '13800001001', smscode: 'wrong' })],
    ['the unknown user comes before the code', 902, (app) => new Phone(app).post('/login', { phone: '13800001900', smscode: 'wrong' })],
    ['the code comes before the ban', 603, (app) => new Phone(app).post('/login', { phone: '13800001004', smscode: 'wrong' })],
    ['the password comes before the ban', 906, (app) => new Phone(app).login('13800001004', { passwd: 'wrong' })],
    ['the refused third party comes before the ban', 913, async (app) => {
      await app.sessions.ban({ system: 'edu', user: userID('001') })
      return new Phone(app).post('/ssoLogin', { ssoType: 'weixin', openid: 'wx-1001', access_token: 'refused' })
    }],
    ['the bound phone comes before another number', 908, async (app) => (await phoneOfS5(app)).post('/checkphone', { phone: '13800001001' })],
    ['the role comes before the unknown teacher', 910, async (app) => (await phoneOf(app, 'T1')).post('/order', { t_id: userID('999'), question: '?' })],
    ['the unknown order comes before whose it is', 911, async (app) => (await phoneOf(app, 'S1')).post(`/order/${orderID('999')}/cancel`)],
    ['a malformed id comes before the unknown order', 904, async (app) => (await phoneOf(app, 'S1')).get('/order/1')],
    ['whose order it is comes before the missing phone', 910, async (app) => (await phoneOfS5(app)).post(`/order/${orderID('003')}/call`)],
    ['the missing phone comes before the failing provider', 908, async (app) => {
      await app.outages.set(['callProvider'])
      return (await phoneOfS5(app)).post(`/order/${orderID('006')}/call`)
    }],
    ['the state of the order comes before the failing payment service', 910, async (app) => {
      await app.outages.set(['thirdParty'])
      return (await phoneOf(app, 'S1')).post(`/order/${orderID('001')}/pay`)
    }],
  ])('%s: %i', async (_rule, code, use) => {
    expect(codeOf(await use(await box()))).toBe(code)
  })
})

describe('the app', () => {
  test.each([
    ['0.9.0', 914],
    ['0.99.99.99', 914],
    ['1', 900],
    ['1.0.0.0', 900],
    ['1.0', 900],
    ['10.0', 900],
    ['', 904],
    ['1.0.0.0.0', 904],
    ['v1.0', 904],
    ['1.', 904],
  ])('version %s at the update check: %i', async (client, code) => {
    const { json } = await new Phone(await box(), 's', { ...IOS, client }).get('/update')
    expect(json).toMatchObject({ code })
    if (code === 914) expect(json).toEqual({ code, msg: '需要跳转', url: 'https://download.example.test/edu' })
    if (code === 900) expect(json).toEqual({ code, info: { latest: '2.0.0.0', url: 'https://download.example.test/edu', force: false } })
  })

  test('the minimum is a record of the world: under forced-update the present app has to go', async () => {
    const app = await box()
    await app.scenario('forced-update', 'edu')
    expect((await new Phone(app).get('/update')).json).toMatchObject({ code: 914, url: 'https://download.example.test/edu' })
  })

  test('mqtt is entered with the present access token', async () => {
    const phone = await phoneOf(await box(), 'P1')
    const id = userID('201')
    const info = (password: string) => ({ code: 900, info: { host: 'mqtt.example.test', port: 1883, clientid: id, username: id, password, keepalive: 30, cleansession: false, topic: `clients/${id}` } })
    expect((await phone.get('/mqtt/info')).json).toEqual(info(phone.access))
    await phone.renew()
    expect((await phone.get('/mqtt/info')).json).toEqual(info(phone.access))
  })
})
