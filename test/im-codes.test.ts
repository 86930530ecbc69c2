import { describe, expect, test } from 'vitest'
import { im } from '../src/systems/im/index.js'
import { expectListed, imRows } from './support/document-rows.js'
import { AVATAR, complete, completed, completeWeb, contacts, failure, get, login, logIn, PASSWORD, phones, register, save } from './support/im.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box } = await serve(im)

/** Every code of the table, each reached by honest use. */
const codes: readonly (readonly [status: number, message: string, how: string, call: (app: Box, cookie: string) => Promise<Answer>])[] = [
  [0, 'ok', 'a search without a match', (app, cookie) => get(app, '/android/user_search/nobody/0/', cookie)],
  [0, 'already friends', 'a friend is befriended again', (app, cookie) => get(app, '/android/add_friend/u-4002/', cookie)],
  [0, 'failure', 'somebody befriends himself', (app, cookie) => get(app, '/android/add_friend/u-4001/', cookie)],
  [0, 'failure', 'the account of somebody else is completed', (app, cookie) => complete(app, { ...completed, userId: 'u-4002' }, cookie)],
  [0, 'failure', 'the push id of somebody else is bound', (app, cookie) => get(app, '/android/push_id/p-4002/', cookie)],
  [0, 'bad field', 'a description is too long', (app, cookie) => complete(app, { ...completed, desc: 'x'.repeat(101) }, cookie)],
  [0, 'bad field', 'a sex is neither 0 nor 1', (app, cookie) => complete(app, { ...completed, sex: 2 }, cookie)],
  [0, 'bad json', 'a body has a trailing comma', (app) => register(app, '{"phone":"13800004900","password":"abc12345",}')],
  [6000, 'password is empty', 'a registration has no password', (app) => register(app, { phone: phones.nobody })],
  [6000, 'password is empty', 'a login has an empty password', (app) => login(app, { phone: phones.alice, password: '' })],
  [6001, 'username is empty', 'an account is completed without a name', (app, cookie) => complete(app, { ...completed, username: '' }, cookie)],
  [6002, 'avatar is empty', 'an account is completed without an avatar', (app, cookie) => complete(app, { ...completed, avatar: null }, cookie)],
  [6003, 'phone is empty', 'a registration has no phone', (app) => register(app, { password: PASSWORD })],
  [6003, 'phone is empty', 'a login has no phone', (app) => login(app, { password: PASSWORD })],
  [6004, 'no such user', 'a stranger logs in', (app) => login(app, { phone: phones.nobody, password: PASSWORD })],
  [6004, 'no such user', 'nobody is befriended', (app, cookie) => get(app, '/android/add_friend/u-9999/', cookie)],
  [6004, 'no such user', 'an account is completed without its id', (app, cookie) => complete(app, { ...completed, userId: '' }, cookie)],
  [7000, 'username is taken', 'alice calls herself bob', (app, cookie) => complete(app, { ...completed, username: 'bob' }, cookie)],
  [7001, 'phone is registered', 'a known phone registers', (app) => register(app, { phone: phones.alice, password: PASSWORD })],
  [8000, 'phone is malformed', 'a phone has a letter in it', (app) => register(app, { phone: '1380000000x', password: PASSWORD })],
  [8000, 'phone is malformed', 'a login has a phone that is none', (app) => login(app, { phone: 23800004001, password: PASSWORD })],
  [8001, 'phone length is wrong', 'a phone has one digit', (app) => register(app, { phone: '1', password: PASSWORD })],
  [8001, 'phone length is wrong', 'a login has a phone of 17 digits', (app) => login(app, { phone: '13800004001000000', password: PASSWORD })],
  [8002, 'password has illegal characters', 'a password has a blank in it', (app) => register(app, { phone: phones.nobody, password: 'abc 12345' })],
  [8003, 'password length is wrong', 'a password has one character', (app) => register(app, { phone: phones.nobody, password: 'a' })],
  [8004, 'username length is wrong', 'a name has 16 characters', (app, cookie) => complete(app, { ...completed, username: 'x'.repeat(16) }, cookie)],
  [8005, 'file is broken', 'a file has no content', (app) => save(app, { name: 'a.txt' })],
  [9000, 'username is illegal', 'a name has a blank in it', (app, cookie) => complete(app, { ...completed, username: 'a b' }, cookie)],
  [10000, 'wrong password', 'a password does not match', (app) => login(app, { phone: phones.alice, password: 'abc12346' })],
  [11000, 'already logged in', 'a live session logs in again', (app, cookie) => login(app, { phone: phones.alice, password: PASSWORD }, cookie)],
  [11001, 'session error', 'a call has no session', (app) => contacts(app)],
]

const nameOf = (status: number) => Object.entries(im.contract.errors).find(([, { code }]) => code === status)?.[0] ?? ''

describe('the codes', () => {
  test.each(codes.map(([status, message, how, call]) => [imRows[nameOf(status)], message, how, status, call] as const))('%s, %s: %s', async (_row, message, _how, status, call) => {
    const app = await box()
    const answer = await call(app, await logIn(app))
    await expectListed(app, im, nameOf(status))
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual(failure(status, message))
  })

  test('are all of the table but success', () => {
    expect(Object.fromEntries(Object.entries(imRows).map(([name, row]) => [name, Number(/ = (\d+) /.exec(row)?.[1])]))).toEqual(Object.fromEntries(Object.entries(im.contract.errors).map(([name, { code }]) => [name, code])))
    const reached = new Set([1, ...codes.map(([status]) => status)])
    expect([...reached].sort((a, b) => a - b)).toEqual(Object.values(im.contract.errors).map(({ code }) => code).sort((a, b) => a - b))
  })
})

/** The same in the words of the web. */
function asWebUser({ userId, ...rest }: { readonly userId?: string }): object {
  return { ...rest, ...(userId === undefined ? {} : { id: userId }) }
}

describe('the order of checks', () => {
  test.each([
    ['the session, then the body', '{', 'ERROR_NET'],
    ['the body, then the id', '{', 'FAILURE_STATUS', 'bad json'],
    ['an unknown id before an empty name', { userId: 'u-9999', username: '' }, 'NULL_USER'],
    ['an empty name before an avatar', { userId: 'u-4001', username: '' }, 'NULL_USERNAME'],
    ['the length of a name before its form', { userId: 'u-4001', username: 'a b'.repeat(6) }, 'FORMAT_ERROR_USER_LENGTH'],
    ['a name that is taken before an empty avatar', { userId: 'u-4001', username: 'bob' }, 'SAME_USERNAME'],
    ['an empty avatar before a faulty sex', { userId: 'u-4001', username: 'alice', sex: 3 }, 'NULL_AVATAR'],
    ['an empty name before an id that is somebody else’s', { userId: 'u-4002', avatar: AVATAR }, 'NULL_USERNAME'],
    ['an empty id before all', { userId: '', username: '' }, 'NULL_USER'],
    ['no fields at all', {}, 'NULL_USER'],
    ['somebody else’s id last', { userId: 'u-4002', avatar: AVATAR, username: 'alice' }, 'FAILURE_STATUS', 'failure'],
    ['a description that is too long', { userId: 'u-4001', avatar: AVATAR, username: 'alice', desc: 'x'.repeat(101) }, 'FAILURE_STATUS', 'bad field'],
  ] as const)('completing an account, on Android and on the web: %s', async (_order, body, name, message?) => {
    const app = await box()
    const cookie = name === 'ERROR_NET' ? '' : await logIn(app)
    for (const answer of [await complete(app, body, cookie), await completeWeb(app, typeof body === 'string' ? body : { user: asWebUser(body), account: phones.alice, isBind: false }, cookie)]) {
      await expect(answer).toFailWith(name)
      // One status says many things; its message says which.
      if (message !== undefined) expect(answer.json).toMatchObject({ message })
    }
  })

  test.each([{}, { user: null }, { user: 'u-4001' }, { user: [] }, { account: phones.alice }])('on the web %j names no user', async (body) => {
    const app = await box()
    await expect(completeWeb(app, body, await logIn(app))).toFailWith('NULL_USER')
  })

  test.each([
    [{}, 'NULL_PASSWORD'],
    [{ password: 'a b' }, 'FORMAT_ERROR_PASSWORD_LENGTH'],
    [{ password: 'a b c d' }, 'FORMAT_ERROR_PASSWORD'],
    [{ password: PASSWORD, phone: '' }, 'NULL_PHONE'],
    [{ password: PASSWORD, phone: 'x' }, 'FORMAT_ERROR_PHONE_LENGTH'],
    [{ password: 'a', phone: true }, 'FAILURE_STATUS'],
    [{ password: 12345678, phone: phones.nobody }, 'FAILURE_STATUS'],
  ] as const)('a registration with %j is %s', async (body, name) => {
    await expect(register(await box(), body)).toFailWith(name)
  })

  test.each([
    [{}, 'NULL_PHONE'],
    [{ phone: 'x' }, 'NULL_PASSWORD'],
    [{ phone: 'x', password: 'x' }, 'FORMAT_ERROR_PHONE_LENGTH'],
    [{ phone: 'abcdef', password: 'x' }, 'FORMAT_ERROR_PHONE'],
    [{ phone: phones.nobody, password: 'x' }, 'ERROR_REPEAT_LOGIN'],
    [{ phone: [phones.alice], password: 'x' }, 'FAILURE_STATUS'],
  ] as const)('a login on a live session with %j is %s', async (body, name) => {
    const app = await box()
    await expect(login(app, body, await logIn(app))).toFailWith(name)
  })
})

test('a friend whose account is gone is among the friends no more', async () => {
  const app = await box()
  const cookie = await logIn(app)
  const friends = async () => (await get(app, '/android/user_contacts/', cookie)).json?.['result']
  expect(await friends()).toMatchObject([{ username: 'bob' }])
  await app.db('im').delete('users', 'u-4002')
  expect(await friends()).toEqual([])
})
