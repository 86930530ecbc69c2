/** Who has a mailbox, also where several processes hold sockets (told by one process, whose engine says what others would have said), what becomes of its queue, and by which cookie one comes to it. */
import { expect, test } from 'vitest'
import type { Engine } from '../src/core/engine/engine.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
import { createStub } from '../src/stub.js'
import { im } from '../src/systems/im/index.js'
import { logIn, phones } from './support/im.js'
import { Client, text } from './support/push.js'
import { boxOf, serve } from './support/serve.js'

const { box } = await serve(im)
const START = { status: 1, pushId: '', message: 'start' }

/** The engine in memory, that tells right behind each announcement of one that another process has made, before it answers: as an engine with a network may. */
function followedAtOnce(): Engine {
  const engine = memoryEngine()
  const open = engine.open.bind(engine)
  engine.open = (name, follower) => {
    const log = open(name, follower)
    const announce = log.announce.bind(log)
    log.announce = async (said) => {
      await announce(said)
      follower.announced(JSON.stringify({ ...(JSON.parse(said) as object), by: 'another' }))
    }
    return log
  }
  return engine
}

test('whoever takes a mailbox right behind somebody displaces him, even before he knows that he was heard', async () => {
  const busy = await createStub({ systems: ['im'], engine: followedAtOnce() })
  const client = await Client.start(boxOf(busy, 'default', '/im'), phones.alice)
  expect((await client.closed).code).toBe(4001)
  await busy.close()
})

test('a queue is not delivered any further to a connection that was cut on its first frame', async () => {
  const app = await box()
  const alice = await Client.start(app, phones.alice)
  for (let i = 0; i < 60; i++) expect(await alice.say(text('u-4001', 'u-4002', String(i)))).toMatchObject({ status: 1 })
  const bob = await Client.connect(app, await logIn(app, phones.bob))
  await app.faults.next('im', 'imPushDelivery', { kind: 'drop' })
  bob.send(START)
  expect(await bob.closed).toMatchObject({ code: 1006 })
  expect((await app.requests.list({ operationId: 'imPushDelivery' })).map(({ response }) => response.status)).toEqual([0])
  // Those of the frame that was lost have been sent; the others still wait for it.
  const queue = await app.db('im').list('messages', { pushId: 'p-4002' })
  expect(queue.map(({ deliveredAt }) => deliveredAt !== null)).toEqual(Array.from({ length: 60 }, (_, i) => i < 50))
})

test('of several cookies one whose session has run out does not keep the next from being tried', async () => {
  const app = await box()
  const old = await logIn(app, phones.alice)
  await app.clock.advance('15d')
  const now = await logIn(app, phones.alice)
  expect(await (await Client.connect(app, `${old}; ${now}`)).ask(START)).toMatchObject({ status: 1, pushId: 'p-4001' })
  expect(await (await Client.connect(app, old)).next()).toMatchObject({ status: 11001, message: 'session error' })
})
