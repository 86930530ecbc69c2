import { describe, expect, test } from 'vitest'
import { im } from '../src/systems/im/index.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box } = await serve(im)

const PASSWORD = 'abc12345'
const ALICE = '13800004001'
const BOB = '13800004002'
const NEWCOMER = '13800004900'
const MIB = 1024 * 1024
const AVATAR = 'media/avatars/android/default.jpg'

const post = (app: Box, path: string, body: object | string, cookie?: string) => app.call(path, { method: 'POST', body, ...(cookie === undefined ? {} : { headers: { cookie } }) })
const get = (app: Box, path: string, cookie?: string) => app.call(path, cookie === undefined ? {} : { headers: { cookie } })
const register = (app: Box, body: object | string) => post(app, '/android/register/', body)
const login = (app: Box, body: object | string, cookie?: string) => post(app, '/android/login/', body, cookie)
const complete = (app: Box, body: object | string, cookie: string) => post(app, '/android/complete_account/', body, cookie)
const save = (app: Box, body: object | string) => post(app, '/android/save_file/', body)
const contacts = (app: Box, cookie?: string) => get(app, '/android/user_contacts/', cookie)

/** Logs in and hands back the cookie as a browser would send it. */
async function enter(app: Box, phone = ALICE): Promise<string> {
  const answer = await login(app, { phone, password: PASSWORD })
  expect(answer.json).toMatchObject({ status: 1, message: 'ok' })
  return cookieOf(answer)
}

function cookieOf(answer: Answer): string {
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}

/** A failure as the envelope has it. */
const failure = (status: number, message: string) => ({ status, result: [], message, date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string })
const SESSION_ERROR = failure(11001, 'session error')

const completed = { userId: 'u-4001', avatar: AVATAR, username: 'alice' }

/** Every code of the table, each reached by honest use; `as` is the phone of the user who calls. */
const codes: readonly (readonly [status: number, message: string, how: string, call: (app: Box, cookie: string) => Promise<Answer>])[] = [
  [0, 'ok', 'a search without a match', (app, cookie) => get(app, '/android/user_search/nobody/0/', cookie)],
  [0, 'already friends', 'a friend is befriended again', (app, cookie) => get(app, '/android/add_friend/u-4002/', cookie)],
  [0, 'failure', 'somebody befriends himself', (app, cookie) => get(app, '/android/add_friend/u-4001/', cookie)],
  [0, 'failure', 'the account of somebody else is completed', (app, cookie) => complete(app, { ...completed, userId: 'u-4002' }, cookie)],
  [0, 'failure', 'the push id of somebody else is bound', (app, cookie) => get(app, '/android/push_id/p-4002/', cookie)],
  [0, 'bad field', 'a description is too long', (app, cookie) => complete(app, { ...completed, desc: 'x'.repeat(101) }, cookie)],
  [0, 'bad field', 'a sex is neither 0 nor 1', (app, cookie) => complete(app, { ...completed, sex: 2 }, cookie)],
  [0, 'bad json', 'a body has a trailing comma', (app) => register(app, '{"phone":"13800004900","password":"abc12345",}')],
  [6000, 'password is empty', 'a registration has no password', (app) => register(app, { phone: NEWCOMER })],
  [6000, 'password is empty', 'a login has an empty password', (app) => login(app, { phone: ALICE, password: '' })],
  [6001, 'username is empty', 'an account is completed without a name', (app, cookie) => complete(app, { ...completed, username: '' }, cookie)],
  [6002, 'avatar is empty', 'an account is completed without an avatar', (app, cookie) => complete(app, { ...completed, avatar: null }, cookie)],
  [6003, 'phone is empty', 'a registration has no phone', (app) => register(app, { password: PASSWORD })],
  [6003, 'phone is empty', 'a login has no phone', (app) => login(app, { password: PASSWORD })],
  [6004, 'no such user', 'a stranger logs in', (app) => login(app, { phone: NEWCOMER, password: PASSWORD })],
  [6004, 'no such user', 'nobody is befriended', (app, cookie) => get(app, '/android/add_friend/u-9999/', cookie)],
  [6004, 'no such user', 'an account is completed without its id', (app, cookie) => complete(app, { ...completed, userId: '' }, cookie)],
  [7000, 'username is taken', 'alice calls herself bob', (app, cookie) => complete(app, { ...completed, username: 'bob' }, cookie)],
  [7001, 'phone is registered', 'a known phone registers', (app) => register(app, { phone: ALICE, password: PASSWORD })],
  [8000, 'phone is malformed', 'a phone has a letter in it', (app) => register(app, { phone: '1380000000x', password: PASSWORD })],
  [8000, 'phone is malformed', 'a login has a phone that is none', (app) => login(app, { phone: 23800004001, password: PASSWORD })],
  [8001, 'phone length is wrong', 'a phone has one digit', (app) => register(app, { phone: '1', password: PASSWORD })],
  [8001, 'phone length is wrong', 'a login has a phone of 17 digits', (app) => login(app, { phone: '13800004001000000', password: PASSWORD })],
  [8002, 'password has illegal characters', 'a password has a blank in it', (app) => register(app, { phone: NEWCOMER, password: 'abc 12345' })],
  [8003, 'password length is wrong', 'a password has one character', (app) => register(app, { phone: NEWCOMER, password: 'a' })],
  [8004, 'username length is wrong', 'a name has 16 characters', (app, cookie) => complete(app, { ...completed, username: 'x'.repeat(16) }, cookie)],
  [8005, 'file is broken', 'a file has no content', (app) => save(app, { name: 'a.txt' })],
  [9000, 'username is illegal', 'a name has a blank in it', (app, cookie) => complete(app, { ...completed, username: 'a b' }, cookie)],
  [10000, 'wrong password', 'a password does not match', (app) => login(app, { phone: ALICE, password: 'abc12346' })],
  [11000, 'already logged in', 'a live session logs in again', (app, cookie) => login(app, { phone: ALICE, password: PASSWORD }, cookie)],
  [11001, 'session error', 'a call has no session', (app) => contacts(app)],
]

describe('the codes', () => {
  test.each(codes)('%i %s: %s', async (status, message, _how, call) => {
    const app = await box()
    const answer = await call(app, await enter(app))
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual(failure(status, message))
  })

  test('are all of the table but success', () => {
    const reached = new Set([1, ...codes.map(([status]) => status)])
    expect([...reached].sort((a, b) => a - b)).toEqual(Object.values(im.contract.errors).map(({ code }) => code).sort((a, b) => a - b))
  })
})

describe('sessions', () => {
  test('a login sets the cookie that the contract describes', async () => {
    const app = await box()
    const answer = await login(app, { phone: ALICE, password: PASSWORD })
    expect(answer.headers.get('set-cookie')).toMatch(/^sessionid=[a-z0-9]{32}; Path=\/; HttpOnly; Max-Age=1209600$/)
    expect(answer.json).toMatchObject({ result: { account: ALICE, isBind: false, user: { id: 'u-4001', username: 'alice', phone: ALICE, friends: 1, alias: '', isFriend: false } } })
  })

  test('a session lives 14 days, whatever is done with it', async () => {
    const app = await box()
    const cookie = await enter(app)
    await app.advance('P13DT23H59M59S')
    expect((await contacts(app, cookie)).json).toMatchObject({ status: 1 })
    await app.advance('PT1S')
    expect((await contacts(app, cookie)).json).toEqual(SESSION_ERROR)
  })

  test.each([
    ['an unknown one', 'sessionid=00000000000000000000000000000000'],
    ['one of a wrong form', 'sessionid=ABC'],
    ['an empty one', 'sessionid='],
    ['one in another cookie', 'session=00000000000000000000000000000000'],
  ])('%s is no session', async (_what, cookie) => {
    const app = await box()
    expect((await contacts(app, cookie)).json).toEqual(SESSION_ERROR)
    expect((await login(app, { phone: ALICE, password: PASSWORD }, cookie)).json).toMatchObject({ status: 1 })
  })

  test('nothing but the cookie carries a session', async () => {
    const app = await box()
    const token = (await enter(app)).slice('sessionid='.length)
    expect((await app.call('/android/user_contacts/', { headers: { authorization: `Bearer ${token}`, sessionid: token } })).json).toEqual(SESSION_ERROR)
    expect((await get(app, `/android/user_contacts/?sessionid=${token}`)).json).toEqual(SESSION_ERROR)
  })

  test('the cookie is found among others, and a live one behind a dead one', async () => {
    const app = await box()
    const cookie = await enter(app)
    expect((await contacts(app, `theme=dark; ${cookie};lang=zh`)).json).toMatchObject({ status: 1 })
    expect((await contacts(app, `sessionid=00000000000000000000000000000000; ${cookie}`)).json).toMatchObject({ status: 1 })
  })

  test('a repeated login leaves the session, whoever tries', async () => {
    const app = await box()
    const cookie = await enter(app)
    expect((await login(app, { phone: BOB, password: 'wrong' }, cookie)).json).toMatchObject({ status: 11000 })
    expect((await contacts(app, cookie)).json).toMatchObject({ status: 1 })
  })

  test('two clients of one account live side by side, and one logs out alone', async () => {
    const app = await box()
    const [first, second] = [await enter(app), await enter(app)]
    expect(first).not.toBe(second)
    expect((await get(app, '/android/out/', first)).json).toMatchObject({ status: 1, result: 'ok', message: 'ok' })
    expect((await contacts(app, first)).json).toEqual(SESSION_ERROR)
    expect((await contacts(app, second)).json).toMatchObject({ status: 1 })
  })

  test('a cookie that has run out or logged out does not stand in the way of a login', async () => {
    const app = await box()
    const expired = await enter(app)
    await app.advance('P14D')
    const next = cookieOf(await login(app, { phone: ALICE, password: PASSWORD }, expired))
    expect((await contacts(app, next)).json).toMatchObject({ status: 1 })
    await get(app, '/android/out/', next)
    expect((await login(app, { phone: ALICE, password: PASSWORD }, next)).json).toMatchObject({ status: 1 })
  })
})

describe('accounts', () => {
  test('somebody registers, logs in, and completes the account', async () => {
    const app = await box()
    const registered = await register(app, { phone: NEWCOMER, password: 'P@ss!~w0' })
    expect(registered.headers.get('set-cookie')).toBeNull()
    expect(registered.json).toMatchObject({
      status: 1,
      result: { account: NEWCOMER, isBind: false, user: { id: 'u-4100', username: 'user_4100', phone: NEWCOMER, avatar: AVATAR, desc: '', sex: 0, friends: 0, alias: '', isFriend: false } },
    })
    const cookie = cookieOf(await login(app, { phone: Number(NEWCOMER), password: 'P@ss!~w0' }))
    expect((await complete(app, { userId: 'u-4100', avatar: 'media/avatars/android/me.png', username: '小林_2', desc: '刚来', sex: 1 }, cookie)).json).toMatchObject({
      status: 1,
      result: { user: { id: 'u-4100', username: '小林_2', avatar: 'media/avatars/android/me.png', desc: '刚来', sex: 1 } },
    })
    expect((await complete(app, { userId: 'u-4100', avatar: AVATAR, username: '小林_2', desc: '', sex: null }, cookie)).json).toMatchObject({ result: { user: { desc: '刚来', sex: 1 } } })
  })

  test('the day of a change is that of UTC+08:00', async () => {
    const app = await box()
    const cookie = await enter(app)
    const { result, date } = (await complete(app, completed, cookie)).json as { result: { user: { modifyAt: string } }; date: string }
    expect(date).toBe(new Date((await app.now()) + 8 * 3_600_000).toISOString().slice(0, 19))
    expect(result.user.modifyAt).toBe(date.slice(0, 10).replaceAll('-', '/'))
  })

  test('limits hold to the character', async () => {
    const app = await box()
    for (const [length, status] of [[5, 8003], [6, 1], [16, 1], [17, 8003]] as const) {
      expect((await register(app, { phone: `138000049${String(length).padStart(2, '0')}`, password: 'x'.repeat(length) })).json).toMatchObject({ status })
    }
    for (const [phone, status] of [['12345', 8001], ['123456', 8000], ['1380000491', 8000], ['1380000491234567', 8000], ['13800004912345678', 8001]] as const) {
      expect((await register(app, { phone, password: PASSWORD })).json).toMatchObject({ status })
    }
    const cookie = await enter(app)
    for (const [changes, status] of [
      [{ username: '名'.repeat(15) }, 1],
      [{ username: '名'.repeat(16) }, 8004],
      [{ desc: '述'.repeat(100) }, 1],
      [{ desc: '述'.repeat(101) }, 0],
      [{ avatar: 'a'.repeat(255) }, 1],
      [{ avatar: 'a'.repeat(256) }, 0],
    ] as const) {
      expect((await complete(app, { ...completed, ...changes }, cookie)).json).toMatchObject({ status })
    }
  })

  test('a name `user_…` that somebody has taken is passed over', async () => {
    const app = await box()
    const cookie = await enter(app)
    expect((await complete(app, { ...completed, username: 'user_4100' }, cookie)).json).toMatchObject({ status: 1 })
    expect((await register(app, { phone: NEWCOMER, password: PASSWORD })).json).toMatchObject({ status: 1, result: { user: { id: 'u-4101', username: 'user_4101' } } })
  })

  test('of many who register one phone or take one name at once, one wins', async () => {
    const app = await box()
    const registered = await Promise.all(Array.from({ length: 20 }, () => register(app, { phone: NEWCOMER, password: PASSWORD })))
    expect(registered.map(({ json }) => json?.['status']).sort()).toEqual([1, ...Array.from({ length: 19 }, () => 7001)])

    const cookies = await Promise.all([ALICE, BOB].map((phone) => enter(app, phone)))
    const named = await Promise.all(cookies.map((cookie, i) => complete(app, { ...completed, userId: `u-400${String(i + 1)}`, username: 'one' }, cookie)))
    expect(named.map(({ json }) => json?.['status']).sort()).toEqual([1, 7000])
  })
})

describe('the order of checks', () => {
  test.each([
    ['the session, then the body', '{', SESSION_ERROR, false],
    ['the body, then the id', '{', failure(0, 'bad json'), true],
    ['an unknown id before an empty name', { userId: 'u-9999', username: '' }, failure(6004, 'no such user'), true],
    ['an empty name before an avatar', { userId: 'u-4001', username: '' }, failure(6001, 'username is empty'), true],
    ['the length of a name before its form', { userId: 'u-4001', username: 'a b'.repeat(6) }, failure(8004, 'username length is wrong'), true],
    ['a name that is taken before an empty avatar', { userId: 'u-4001', username: 'bob' }, failure(7000, 'username is taken'), true],
    ['an empty avatar before a faulty sex', { userId: 'u-4001', username: 'alice', sex: 3 }, failure(6002, 'avatar is empty'), true],
    ['an empty name before an id that is somebody else’s', { userId: 'u-4002', avatar: AVATAR }, failure(6001, 'username is empty'), true],
  ] as const)('completing an account: %s', async (_order, body, expected, withSession) => {
    const app = await box()
    const cookie = withSession ? await enter(app) : ''
    expect((await complete(app, body, cookie)).json).toEqual(expected)
  })

  test.each([
    [{}, 6000],
    [{ password: 'a b' }, 8003],
    [{ password: 'a b c d' }, 8002],
    [{ password: PASSWORD, phone: '' }, 6003],
    [{ password: PASSWORD, phone: 'x' }, 8001],
    [{ password: 'a', phone: true }, 0],
    [{ password: 12345678, phone: NEWCOMER }, 0],
  ])('a registration with %j is %i', async (body, status) => {
    expect((await register(await box(), body)).json).toMatchObject({ status })
  })

  test.each([
    [{}, 6003],
    [{ phone: 'x' }, 6000],
    [{ phone: 'x', password: 'x' }, 8001],
    [{ phone: 'abcdef', password: 'x' }, 8000],
    [{ phone: NEWCOMER, password: 'x' }, 11000],
    [{ phone: [ALICE], password: 'x' }, 0],
  ])('a login on a live session with %j is %i', async (body, status) => {
    const app = await box()
    expect((await login(app, body, await enter(app))).json).toMatchObject({ status })
  })
})

describe('files', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

  test('a file is stored, downloaded, and overwritten', async () => {
    const app = await box()
    expect((await save(app, { name: '头像.PNG', content: png })).json).toMatchObject({ status: 1, result: { path: 'media/avatars/android/头像.PNG' } })
    const file = await fetch(`${app.url}/media/avatars/android/${encodeURIComponent('头像.PNG')}`)
    expect(file.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await file.arrayBuffer()).toString('base64')).toBe(png)

    await save(app, { name: '头像.PNG', content: 'aGVsbG8=' })
    expect((await get(app, `/media/avatars/android/${encodeURIComponent('头像.PNG')}`)).text).toBe('hello')
  })

  test('what is no image is bytes, and every user has an avatar', async () => {
    const app = await box()
    await save(app, { name: 'notes.html', content: 'aGVsbG8=' })
    expect((await get(app, '/media/avatars/android/notes.html')).headers.get('content-type')).toBe('application/octet-stream')
    expect((await get(app, '/media/avatars/android/default.jpg')).headers.get('content-type')).toBe('image/jpeg')
  })

  test('a file that is not there is an unknown path', async () => {
    const app = await box()
    for (const name of ['nothing.jpg', '.hidden', '-x', '..%2f..%2fetc', 'a%2Fb', `${'x'.repeat(65)}`]) {
      const answer = await get(app, `/media/avatars/android/${name}`)
      expect(answer.status).toBe(404)
      expect(answer.json).toEqual(failure(0, 'not found'))
    }
  })

  test.each([
    ['no name', { content: 'aGVsbG8=' }],
    ['a folder in the name', { name: 'a/b.txt', content: 'aGVsbG8=' }],
    ['a leading dot', { name: '.env', content: 'aGVsbG8=' }],
    ['a name of 65 characters', { name: 'x'.repeat(65), content: 'aGVsbG8=' }],
    ['a number as name', { name: 7, content: 'aGVsbG8=' }],
    ['an empty content', { name: 'a', content: '' }],
    ['a content without padding', { name: 'a', content: 'aGVsbG8' }],
    ['bits in the padding', { name: 'a', content: 'aGVsbG9=' }],
    ['padding in the middle', { name: 'a', content: 'aGU=bG8=' }],
    ['a line break', { name: 'a', content: 'aGVs\nbG8=' }],
    ['an object as content', { name: 'a', content: {} }],
    ['a content above 5 MiB', { name: 'a', content: 'A'.repeat(5 * MIB + 4) }],
    ['a body far above 5 MiB', { name: 'a', content: 'A'.repeat(8 * MIB) }],
  ])('8005: %s', async (_fault, body) => {
    expect((await save(await box(), body)).json).toEqual(failure(8005, 'file is broken'))
  })

  test('a content of exactly 5 MiB is stored', async () => {
    const app = await box()
    expect((await save(app, { name: 'big.bin', content: 'A'.repeat(5 * MIB) })).json).toMatchObject({ status: 1 })
    expect((await get(app, '/media/avatars/android/big.bin')).headers.get('content-length')).toBe(String((5 * MIB * 3) / 4))
  })
})

describe('search', () => {
  const names = ({ json }: Answer) => (json?.['result'] as { username?: string; name?: string }[]).map(({ username, name }) => username ?? name)

  test('users are found by a part of the name and by the whole phone', async () => {
    const app = await box()
    const cookie = await enter(app)
    expect(names(await get(app, '/android/user_search/li/0/', cookie))).toEqual(['alice'])
    expect(names(await get(app, `/android/user_search/${encodeURIComponent('小')}/0`, cookie))).toEqual(['小明'])
    expect(names(await get(app, `/android/user_search/${BOB}/0/`, cookie))).toEqual(['bob'])
    expect((await get(app, '/android/user_search/BOB/0/', cookie)).json).toEqual(failure(0, 'ok'))
    expect((await get(app, '/android/user_search/1380000400/0/', cookie)).json).toEqual(failure(0, 'ok'))
    expect((await get(app, `/android/user_search/${BOB}/1/`, cookie)).json).toEqual(failure(0, 'ok'))
  })

  test('what is found is seen from the caller', async () => {
    const app = await box()
    const [asAlice, asBob] = [await enter(app), await enter(app, BOB)]
    expect((await get(app, '/android/user_search/bob/0/', asAlice)).json).toMatchObject({ result: [{ alias: 'bb', isFriend: true, friends: 0 }] })
    expect((await get(app, '/android/user_search/alice/0/', asBob)).json).toMatchObject({ result: [{ alias: '', isFriend: false, friends: 1 }] })
  })

  test('users come ten a page from page 0', async () => {
    const app = await box()
    for (let i = 10; i < 32; i++) await register(app, { phone: `138000049${String(i)}`, password: PASSWORD })
    const cookie = await enter(app)
    const pages = await Promise.all([0, 1, 2, 3].map((page) => get(app, `/android/user_search/user_41/${String(page)}/`, cookie)))
    expect(pages.slice(0, 3).map((page) => names(page).length)).toEqual([10, 10, 2])
    expect(new Set(pages.slice(0, 3).flatMap(names)).size).toBe(22)
    expect(pages[3]?.json).toEqual(failure(0, 'ok'))
  })

  test('groups are found by a part of the name, and page 0 is page 1', async () => {
    const app = await box()
    const cookie = await enter(app)
    const first = await get(app, '/android/group_search/study/1/', cookie)
    expect(first.json).toMatchObject({ status: 1, result: [{ id: 'g-1', name: 'study_group', ownerId: 'u-4001', members: 3 }] })
    expect((await get(app, '/android/group_search/study/0/', cookie)).json?.['result']).toEqual(first.json?.['result'])
    expect((await get(app, '/android/group_search/study/2/', cookie)).json).toEqual(failure(0, 'ok'))
    expect((await get(app, '/android/group_search/STUDY/1/', cookie)).json).toEqual(failure(0, 'ok'))
  })

  test.each(['/android/user_search/a%20b/0/', '/android/user_search/bob/x/', '/android/user_search/bob/', '/android/group_search/a-b/1/'])('%s is an unknown path', async (path) => {
    const app = await box()
    const answer = await get(app, path, await enter(app))
    expect(answer.status).toBe(404)
    expect(answer.json).toEqual(failure(0, 'not found'))
  })
})

describe('friends', () => {
  test('a friend is made one way', async () => {
    const app = await box()
    const [asAlice, asBob] = [await enter(app), await enter(app, BOB)]
    expect((await get(app, '/android/add_friend/u-4003/', asAlice)).json).toMatchObject({ status: 1, result: { account: '13800004003', user: { id: 'u-4003', isFriend: true, alias: '', friends: 0 } } })
    expect((await contacts(app, asAlice)).json).toMatchObject({ result: [{ id: 'u-4002', alias: 'bb', isFriend: true }, { id: 'u-4003', isFriend: true }] })
    expect((await contacts(app, asBob)).json).toMatchObject({ status: 1, result: [], message: 'ok' })
  })

  test('of many who press the button at once, one makes a friend', async () => {
    const app = await box()
    const cookie = await enter(app)
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(app, '/android/add_friend/u-4003/', cookie)))
    expect(answers.map(({ json }) => json?.['message']).sort()).toEqual([...Array.from({ length: 9 }, () => 'already friends'), 'ok'])
  })
})

test('the push id is bound by its owner and stays bound', async () => {
  const app = await box()
  const cookie = await enter(app)
  expect((await get(app, '/android/push_id/p-4001/', cookie)).json).toMatchObject({ status: 1, result: { isBind: true, user: { id: 'u-4001' } } })
  expect((await get(app, '/android/push_id/p-4001', cookie)).json).toMatchObject({ result: { isBind: true } })
  expect(await app.call('/android/push_id/p_1/', { headers: { cookie } })).toMatchObject({ status: 404 })
})

describe('the dialect', () => {
  test('an unknown path is 404, a wrong verb 405', async () => {
    const app = await box()
    for (const [path, method, status, message] of [
      ['/nothing', 'GET', 404, 'not found'],
      ['/', 'GET', 404, 'not found'],
      ['/android/%zz/', 'GET', 404, 'not found'],
      ['/android/websocket/', 'GET', 404, 'not found'],
      ['/android/login/', 'GET', 405, 'method not allowed'],
      ['/android/out/', 'POST', 405, 'method not allowed'],
    ] as const) {
      const answer = await app.call(path, { method })
      expect(answer.status).toBe(status)
      expect(answer.json).toEqual(failure(0, message))
    }
  })

  test('a body is one JSON object, whatever its media type', async () => {
    const app = await box()
    const send = (body: string, type: string) => app.call('/android/login/', { method: 'POST', headers: { 'content-type': type }, body })
    for (const body of ['', '[]', 'null', '"x"', '7', '{"phone":"1"，"password":"2"}', 'message_set = {}']) expect((await send(body, 'application/json')).json).toEqual(failure(0, 'bad json'))
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) expect((await send(JSON.stringify({ phone: ALICE, password: PASSWORD }), type)).json).toMatchObject({ status: 1 })
  })

  test('a page of another origin may call with cookies', async () => {
    const app = await box()
    const answer = await app.call('/android/login/', { method: 'POST', headers: { origin: 'http://localhost:3000' }, body: { phone: ALICE, password: PASSWORD } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    const preflight = await app.call('/android/login/', { method: 'OPTIONS', headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
  })
})
