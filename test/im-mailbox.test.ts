/** Who has a mailbox where several processes hold sockets: told by one process, whose engine says what others would have said. */
import { expect, test } from 'vitest'
import type { Engine } from '../src/core/engine/engine.js'
import { memoryEngine } from '../src/core/engine/memory/engine.js'
import { createStub } from '../src/stub.js'
import { phones } from './support/im.js'
import { Client } from './support/push.js'
import { boxOf } from './support/serve.js'

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
