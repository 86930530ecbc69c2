/** A system that knows bans and has sockets: none of those that the package plays has both, so one is made of two halves. */
import { expect, test } from 'vitest'
import { im } from '../src/systems/im/index.js'
import { logIn, phones } from './support/im.js'
import { Client, text } from './support/push.js'
import { type Box, serve } from './support/serve.js'

const { imPush } = im.sockets
if (imPush === undefined) throw new Error('im has a push channel')
const BANNED = { status: 11001, pushId: '', message: 'network error' } // one of the frames that the contract has
const banned = () => ({ frame: BANNED, error: 'ERROR_NET' })

const withBans = { ...im, users: { ...im.users, ban: { field: 'banned', banned: true, free: false } }, sockets: { imPush: { ...imPush, conditions: { ...imPush.conditions, banned } } } }
const { box } = await serve(withBans)
const { box: silent } = await serve({ ...withBans, sockets: { imPush } })

const ban = ({ sessions }: Box, user: string) => sessions.ban({ system: 'im', user })

test('a user who is banned is told so on every open socket, and it is closed', async () => {
  const app = await box()
  const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
  await ban(app, 'u-4001')
  expect(await alice.next()).toEqual(BANNED)
  expect(await alice.closed).toEqual({ code: 1008, reason: 'banned' })
  expect(await bob.say(text('u-4002', 'u-4001', 'hello?'))).toMatchObject({ status: 1 })
  expect((await app.requests.list()).find(({ error }) => error !== null)).toMatchObject({ operationId: 'imPushDelivery', user: 'u-4001', error: 'ERROR_NET' })
})

test('whatever else is changed of a user, or becomes of another session of his, his sockets stay', async () => {
  const app = await box()
  const alice = await Client.start(app, phones.alice)
  await app.db('im').update('users', 'u-4001', { desc: '新的介绍' })
  await app.call('/android/out/', { headers: { cookie: await logIn(app, phones.alice) } })
  await app.requests.count()
  expect(await alice.say(text('u-4001', 'u-4002', '还在'))).toMatchObject({ status: 1, message: 'ok' })
})

test('a banned user gets no socket with a session from before, and no answer over HTTP', async () => {
  const app = await box()
  const cookie = await logIn(app, phones.alice)
  await ban(app, 'u-4001')
  const client = await Client.connect(app, cookie)
  expect(await client.next()).toEqual(BANNED)
  expect(await client.closed).toMatchObject({ code: 1008 })
  expect((await app.call('/android/user_contacts/', { headers: { cookie } })).json?.['status']).not.toBe(1)
  expect((await app.requests.list({ limit: 2 })).map(({ operationId, user }) => [operationId, user])).toEqual([['imListFriends', 'u-4001'], ['imPushDelivery', 'u-4001']])
})

test('where a socket has no words for a ban, it says what it says without a session', async () => {
  const app = await silent()
  const client = await Client.start(app, phones.alice)
  await ban(app, 'u-4001')
  expect(await client.next()).toMatchObject({ status: 11001, message: 'session error' })
  expect(await client.closed).toMatchObject({ code: 1008, reason: 'banned' })
})
