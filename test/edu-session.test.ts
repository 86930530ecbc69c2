import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { ANDROID, authOf, codeOf, IOS, Phone, phoneOf, userID } from './support/edu.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(edu)

const HOURS = 3_600_000
const DAYS = 24 * HOURS
const S1 = '13800001001'
const TOKEN = expect.stringMatching(/^[0-9a-f]{48}$/) as string
const GONE = { code: 903, msg: '登录信息失效，请重新登陆' }

const iso = async (app: Box) => (await app.clock.now()).now
const check = (phone: Phone, tokens: { access_token?: string; refresh_token?: string }) => phone.get('/checkToken', tokens)

describe('a day of a client', () => {
  test('log in, refresh shortly before two hours, refresh the refresh token, be kicked out and show by whom, log in again', async () => {
    const app = await box()
    const mine = new Phone(app, 's', ANDROID)
    expect((await mine.login(S1, { device: '小米 14 Pro' })).json).toEqual({
      code: 900,
      info: {
        userID: userID('001'), nick: '林间小鹿', phone: S1, intro: '高二在读，数学偏科选手，欢迎老师指点。', avatar: '/file/default.png', has_passwd: true,
        access_token: TOKEN, access_token_expire: 2 * HOURS, refresh_token: TOKEN, refresh_token_expire: 30 * DAYS,
      },
    })
    expect(mine.access).not.toBe(mine.refresh)

    // Five minutes before the end the client trades its access token in time.
    await app.clock.advance('PT1H55M')
    expect((await check(mine, { access_token: mine.access })).json).toEqual({ code: 900, access_token_expire: 5 * 60_000 })
    const old = mine.access
    expect((await mine.renew()).json).toEqual({ code: 900, access_token: TOKEN, access_token_expire: 2 * HOURS })
    expect(mine.access).not.toBe(old)
    await app.clock.advance('PT1H')
    expect(codeOf(await mine.get('/info'))).toBe(900)

    // Late in the month the refresh token itself is traded; the access token stays.
    await app.clock.advance('P29DT20H')
    await expect(mine.get('/info')).toFailWith('ACCESS_TOKEN_EXPIRED')
    const { json } = await mine.post('/refreshToken', { refresh_token: mine.refresh })
    expect(json).toEqual({ code: 900, refresh_token: TOKEN, refresh_token_expire: 30 * DAYS })
    expect((await check(mine, { refresh_token: mine.refresh })).json).toEqual(GONE)
    mine.refresh = String(json?.['refresh_token'])
    await mine.renew()
    expect(codeOf(await mine.get('/info'))).toBe(900)

    // A second phone logs in.
    await app.clock.advance('PT10M')
    const theirs = new Phone(app)
    await theirs.login(S1, { device: 'iPhone 15' })
    const kicked = { ...GONE, nextDevice: 'iPhone 15', nextLogin: await iso(app) }
    await app.clock.advance('PT1H')
    for (const answer of [mine.get('/info'), mine.get('/teachers'), check(mine, { access_token: mine.access }), check(mine, { refresh_token: mine.refresh }), mine.renew()]) {
      const { status, json } = await answer
      expect([status, json]).toEqual([401, kicked])
    }

    // Logging in again turns the tables.
    expect(codeOf(await mine.login(S1, { device: '小米 14 Pro' }))).toBe(900)
    expect(codeOf(await mine.get('/info'))).toBe(900)
    expect((await theirs.get('/info')).json).toEqual({ ...GONE, nextDevice: '小米 14 Pro', nextLogin: await iso(app) })
  })
})

describe('the access token', () => {
  test('lives to the last millisecond of two hours and is 899 from then on', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await app.clock.advance('PT1H59M59.999S')
    expect(codeOf(await phone.get('/info'))).toBe(900)
    expect((await check(phone, { access_token: phone.access })).json).toEqual({ code: 900, access_token_expire: 1 })
    await app.clock.advance('PT0.001S')
    expect((await phone.get('/info')).json).toEqual({ code: 899, msg: 'access_token超时' })
    await expect(check(phone, { access_token: phone.access })).toFailWith('ACCESS_TOKEN_EXPIRED')
    await app.clock.advance('P20D')
    await expect(phone.get('/info')).toFailWith('ACCESS_TOKEN_EXPIRED')
    expect(codeOf(await phone.renew())).toBe(900)
    expect(codeOf(await phone.get('/info'))).toBe(900)
  })

  test('that a refresh replaced lives on for a minute, so that a request under way is not logged out', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    const old = phone.access
    await phone.renew()
    expect(codeOf(await phone.send('GET', '/info', undefined, authOf(old)))).toBe(900)
    await app.clock.advance('PT59.999S')
    expect(codeOf(await phone.send('GET', '/info', undefined, authOf(old)))).toBe(900)
    await app.clock.advance('PT0.001S')
    expect((await phone.send('GET', '/info', undefined, authOf(old))).json).toEqual(GONE)
  })

  test('that a refresh replaced is 903 at once where a setting allows no grace, without a word of other clients', async () => {
    const app = await box()
    await app.settings.set('edu', { accessTokenGraceMs: 0 })
    const phone = await phoneOf(app, 'S1')
    const old = phone.access
    await phone.renew()
    expect((await phone.send('GET', '/info', undefined, authOf(old))).json).toEqual(GONE)
    expect((await check(phone, { access_token: old })).json).toEqual(GONE)
  })

  test('lives on for the grace that a setting gives it, but not beyond its own end', async () => {
    const app = await box()
    await app.settings.set('edu', { accessTokenGraceMs: 60_000 })
    const phone = await phoneOf(app, 'S1')
    const [first] = [phone.access, await phone.renew()]
    const byFirst = (path = '/info') => phone.send('GET', path, undefined, authOf(first))
    await app.clock.advance('PT59.999S')
    expect(codeOf(await byFirst())).toBe(900)
    expect((await check(phone, { access_token: first })).json).toEqual({ code: 900, access_token_expire: 1 })
    expect((await byFirst('/mqtt/info')).json).toMatchObject({ info: { password: phone.access } })
    await app.clock.advance('PT0.001S')
    expect((await byFirst()).json).toEqual(GONE)

    await app.clock.advance('PT1H58M59.500S')
    const second = phone.access
    await app.clock.advance('PT0.500S')
    expect(codeOf(await phone.renew())).toBe(900)
    expect((await phone.send('GET', '/info', undefined, authOf(second))).json).toEqual(GONE)
  })

  test('in its grace is displaced like the one that replaced it, and forgotten by the next refresh', async () => {
    const app = await box()
    await app.settings.set('edu', { accessTokenGraceMs: 1000 })
    const phone = await phoneOf(app, 'S1')
    const [first] = [phone.access, await phone.renew()]
    const [second] = [phone.access, await phone.renew()]
    const by = async (token: string) => (await phone.send('GET', '/info', undefined, authOf(token))).json
    expect(await by(first)).toEqual(GONE)
    expect(await by(second)).toMatchObject({ code: 900 })
    await new Phone(app).login(S1, { device: 'iPad' })
    expect(await by(second)).toMatchObject({ ...GONE, nextDevice: 'iPad' })
    await app.clock.advance('PT1S')
    expect(await by(second)).toEqual(GONE)
  })
})

describe('the refresh token', () => {
  test('lives to the last millisecond of 30 days; then only a new login helps', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await app.clock.advance('P29DT23H59M59.999S')
    expect((await check(phone, { refresh_token: phone.refresh })).json).toEqual({ code: 900, refresh_token_expire: 1 })
    expect(codeOf(await phone.renew())).toBe(900)
    await app.clock.advance('PT0.001S')
    for (const answer of [phone.renew(), phone.post('/refreshToken', { refresh_token: phone.refresh }), check(phone, { refresh_token: phone.refresh })]) {
      expect((await answer).json).toEqual(GONE)
    }
    expect(codeOf(await phone.get('/info'))).toBe(900) // the access token has its own end
  })

  test('is not prolonged by refreshing the access token or by checks', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await app.clock.advance('P10D')
    await phone.renew()
    await check(phone, { access_token: phone.access })
    expect((await check(phone, { access_token: phone.access, refresh_token: phone.refresh })).json).toEqual({ code: 900, access_token_expire: 2 * HOURS, refresh_token_expire: 20 * DAYS })
  })

  test('an access token does not do in its place, nor that of another userType', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    expect((await phone.post('/accessToken', { refresh_token: phone.access })).json).toEqual(GONE)
    const teacher = await phoneOf(app, 'T3')
    expect((await teacher.post('/accessToken', { refresh_token: phone.refresh })).json).toEqual(GONE)
    expect((await teacher.post('/refreshToken', { refresh_token: phone.refresh })).json).toEqual(GONE)
    expect((await check(teacher, { access_token: phone.access })).json).toEqual(GONE)
    expect((await check(teacher, { refresh_token: phone.refresh })).json).toEqual(GONE)
    expect(codeOf(await phone.renew())).toBe(900)
  })
})

describe('the check', () => {
  test('asks for one token at least; with both, the access token is looked at first', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await expect(check(phone, {})).toFailWith('BAD_PARAMETER')
    await expect(check(phone, { access_token: '' })).toFailWith('BAD_PARAMETER')
    await app.clock.advance('PT2H')
    await expect(check(phone, { access_token: phone.access, refresh_token: 'never' })).toFailWith('ACCESS_TOKEN_EXPIRED')
    await phone.renew()
    await expect(check(phone, { access_token: phone.access, refresh_token: 'never' })).toFailWith('UNAUTHENTICATED')
  })
})

describe('one client at a time', () => {
  test.each<[string, (phone: Phone) => Promise<unknown>]>([
    ['a password', (phone) => phone.login(S1)],
    ['an SMS code', async (phone) => {
      await phone.post('/smscode', { phone: S1 })
      return phone.enter('/login', { phone: S1, smscode: '123456' })
    }],
    ['a third party', (phone) => phone.enter('/ssoLogin', { ssoType: 'weixin', openid: 'wx-1001', access_token: 'good' })],
  ])('an entry by %s ends the session before, from android and ios alike', async (_kind, enter) => {
    const app = await box()
    const [android, ios] = [new Phone(app, 's', ANDROID), new Phone(app, 's', IOS)]
    await android.login(S1)
    await enter(ios)
    expect((await android.get('/info')).json).toEqual({ ...GONE, nextDevice: 'ios 1.0.2.3', nextLogin: await iso(app) })
    expect(codeOf(await ios.get('/info'))).toBe(900)
  })

  test('a registration is an entry, too', async () => {
    const app = await box()
    const phone = new Phone(app)
    await phone.post('/smscode', { phone: '13800001900' })
    await phone.enter('/register', { phone: '13800001900', smscode: '123456', passwd: 'abc12345' })
    expect(codeOf(await phone.get('/info'))).toBe(900)
    await new Phone(app, 's', { ...ANDROID, platform: 'Android' }).login('13800001900')
    expect((await phone.get('/info')).json).toMatchObject({ nextDevice: 'android 1.0.2.3' })
  })

  test('a failed login ends nothing', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await expect(new Phone(app).login(S1, { passwd: 'wrong' })).toFailWith('WRONG_PASSWORD')
    expect(codeOf(await phone.get('/info'))).toBe(900)
  })

  test('student, teacher and parent do not touch one another, even with one phone number', async () => {
    const app = await box()
    const [student, teacher] = [await phoneOf(app, 'S1'), await phoneOf(app, 'T3')]
    expect((await student.get('/info')).json).toMatchObject({ code: 900, info: { userID: userID('001') } })
    expect((await teacher.get('/info')).json).toMatchObject({ code: 900, info: { userID: userID('103'), phone: S1 } })
  })

  test('a session remembers the login that ended it, not those that came later', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await new Phone(app).login(S1, { device: 'the second' })
    await new Phone(app).login(S1, { device: 'the third' })
    expect((await phone.get('/info')).json).toMatchObject({ nextDevice: 'the second' })
  })

  test('kicked by the control plane, a client is told of whatever device that names', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await app.sessions.kick({ system: 'edu', user: S1, realm: 's', by: { platform: 'ios' } })
    expect((await phone.get('/info')).json).toEqual({ ...GONE, nextDevice: 'ios', nextLogin: await iso(app) })
    await phone.login(S1)
    await app.sessions.kick({ system: 'edu', user: userID('001') })
    expect((await phone.renew()).json).toMatchObject({ ...GONE, nextDevice: expect.stringMatching(/./) as string })
  })

  test('a logout ends it without a word of other clients', async () => {
    const phone = await phoneOf(await box(), 'S1')
    expect((await phone.post('/logout')).json).toEqual({ code: 900 })
    expect((await phone.get('/info')).json).toEqual(GONE)
    expect((await phone.renew()).json).toEqual(GONE)
    expect((await check(phone, { access_token: phone.access })).json).toEqual(GONE)
  })

  test('fifty logins at once leave one live session, and every other is told who came after it', async () => {
    const app = await box()
    const phones = Array.from({ length: 50 }, () => new Phone(app))
    await Promise.all(phones.map((phone, i) => phone.login(S1, { device: `phone ${String(i)}` })))
    const answers = await Promise.all(phones.map((phone) => phone.get('/info')))
    expect(answers.filter((answer) => codeOf(answer) === 900)).toHaveLength(1)
    // Ten sessions that ended are remembered for their clients; the tokens of older ones are unknown.
    const told = answers.filter(({ json }) => json?.['nextDevice'] !== undefined)
    expect(told.length).toBeGreaterThanOrEqual(9)
    for (const { json } of answers.filter((answer) => codeOf(answer) !== 900)) expect(json).toMatchObject(GONE)
  })
})

test('who is no more is logged out: at the check, at both refreshes and on every call', async () => {
  const app = await box()
  const phone = await phoneOf(app, 'S1')
  await app.db('edu').delete('users', userID('001'))
  for (const answer of [check(phone, { access_token: phone.access }), check(phone, { refresh_token: phone.refresh }), phone.renew(), phone.post('/refreshToken', { refresh_token: phone.refresh }), phone.get('/info')]) {
    const { status, json } = await answer
    expect([status, json]).toEqual([401, GONE])
  }
})

test('tokens that a fixture lets live for ever say so by the largest whole number', async () => {
  const app = await box()
  const phone = await phoneOf(app, 'S1')
  const [session] = await app.sessions.list({ system: 'edu', state: 'active' })
  await app.admin('PATCH', `/db/edu/sessions/${String(session?.id)}`, { accessExpiresAt: null, refreshExpiresAt: null })
  const both = { access_token: phone.access, refresh_token: phone.refresh }
  expect((await check(phone, both)).json).toEqual({ code: 900, access_token_expire: Number.MAX_SAFE_INTEGER, refresh_token_expire: Number.MAX_SAFE_INTEGER })
})

describe('a ban', () => {
  test('hits an account whose token lives: on every call, at the check and at a refresh', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await app.sessions.ban({ system: 'edu', user: userID('001') })
    const banned = { code: 909, msg: '用户被封禁' }
    for (const answer of [phone.get('/info'), phone.get('/teachers'), phone.renew(), phone.post('/refreshToken', { refresh_token: phone.refresh }), check(phone, { access_token: phone.access }), check(phone, { refresh_token: phone.refresh }), phone.post('/logout')]) {
      const { status, json } = await answer
      expect([status, json]).toEqual([400, banned])
    }
    expect((await phone.login(S1)).json).toEqual(banned)
    expect((await phone.post('/ssoLogin', { ssoType: 'weixin', openid: 'wx-1001', access_token: 'good' })).json).toEqual(banned)
    await app.clock.advance('PT2H')
    await expect(phone.get('/info')).toFailWith('ACCESS_TOKEN_EXPIRED')
  })

  test('does not touch what needs no login', async () => {
    const app = await box()
    await app.sessions.ban({ system: 'edu', user: userID('001') })
    expect(codeOf(await new Phone(app).get('/teachers'))).toBe(900)
    expect(codeOf(await new Phone(app).get('/update'))).toBe(900)
  })
})

describe('races', () => {
  test('two clients that refresh the access token at once both get one; the later is the good one and nobody is logged out', async () => {
    const app = await box()
    await app.settings.set('edu', { accessTokenGraceMs: 0 })
    const phone = await phoneOf(app, 'S1')
    const answers = await Promise.all([1, 2].map(() => phone.post('/accessToken', { refresh_token: phone.refresh })))
    expect(answers.map(codeOf)).toEqual([900, 900])
    const tokens = answers.map(({ json }) => String(json?.['access_token']))
    const codes = await Promise.all(tokens.map(async (token) => codeOf(await phone.send('GET', '/info', undefined, authOf(token)))))
    expect(codes.sort()).toEqual([900, 903])
    expect(codeOf(await phone.renew())).toBe(900)
  })

  test('with a grace both tokens of such a race work', async () => {
    const app = await box()
    await app.settings.set('edu', { accessTokenGraceMs: 1000 })
    const phone = await phoneOf(app, 'S1')
    const answers = await Promise.all([1, 2].map(() => phone.post('/accessToken', { refresh_token: phone.refresh })))
    const tokens = answers.map(({ json }) => String(json?.['access_token']))
    const codes = await Promise.all(tokens.map(async (token) => codeOf(await phone.send('GET', '/info', undefined, authOf(token)))))
    expect(codes).toEqual([900, 900])
  })

  test('of two that refresh the refresh token at once, one gets it', async () => {
    const phone = await phoneOf(await box(), 'S1')
    const answers = await Promise.all([1, 2].map(() => phone.post('/refreshToken', { refresh_token: phone.refresh })))
    expect(answers.map(codeOf).sort()).toEqual([900, 903])
    phone.refresh = String(answers.find((answer) => codeOf(answer) === 900)?.json?.['refresh_token'])
    expect(codeOf(await phone.renew())).toBe(900)
  })

  test('a login that races a refresh wins: the old client has no good token afterwards', async () => {
    const app = await box()
    const phone = await phoneOf(app, 'S1')
    await Promise.all([phone.renew(), new Phone(app).login(S1, { device: 'iPad' })])
    expect((await phone.get('/info')).json).toMatchObject({ code: 903, nextDevice: 'iPad' })
    expect((await phone.renew()).json).toMatchObject({ code: 903, nextDevice: 'iPad' })
  })
})

describe('scenarios', () => {
  const scene = (app: Box) => {
    const phone = new Phone(app)
    phone.access = '1'.repeat(48)
    phone.refresh = '2'.repeat(48)
    return phone
  }

  test('expired-token: the first call is 899, a refresh mends it', async () => {
    const app = await box()
    await app.scenario('expired-token', 'edu')
    const phone = scene(app)
    await expect(phone.get('/info')).toFailWith('ACCESS_TOKEN_EXPIRED')
    expect(codeOf(await phone.renew())).toBe(900)
    expect(codeOf(await phone.get('/info'))).toBe(900)
  })

  test('kicked-out: every token of the first phone tells of the iPhone', async () => {
    const app = await box()
    await app.scenario('kicked-out', 'edu')
    const phone = scene(app)
    const [iphone] = await app.sessions.list({ user: userID('001'), state: 'active' })
    const kicked = { ...GONE, nextDevice: 'iPhone 15', nextLogin: iphone?.issuedAt }
    expect((await phone.get('/info')).json).toEqual(kicked)
    expect((await phone.renew()).json).toEqual(kicked)
    phone.access = '3'.repeat(48)
    expect(codeOf(await phone.get('/info'))).toBe(900)
  })
})

test('of the sessions of a user that have ended the last ten are kept, so that each can still be told who ended it', async () => {
  const app = await box()
  for (let logins = 1; logins <= 13; logins++) {
    await app.sessions.issue({ system: 'edu', user: userID('001'), realm: 's' })
    const sessions = await app.sessions.list({ user: userID('001') })
    expect([logins, sessions.length, sessions.filter(({ state }) => state === 'active').length]).toEqual([logins, Math.min(logins, 11), 1])
  }
})
