import { describe, expect, test } from 'vitest'
import { im } from '../src/systems/im/index.js'
import { expectListed, imRows } from './support/document-rows.js'
import { AVATAR, complete, completed, completeWeb, contacts, failure, get, login, logIn, PASSWORD, phones, register, save, SESSION_ERROR } from './support/im.js'
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
    ['the session, then the body', '{', SESSION_ERROR, false],
    ['the body, then the id', '{', failure(0, 'bad json'), true],
    ['an unknown id before an empty name', { userId: 'u-9999', username: '' }, failure(6004, 'no such user'), true],
    ['an empty name before an avatar', { userId: 'u-4001', username: '' }, failure(6001, 'username is empty'), true],
    ['the length of a name before its form', { userId: 'u-4001', username: 'a b'.repeat(6) }, failure(8004, 'username length is wrong'), true],
    ['a name that is taken before an empty avatar', { userId: 'u-4001', username: 'bob' }, failure(7000, 'username is taken'), true],
    ['an empty avatar before a faulty sex', { userId: 'u-4001', username: 'alice', sex: 3 }, failure(6002, 'avatar is empty'), true],
    ['an empty name before an id that is somebody else’s', { userId: 'u-4002', avatar: AVATAR }, failure(6001, 'username is empty'), true],
    ['an empty id before all', { userId: '', username: '' }, failure(6004, 'no such user'), true],
    ['no fields at all', {}, failure(6004, 'no such user'), true],
    ['somebody else’s id last', { userId: 'u-4002', avatar: AVATAR, username: 'alice' }, failure(0, 'failure'), true],
    ['a description that is too long', { userId: 'u-4001', avatar: AVATAR, username: 'alice', desc: 'x'.repeat(101) }, failure(0, 'bad field'), true],
  ] as const)('completing an account, on Android and on the web: %s', async (_order, body, expected, withSession) => {
    const app = await box()
    const cookie = withSession ? await logIn(app) : ''
    expect((await complete(app, body, cookie)).json).toEqual(expected)
    expect((await completeWeb(app, typeof body === 'string' ? body : { user: asWebUser(body), account: phones.alice, isBind: false }, cookie)).json).toEqual(expected)
  })

  test.each([{}, { user: null }, { user: 'u-4001' }, { user: [] }, { account: phones.alice }])('on the web %j names no user', async (body) => {
    const app = await box()
    expect((await completeWeb(app, body, await logIn(app))).json).toEqual(failure(6004, 'no such user'))
  })

  test.each([
    [{}, 6000],
    [{ password: 'a b' }, 8003],
    [{ password: 'a b c d' }, 8002],
    [{ password: PASSWORD, phone: '' }, 6003],
    [{ password: PASSWORD, phone: 'x' }, 8001],
    [{ password: 'a', phone: true }, 0],
    [{ password: 12345678, phone: phones.nobody }, 0],
  ])('a registration with %j is %i', async (body, status) => {
    expect((await register(await box(), body)).json).toMatchObject({ status })
  })

  test.each([
    [{}, 6003],
    [{ phone: 'x' }, 6000],
    [{ phone: 'x', password: 'x' }, 8001],
    [{ phone: 'abcdef', password: 'x' }, 8000],
    [{ phone: phones.nobody, password: 'x' }, 11000],
    [{ phone: [phones.alice], password: 'x' }, 0],
  ])('a login on a live session with %j is %i', async (body, status) => {
    const app = await box()
    expect((await login(app, body, await logIn(app))).json).toMatchObject({ status })
  })
})
