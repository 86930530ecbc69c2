import { describe, expect, test } from 'vitest'
import { validators } from '../src/generated/im/validators.js'
import { im } from '../src/systems/im/index.js'
import { logIn, phones } from './support/im.js'
import { Client, text } from './support/push.js'
import { serve } from './support/serve.js'

const { box } = await serve(im)

const start = { status: 1, pushId: '', message: 'start' }
const restart = (pushId: string) => ({ status: 1, pushId, message: 'restart' })
const heartbeat = { status: 1, pushId: '', message: '' }
const OK = (pushId: string) => ({ status: 1, pushId, message: 'ok' })

describe('opening', () => {
  test.each([
    ['without a cookie', undefined],
    ['with a cookie that never was', 'sessionid=00000000000000000000000000000000'],
    ['with a cookie of a wrong form', 'sessionid=x'],
  ])('%s the connection opens, says session error and closes with 1008', async (_how, cookie) => {
    const client = await Client.connect(await box(), cookie)
    expect(await client.next()).toEqual({ status: 11001, pushId: '', message: 'session error' })
    expect(await client.closed).toMatchObject({ code: 1008 })
  })

  test('a start tells the push id, a restart takes it back up', async () => {
    const app = await box()
    const cookie = await logIn(app, phones.alice)
    const first = await Client.connect(app, cookie)
    expect(await first.ask(start)).toEqual(OK('p-4001'))
    await first.hangUp()
    const second = await Client.connect(app, cookie)
    expect(await second.ask(restart('p-4001'))).toEqual(OK('p-4001'))
    expect(await second.ask({ ...heartbeat, pushId: 'p-4001' })).toEqual({ status: 1, pushId: 'p-4001', message: '' })
  })

  test.each([
    ['an empty message', heartbeat],
    ['status 0 and an empty message', { ...heartbeat, status: 0 }],
  ])('%s starts a connection that has not started', async (_what, packet) => {
    const app = await box()
    const client = await Client.connect(app, await logIn(app, phones.bob))
    expect(await client.ask(packet)).toEqual(OK('p-4002'))
  })

  test('status 0 and a push id restart a connection that has not started', async () => {
    const app = await box()
    const client = await Client.connect(app, await logIn(app, phones.bob))
    expect(await client.ask({ status: 0, pushId: 'p-4002', message: '' })).toEqual(OK('p-4002'))
  })

  test.each(['p-4001', 'p-9999', ''])('a restart with %j is refused, and a start helps', async (pushId) => {
    const app = await box()
    const client = await Client.connect(app, await logIn(app, phones.bob))
    expect(await client.ask(restart(pushId))).toEqual({ status: 0, pushId: '', message: 'restart refused' })
    expect(await client.ask(start)).toEqual(OK('p-4002'))
    expect(await client.ask(restart('p-4001'))).toEqual({ status: 0, pushId: '', message: 'restart refused' })
    await client.hearsNothing()
  })

  test.each([
    ['a heartbeat with a push id', { ...heartbeat, pushId: 'p-4001' }],
    ['messages', { status: 1, pushId: '', message: [text('u-4001', 'u-4002', 'x')] }],
    ['a confirmation', { status: 1, pushId: '', message: { fromId: 'u-4002', toId: 'u-4001', chatId: 'c', content: 'ok' } }],
    ['a word', { status: 1, pushId: '', message: 'hello' }],
  ])('%s before the start is refused', async (_what, packet) => {
    const app = await box()
    const client = await Client.connect(app, await logIn(app, phones.alice))
    expect(await client.ask(packet)).toEqual({ status: 0, pushId: '', message: 'not started' })
    expect(await client.ask(start)).toEqual(OK('p-4001'))
  })
})

test.each(['p-4001', 'p-4002', 'anything'])('a start with the push id %j is a start', async (pushId) => {
  const app = await box()
  const client = await Client.connect(app, await logIn(app, phones.alice))
  expect(await client.ask({ ...start, pushId })).toEqual(OK('p-4001'))
  expect(await client.ask({ status: 0, pushId, message: 'start' })).toEqual(OK('p-4001'))
})

describe('the word "ok" from a client', () => {
  const ok = { status: 1, pushId: '', message: 'ok' }

  test('confirms what this connection was delivered, of whatever chat', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    await alice.say(text('u-4001', 'u-4002', '1'), text('u-4001', 'u-4002', '2', { chatId: 'c-2' }))
    for (let i = 0; i < 2; i++) await bob.next()
    expect(await bob.ask(ok)).toEqual(OK('p-4002'))
    expect((await app.db('im').list('messages')).map(({ item }) => item.chatId)).toEqual(['c-2'])
    // Whoever answers each frame with a word is understood each time; once more, and there is nothing to understand.
    expect(await bob.ask({ ...ok, pushId: 'p-4002' })).toEqual(OK('p-4002'))
    expect(await bob.ask(ok)).toEqual({ status: 0, pushId: 'p-4002', message: 'bad packet' })
    await alice.say(text('u-4001', 'u-4002', '3'))
    await bob.next()
    await bob.ask(start)
    expect(await bob.contents()).toEqual(['3'])
    expect(await bob.ask(ok)).toEqual(OK('p-4002'))
    await bob.ask(start)
    await bob.hearsNothing()
  })

  test('confirms a frame of a queue, and leaves those behind it alone until they are confirmed too', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    for (let i = 0; i < 3; i++) await alice.say(...Array.from({ length: i < 2 ? 50 : 20 }, (_, n) => text('u-4001', 'u-4002', String(i * 50 + n))))
    const bob = await Client.start(app, phones.bob)
    for (const size of [50, 50, 20]) expect(await bob.contents()).toHaveLength(size)
    const left: number[] = []
    for (let i = 0; i < 3; i++) {
      expect(await bob.ask(ok)).toEqual(OK('p-4002'))
      left.push((await app.db('im').list('messages')).length)
    }
    expect(left).toEqual([70, 20, 0])
    expect(await bob.ask(ok)).toMatchObject({ status: 0, message: 'bad packet' })
  })

  test('leaves alone what this connection has not been delivered yet', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    await alice.say(text('u-4001', 'u-4002', '1'))
    await bob.next()
    const again = await Client.connect(app, await logIn(app, phones.bob))
    expect(await again.ask(ok)).toEqual({ status: 0, pushId: '', message: 'not started' })
    await again.ask(start)
    expect(await again.contents()).toEqual(['1'])
  })

  test('is a bad packet from a client that has received nothing', async () => {
    const client = await Client.start(await box(), phones.alice)
    expect(await client.ask(ok)).toEqual({ status: 0, pushId: 'p-4001', message: 'bad packet' })
  })
})

test('what waits has the form of message_queue, as the document shows it', async () => {
  const app = await box()
  const alice = await Client.start(app, phones.alice)
  await alice.say(text('u-4001', 'u-4002', '1'), text('u-4001', 'g-1', '2', { type: '7', chatId: 'g-1' }))
  const waiting = await app.db('im').list('messages')
  const queue: Record<string, unknown[]> = {}
  for (const { pushId, item } of waiting) (queue[pushId] ??= []).push(item)
  expect(Object.fromEntries(Object.entries(queue).map(([pushId, items]) => [pushId, items.length]))).toEqual({ 'p-4002': 2, 'p-4003': 1 })
  expect(validators.schemas['MessageQueue']?.(queue)).toBe(true)
  expect(validators.schemas['MessageQueue']?.({ 'p-4002': [{ info: [] }] })).toBe(false)
})

describe('what nobody understands', () => {
  const bad = ['{', '', '[]', '7', 'null', '{}', '{"status":2,"pushId":"","message":""}', '{"status":"1","pushId":"","message":""}', '{"status":1,"pushId":1,"message":""}', '{"status":1,"pushId":""}', '{"status":1,"pushId":"","message":7}']

  test('is a bad packet before the start and after it, and the connection stays open', async () => {
    const app = await box()
    const client = await Client.connect(app, await logIn(app, phones.alice))
    for (const packet of bad) expect(await client.ask(packet)).toEqual({ status: 0, pushId: '', message: 'bad packet' })
    await client.ask(start)
    for (const packet of [...bad, Buffer.from(JSON.stringify(heartbeat))]) expect(await client.ask(packet)).toEqual({ status: 0, pushId: 'p-4001', message: 'bad packet' })
    for (const message of ['hello', [], {}, { fromId: 'u-4002', toId: 'u-4001', chatId: 'c', content: 'no' }]) {
      expect(await client.ask({ status: 1, pushId: '', message })).toEqual({ status: 0, pushId: 'p-4001', message: 'bad packet' })
    }
    expect(await client.ask({ ...heartbeat, pushId: 'p-4002' })).toEqual({ status: 0, pushId: 'p-4001', message: 'bad packet' })
    await client.hearsNothing()
  })

  const good = text('u-4001', 'u-4002', 'x')
  test.each([
    ['a sender who is not the caller', { ...good, fromId: 'u-4002' }],
    ['an unknown type', { ...good, type: '8' }],
    ['a type that is a word', { ...good, type: 'text' }],
    ['an unknown category', { ...good, info: [{ category: '4', content: 'x' }] }],
    ['an empty info', { ...good, info: [] }],
    ['a text as info', { ...good, info: 'x' }],
    ['no content', { ...good, info: [{ category: '0' }] }],
    ['no chatId', { ...good, chatId: undefined }],
    ['no toId', { ...good, toId: '' }],
    ['no createTime', { ...good, createTime: undefined }],
    ['a word', 'x'],
    ['null', null],
  ])('a packet in which one message has %s is refused as a whole', async (_fault, message) => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    expect(await alice.ask({ status: 1, pushId: '', message: [good, message] })).toEqual({ status: 0, pushId: 'p-4001', message: 'bad message' })
    await bob.hearsNothing()
  })

  test('a packet with a receiver who is nobody is refused as a whole, after faulty messages', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    for (const nobody of [text('u-4001', 'u-9999', 'x'), text('u-4001', 'g-1', 'x'), text('u-4001', 'g-9', 'x', { type: '7' })]) {
      expect(await alice.say(good, nobody)).toEqual({ status: 6004, pushId: 'p-4001', message: 'no such user' })
    }
    expect(await alice.say(text('u-4001', 'u-9999', 'x'), { ...good, type: '9' })).toMatchObject({ status: 0, message: 'bad message' })
    await bob.hearsNothing()
  })
})

describe('messages', () => {
  test('two users chat', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    expect(await alice.say(text('u-4001', 'u-4002', '周六上午图书馆见？'))).toEqual(OK('p-4001'))
    const createTime = new Date((await app.clock.now()).milliseconds + 8 * 3_600_000).toISOString().slice(0, 19)
    expect(await bob.next()).toEqual({ status: 1, pushId: 'p-4002', message: [text('u-4001', 'u-4002', '周六上午图书馆见？', { createTime })] })
    expect(await bob.confirm('u-4001', 'u-4002')).toEqual(OK('p-4002'))
    await bob.say(text('u-4002', 'u-4001', '好', { createTime: '刚才' }))
    expect(await alice.messages()).toEqual([text('u-4002', 'u-4001', '好', { createTime: '刚才' })])
    await bob.hearsNothing()
  })

  test('every type and category arrives in one spelling, however it was sent', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    for (const type of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const category = type % 4
      await alice.say({ chatId: '', fromId: 'u-4001', toId: 'u-4002', type, info: { category, content: '', size: 3 }, createTime: 'x', extra: true })
      expect(await bob.messages()).toEqual([{ chatId: '', fromId: 'u-4001', toId: 'u-4002', type: String(type), info: [{ category: String(category), content: '' }], createTime: 'x' }])
    }
  })

  test('a packet mixes chats and receivers; each message is a frame of its own', async () => {
    const app = await box()
    const [alice, bob, ming] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob), Client.start(app, phones.ming)])
    await alice.say(text('u-4001', 'u-4002', '1'), text('u-4001', 'u-4003', '2', { chatId: 'c-2' }), text('u-4001', 'u-4002', '3', { chatId: 'c-3' }))
    expect([await bob.contents(), await bob.contents(), await ming.contents()]).toEqual([['1'], ['3'], ['2']])
    // Each queue counts by itself, so that what one is sent tells nobody how much others are.
    expect((await app.db('im').list('messages')).filter(({ seq }) => seq >= 1_000_000).map(({ id }) => id).sort()).toEqual(['p-4002:01000000', 'p-4002:01000001', 'p-4003:01000000'])
    await Promise.all([bob.hearsNothing(), ming.hearsNothing(), alice.hearsNothing()])
  })

  test('a group message reaches all members but the sender', async () => {
    const app = await box()
    const [alice, bob, ming, stranger] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob), Client.start(app, phones.ming), Client.start(app, phones.fresh)])
    expect(await bob.say(text('u-4002', 'g-1', '明天的讨论改到下午三点', { type: '7', chatId: 'g-1' }))).toEqual(OK('p-4002'))
    expect(await alice.messages()).toMatchObject([{ toId: 'g-1', type: '7' }])
    expect(await ming.contents()).toEqual(['明天的讨论改到下午三点'])
    await Promise.all([bob.hearsNothing(), stranger.hearsNothing()])
    // Type 7 to a user is for that user.
    await bob.say(text('u-4002', 'u-4004', '你也来', { type: '7' }))
    expect(await stranger.contents()).toEqual(['你也来'])
  })

  test('one can write to oneself', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    expect(await alice.say(text('u-4001', 'u-4001', '备忘'))).toEqual(OK('p-4001'))
    expect(await alice.contents()).toEqual(['备忘'])
    await alice.confirm('u-4001', 'u-4001')
    await alice.ask(start)
    await alice.hearsNothing()
  })

  test('an empty createTime is the moment of sending, not that of delivery', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await alice.say(text('u-4001', 'u-4002', 'x'))
    const sent = new Date((await app.clock.now()).milliseconds + 8 * 3_600_000).toISOString().slice(0, 19)
    await app.clock.advance('PT3H')
    const bob = await Client.start(app, phones.bob)
    expect(await bob.messages()).toMatchObject([{ createTime: sent }])
  })
})

describe('the queue', () => {
  test('messages for somebody offline wait, come in frames of 50, are confirmed, and do not come again', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    await bob.hangUp()
    for (let i = 0; i < 12; i++) await alice.say(...Array.from({ length: 10 }, (_, j) => text('u-4001', 'u-4002', String(i * 10 + j))))

    const cookie = await logIn(app, phones.bob)
    const again = await Client.connect(app, cookie)
    expect(await again.ask(restart('p-4002'))).toEqual(OK('p-4002'))
    const frames = [await again.contents(), await again.contents(), await again.contents()]
    expect(frames.map(({ length }) => length)).toEqual([50, 50, 20])
    expect(frames.flat()).toEqual(Array.from({ length: 120 }, (_, i) => String(i)))
    expect(await again.confirm('u-4001', 'u-4002')).toEqual(OK('p-4002'))
    await again.hangUp()

    const later = await Client.start(app, phones.bob)
    await later.hearsNothing()
    await later.hangUp()
  })

  test('what is not confirmed comes again at the next start or restart, and not before', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    await alice.say(text('u-4001', 'u-4002', '1'), text('u-4001', 'u-4002', '2', { chatId: 'c-2' }))
    expect([await bob.contents(), await bob.contents()]).toEqual([['1'], ['2']])
    await bob.confirm('u-4002', 'u-4001', 'c-2')
    await alice.say(text('u-4001', 'u-4002', '3'))
    expect(await bob.contents()).toEqual(['3'])
    expect(await bob.ask(start)).toEqual(OK('p-4002'))
    expect(await bob.contents()).toEqual(['1', '3'])
    expect(await bob.ask(restart('p-4002'))).toEqual(OK('p-4002'))
    expect(await bob.contents()).toEqual(['1', '3'])
    await bob.hearsNothing()
  })

  test('a confirmation takes the messages of one sender in one chat, whichever way round the two are named', async () => {
    const app = await box()
    const [alice, bob, ming] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob), Client.start(app, phones.ming)])
    const group = { type: '7', chatId: 'g-1' } as const
    await bob.say(text('u-4002', 'u-4001', 'bob', { chatId: 'g-1' }), text('u-4002', 'g-1', 'bob to all', group))
    await ming.say(text('u-4003', 'g-1', 'ming to all', group))
    for (let i = 0; i < 3; i++) await alice.next()

    await alice.confirm('u-4003', 'g-1', 'g-9')
    await alice.confirm('u-4001', 'u-4001', 'g-1')
    await alice.ask(start)
    expect(await alice.contents()).toEqual(['bob', 'bob to all', 'ming to all'])

    expect(await alice.ask({ status: 1, pushId: 'p-4001', message: { fromId: 'u-4001', toId: 'u-4002', chatId: 'g-1', info: 'ok' } })).toEqual(OK('p-4001'))
    await alice.ask(start)
    expect(await alice.contents()).toEqual(['ming to all'])

    await alice.confirm('u-4003', 'g-1', 'g-1')
    await alice.ask(start)
    await alice.hearsNothing()
  })

  test('only what has been delivered can be confirmed, and the sender hears nothing of it', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    await bob.hangUp()
    await alice.say(text('u-4001', 'u-4002', '1'))
    const cookie = await logIn(app, phones.bob)
    const again = await Client.connect(app, cookie)
    // The confirmation stands before the start in the same breath; nothing was delivered yet.
    again.send({ status: 1, pushId: '', message: { fromId: 'u-4001', toId: 'u-4002', chatId: 'c-1', content: 'ok' } })
    again.send(start)
    expect(await again.next()).toMatchObject({ message: 'not started' })
    expect(await again.next()).toEqual(OK('p-4002'))
    expect(await again.contents()).toEqual(['1'])
    await again.confirm('u-4001', 'u-4002')
    await alice.hearsNothing()
  })

  test('a confirmation leaves alone what waits behind the frame that is on its way', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await alice.say(...Array.from({ length: 50 }, (_, n) => text('u-4001', 'u-4002', String(n))))
    await alice.say(text('u-4001', 'u-4002', '50'))
    await app.faults.next('im', 'imPushDelivery', { kind: 'latency', min: 60_000 })
    const bob = await Client.start(app, phones.bob)
    while (!(await app.db('im').list('messages')).some(({ deliveredAt }) => deliveredAt !== null)) await bob.hearsNothing()
    await bob.confirm('u-4001', 'u-4002')
    expect((await app.db('im').list('messages')).map(({ item }) => item.info[0]?.content)).toEqual(['50'])
  })

  test('a device that starts takes over from the one before', async () => {
    const app = await box()
    const [alice, bob, phone] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob), logIn(app, phones.alice)])
    await bob.say(text('u-4002', 'u-4001', '1'))
    expect(await alice.contents()).toEqual(['1'])

    const second = await Client.connect(app, phone)
    await alice.hearsNothing() // connecting is not starting
    expect(await second.ask(start)).toEqual(OK('p-4001'))
    expect(await alice.next()).toEqual({ status: 11000, pushId: 'p-4001', message: 'replaced' })
    expect(await alice.closed).toMatchObject({ code: 4001 })
    expect(await second.contents()).toEqual(['1'])
    await bob.say(text('u-4002', 'u-4001', '2'))
    expect(await second.contents()).toEqual(['2'])
  })

  test('a second connection of one and the same session takes over too', async () => {
    const app = await box()
    const cookie = await logIn(app, phones.alice)
    const [first, second] = [await Client.connect(app, cookie), await Client.connect(app, cookie)]
    await first.ask(start)
    await second.ask(restart('p-4001'))
    expect(await first.next()).toMatchObject({ status: 11000 })
    expect(await first.closed).toMatchObject({ code: 4001 })
    await second.hearsNothing()
  })
})

describe('the session', () => {
  test('a logout over HTTP closes the connections of that session only', async () => {
    const app = await box()
    const [one, other] = [await logIn(app, phones.alice), await logIn(app, phones.bob)]
    const [alice, idle, bob] = [await Client.connect(app, one), await Client.connect(app, one), await Client.connect(app, other)]
    await Promise.all([alice.ask(start), bob.ask(start)])
    expect((await app.call('/android/out/', { headers: { cookie: one } })).json).toMatchObject({ status: 1 })
    for (const client of [alice, idle]) {
      expect(await client.next()).toEqual({ status: 11001, pushId: '', message: 'session error' })
      expect(await client.closed).toMatchObject({ code: 1008 })
    }
    await bob.hearsNothing()
  })

  test('a session that has run out by the sandbox’s clock is told at the next packet', async () => {
    const app = await box()
    const [alice, bob] = await Promise.all([Client.start(app, phones.alice), Client.start(app, phones.bob)])
    await app.clock.advance('P13DT23H59M59S')
    await alice.hearsNothing()
    await app.clock.advance('PT1S')
    expect(await alice.ask(heartbeat)).toEqual({ status: 11001, pushId: '', message: 'session error' })
    expect(await alice.closed).toMatchObject({ code: 1008 })
    expect(await bob.ask({ status: 1, pushId: '', message: [text('u-4002', 'u-4001', 'x')] })).toMatchObject({ status: 11001 })
  })
})
