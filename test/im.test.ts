import { describe, expect, test } from 'vitest'
import type { ErrorName } from '../src/errors/index.js'
import { im } from '../src/systems/im/index.js'
import { AVATAR, complete, completed, completeWeb, contacts, cookieOf, failure, get, login, logIn, PASSWORD, phones, register, save } from './support/im.js'
import { type Answer, serve } from './support/serve.js'

const { box } = await serve(im)

const MIB = 1024 * 1024

/** One of the calls succeeded; all others are refused with this. */
async function expectOneWins(answers: readonly Answer[], name: ErrorName): Promise<void> {
  const refused = answers.filter(({ json }) => json?.['status'] !== 1)
  expect(refused).toHaveLength(answers.length - 1)
  for (const answer of refused) await expect(answer).toFailWith(name)
}

describe('sessions', () => {
  test('a login sets the cookie that the contract describes', async () => {
    const app = await box()
    const answer = await login(app, { phone: phones.alice, password: PASSWORD })
    expect(answer.headers.get('set-cookie')).toMatch(/^sessionid=[a-z0-9]{32}; Path=\/; HttpOnly; Max-Age=1209600$/)
    expect(answer.json).toMatchObject({ result: { account: phones.alice, isBind: false, user: { id: 'u-4001', username: 'alice', phone: phones.alice, friends: 1, alias: '', isFriend: false } } })
  })

  test('a session lives 14 days, whatever is done with it', async () => {
    const app = await box()
    const cookie = await logIn(app)
    await app.clock.advance('P13DT23H59M59S')
    expect((await contacts(app, cookie)).json).toMatchObject({ status: 1 })
    await app.clock.advance('PT1S')
    await expect(contacts(app, cookie)).toFailWith('ERROR_NET')
  })

  test.each([
    ['an unknown one', 'sessionid=00000000000000000000000000000000'],
    ['one of a wrong form', 'sessionid=ABC'],
    ['an empty one', 'sessionid='],
    ['one in another cookie', 'session=00000000000000000000000000000000'],
  ])('%s is no session', async (_what, cookie) => {
    const app = await box()
    await expect(contacts(app, cookie)).toFailWith('ERROR_NET')
    expect((await login(app, { phone: phones.alice, password: PASSWORD }, cookie)).json).toMatchObject({ status: 1 })
  })

  test('nothing but the cookie carries a session', async () => {
    const app = await box()
    const token = (await logIn(app)).slice('sessionid='.length)
    await expect(app.call('/android/user_contacts/', { headers: { authorization: `Bearer ${token}`, sessionid: token } })).toFailWith('ERROR_NET')
    await expect(get(app, `/android/user_contacts/?sessionid=${token}`)).toFailWith('ERROR_NET')
  })

  test('the cookie is found among others, and a live one behind a dead one', async () => {
    const app = await box()
    const cookie = await logIn(app)
    expect((await contacts(app, `theme=dark; ${cookie};lang=zh`)).json).toMatchObject({ status: 1 })
    expect((await contacts(app, `sessionid=00000000000000000000000000000000; ${cookie}`)).json).toMatchObject({ status: 1 })
  })

  test('a repeated login leaves the session, whoever tries', async () => {
    const app = await box()
    const cookie = await logIn(app)
    await expect(login(app, { phone: phones.bob, password: 'wrong' }, cookie)).toFailWith('ERROR_REPEAT_LOGIN')
    expect((await contacts(app, cookie)).json).toMatchObject({ status: 1 })
  })

  test('two clients of one account live side by side, and one logs out alone', async () => {
    const app = await box()
    const [first, second] = [await logIn(app), await logIn(app)]
    expect(first).not.toBe(second)
    expect((await get(app, '/android/out/', first)).json).toMatchObject({ status: 1, result: 'ok', message: 'ok' })
    await expect(contacts(app, first)).toFailWith('ERROR_NET')
    expect((await contacts(app, second)).json).toMatchObject({ status: 1 })
  })

  test('a cookie that has run out or logged out does not stand in the way of a login', async () => {
    const app = await box()
    const expired = await logIn(app)
    await app.clock.advance('P14D')
    const next = cookieOf(await login(app, { phone: phones.alice, password: PASSWORD }, expired))
    expect((await contacts(app, next)).json).toMatchObject({ status: 1 })
    await get(app, '/android/out/', next)
    expect((await login(app, { phone: phones.alice, password: PASSWORD }, next)).json).toMatchObject({ status: 1 })
  })
})

describe('accounts', () => {
  test('somebody registers, logs in, and completes the account', async () => {
    const app = await box()
    const registered = await register(app, { phone: phones.nobody, password: 'P@ss!~w0' })
    expect(registered.headers.get('set-cookie')).toBeNull()
    expect(registered.json).toMatchObject({
      status: 1,
      result: { account: phones.nobody, isBind: false, user: { id: 'u-4100', username: 'user_4100', phone: phones.nobody, avatar: AVATAR, desc: '', sex: 0, friends: 0, alias: '', isFriend: false } },
    })
    const cookie = cookieOf(await login(app, { phone: Number(phones.nobody), password: 'P@ss!~w0' }))
    expect((await complete(app, { userId: 'u-4100', avatar: 'media/avatars/android/me.png', username: '小林_2', desc: '刚来', sex: 1 }, cookie)).json).toMatchObject({
      status: 1,
      result: { user: { id: 'u-4100', username: '小林_2', avatar: 'media/avatars/android/me.png', desc: '刚来', sex: 1 } },
    })
    expect((await complete(app, { userId: 'u-4100', avatar: AVATAR, username: '小林_2', sex: null }, cookie)).json).toMatchObject({ result: { user: { desc: '刚来', sex: 1 } } })
    expect((await complete(app, { userId: 'u-4100', avatar: AVATAR, username: '小林_2', desc: null }, cookie)).json).toMatchObject({ result: { user: { desc: '刚来', sex: 1 } } })
  })

  test('an empty description clears the old one; an empty sex is none, and what is no text no id', async () => {
    const app = await box()
    const cookie = await logIn(app)
    expect((await complete(app, { ...completed, desc: '' }, cookie)).json).toMatchObject({ status: 1, result: { user: { desc: '' } } })
    expect((await get(app, '/android/user_search/alice/0/', cookie)).json).toMatchObject({ result: [{ desc: '' }] })
    expect((await complete(app, { ...completed, sex: '' }, cookie)).json).toEqual(failure(0, 'bad field'))
    // It is not looked for whose it is.
    expect((await complete(app, { ...completed, userId: ['u-4100'] }, cookie)).json).toEqual(failure(0, 'bad field'))
  })

  test('on the web the whole account object completes the account', async () => {
    const app = await box()
    const cookie = await logIn(app)
    const { result } = (await get(app, '/android/push_id/p-4001/', cookie)).json as { result: { user: object; account: string; isBind: boolean } }
    const changed = await completeWeb(app, { ...result, user: { ...result.user, username: 'alice_2', desc: '', sex: 1 } }, cookie)
    expect(changed.json).toMatchObject({ status: 1, message: 'ok', result: { user: { id: 'u-4001', username: 'alice_2', desc: '', sex: 1, phone: phones.alice }, account: phones.alice, isBind: true } })
    // What else stands in the object is not changed by it.
    const other = { user: { id: 'u-4001', username: 'alice', avatar: AVATAR, phone: phones.bob, friends: 99 }, account: phones.bob, isBind: false }
    expect((await completeWeb(app, other, cookie)).json).toMatchObject({ result: { user: { username: 'alice', phone: phones.alice, friends: 1 }, account: phones.alice, isBind: true } })
  })

  test('the day of a change is that of UTC+08:00', async () => {
    const app = await box()
    const cookie = await logIn(app)
    const { result, date } = (await complete(app, completed, cookie)).json as { result: { user: { modifyAt: string } }; date: string }
    expect(date).toBe(new Date((await app.clock.now()).milliseconds + 8 * 3_600_000).toISOString().slice(0, 19))
    expect(result.user.modifyAt).toBe(date.slice(0, 10).replaceAll('-', '/'))
  })

  test('limits hold to the character', async () => {
    const app = await box()
    for (const length of [6, 16]) expect((await register(app, { phone: `138000049${String(length).padStart(2, '0')}`, password: 'x'.repeat(length) })).json).toMatchObject({ status: 1 })
    for (const length of [5, 17]) await expect(register(app, { phone: phones.nobody, password: 'x'.repeat(length) })).toFailWith('FORMAT_ERROR_PASSWORD_LENGTH')
    for (const phone of ['12345', '13800004912345678']) await expect(register(app, { phone, password: PASSWORD })).toFailWith('FORMAT_ERROR_PHONE_LENGTH')
    for (const phone of ['123456', '1380000491', '1380000491234567']) await expect(register(app, { phone, password: PASSWORD })).toFailWith('FORMAT_ERROR_PHONE')
    const cookie = await logIn(app)
    for (const [changes, name] of [
      [{ username: '名'.repeat(15) }, null],
      [{ username: '名'.repeat(16) }, 'FORMAT_ERROR_USER_LENGTH'],
      [{ desc: '述'.repeat(100) }, null],
      [{ desc: '述'.repeat(101) }, 'FAILURE_STATUS'],
      [{ avatar: 'a'.repeat(277) }, null],
      [{ avatar: 'a'.repeat(278) }, 'FAILURE_STATUS'],
    ] as const) {
      const answer = await complete(app, { ...completed, ...changes }, cookie)
      if (name === null) expect(answer.json).toMatchObject({ status: 1 })
      else await expect(answer).toFailWith(name)
    }
  })

  test('a name `user_…` that somebody has taken is passed over', async () => {
    const app = await box()
    const cookie = await logIn(app)
    expect((await complete(app, { ...completed, username: 'user_4100' }, cookie)).json).toMatchObject({ status: 1 })
    expect((await register(app, { phone: phones.nobody, password: PASSWORD })).json).toMatchObject({ status: 1, result: { user: { id: 'u-4101', username: 'user_4101' } } })
  })

  test('of many who register one phone or take one name at once, one wins', async () => {
    const app = await box()
    const registered = await Promise.all(Array.from({ length: 20 }, () => register(app, { phone: phones.nobody, password: PASSWORD })))
    await expectOneWins(registered, 'SAME_PHONE')

    const cookies = await Promise.all([phones.alice, phones.bob].map((phone) => logIn(app, phone)))
    const named = await Promise.all(cookies.map((cookie, i) => complete(app, { ...completed, userId: `u-400${String(i + 1)}`, username: 'one' }, cookie)))
    await expectOneWins(named, 'SAME_USERNAME')
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
    for (const name of ['nothing.jpg', '.hidden', '-x', '..%2f..%2fetc', 'a%2Fb', 'a%5Cb', 'a%0Ab', 'x'.repeat(65), 'x'.repeat(256)]) {
      const answer = await get(app, `/media/avatars/android/${name}`)
      expect(answer.status).toBe(404)
      expect(answer.json).toEqual(failure(0, 'not found'))
    }
  })

  test.each([
    'IMG 2018.jpg', '照片(1).png', 'Screenshot_2026-01-31-08-30-00.png', '.env', '-x', 'a+b&c=d#e?f%g.txt', '…', ' ', 'x'.repeat(255), '名'.repeat(85), "it's \"mine\"; really.gif", '👨‍👩‍👧.heic',
  ])('a file may be called %j', async (name) => {
    const app = await box()
    expect((await save(app, { name, content: png })).json).toMatchObject({ status: 1, result: { path: `media/avatars/android/${name}` } })
    const file = await fetch(`${app.url}/media/avatars/android/${encodeURIComponent(name)}`)
    expect(Buffer.from(await file.arrayBuffer()).toString('base64')).toBe(png)
  })

  test.each([
    ['no name', { content: 'aGVsbG8=' }],
    ['a folder in the name', { name: 'a/b.txt', content: 'aGVsbG8=' }],
    ['a folder in the name, as Windows writes it', { name: 'a\\b.txt', content: 'aGVsbG8=' }],
    ['this folder as name', { name: '.', content: 'aGVsbG8=' }],
    ['the folder above as name', { name: '..', content: 'aGVsbG8=' }],
    ['a control character in the name', { name: 'a\u0000.txt', content: 'aGVsbG8=' }],
    ['a line break in the name', { name: 'a\n.txt', content: 'aGVsbG8=' }],
    ['half a character in the name', { name: 'a\ud83d.txt', content: 'aGVsbG8=' }],
    ['a name of 256 bytes', { name: 'x'.repeat(256), content: 'aGVsbG8=' }],
    ['a name of 258 bytes in 86 characters', { name: '名'.repeat(86), content: 'aGVsbG8=' }],
    ['a number as name', { name: 7, content: 'aGVsbG8=' }],
    ['an empty content', { name: 'a', content: '' }],
    ['a content without padding', { name: 'a', content: 'aGVsbG8' }],
    ['bits in the padding', { name: 'a', content: 'aGVsbG9=' }],
    ['padding in the middle', { name: 'a', content: 'aGU=bG8=' }],
    ['a line break', { name: 'a', content: 'aGVs\nbG8=' }],
    ['an object as content', { name: 'a', content: {} }],
    ['a content above 5 MiB', { name: 'a', content: 'A'.repeat(5 * MIB + 4) }],
    ['a body far above 5 MiB', { name: 'a', content: 'A'.repeat(8 * MIB) }],
  ])('a file is broken: %s', async (_fault, body) => {
    await expect(save(await box(), body)).toFailWith('FORMAT_ERROR_FILE')
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
    const cookie = await logIn(app)
    expect(names(await get(app, '/android/user_search/li/0/', cookie))).toEqual(['alice'])
    expect(names(await get(app, `/android/user_search/${encodeURIComponent('小')}/0`, cookie))).toEqual(['小明'])
    expect(names(await get(app, `/android/user_search/${phones.bob}/0/`, cookie))).toEqual(['bob'])
    expect((await get(app, '/android/user_search/BOB/0/', cookie)).json).toEqual(failure(0, 'ok'))
    expect((await get(app, '/android/user_search/1380000400/0/', cookie)).json).toEqual(failure(0, 'ok'))
    expect((await get(app, `/android/user_search/${phones.bob}/1/`, cookie)).json).toEqual(failure(0, 'ok'))
  })

  test('what is found is seen from the caller', async () => {
    const app = await box()
    const [asAlice, asBob] = [await logIn(app), await logIn(app, phones.bob)]
    expect((await get(app, '/android/user_search/bob/0/', asAlice)).json).toMatchObject({ result: [{ alias: 'bb', isFriend: true, friends: 0 }] })
    expect((await get(app, '/android/user_search/alice/0/', asBob)).json).toMatchObject({ result: [{ alias: '', isFriend: false, friends: 1 }] })
  })

  test('users come ten a page from page 0', async () => {
    const app = await box()
    for (let i = 10; i < 32; i++) await register(app, { phone: `138000049${String(i)}`, password: PASSWORD })
    const cookie = await logIn(app)
    const pages = await Promise.all([0, 1, 2, 3].map((page) => get(app, `/android/user_search/user_41/${String(page)}/`, cookie)))
    expect(pages.slice(0, 3).map((page) => names(page).length)).toEqual([10, 10, 2])
    expect(new Set(pages.slice(0, 3).flatMap(names)).size).toBe(22)
    expect(pages[3]?.json).toEqual(failure(0, 'ok'))
  })

  test('username, phone and name in the query find the same, page by page', async () => {
    const app = await box()
    for (let i = 10; i < 24; i++) await register(app, { phone: `138000049${String(i)}`, password: PASSWORD })
    const cookie = await logIn(app)
    const users = (query: string) => get(app, `/android/user_search/?${query}`, cookie)
    expect(names(await users('username=li'))).toEqual(['alice'])
    expect(names(await users(`username=${encodeURIComponent('小')}`))).toEqual(['小明'])
    expect(names(await users(`phone=${phones.bob}`))).toEqual(['bob'])
    expect(names(await users(`phone=${phones.bob}&username=bo`))).toEqual(['bob'])
    expect(names(await users('username=user_41'))).toHaveLength(10)
    expect(names(await users('username=user_41&page=1'))).toHaveLength(4)
    for (const query of ['username=BOB', 'username=a%20b', 'phone=1380000400', `phone=${phones.bob}&page=1`, `phone=${phones.bob}&username=alice`, `username=${phones.bob}`]) {
      expect((await users(query)).json).toEqual(failure(0, 'ok'))
    }
    for (const query of ['', 'username=', 'page=0', 'username=li&page=x', 'username=li&page=-1']) expect((await users(query)).json).toEqual(failure(0, 'bad field'))

    const groups = (query: string) => get(app, `/android/group_search?${query}`, cookie)
    for (const query of ['name=study', 'name=study&page=1', 'name=study&page=0']) expect((await groups(query)).json).toMatchObject({ status: 1, result: [{ id: 'g-1' }] })
    for (const query of ['name=study&page=2', 'name=STUDY']) expect((await groups(query)).json).toEqual(failure(0, 'ok'))
    for (const query of ['', 'name=', 'name=study&page=x']) expect((await groups(query)).json).toEqual(failure(0, 'bad field'))
    await expect(get(app, '/android/user_search/?username=li')).toFailWith('ERROR_NET')
  })

  test('groups are found by a part of the name, and page 0 is page 1', async () => {
    const app = await box()
    const cookie = await logIn(app)
    const first = await get(app, '/android/group_search/study/1/', cookie)
    expect(first.json).toMatchObject({ status: 1, result: [{ id: 'g-1', name: 'study_group', ownerId: 'u-4001', members: 3 }] })
    expect((await get(app, '/android/group_search/study/0/', cookie)).json?.['result']).toEqual(first.json?.['result'])
    expect((await get(app, '/android/group_search/study/2/', cookie)).json).toEqual(failure(0, 'ok'))
    expect((await get(app, '/android/group_search/STUDY/1/', cookie)).json).toEqual(failure(0, 'ok'))
  })

  test.each(['/android/user_search/a%20b/0/', '/android/user_search/bob/x/', '/android/user_search/bob/', '/android/group_search/a-b/1/'])('%s is an unknown path', async (path) => {
    const app = await box()
    const answer = await get(app, path, await logIn(app))
    expect(answer.status).toBe(404)
    expect(answer.json).toEqual(failure(0, 'not found'))
  })
})

describe('friends', () => {
  test('a friend is made one way', async () => {
    const app = await box()
    const [asAlice, asBob] = [await logIn(app), await logIn(app, phones.bob)]
    expect((await get(app, '/android/add_friend/u-4003/', asAlice)).json).toMatchObject({ status: 1, result: { account: '13800004003', user: { id: 'u-4003', isFriend: true, alias: '', friends: 0 } } })
    expect((await contacts(app, asAlice)).json).toMatchObject({ result: [{ id: 'u-4002', alias: 'bb', isFriend: true }, { id: 'u-4003', isFriend: true }] })
    expect((await contacts(app, asBob)).json).toMatchObject({ status: 1, result: [], message: 'ok' })
  })

  test('the pattern with a page makes a friend too, whatever the page', async () => {
    const app = await box()
    const cookie = await logIn(app)
    expect((await get(app, '/android/add_friend/u-4003/7/', cookie)).json).toMatchObject({ status: 1, result: { user: { id: 'u-4003', isFriend: true } } })
    expect((await get(app, '/android/add_friend/u-4004/99999999999999999999/', cookie)).json).toMatchObject({ status: 1, result: { user: { id: 'u-4004' } } })
    expect((await get(app, '/android/add_friend/u-4003/0', cookie)).json).toEqual(failure(0, 'already friends'))
    await expect(get(app, '/android/add_friend/u-9999/1/', cookie)).toFailWith('NULL_USER')
    expect((await get(app, '/android/add_friend/u-4003/x/', cookie)).status).toBe(404)
  })

  test('of many who press the button at once, one makes a friend', async () => {
    const app = await box()
    const cookie = await logIn(app)
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(app, '/android/add_friend/u-4003/', cookie)))
    expect(answers.map(({ json }) => json?.['message']).sort()).toEqual([...Array.from({ length: 9 }, () => 'already friends'), 'ok'])
  })
})

test('the push id is bound by its owner and stays bound', async () => {
  const app = await box()
  const cookie = await logIn(app)
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
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) expect((await send(JSON.stringify({ phone: phones.alice, password: PASSWORD }), type)).json).toMatchObject({ status: 1 })
  })

  test('a page of another origin may call with cookies', async () => {
    const app = await box()
    const answer = await app.call('/android/login/', { method: 'POST', headers: { origin: 'http://localhost:3000' }, body: { phone: phones.alice, password: PASSWORD } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    const preflight = await app.call('/android/login/', { method: 'OPTIONS', headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
  })
})
