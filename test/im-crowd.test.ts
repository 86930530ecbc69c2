import { expect, test } from 'vitest'
import { im } from '../src/systems/im/index.js'
import { logIn } from './support/im.js'
import { Client, text } from './support/push.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(im)

const ONLINE = 500
const OFFLINE = 50
const EACH = 20
const USERS = ONLINE + OFFLINE

const phone = (n: number) => `138001${String(n).padStart(5, '0')}`
const id = (n: number) => `u-${String(4100 + n)}`
/** Whom user n writes to with message k: everybody gets some, offline users too. */
const receiver = (n: number, k: number) => (n * EACH + k * 7 + 1) % USERS

/** All that has to come to a user: by sender, in the order of sending. */
function expected(): Map<number, Map<string, string[]>> {
  const all = new Map<number, Map<string, string[]>>()
  for (let n = 0; n < ONLINE; n++) {
    for (let k = 0; k < EACH; k++) {
      const to = receiver(n, k)
      const bySender = all.get(to) ?? new Map<string, string[]>()
      all.set(to, bySender.set(id(n), [...(bySender.get(id(n)) ?? []), `${String(n)}/${String(k)}`]))
    }
  }
  return all
}

/** Reads `count` messages, however they are spread over frames, and confirms all of them. */
async function readAll(client: Client, n: number, count: number): Promise<{ readonly bySender: Map<string, string[]>; readonly frames: readonly number[] }> {
  const bySender = new Map<string, string[]>()
  const frames: number[] = []
  for (let read = 0; read < count; ) {
    const messages = await client.messages()
    frames.push(messages.length)
    read += messages.length
    for (const { fromId, info } of messages) bySender.set(fromId, [...(bySender.get(fromId) ?? []), info[0]?.content ?? ''])
  }
  for (const sender of bySender.keys()) expect(await client.confirm(sender, id(n))).toMatchObject({ status: 1, message: 'ok' })
  return { bySender, frames }
}

const inBatches = async <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = []
  for (let from = 0; from < count; from += 50) results.push(...(await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, i) => work(from + i)))))
  return results
}

async function startAll(app: Box, cookies: readonly string[], from: number, count: number): Promise<Client[]> {
  return inBatches(count, async (i) => {
    const client = await Client.connect(app, cookies[from + i])
    expect(await client.ask({ status: 1, pushId: '', message: 'start' })).toMatchObject({ status: 1, message: 'ok' })
    return client
  })
}

test('500 sockets and 10,000 messages: none lost, none twice, none out of order', async () => {
  const app = await box()
  const cookies: string[] = []
  for (let n = 0; n < USERS; n++) {
    await app.call('/android/register/', { method: 'POST', body: { phone: phone(n), password: 'abc12345' } })
    cookies.push(await logIn(app, phone(n)))
  }
  const clients = await startAll(app, cookies, 0, ONLINE)

  // Everybody sends at once, and nobody waits for an answer before the next packet.
  for (let k = 0; k < EACH; k++) {
    for (const [n, client] of clients.entries()) client.send({ status: 1, pushId: '', message: [text(id(n), id(receiver(n, k)), `${String(n)}/${String(k)}`)] })
  }
  const wanted = expected()
  const countFor = (n: number) => [...(wanted.get(n)?.values() ?? [])].reduce((sum, list) => sum + list.length, 0)

  // Acknowledgements and messages come interleaved; each client sorts its own.
  const online = await Promise.all(
    clients.map(async (client, n) => {
      const bySender = new Map<string, string[]>()
      let [acks, messages] = [0, 0]
      while (acks < EACH || messages < countFor(n)) {
        const { status, message } = await client.next()
        expect(status).toBe(1)
        if (message === 'ok') acks++
        else
          for (const { fromId, info } of message as ReturnType<typeof text>[]) {
            messages++
            bySender.set(fromId, [...(bySender.get(fromId) ?? []), info[0]?.content ?? ''])
          }
      }
      for (const sender of bySender.keys()) expect(await client.confirm(sender, id(n))).toMatchObject({ message: 'ok' })
      return bySender
    }),
  )
  for (const [n, bySender] of online.entries()) expect(bySender).toEqual(wanted.get(n) ?? new Map())

  // Those who were away find theirs in frames of 50 at the most.
  const late = await startAll(app, cookies, ONLINE, OFFLINE)
  const away = await Promise.all(late.map((client, i) => readAll(client, ONLINE + i, countFor(ONLINE + i))))
  for (const [i, { bySender, frames }] of away.entries()) {
    expect(bySender).toEqual(wanted.get(ONLINE + i) ?? new Map())
    expect(Math.max(0, ...frames)).toBeLessThanOrEqual(50)
  }

  // What is confirmed does not come again, to anybody.
  await Promise.all([...clients, ...late].map(async (client) => {
    expect(await client.ask({ status: 1, pushId: '', message: 'start' })).toMatchObject({ message: 'ok' })
    await client.hearsNothing()
  }))
  expect(await app.db('im').list('messages')).toEqual([])
})

test('of whoever sends from the first moment on, and waits for no answer, no more is read than may wait', async () => {
  const app = await box()
  const client = await Client.connect(app, await logIn(app))
  await app.faults.next('im', 'imPushFrame', { kind: 'latency', min: 60_000 })
  const large = 'x'.repeat(200 * 1024)
  for (let i = 0; i < 200; i++) client.socket.send(large)
  await expect.poll(async () => (await app.faults.list())[0]?.fired, { timeout: 15_000 }).toBe(1)
  for (let i = 0; i < 50; i++) await app.call('/android/user_contacts/')
  expect(client.socket.bufferedAmount).toBeGreaterThan(0)
  client.socket.terminate()
})
