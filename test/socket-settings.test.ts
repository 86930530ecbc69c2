import { expect, test } from 'vitest'
import { createStub } from '../src/stub.js'
import { im } from '../src/systems/im/index.js'
import { boxOf, send } from './support/box.js'
import { phones } from './support/im.js'
import { Client } from './support/push.js'

test('what a socket does knows how the settings of its system stand', async () => {
  const { imPush } = im.sockets
  if (imPush === undefined) throw new Error('im pushes')
  const known: unknown[] = []
  const receive = (work: { readonly settings: unknown }, frame: unknown) => {
    known.push(work.settings)
    return imPush.receive(work as never, frame) // it is handed what the stub hands this one
  }
  const polite = { ...im, settings: { greeting: { description: 'what is said first', default: 'hello', allowed: ['hello', 'welcome'] } }, sockets: { imPush: { ...imPush, receive } } }
  await using own = await createStub({ systems: [polite], report: (problem) => expect.unreachable(problem) })
  const app = boxOf(own, 'polite', '/im')
  const alice = await Client.start(app, phones.alice)
  expect((await send(`${own.url}/__admin/sandboxes/polite/settings`, { method: 'PUT', body: { system: 'im', settings: { greeting: 'welcome' } } })).status).toBe(200)
  await alice.ask({ status: 1, pushId: '', message: '' })
  expect([known[0], known.at(-1)]).toEqual([{ greeting: 'hello' }, { greeting: 'welcome' }])
  await alice.hangUp()
})
