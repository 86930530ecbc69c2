/** Frames that have next to nothing in them come by the thousand in one piece: others are answered between them, whoever sent them. */
import { expect, test } from 'vitest'
import { createStub, type Box } from '../src/index.js'
import { startImBackend } from './backends/im.js'
import { closedAfterEach } from './support/closing.js'
import { Client } from './support/push.js'

const closing = closedAfterEach()
const COUNT = 30_000
/** Where all of them are worked off in one go, two others are answered. */
const FEW = 20

async function logIn(box: Box): Promise<string> {
  const answer = await box.fetch('/im/android/login/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) })
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}

/** @returns how many other calls were answered until the client had heard as many frames */
async function answeredUntilHeard(box: Box, client: Client): Promise<number> {
  let heard = 0
  let others = 0
  const asking = (async () => {
    for (; heard < COUNT; others++) await box.sms.list()
  })()
  for (; heard < COUNT; heard++) await client.nextText()
  await asking
  return others
}

test('from a real backend', async () => {
  const real = await startImBackend()
  closing.push(() => real.close())
  const stub = await createStub({ systems: ['im'], backends: { im: { url: real.url } } })
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  const client = await Client.connect({ url: box.baseUrl('im') }, await logIn(box))
  closing.push(() => client.hangUp())
  await client.ask({ status: 1, pushId: '', message: 'start' })
  for (let i = 0; i < COUNT; i++) real.push.send('')
  expect(await answeredUntilHeard(box, client)).toBeGreaterThan(FEW)
})

test('from a client', async () => {
  const stub = await createStub({ systems: ['im'] })
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  const client = await Client.connect({ url: box.baseUrl('im') }, await logIn(box))
  closing.push(() => client.hangUp())
  for (let i = 0; i < COUNT; i++) client.send('')
  expect(await answeredUntilHeard(box, client)).toBeGreaterThan(FEW)
})
