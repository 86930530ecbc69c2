import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { JournalEntry } from '../src/client/control.js'
import type { SocketOperationId } from '../src/client/contracts.js'
import type { FaultInput } from '../src/client/faults.js'
import { createStub } from '../src/stub.js'
import { im } from '../src/systems/im/index.js'
import { logIn, phones } from './support/im.js'
import { Client, text } from './support/push.js'
import { type Box, boxOf, type Call, send, serve } from './support/serve.js'

const { box, stub } = await serve(im, { sockets: { perSandbox: 3, backlog: 64 * 1024, frame: 128 * 1024 } })

const start = { status: 1, pushId: '', message: 'start' }
const heartbeat = { status: 1, pushId: '', message: '' }
const NETWORK_ERROR = { status: 11001, pushId: 'p-4001', message: 'network error' }

/** Waits for something that the server does in its own time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets one fault act on the next such operation. */
const next = (app: Box, operationId: SocketOperationId<'im'>, fault: FaultInput<'im'>) => app.faults.next('im', operationId, fault)

const textOf = (body: JournalEntry['request']['body'] | undefined) => body?.text ?? ''

describe('limits', () => {
  test('a frame above the limit closes its connection with 1009', async () => {
    const client = await Client.start(await box(), phones.alice)
    client.send('x'.repeat(128 * 1024 + 1))
    expect(await client.closed).toMatchObject({ code: 1009 })
  })

  test('a sandbox has so many connections, and another sandbox as many again', async () => {
    const [app, other] = [await box(), await box()]
    const cookie = await logIn(app, phones.alice)
    const clients = [await Client.connect(app, cookie), await Client.connect(app, cookie), await Client.connect(app, cookie)]
    const fourth = await Client.connect(app, cookie)
    expect(await fourth.closed).toEqual({ code: 1013, reason: 'too many sockets in this sandbox' })
    expect(await (await Client.start(other, phones.alice)).ask(heartbeat)).toMatchObject({ status: 1 })
    await clients[0]?.hangUp()
    expect(await (await Client.connect(app, cookie)).ask(start)).toMatchObject({ status: 1 })
  })

  test('a reader that is too slow is closed with 1013 and loses nothing', async () => {
    const app = await box()
    const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
    bob.socket.pause()
    let sent = 0
    while ((await app.sockets.list()).some(({ mailbox }) => mailbox === 'p-4002')) {
      expect(await alice.say(text('u-4001', 'u-4002', String(sent), { createTime: 'x'.repeat(60_000) }))).toMatchObject({ status: 1 })
      sent++
    }
    bob.socket.resume()
    expect(await bob.closed).toMatchObject({ code: 1013 })

    const again = await Client.start(app, phones.bob)
    const came: (string | undefined)[] = []
    while (came.length < sent) came.push(...(await again.contents()))
    expect(came).toEqual(Array.from({ length: sent }, (_, i) => String(i)))
  })

  test('a client that floods is answered in order', async () => {
    const client = await Client.start(await box(), phones.alice)
    for (let i = 0; i < 1000; i++) client.send(i % 2 === 0 ? heartbeat : '{')
    for (let i = 0; i < 1000; i++) expect(await client.next()).toMatchObject({ status: i % 2 === 0 ? 1 : 0 })
  })
})

describe('coming and going', () => {
  test('a client that vanishes leaves nothing behind', async () => {
    const app = await box()
    const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
    bob.socket.terminate()
    await until(async () => (await app.sockets.list()).length === 1)
    await alice.say(text('u-4001', 'u-4002', 'x'))
    expect(await (await Client.start(app, phones.bob)).contents()).toEqual(['x'])
    alice.socket.terminate()
    for (const { id } of await app.sockets.list()) await app.sockets.drop(id)
    await until(async () => (await app.sockets.list()).length === 0)
  })

  test('a sandbox with connections is not put away to make room, nor is it without them, for somebody has logged in there', async () => {
    const small = await createStub({ systems: [im], maxSandboxes: 2 })
    const isThere = async () => (await small.sandboxes()).some(({ name }) => name === 'busy')
    const busy = boxOf(small, 'busy', '/im')
    const alice = await Client.start(busy, phones.alice)
    for (let i = 0; i < 5; i++) await small.sandbox()
    expect(await isThere()).toBe(true)
    await alice.hearsNothing()
    alice.socket.terminate()
    for (let i = 0; i < 5; i++) await small.sandbox()
    expect(await isThere()).toBe(true)
    await small.close()
  })

  test('a reset closes all connections of the sandbox with 1001', async () => {
    const [app, other] = [await box(), await box()]
    const [alice, bystander] = [await Client.start(app, phones.alice), await Client.start(other, phones.alice)]
    await app.reset()
    expect(await alice.closed).toEqual({ code: 1001, reason: 'the sandbox was reset' })
    await bystander.hearsNothing()
  })

  test('so does deleting it', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await app.delete()
    expect(await alice.closed).toEqual({ code: 1001, reason: 'the sandbox was deleted' })
  })

  test('so does a server that stops, and it does not wait for clients that say nothing', async () => {
    const stopping = await createStub({ systems: [im] })
    const app = { url: stopping.url, call: (path: string, call?: Call) => send(`${stopping.url}${path}`, call) }
    const [polite, silent] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
    silent.socket.pause()
    await stopping.close()
    expect(await polite.closed).toEqual({ code: 1001, reason: 'the server stops' })
    silent.socket.terminate()
  })

  test('nor for an opening that is held up, once its client has gone', async () => {
    const stopping = await createStub({ systems: ['im'] })
    const held = await stopping.sandbox()
    await held.faults.next('im', 'imPushOpen', { kind: 'latency', min: 60_000 })
    const socket = new WebSocket(`${held.baseUrl('im').replace('http', 'ws')}/android/websocket/`)
    socket.on('error', () => undefined)
    await until(async () => (await held.faults.list())[0]?.fired === 1)
    socket.terminate()
    await stopping.close()
  })

  test('a commit of anybody is delivered: records put into the store arrive', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    const record = { id: 'p-4001:00000001', pushId: 'p-4001', seq: 1, item: text('system', 'u-4001', '维护通知'), sentAt: 0, deliveredAt: null }
    await app.db('im').create('messages', record)
    expect(await alice.messages()).toMatchObject([{ fromId: 'system', createTime: '1970-01-01T08:00:00' }])
  })
})

describe('the upgrade', () => {
  test('a WebSocket to another path is an unknown path, in the dialect', async () => {
    const app = await box()
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/android/nothing/`)
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve) => {
      socket.on('unexpected-response', (_request, response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => {
          resolve({ status: response.statusCode, body })
        })
      })
      socket.on('error', () => undefined)
    })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body)).toMatchObject({ status: 0, result: [], message: 'not found' })
  })

  test('a client that asks for HTTP/2 on the way, as Java’s does, gets its answer, body and all', async () => {
    const app = await box()
    const body = JSON.stringify({ phone: phones.alice, password: 'abc12345' })
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA', 'content-type': 'application/json', 'content-length': String(body.length) }
    const answer = await new Promise<string>((resolve, reject) => {
      const call = httpRequest(`${app.url}/android/login/`, { method: 'POST', headers }, (response) => {
        let received = ''
        response.on('data', (chunk: Buffer) => (received += chunk.toString()))
        response.on('end', () => {
          resolve(received)
        })
      })
      call.on('error', reject)
      // In two pieces, so that a part of the body comes after the head.
      call.write(body.slice(0, 10))
      setImmediate(() => call.end(body.slice(10)))
    })
    expect(JSON.parse(answer)).toMatchObject({ status: 1, result: { account: phones.alice } })
  })

  test('a handshake that breaks the protocol is told so', async () => {
    const app = await box()
    const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const call = httpRequest(`${app.url}/android/websocket/`, { headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' } }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => {
          resolve({ status: response.statusCode, body })
        })
      })
      call.on('error', reject)
      call.end()
    })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'urn:understudy:problem:no-websocket-handshake' })
  })

  test('the socket is also at the root when the system is served alone, and a header names the sandbox', async () => {
    const app = await box()
    const cookie = await logIn(app, phones.alice)
    const socket = new WebSocket(`ws${stub.url.slice(4)}/android/websocket?x=1`, { headers: { cookie, 'understudy-sandbox': app.name } })
    const answer = new Promise((resolve) => socket.once('message', (data: Buffer) => {
      resolve(JSON.parse(data.toString()))
    }))
    socket.on('open', () => {
      socket.send(JSON.stringify(start))
    })
    expect(await answer).toEqual({ status: 1, pushId: 'p-4001', message: 'ok' })
    socket.terminate()
  })
})

describe('faults', () => {
  test('an outage of the network answers every packet with 11001 and does nothing; then all is well again', async () => {
    const app = await box()
    const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
    for (const outage of ['network', 'internal']) {
      await app.outages.set([outage])
      expect(await alice.ask(heartbeat)).toEqual(NETWORK_ERROR)
      expect(await alice.say(text('u-4001', 'u-4002', 'x'))).toEqual(NETWORK_ERROR)
      const fresh = await Client.connect(app, await logInDuring(app))
      expect(await fresh.ask(start)).toEqual({ ...NETWORK_ERROR, pushId: '' })
      await fresh.hangUp()
    }
    await app.outages.set([])
    await Promise.all([alice.hearsNothing(), bob.hearsNothing()])
  })

  /** Logging in needs the network; it is put in order for that. */
  async function logInDuring(app: Box): Promise<string> {
    const [{ out } = { out: [] }] = await app.outages.list()
    await app.outages.set([])
    const cookie = await logIn(app, phones.ming)
    await app.outages.set(out)
    return cookie
  }

  test('maintenance does as the network does', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await app.maintenance.on()
    expect(await alice.ask(heartbeat)).toEqual(NETWORK_ERROR)
    await app.maintenance.off()
    await alice.hearsNothing()
  })

  test('HTTP has the same faults', async () => {
    const app = await box()
    const cookie = await logIn(app, phones.alice)
    for (const breakIt of [() => app.outages.set(['network']), () => app.outages.set(['internal']), async () => (await app.outages.set([]), app.maintenance.on())]) {
      await breakIt()
      const answer = await app.call('/android/user_contacts/', { headers: { cookie } })
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({ status: 11001, result: [], message: 'network error' })
    }
  })

  test.each([
    [{ kind: 'error', error: 'ERROR_NET' }, NETWORK_ERROR],
    [{ kind: 'error', code: 6004 }, { status: 6004, pushId: 'p-4001', message: 'no such user' }],
    [{ kind: 'error', error: 'FAILURE_STATUS' }, { status: 0, pushId: 'p-4001', message: 'bad packet' }],
    [{ kind: 'error', error: 'ERROR_PASSWORD' }, NETWORK_ERROR],
    [{ kind: 'error', condition: 'maintenance' }, NETWORK_ERROR],
  ] satisfies readonly (readonly [FaultInput<'im'>, object])[])('a packet is answered by %j, once', async (fault, answer) => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await next(app, 'imPushFrame', fault)
    expect(await alice.ask(heartbeat)).toEqual(answer)
    await alice.hearsNothing()
  })

  test('a fault replaces a connection as another device would', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await next(app, 'imPushFrame', { kind: 'error', error: 'ERROR_REPEAT_LOGIN' })
    expect(await alice.ask(heartbeat)).toEqual({ status: 11000, pushId: 'p-4001', message: 'replaced' })
    expect(await alice.closed).toMatchObject({ code: 4001 })
  })

  test('an error asked of a connection that has not started keeps the contract', async () => {
    const app = await box()
    const client = await Client.connect(app, await logIn(app, phones.alice))
    for (const error of ['NULL_USER', 'ERROR_REPEAT_LOGIN'] as const) {
      await next(app, 'imPushFrame', { kind: 'error', error })
      expect(await client.ask(start)).toEqual({ ...NETWORK_ERROR, pushId: '' })
    }
  })

  test('a dropped packet cuts the connection before anything is done, or after it', async () => {
    const app = await box()
    const bob = await Client.start(app, phones.bob)
    for (const [fault, arrives] of [[{ kind: 'drop' }, false], [{ kind: 'drop', carriedOut: true }, true], [{ kind: 'reset' }, true]] satisfies readonly (readonly [FaultInput<'im'>, boolean])[]) {
      const alice = await Client.start(app, phones.alice)
      await next(app, 'imPushFrame', fault)
      alice.send({ status: 1, pushId: '', message: [text('u-4001', 'u-4002', fault.kind)] })
      expect(await alice.closed).toMatchObject({ code: 1006 })
      if (arrives) expect(await bob.contents()).toEqual([fault.kind])
      else await bob.hearsNothing()
    }
  })

  test('a malformed answer, and a malformed delivery, are no JSON', async () => {
    const app = await box()
    const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
    await next(app, 'imPushFrame', { kind: 'malformed' })
    alice.send(heartbeat)
    expect(await alice.nextText()).toMatch(/^\{"status":1,.*\}\{$/)
    await next(app, 'imPushDelivery', { kind: 'malformed' })
    await alice.say(text('u-4001', 'u-4002', 'x'))
    const broken = await bob.nextText()
    expect(() => JSON.parse(broken) as unknown).toThrow()
    // Nobody has confirmed it, so it comes again.
    await bob.ask(start)
    expect(await bob.contents()).toEqual(['x'])
  })

  test('a delayed packet is answered before the ones behind it', async () => {
    const app = await box()
    const alice = await Client.start(app, phones.alice)
    await next(app, 'imPushFrame', { kind: 'latency', min: 20 })
    await next(app, 'imPushFrame', { kind: 'slow', milliseconds: 5 })
    alice.send('{')
    alice.send(heartbeat)
    expect(await alice.next()).toMatchObject({ status: 0 })
    expect(await alice.next()).toMatchObject({ status: 1 })
    expect((await app.faults.list()).map(({ fired }) => fired)).toEqual([1, 1])
  })

  test('a delivery is delayed, or cut and delivered again', async () => {
    const app = await box()
    const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
    await next(app, 'imPushDelivery', { kind: 'latency', min: 20 })
    await alice.say(text('u-4001', 'u-4002', '1'), text('u-4001', 'u-4002', '2'))
    expect([await bob.contents(), await bob.contents()]).toEqual([['1'], ['2']])
    await next(app, 'imPushDelivery', { kind: 'drop' })
    await alice.say(text('u-4001', 'u-4002', '3'))
    expect(await bob.closed).toMatchObject({ code: 1006 })
    expect(await (await Client.start(app, phones.bob)).contents()).toEqual(['1', '2', '3'])
  })

  test('an opening is delayed, refused with a status, or cut', async () => {
    const app = await box()
    const cookie = await logIn(app, phones.alice)
    await next(app, 'imPushOpen', { kind: 'latency', min: 5 })
    await (await Client.connect(app, cookie)).hangUp()
    await next(app, 'imPushOpen', { kind: 'status', status: 503, body: 'busy' })
    await expect(Client.connect(app, cookie)).rejects.toThrow('503')
    await next(app, 'imPushOpen', { kind: 'drop' })
    await expect(Client.connect(app, cookie)).rejects.toThrow()
    expect(await (await Client.connect(app, cookie)).ask(start)).toMatchObject({ status: 1 })
    const openings = (await app.requests.list({ operationId: 'imPushOpen' })).reverse()
    expect(openings.map(({ response, faults }) => [response.status, faults.length])).toEqual([[101, 1], [503, 1], [0, 1], [101, 0]])
  })

  test('a sandbox that is deleted while a connection is being opened takes that with it', async () => {
    const app = await box()
    const cookie = await logIn(app, phones.alice)
    await next(app, 'imPushOpen', { kind: 'latency', min: 50 })
    const opening = Client.connect(app, cookie)
    await until(async () => (await app.faults.list())[0]?.fired === 1)
    await app.delete()
    expect(await (await opening).closed).toMatchObject({ code: 1001 })
  })
})

test('what happens on a connection is in the journal', async () => {
  const app = await box()
  const [alice, bob] = [await Client.start(app, phones.alice), await Client.start(app, phones.bob)]
  await alice.say(text('u-4001', 'u-4002', '你好'))
  await bob.next()
  await alice.ask({ status: 1, pushId: 'p-9', message: '' })
  const rule = await next(app, 'imPushFrame', { kind: 'malformed' })
  alice.send(heartbeat)
  await alice.nextText()

  const entries = (await app.requests.list({ method: 'WS' })).reverse()
  expect(entries.slice(0, 4).map(({ operationId, response: { status }, user }) => ({ operationId, status, user }))).toEqual([
    { operationId: 'imPushOpen', status: 101, user: 'u-4001' },
    { operationId: 'imPushFrame', status: 101, user: 'u-4001' },
    { operationId: 'imPushOpen', status: 101, user: 'u-4002' },
    { operationId: 'imPushFrame', status: 101, user: 'u-4002' },
  ])
  const [sent, delivered] = [entries.find(({ changes }) => changes.length > 0), entries.find(({ operationId }) => operationId === 'imPushDelivery')]
  expect(textOf(sent?.request.body)).toContain('你好')
  expect(sent?.changes).toContainEqual(expect.objectContaining({ collection: 'messages', before: null }))
  expect(delivered).toMatchObject({ user: 'u-4002', request: { url: '/android/websocket/', body: null }, changes: [{ collection: 'messages', key: 'p-4002:01000000' }] })
  expect(textOf(delivered?.response.body)).toContain('你好')
  expect(entries.slice(-2)).toMatchObject([{ error: 'FAILURE_STATUS', faults: [] }, { error: null, faults: [rule.id], violations: [] }])
})
