import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { codeOf, PASSWORD, Phone, phoneOf, phoneOfS5, userID } from './support/edu.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(edu)

const S1 = '13800001001'
const NEW = '13800001900'
const HASH = '14F8F4BB8C0E79A02670A5FEA5682DA717A5B3D3DC7B1706F7A4BAB9AFAE18C2'

const ask = async (app: Box, phone = S1, userType: 's' | 't' | 'p' = 's') => codeOf(await new Phone(app, userType).post('/smscode', { phone }))
const byCode = async (app: Box, smscode = '123456', phone = S1, userType: 's' | 't' | 'p' = 's') => codeOf(await new Phone(app, userType).post('/login', { phone, smscode }))

describe('SMS codes', () => {
  test('a code is good once', async () => {
    const app = await box()
    expect(await ask(app)).toBe(900)
    expect(await byCode(app)).toBe(900)
    expect(await byCode(app)).toBe(603)
  })

  test('a code is good at 9:59.999 and dead at 10:00', async () => {
    const app = await box()
    await ask(app)
    await app.clock.advance('PT9M59.999S')
    expect(await byCode(app)).toBe(900)
    await ask(app)
    await app.clock.advance('PT10M')
    expect(await byCode(app)).toBe(603)
  })

  test('the next one may be asked for after exactly 60 seconds; a refusal neither voids the earlier code nor starts them anew', async () => {
    const app = await box()
    expect(await ask(app)).toBe(900)
    await app.clock.advance('PT59.999S')
    expect(await ask(app)).toBe(601)
    await app.clock.advance('PT0.001S')
    expect(await byCode(app)).toBe(900)
    expect(await ask(app)).toBe(900)
  })

  test('a number that the operator refuses waits for nothing and gets nothing', async () => {
    const app = await box()
    expect(await ask(app, '13800001998')).toBe(602)
    expect(await ask(app, '13800001998')).toBe(602)
    await app.outages.set(['smsOperator'])
    expect(await ask(app)).toBe(602)
    expect(await byCode(app)).toBe(603)
    await app.outages.set([])
    expect(await ask(app)).toBe(900)
  })

  test('student and teacher of one number have codes and intervals of their own', async () => {
    const app = await box()
    expect(await ask(app, S1, 's')).toBe(900)
    expect(await byCode(app, '123456', S1, 't')).toBe(603)
    expect(await ask(app, S1, 't')).toBe(900)
    expect(await byCode(app, '123456', S1, 't')).toBe(900)
    expect(await byCode(app, '123456', S1, 's')).toBe(900)
  })

  test('with codes in sequence only the newest counts, and wrong tries cost nothing', async () => {
    const app = await box()
    await app.sms.source('sequence')
    await ask(app)
    await app.clock.advance('PT1M')
    await ask(app)
    for (const wrong of ['100001', '123456', '000000']) expect(await byCode(app, wrong)).toBe(603)
    expect(await byCode(app, '100002')).toBe(900)
  })

  test('of ten logins at once with one code, one succeeds', async () => {
    const app = await box()
    await ask(app)
    const codes = await Promise.all(Array.from({ length: 10 }, () => byCode(app)))
    expect(codes.sort()).toEqual([603, 603, 603, 603, 603, 603, 603, 603, 603, 900].sort())
  })
})

describe('registration', () => {
  test('takes what is given and logs in at once', async () => {
    const app = await box()
    await ask(app, NEW)
    const phone = new Phone(app)
    const { json } = await phone.enter('/register', { phone: NEW, smscode: '123456', passwd: PASSWORD, nick: '爱做题的小满', avatar: '/file/default.png', device: '小米 14 Pro' })
    expect(json).toMatchObject({ code: 900, info: { userID: expect.stringMatching(/^[0-9a-f]{24}$/) as string, nick: '爱做题的小满', phone: NEW, intro: '', avatar: '/file/default.png', has_passwd: true } })
    expect((await phone.get('/info')).json).toMatchObject({ code: 900, info: { nick: '爱做题的小满', name: '', school: '', version: '', grade: '' } })
    expect(codeOf(await new Phone(app).login(NEW))).toBe(900)
  })

  test('needs no more than phone and code; then there is no password to log in with', async () => {
    const app = await box()
    await ask(app, NEW)
    expect((await new Phone(app).post('/register', { phone: NEW, smscode: '123456', nick: '' })).json).toMatchObject({ info: { nick: '用户1900', avatar: '', has_passwd: false } })
    await expect(new Phone(app).login(NEW)).toFailWith('PASSWORD_NOT_SET')
  })

  test('with a wrong code leaves nothing behind', async () => {
    const app = await box()
    await ask(app, NEW)
    await expect(new Phone(app).post('/register', { phone: NEW, smscode: '000000' })).toFailWith('SMS_CODE_INVALID')
    expect(await byCode(app, '123456', NEW)).toBe(902)
    expect(codeOf(await new Phone(app).post('/register', { phone: NEW, smscode: '123456' }))).toBe(900)
  })

  test('the same phone may register as student, teacher and parent', async () => {
    const app = await box()
    for (const userType of ['s', 't', 'p'] as const) {
      await ask(app, NEW, userType)
      const phone = new Phone(app, userType)
      expect(codeOf(await phone.enter('/register', { phone: NEW, smscode: '123456' }))).toBe(900)
      await expect(phone.post('/register', { phone: NEW, smscode: '123456' })).toFailWith('USER_EXISTS')
    }
  })

  test('twenty at once make one account', async () => {
    const app = await box()
    await ask(app, NEW)
    const answers = await Promise.all(Array.from({ length: 20 }, () => new Phone(app).post('/register', { phone: NEW, smscode: '123456' })))
    expect(answers.map(codeOf).filter((code) => code === 900)).toHaveLength(1)
    expect(answers.map(codeOf).filter((code) => code === 901)).toHaveLength(19)
  })
})

describe('login', () => {
  test.each([
    ['the plain text', PASSWORD, 900],
    ['its hash in capitals', HASH, 900],
    ['its hash in small letters', HASH.toLowerCase(), 900],
    ['the hash of the hash', '0'.repeat(64), 906],
    ['another case', PASSWORD.toUpperCase(), 906],
    ['a space behind it', `${PASSWORD} `, 906],
  ])('by %s', async (_form, passwd, code) => {
    expect(codeOf(await new Phone(await box()).login(S1, { passwd }))).toBe(code)
  })

  test('with code and password the code alone decides', async () => {
    const app = await box()
    await ask(app)
    await expect(new Phone(app).post('/login', { phone: S1, smscode: '000000', passwd: PASSWORD })).toFailWith('SMS_CODE_INVALID')
    expect(codeOf(await new Phone(app).post('/login', { phone: S1, smscode: '123456', passwd: 'wrong' }))).toBe(900)
    await expect(new Phone(app).post('/login', { phone: S1 })).toFailWith('BAD_PARAMETER')
  })

  test('who has no password comes in by code', async () => {
    const app = await box()
    await ask(app, '13800001003')
    expect(await byCode(app, '123456', '13800001003')).toBe(900)
  })

  test('a banned user who proves himself does not use his code up', async () => {
    const app = await box()
    await ask(app, '13800001004')
    expect(await byCode(app, '123456', '13800001004')).toBe(909)
    expect(await byCode(app, '123456', '13800001004')).toBe(909)
  })
})

describe('third parties', () => {
  const sso = (phone: Phone, more: object = {}) => phone.enter('/ssoLogin', { ssoType: 'qq', openid: 'qq-2031', access_token: '5D1B7A90C2E4', ...more })

  test('the first login makes an account, the next ones find it', async () => {
    const app = await box()
    const phone = new Phone(app)
    const first = (await sso(phone, { nick: '半夏微凉', avatar: '/file/default.png' })).json
    expect(first).toMatchObject({ code: 900, info: { nick: '半夏微凉', phone: '', avatar: '/file/default.png', has_passwd: false } })
    const again = (await sso(phone, { nick: '别的名字' })).json
    const id = (json: typeof first) => (json?.['info'] as { userID: string }).userID // the answer's form has been checked by the server
    expect(id(again)).toBe(id(first))
    expect(again).toMatchObject({ info: { nick: '半夏微凉' } })
  })

  test('an account that has the third party on record is entered', async () => {
    const phone = new Phone(await box())
    expect((await sso(phone, { ssoType: 'weixin', openid: 'wx-1001' })).json).toMatchObject({ code: 900, info: { userID: userID('001'), phone: S1 } })
  })

  test('the same openid of another third party or userType is somebody else', async () => {
    const app = await box()
    const ids = []
    for (const [userType, ssoType] of [['s', 'weixin'], ['s', 'weibo'], ['t', 'weixin']] as const) {
      const { json } = await sso(new Phone(app, userType), { ssoType, openid: 'wx-1001' })
      ids.push((json?.['info'] as { userID: string }).userID)
    }
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).toBe(userID('001'))
  })

  test('a refused token makes no account', async () => {
    const app = await box()
    await expect(sso(new Phone(app), { access_token: 'refused' })).toFailWith('THIRD_PARTY_FAILED')
    await app.outages.set(['thirdParty'])
    await expect(sso(new Phone(app))).toFailWith('THIRD_PARTY_FAILED')
    expect(await app.db('edu').list('ssoAccounts', { key: 's/qq/qq-2031' })).toEqual([])
  })

  test('twenty first logins at once make one account', async () => {
    const app = await box()
    const answers = await Promise.all(Array.from({ length: 20 }, () => sso(new Phone(app))))
    expect(new Set(answers.map(({ json }) => (json?.['info'] as { userID: string }).userID)).size).toBe(1)
    expect(answers.map(codeOf)).toEqual(Array.from({ length: 20 }, () => 900))
  })

  test.each([{ ssoType: 'github' }, { ssoType: '' }, { openid: '' }, { access_token: '' }, { openid: 1 }])('%o is 904', async (bad) => {
    await expect(sso(new Phone(await box()), bad)).toFailWith('BAD_PARAMETER')
  })
})

describe('the profile', () => {
  test('changes in the fields that are sent, and only in its own', async () => {
    const phone = await phoneOf(await box(), 'S1')
    expect((await phone.post('/info', { nick: '小鹿', intro: '', userID: userID('002'), phone: '13900000000', banned: true, passwd: 'x' })).json).toEqual({ code: 900 })
    expect((await phone.get('/info')).json).toEqual({
      code: 900,
      info: { userID: userID('001'), nick: '小鹿', phone: S1, intro: '', avatar: '/file/default.png', has_passwd: true, name: '林晓雨', school: '江城市第三中学', version: '人教版', grade: '高二' },
    })
  })

  test('takes no empty change and nothing too long', async () => {
    const phone = await phoneOf(await box(), 'S1')
    for (const bad of [{}, { phone: S1 }, { nick: 'x'.repeat(21) }, { name: 'x'.repeat(21) }, { intro: 'x'.repeat(101) }, { avatar: 'x'.repeat(256) }, { school: 'x'.repeat(41) }, { version: 'x'.repeat(41) }, { grade: 'x'.repeat(41) }, { nick: null }, { nick: 1 }]) {
      expect([bad, codeOf(await phone.post('/info', bad))]).toEqual([bad, 904])
    }
    expect(codeOf(await phone.post('/info', { nick: '字'.repeat(20) }))).toBe(900)
  })
})

describe('passwords', () => {
  test('a change needs the old one and leaves the session alone', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await expect(phone.post('/changePwd', { oldPwd: 'wrong', newPwd: 'xyz67890' })).toFailWith('WRONG_PASSWORD')
    expect(codeOf(await phone.post('/changePwd', { oldPwd: HASH, newPwd: 'xyz67890' }))).toBe(900)
    expect(codeOf(await phone.get('/info'))).toBe(900)
    await expect(new Phone(app).login(S1)).toFailWith('WRONG_PASSWORD')
    expect(codeOf(await new Phone(app).login(S1, { passwd: 'xyz67890' }))).toBe(900)
  })

  test('who never had one cannot change it, but set it by code', async () => {
    const app = await box()
    const phone = new Phone(app)
    await ask(app, '13800001003')
    await phone.enter('/login', { phone: '13800001003', smscode: '123456' })
    await expect(phone.post('/changePwd', { oldPwd: 'any', newPwd: 'xyz67890' })).toFailWith('PASSWORD_NOT_SET')
    await app.clock.advance('PT1M')
    await ask(app, '13800001003')
    await expect(phone.post('/resetPwd', { phone: '13800001003', smscode: '000000', newPwd: 'xyz67890' })).toFailWith('SMS_CODE_INVALID')
    expect(codeOf(await phone.post('/resetPwd', { phone: '13800001003', smscode: '123456', newPwd: 'xyz67890' }))).toBe(900)
    await expect(phone.post('/resetPwd', { phone: '13800001003', smscode: '123456', newPwd: 'again' })).toFailWith('SMS_CODE_INVALID')
    expect((await phone.get('/info')).json).toMatchObject({ code: 900, info: { has_passwd: true } })
    expect(codeOf(await new Phone(app).login('13800001003', { passwd: 'xyz67890' }))).toBe(900)
  })

  test('a reset knows unknown and banned users', async () => {
    const app = await box()
    const reset = async (phone: string) => codeOf(await new Phone(app).post('/resetPwd', { phone, smscode: '123456', newPwd: 'xyz67890' }))
    expect(await reset(NEW)).toBe(902)
    await ask(app, '13800001004')
    expect(await reset('13800001004')).toBe(909)
  })
})

describe('the phone number', () => {
  test('a code is sent to one\'s own number only', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await expect(phone.post('/checkphone', { phone: '13800001002' })).toFailWith('BAD_PARAMETER')
    await expect(phone.post('/checkphone', { phone: '123' })).toFailWith('PHONE_INVALID')
    expect(codeOf(await phone.post('/checkphone', { phone: S1 }))).toBe(900)
    await expect(phone.post('/checkphone', { phone: S1 })).toFailWith('SMS_TOO_FREQUENT')
    expect(await ask(app)).toBe(601)
    expect(await byCode(app)).toBe(900)
  })

  test('is bound to an account that had none, which can log in with it from then on', async () => {
    const app = await box()
    const phone = await phoneOfS5(app)
    await ask(app, NEW)
    await expect(phone.put('/phone', { phone: NEW, smscode: '000000' })).toFailWith('SMS_CODE_INVALID')
    expect(codeOf(await phone.put('/phone', { phone: NEW, smscode: '123456' }))).toBe(900)
    expect((await phone.get('/info')).json).toMatchObject({ info: { userID: userID('005'), phone: NEW } })
    await app.clock.advance('PT1M')
    await ask(app, NEW)
    expect(await byCode(app, '123456', NEW)).toBe(900)
  })

  test('is changed to a free one; the old one is free then', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await ask(app, NEW)
    expect(codeOf(await phone.put('/phone', { phone: NEW, smscode: '123456' }))).toBe(900)
    await expect(new Phone(app).login(S1)).toFailWith('USER_NOT_FOUND')
    expect(codeOf(await new Phone(app).login(NEW))).toBe(900)
  })

  test('of somebody else is taken, of a teacher is not, and one\'s own may be bound again', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await expect(phone.put('/phone', { phone: '13800001002', smscode: '123456' })).toFailWith('USER_EXISTS')
    await ask(app, S1)
    expect(codeOf(await phone.put('/phone', { phone: S1, smscode: '123456' }))).toBe(900)
    await ask(app, '13800001102')
    expect(codeOf(await phone.put('/phone', { phone: '13800001102', smscode: '123456' }))).toBe(900)
  })
})
