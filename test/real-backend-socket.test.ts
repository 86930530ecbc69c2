/** im's push channel when a real backend answers it: forwarded as a whole, judged frame by frame, and ended as the other side ends it. */
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { createImClient, openImSocket } from '../src/contract/im.js'
import { type Box, createStub, type FaultInput, type StubOptions } from '../src/index.js'
import { WebSocket } from 'ws'
import { startImBackend } from './backends/im.js'
import { closedAfterEach } from './support/closing.js'
import { Client, text } from './support/push.js'

const START = { status: 1, pushId: '', message: 'start' }
const HEARTBEAT = { status: 1, pushId: '', message: '' }
const SESSION_ERROR = { status: 11001, pushId: '', message: 'session error' }
const NETWORK_ERROR = { status: 11001, pushId: '', message: 'network error' }
const closing = closedAfterEach()

async function stage(options: { readonly mode?: 'real' | 'real-or-stub' | 'compare'; readonly operations?: Readonly<Record<string, 'stub' | 'real'>> } = {}, sockets: StubOptions['sockets'] = {}) {
  const real = await startImBackend()
  closing.push(() => real.close())
  const stub = await createStub({ systems: ['im'], backends: { im: { url: real.url, ...options } }, sockets })
  closing.push(() => stub.close())
  return { real, box: await stub.sandbox() }
}

async function logIn(box: Box): Promise<string> {
  const answer = await box.fetch('/im/android/login/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) })
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}

async function connect(box: Box, cookie?: string): Promise<Client> {
  const client = await Client.connect({ url: box.baseUrl('im') }, cookie)
  closing.push(() => client.hangUp())
  return client
}

/** What the journal has of the channel, the oldest first. */
async function lines(box: Box) {
  return (await box.requests.list()).filter(({ request }) => request.method === 'WS').reverse().map(({ operationId, source, response }) => [operationId, source, response.status])
}

describe('a channel that the real backend answers', () => {
  test('the shipped client logs in, connects, sends and hears, and knows nothing of the stub between', async () => {
    const { real, box } = await stage()
    const heard: unknown[] = []
    let cookie = ''
    const tokens = { get: () => cookie, set: (value: string | null) => void (cookie = value ?? '') }
    const client = createImClient({ baseUrl: box.baseUrl('im'), tokens })
    expect((await client.POST('/android/login/', { body: { phone: '13800004001', password: 'abc12345' } })).data).toMatchObject({ status: 1 })
    const come = new Promise<void>((resolve) => {
      const connecting = openImSocket({
        baseUrl: box.baseUrl('im'),
        tokens,
        connect: (url, headers) => new WebSocket(url, { headers }),
        onMessages: (messages) => {
          heard.push(...messages)
          resolve()
        },
      })
      void connecting.then(({ data }) => data?.send([text('r-1', 'r-2', 'hello')]))
      closing.push(async () => (await connecting).data?.close())
    })
    await come
    expect(heard).toMatchObject([{ fromId: 'r-1', toId: 'r-2', info: [{ category: '0', content: 'hello' }] }])
    expect(real.push.handshakes[0]?.cookie).toBe(`sessionid=${cookie}`)
    expect(await box.sockets.list()).toMatchObject([{ system: 'im', socket: 'imPush', source: 'real', mailbox: null, user: 'u-4001' }])
    expect(await lines(box)).toEqual([['imPushOpen', 'real', 101], ['imPushFrame', 'real', 101], ['imPushDelivery', 'real', 101], ['imPushFrame', 'real', 101], ['imPushDelivery', 'real', 101], ['imPushDelivery', 'real', 101]])
    expect((await box.backends.drift()).drift).toEqual([])
  })

  test('frames go both ways as they are, in their order, those of bytes as well', async () => {
    const { real, box } = await stage()
    const client = await connect(box, await logIn(box))
    const sent = Array.from({ length: 200 }, (_, i) => `{ "status":1, "pushId":"", "message":"" , "n":${String(i)}}`)
    for (const one of sent) client.send(one)
    for (const [i] of sent.entries()) expect([i, await client.nextText()]).toEqual([i, '{"status":1,"pushId":"p-r1","message":""}'])
    expect(real.push.frames).toEqual(sent)
    client.send(Buffer.from([1, 2, 255]))
    expect(await client.next()).toMatchObject({ status: 1 })
    expect(real.push.frames).toHaveLength(201)
  })

  test('it closes as either side closes it, with code and reason', async () => {
    const { real, box } = await stage()
    const cookie = await logIn(box)
    const first = await connect(box, cookie)
    await first.ask(START)
    real.push.close(4007, 'moved away')
    expect(await first.closed).toEqual({ code: 4007, reason: 'moved away' })
    const second = await connect(box, cookie)
    await second.ask(START)
    second.send(HEARTBEAT)
    second.socket.close(4008, 'enough')
    await second.closed
    await expect.poll(() => real.push.closed, { timeout: 15_000 }).toEqual([4007, 4008])
    // What was sent before the end has arrived.
    expect(real.push.frames.at(-1)).toBe(JSON.stringify(HEARTBEAT))
    const vanishing = await connect(box, cookie)
    await vanishing.ask(START)
    vanishing.socket.terminate()
    await expect.poll(() => real.push.closed, { timeout: 15_000 }).toEqual([4007, 4008, 1006])
    // What the client broke off the backend did not.
    expect((await box.backends.drift()).drift).toEqual([])
    const third = await connect(box, cookie)
    await third.ask(START)
    real.push.cut()
    expect(await third.closed).toMatchObject({ code: 1006 })
    expect((await box.backends.drift()).drift).toMatchObject([{ operationId: 'imPushDelivery', kind: 'noAnswer' }])
    await expect.poll(() => box.sockets.list(), { timeout: 15_000 }).toEqual([])
  })

  test('while long frames come with which thousands of things are wrong, others are answered between them', async () => {
    const { real, box } = await stage()
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    const frame = JSON.stringify({ status: 1, pushId: 'p-r1', message: Array.from({ length: 15_000 }, () => ({ chatId: 1 })) })
    const COUNT = 10
    for (let i = 0; i < COUNT; i++) real.push.send(frame)
    let heard = 0
    let others = 0
    const asking = (async () => {
      while (heard < COUNT) {
        await box.sms.list()
        others++
      }
    })()
    for (; heard < COUNT; heard++) expect((await client.nextText()).length).toBe(frame.length)
    await asking
    // One for each but the first and the last, and whatever came before these.
    expect(others).toBeGreaterThanOrEqual(COUNT - 2)
    expect((await box.backends.drift()).drift.every(({ last: { body } }) => (body?.length ?? 0) <= 2000)).toBe(true)
  })

  test('what it says against the contract is found, frame by frame, and what it says with it is not', async () => {
    const { real, box } = await stage()
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    expect((await box.backends.drift()).drift).toEqual([])
    for (const frame of ['{"status":"1","pushId":"p-r1","message":"ok"}', '{"status":77777,"pushId":"p-r1","message":"x"}', '{"status":1,"pushId":"p-r1","message":[{"chatId":"c"}]}', '{"pushId":"p-r1"}', '<html>13800004001</html>']) {
      real.push.send(frame)
      // The client hears it as it is.
      expect(await client.nextText()).toBe(frame)
    }
    const { drift, calls } = await box.backends.drift()
    expect(drift.map(({ operationId, kind, pointer }) => [operationId, kind, pointer])).toEqual([
      ['imPushDelivery', 'notJson', ''],
      ['imPushDelivery', 'missingField', '/message'],
      ...['createTime', 'fromId', 'info', 'toId', 'type'].map((field) => ['imPushDelivery', 'missingField', `/message/*/${field}`]),
      ['imPushDelivery', 'type', '/status'],
      ['imPushDelivery', 'undocumentedCode', '/status'],
      ['imPushDelivery', 'missingField', '/status'],
    ])
    expect(calls.find(({ operationId }) => operationId === 'imPushDelivery')).toEqual({ system: 'im', operationId: 'imPushDelivery', asked: 6, departed: 5 })
    expect(JSON.stringify(drift)).not.toContain('13800004001')
    // Of the client's own frames the journal tells.
    await client.ask({ status: 5, message: 'nonsense' })
    const [frame] = (await box.requests.list({ operationId: 'imPushFrame' }))
    expect(frame?.violations[0]).toMatch(/^of the client: /)
  })

  test('a session that ends there ends here, whether the channel tells of it or HTTP', async () => {
    const { real, box } = await stage({ operations: { friends: 'stub' } })
    const cookie = await logIn(box)
    const client = await connect(box, cookie)
    await client.ask(START)
    expect(await box.sessions.list({ state: 'active' })).toHaveLength(1)
    real.push.kick()
    expect([await client.next(), await client.closed]).toEqual([SESSION_ERROR, { code: 1008, reason: 'session' }])
    expect(await box.sessions.list({ state: 'active' })).toEqual([])
    // Whoever comes without a session hears it from the backend itself.
    const stranger = await connect(box, cookie)
    expect([await stranger.next(), await stranger.closed]).toMatchObject([SESSION_ERROR, { code: 1008, reason: 'session' }])
  })

  test('nothing of a token that the stub has issued reaches it, in a handshake or in a frame', async () => {
    const { real, box } = await stage({ operations: { account: 'stub' } })
    const cookie = await logIn(box)
    const refused = await connect(box, cookie)
    expect([await refused.next(), await refused.closed]).toMatchObject([SESSION_ERROR, { code: 1008 }])
    expect(real.push.handshakes).toEqual([])
    expect((await box.requests.list({ operationId: 'imPushOpen' }))[0]).toMatchObject({ source: 'stub', sourceReason: expect.stringMatching(/^stubToken: /) as string })
    await box.backends.set('im', { url: real.url })
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    client.send({ status: 1, pushId: '', message: cookie.replace('sessionid=', '') })
    expect([await client.next(), await client.closed]).toMatchObject([SESSION_ERROR, { code: 1008 }])
    // Nor where the frame is none of text.
    const binary = await connect(box, await logIn(box))
    binary.send(Buffer.from(`\u0000${cookie.replace('sessionid=', '')}`))
    expect([await binary.next(), await binary.closed]).toMatchObject([SESSION_ERROR, { code: 1008 }])
    expect(real.push.frames).toEqual([JSON.stringify(START)])
    // In compare each side has its own, and the channel is the stub's.
    await box.backends.set('im', { url: real.url, mode: 'compare' })
    const compared = await connect(box, await logIn(box))
    expect(await compared.ask(START)).toEqual({ status: 1, pushId: 'p-4001', message: 'ok' })
  })

  test('where both have answered a login, the channel is opened with the token of the side that it leads to', async () => {
    const { real, box } = await stage({ mode: 'compare', operations: { imPush: 'real' } })
    const cookie = await logIn(box)
    const client = await connect(box, cookie)
    expect(await client.ask(START)).toEqual({ status: 1, pushId: 'p-r1', message: 'ok' })
    expect(real.push.handshakes[0]?.cookie).toMatch(/^sessionid=real0+1$/)
    expect(cookie).not.toContain('real0')
  })
})

/** Whom nobody here knows; what a backend has issued goes to no other. */
const STRANGER = 'sessionid=nobodyknowsthisone0000000000000x'

describe('a channel that it does not answer', () => {
  test('is turned away in the dialect, and the stub answers where it may', async () => {
    const { real, box } = await stage()
    const cookie = await logIn(box)
    await box.backends.set('im', { url: 'http://127.0.0.1:1' })
    const refused = await connect(box, STRANGER)
    expect([await refused.next(), await refused.closed]).toEqual([NETWORK_ERROR, { code: 1013, reason: 'refused' }])
    expect((await box.requests.list({ operationId: 'imPushOpen' }))[0]).toMatchObject({ source: 'stub', sourceReason: expect.stringMatching(/^refused: /) as string, error: 'ERROR_NET' })
    await box.backends.set('im', { url: real.url, mode: 'real-or-stub' })
    real.push.refuse(404)
    const stubbed = await connect(box, cookie)
    expect(await stubbed.ask(START)).toEqual({ status: 1, pushId: 'p-4001', message: 'ok' })
    await real.close()
    expect(await (await connect(box, cookie)).ask(START)).toEqual({ status: 1, pushId: 'p-4001', message: 'ok' })
    expect((await box.backends.drift()).drift.map(({ operationId, kind }) => [operationId, kind])).toEqual([['imPushOpen', 'noAnswer'], ['imPushOpen', 'notThere']])
  })

  test('with an answer that is no WebSocket gets the client that answer', async () => {
    const { real, box } = await stage()
    const cookie = await logIn(box)
    real.push.refuse(403)
    await expect(Client.connect({ url: box.baseUrl('im') }, cookie)).rejects.toThrow('Unexpected server response: 403')
    expect((await box.requests.list({ operationId: 'imPushOpen' }))[0]).toMatchObject({ source: 'real', response: { status: 403 } })
    expect((await box.backends.drift()).drift).toMatchObject([{ operationId: 'imPushOpen', kind: 'httpStatus' }])
  })

  test('gets what a client says beside the handshake, which is made anew', async () => {
    const { real, box } = await stage()
    const said = { 'x-sec-websocket-note': 'a', 'connection-kind': 'b', 'upgrade-insecure-requests': '1', 'content-length-hint': 'd', 'date-of-birth': 'e' }
    const socket = new WebSocket(`${box.baseUrl('im').replace('http', 'ws')}/android/websocket/`, { headers: { cookie: await logIn(box), date: 'Thu, 01 Jan 1970 00:00:00 GMT', ...said } })
    await once(socket, 'open')
    expect(real.push.handshakes[0]).toMatchObject(said)
    expect(real.push.handshakes[0]).not.toHaveProperty('date')
    socket.terminate()
  })

  test('a backend that is the stub itself is seen', async () => {
    const { box } = await stage()
    await box.backends.set('im', { url: box.baseUrl('im') })
    const client = await connect(box, STRANGER)
    expect([await client.next(), await client.closed]).toEqual([NETWORK_ERROR, { code: 1013, reason: 'loop' }])
  })
})

describe('what goes wrong on purpose goes wrong before anything is passed on', () => {
  test('faults, maintenance and outages', async () => {
    const { real, box } = await stage()
    const cookie = await logIn(box)
    const client = await connect(box, cookie)
    await client.ask(START)
    await box.faults.add({ system: 'im', operationId: 'imPushFrame', fault: { kind: 'error', condition: 'networkError' }, times: 1 })
    expect(await client.ask(HEARTBEAT)).toEqual(NETWORK_ERROR)
    await box.maintenance.on('im')
    expect(await client.ask(HEARTBEAT)).toEqual(NETWORK_ERROR)
    const late = await connect(box, cookie)
    expect([await late.next(), await late.closed]).toMatchObject([NETWORK_ERROR, { code: 1013 }])
    await box.maintenance.off('im')
    expect(real.push.frames).toEqual([JSON.stringify(START)])
    await box.faults.add({ system: 'im', operationId: 'imPushDelivery', fault: { kind: 'drop' }, times: 1 })
    client.send(HEARTBEAT)
    expect(await client.closed).toMatchObject({ code: 1006 })
    expect(real.push.frames).toHaveLength(2)
  })

  test('a frame that is dropped is cut off before the backend has it, or after', async () => {
    const { real, box } = await stage()
    const cookie = await logIn(box)
    for (const [round, [fault, arrives]] of ([[{ kind: 'drop' }, false], [{ kind: 'drop', carriedOut: true }, true], [{ kind: 'reset' }, true]] satisfies readonly (readonly [FaultInput<'im'>, boolean])[]).entries()) {
      const client = await connect(box, cookie)
      await client.ask(START)
      await box.faults.add({ system: 'im', operationId: 'imPushFrame', fault, times: 1 })
      const before = real.push.frames.length
      client.send(HEARTBEAT)
      expect(await client.closed).toMatchObject({ code: 1006 })
      await expect.poll(() => real.push.closed.length).toBe(round + 1)
      expect(real.push.frames.slice(before)).toEqual(arrives ? [JSON.stringify(HEARTBEAT)] : [])
    }
    expect((await lines(box)).filter(([operation, , status]) => operation === 'imPushFrame' && status === 0)).toEqual([['imPushFrame', 'stub', 0], ['imPushFrame', 'real', 0], ['imPushFrame', 'real', 0]])
  })

  test('the control plane closes it, and a reset ends it on both sides', async () => {
    const { real, box } = await stage()
    const cookie = await logIn(box)
    const client = await connect(box, cookie)
    await client.ask(START)
    const [open] = await box.sockets.list()
    await box.sockets.drop(open?.id ?? '', { code: 4009, reason: 'tidy' })
    expect(await client.closed).toEqual({ code: 4009, reason: 'tidy' })
    const second = await connect(box, cookie)
    await second.ask(START)
    await box.reset()
    expect(await second.closed).toMatchObject({ code: 1001 })
    await expect.poll(() => real.push.closed, { timeout: 15_000 }).toEqual([1001, 1001])
  })
})

/** Nearly as large as a frame may be; together far more than the connections themselves take. */
const LARGE = Array.from({ length: 60 }, (_, i) => JSON.stringify({ status: 1, pushId: String(i), message: 'x'.repeat(250_000) }))

/** Long enough for everything to have been read that anybody would read: what comes is answered by the same process, in turn. */
async function manyCalls(box: Box): Promise<void> {
  for (let i = 0; i < 50; i++) await box.fetch('/im/android/user_contacts/')
}

describe('whoever sends faster than the other side reads', () => {
  test('waits, as a backend, and the client hears everything in its order when it reads again', async () => {
    const { real, box } = await stage()
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    client.socket.pause()
    for (const frame of [...LARGE, ...LARGE]) real.push.send(frame)
    await manyCalls(box)
    expect(real.push.waiting).toBeGreaterThan(0)
    client.socket.resume()
    for (const frame of [...LARGE, ...LARGE]) expect(await client.nextText() === frame).toBe(true)
    expect(real.push.waiting).toBe(0)
    client.send(HEARTBEAT)
    expect(await client.next()).toMatchObject({ message: '' })
  })

  test('waits, as a client, and the backend hears everything in its order when it reads again', async () => {
    const { real, box } = await stage()
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    real.push.pause()
    for (const frame of [...LARGE, ...LARGE]) client.send(frame)
    await manyCalls(box)
    expect(client.socket.bufferedAmount).toBeGreaterThan(0)
    real.push.resume()
    for (const _frame of [...LARGE, ...LARGE]) expect(await client.next()).toMatchObject({ message: 'ok' })
    expect(real.push.frames.slice(1).every((frame, i) => frame === LARGE[i % LARGE.length])).toBe(true)
    expect(real.push.frames).toHaveLength(1 + 2 * LARGE.length)
  })

  test('has no more read of it than a frame or two while one of its frames is held up, in bytes and not only in frames; a server that stops waits for neither side', async () => {
    const { real } = await stage()
    const stub = await createStub({ systems: ['im'], backends: { im: real.url } })
    const box = await stub.sandbox()
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    for (const operationId of ['imPushFrame', 'imPushDelivery'] as const) await box.faults.next('im', operationId, { kind: 'latency', min: 60_000 })
    // Each direction by itself: fewer frames than may wait, and far larger than what may.
    for (const frame of LARGE) client.send(frame)
    for (const frame of LARGE) real.push.send(frame)
    await expect.poll(async () => (await box.faults.list()).map(({ fired }) => fired), { timeout: 15_000 }).toEqual([1, 1])
    await manyCalls(box)
    expect([client.socket.bufferedAmount, real.push.waiting].map((bytes) => bytes > 0)).toEqual([true, true])
    await stub.close()
    await expect.poll(() => real.push.closed, { timeout: 15_000 }).toHaveLength(1)
    client.socket.terminate()
  })

  test('costs a reader for whom too much waits the connection, and both sides are told why', async () => {
    const { real, box } = await stage({}, { backlog: 16 * 1024 })
    const client = await connect(box, await logIn(box))
    await client.ask(START)
    client.socket.pause()
    const frame = JSON.stringify({ status: 1, pushId: 'p-r1', message: 'x'.repeat(30_000) })
    for (let i = 0; i < 1000; i++) real.push.send(frame)
    await manyCalls(box)
    client.socket.resume()
    expect(await client.closed).toEqual({ code: 1013, reason: 'too slow a reader' })
    await expect.poll(() => real.push.closed, { timeout: 15_000 }).toEqual([1013])
  })
})
