/** The client of im's push channel: what it gives to an app, and that it resolves to an error that `classifyResult` knows, whatever the network does. */
import { getEventListeners } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createImClient, type ImMessage, type ImSocketOptions, memoryTokens, NoAnswer, openImSocket, type TokenStore } from '../../src/contract/im.js'
import { classifyResult } from '../../src/errors/index.js'
import { type Box, createStub } from '../../src/index.js'
import { phones } from '../support/im.js'

const stub = await createStub({ systems: ['im'] })
afterAll(() => stub.close())

const PAGE = '<!doctype html><title>Hotel</title>Welcome, please log in'
const connect: ImSocketOptions['connect'] = (url, headers) => new WebSocket(url, { headers })
const meaning = (result: Parameters<typeof classifyResult>[1]) => classifyResult('im', result).condition

/** A user's phone: logged in, and where its messages go. */
async function phone(box: Box, number: string) {
  const baseUrl = box.baseUrl('im')
  const tokens = memoryTokens<string>()
  await createImClient({ baseUrl, tokens }).POST('/android/login/', { body: { phone: number, password: 'abc12345' } })
  const got: ImMessage[] = []
  const arrivals: (() => void)[] = []
  const open = (more: Partial<ImSocketOptions> = {}) => openImSocket({
    baseUrl, tokens, connect,
    onMessages: (messages) => {
      got.push(...messages)
      for (const told of arrivals.splice(0)) told()
    },
    ...more,
  })
  return {
    tokens,
    got,
    open,
    arrival: () => new Promise<void>((resolve) => arrivals.push(resolve)),
    /** Opens it; fails the test when it cannot be. */
    async start(more: Partial<ImSocketOptions> = {}) {
      const { data, error } = await open(more)
      return data ?? expect.fail(error.message)
    },
  }
}

/** @returns a text message as the types of the contract have it */
const text = (fromId: string, toId: string, content: string): ImMessage => ({ chatId: 'c-1', fromId, toId, type: '1', info: [{ category: '0', content }], createTime: '' })

const contents = (messages: readonly ImMessage[]) => messages.map(({ info }) => info[0]?.content)

test('two users chat; what was confirmed does not come again, what was not does', async () => {
  const box = await stub.sandbox()
  const [alice, bob] = [await phone(box, phones.alice), await phone(box, phones.bob)]
  const [hers, his] = [await alice.start(), await bob.start()]
  expect(hers.pushId).toBe('p-4001')
  const [opening] = await box.requests.list({ operationId: 'imPushFrame' })
  expect(JSON.parse(opening?.request.body?.text ?? '')).toMatchObject({ message: 'start' })

  const arrived = bob.arrival()
  expect((await hers.send([text('u-4001', 'u-4002', '在吗')])).data).toEqual({ status: 1, pushId: 'p-4001', message: 'ok' })
  await arrived
  expect(contents(bob.got)).toEqual(['在吗'])
  expect((await his.send('ok')).data).toMatchObject({ message: 'ok' })
  expect((await his.send('')).data).toMatchObject({ message: '' })

  his.close()
  expect(meaning(await his.ended)).toBe('aborted')
  expect((await his.ended).error).toMatchObject({ url: expect.stringMatching(/^ws:.*\/android\/websocket\/$/) as unknown, message: expect.stringMatching(/\/android\/websocket\/: closed by the app$/) as unknown })
  await hers.send([text('u-4001', 'u-4002', '一'), text('u-4001', 'u-4002', '二')])
  const queue = bob.arrival()
  const again = await bob.start({ pushId: his.pushId })
  await queue
  expect(contents(bob.got)).toEqual(['在吗', '一', '二'])
  again.close()
})

test('a connection begins with start, and where a push id is known with restart', async () => {
  const box = await stub.sandbox()
  const alice = await phone(box, phones.alice)
  for (const [pushId, opening] of [[undefined, { pushId: '', message: 'start' }], ['', { pushId: '', message: 'start' }], ['p-4001', { pushId: 'p-4001', message: 'restart' }]] as const) {
    await box.requests.clear()
    const socket = await alice.start({ pushId })
    const frames = await box.requests.list({ operationId: 'imPushFrame' })
    expect(frames.map(({ request }): unknown => JSON.parse(request.body?.text ?? ''))).toMatchObject([opening])
    expect(socket.pushId).toBe('p-4001')
    socket.close()
  }
})

test('messages may be answered as they come, before opening has told of the connection', async () => {
  const box = await stub.sandbox({ scenario: 'full-inbox' })
  const confirmed: unknown[] = []
  const alice = await phone(box, phones.alice)
  const socket = await alice.start({ onMessages: (messages, from) => void from.send('ok').then(({ data }) => confirmed.push([messages.length, data?.message])) })
  while (confirmed.length < 3) await socket.send('')
  expect(confirmed).toEqual([[50, 'ok'], [50, 'ok'], [20, 'ok']])
  socket.close()
})

test('what onMessages throws rejects, and the messages come again', async () => {
  const box = await stub.sandbox()
  const [alice, bob] = [await phone(box, phones.alice), await phone(box, phones.bob)]
  const [hers, his] = [await alice.start(), await bob.start({ onMessages: () => { throw new Error('the app failed') } })]
  await hers.send([text('u-4001', 'u-4002', '在吗')])
  await expect(his.ended).rejects.toThrow('the app failed')
  const late = await his.send('ok')
  expect([meaning(late), late.error?.message]).toEqual(['aborted', expect.stringMatching(/\/android\/websocket\/: onMessages failed$/)])
  await expect(bob.open({ onMessages: () => { throw new Error('it failed again') } }).then(({ data }) => data?.ended)).rejects.toThrow('it failed again')
  const arrived = bob.arrival()
  const again = await bob.start()
  await arrived
  expect(contents(bob.got)).toEqual(['在吗'])
  again.close()
  hers.close()
})

test('a refusal of a packet is an error of im, and the connection stays', async () => {
  const alice = await (await phone(await stub.sandbox(), phones.alice)).start({ pushId: 'p-9999' }) // refused, so that it starts anew
  const [first, second, third] = await Promise.all([
    alice.send([text('u-4001', 'u-9999', '喂')]), alice.send([text('u-4002', 'u-4001', '喂')]), alice.send(''),
  ])
  expect([first.error, second.error, third.data?.message]).toEqual([{ status: 6004, pushId: 'p-4001', message: 'no such user' }, { status: 0, pushId: 'p-4001', message: 'bad message' }, ''])
  expect([meaning(first), meaning(second), meaning(third)]).toEqual(['userNotFound', 'operationFailed', 'ok'])
  alice.close()
})

describe('how it ends', () => {
  test('without a session there is no connection', async () => {
    const box = await stub.sandbox()
    expect(meaning(await openImSocket({ baseUrl: box.baseUrl('im'), connect, onMessages: () => undefined }))).toBe('unauthenticated')
  })

  test('a session that is ended ends it, and is forgotten', async () => {
    const box = await stub.sandbox()
    const { tokens, start } = await phone(box, phones.alice)
    const socket = await start()
    await box.sessions.revoke({ system: 'im', user: 'alice' })
    expect(meaning(await socket.ended)).toBe('unauthenticated')
    expect(await tokens.get()).toBeNull()
    expect(meaning(await socket.send(''))).toBe('unauthenticated')
  })

  test('a session that a login has put in its place meanwhile is kept', async () => {
    const box = await stub.sandbox()
    const { tokens, start } = await phone(box, phones.alice)
    const socket = await start()
    await tokens.set('of the next login')
    await box.sessions.revoke({ system: 'im', user: 'alice' })
    expect(meaning(await socket.ended)).toBe('unauthenticated')
    expect(await tokens.get()).toBe('of the next login')
  })

  test('a second phone of the same user replaces the first, whose session lives on', async () => {
    const { tokens, start } = await phone(await stub.sandbox(), phones.alice)
    const [first, second] = [await start(), await start()]
    expect(await first.ended).toMatchObject({ error: { status: 11000, message: 'replaced' } })
    expect(await tokens.get()).not.toBeNull()
    expect((await second.send('')).data?.message).toBe('')
    second.close()
  })

  test.each([
    ['a connection that is cut', { kind: 'drop', carriedOut: false }, 'imPushFrame', 'offline'],
    ['a frame that cannot be read', { kind: 'malformed' }, 'imPushFrame', 'malformedAnswer'],
  ] as const)('%s is told to whoever waits', async (_, fault, operationId, condition) => {
    const box = await stub.sandbox()
    const { start, tokens } = await phone(box, phones.alice)
    const socket = await start()
    await box.faults.add({ system: 'im', operationId, fault, times: 1 })
    const [waiting, other] = await Promise.all([socket.send(''), socket.send('')])
    expect([meaning(waiting), meaning(other), meaning(await socket.ended), meaning(await socket.send(''))]).toEqual([condition, condition, condition, condition])
    expect(waiting.error).toBeInstanceOf(NoAnswer)
    expect(await tokens.get()).not.toBeNull()
  })

  test.each([
    ['JSON that is none of im, as that of another service', '{"event":"welcome"}', 'notOurs'],
    ['a list', '[]', 'notOurs'],
    ['a frame without a status', '{"pushId":"p-4001","message":"ok"}', 'notOurs'],
    ['one without a push id', '{"status":1,"message":"ok"}', 'notOurs'],
    ['one whose message is a number', '{"status":1,"pushId":"p-4001","message":1}', 'notOurs'],
    ['a page', PAGE, 'notOurs'],
    ['a text that was to be JSON', 'welcome', 'malformedAnswer'],
  ])('%s in the place of a frame is told to whoever opens', async (_, frame, condition) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    server.on('connection', (socket) => { socket.on('message', () => { socket.send(frame) }) })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const result = await openImSocket({ baseUrl: `http://127.0.0.1:${String(port)}`, connect, onMessages: () => undefined })
    expect([meaning(result), result.error?.message]).toEqual([condition, expect.stringMatching(/\/android\/websocket\/: a frame that is none of im$/)])
    await new Promise((resolve) => { server.close(resolve) })
  })

  test.each([
    ['without a word', (socket: WebSocket) => { socket.terminate() }, 'closed with 1006'],
    ['with a code alone', (socket: WebSocket) => { socket.close(4000) }, 'closed with 4000'],
    ['with a reason', (socket: WebSocket) => { socket.close(1012, 'we move house') }, 'closed with 1012 we move house'],
  ])('a connection that the server ends %s says so', async (_, end, said) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    server.on('connection', (socket) => { socket.on('message', () => { end(socket) }) })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const result = await openImSocket({ baseUrl: `http://127.0.0.1:${String(port)}`, connect, onMessages: () => undefined })
    expect([meaning(result), result.error?.message]).toEqual(['offline', `ws://127.0.0.1:${String(port)}/android/websocket/: ${said}`])
    await new Promise((resolve) => { server.close(resolve) })
  })

  test('what comes after the end is not heard any more', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    const hungUp = new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.once('message', () => {
          socket.send('{"event":"welcome"}')
          socket.send(JSON.stringify({ status: 1, pushId: 'p-4001', message: [text('u-4002', 'u-4001', '在吗')] }))
        })
        socket.on('close', resolve)
      })
    })
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // a TCP server that listens has one
    const got: unknown[] = []
    expect(meaning(await openImSocket({ baseUrl: `http://127.0.0.1:${String(port)}`, connect, onMessages: (messages) => got.push(...messages) }))).toBe('notOurs')
    await hungUp
    expect(got).toEqual([])
    await new Promise((resolve) => { server.close(resolve) })
  })

  test('a delivery that cannot be read comes again at the next start', async () => {
    const box = await stub.sandbox()
    const bob = await phone(box, phones.bob)
    const socket = await bob.start()
    await box.faults.add({ system: 'im', operationId: 'imPushDelivery', fault: { kind: 'malformed' }, times: 1 })
    await box.sockets.push({ system: 'im', user: 'bob', packet: { ...text('u-4001', 'u-4002', '周六见') } })
    expect(meaning(await socket.ended)).toBe('malformedAnswer')
    const arrived = bob.arrival()
    const again = await bob.start({ pushId: socket.pushId })
    await arrived
    expect(contents(bob.got)).toEqual(['周六见'])
    again.close()
  })

  test('an answer that takes too long is timedOut, one that the app gives up is aborted; both keep their place', async () => {
    const box = await stub.sandbox()
    const socket = await (await phone(box, phones.alice)).start()
    const rule = await box.faults.add({ system: 'im', operationId: 'imPushFrame', fault: { kind: 'latency', min: 200 }, times: 2 })
    const gone = new AbortController()
    const calls = [socket.send('', { signal: AbortSignal.timeout(20) }), socket.send('', { signal: gone.signal }), socket.send([])] as const
    gone.abort()
    expect((await Promise.all(calls)).map(meaning)).toEqual(['timedOut', 'aborted', 'operationFailed'])
    expect((await calls[1]).error?.message).toMatch(/\/android\/websocket\/: ./)
    expect(meaning(await socket.send('', { signal: AbortSignal.abort() }))).toBe('aborted')
    await box.faults.remove(rule.id)
    // An app may have one signal for a whole page.
    const page = new AbortController()
    await socket.send('', { signal: page.signal })
    expect(getEventListeners(page.signal, 'abort')).toEqual([])
    socket.close()
  })
})

describe('no connection', () => {
  const open = (baseUrl: string, more: Partial<ImSocketOptions> = {}) => openImSocket({ baseUrl, connect, onMessages: () => undefined, ...more })

  /** A server that answers everything alike, a handshake too. */
  async function serveAll(listener: RequestListener): Promise<string> {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    afterAll(() => new Promise((resolve) => { server.close(resolve).closeAllConnections() }))
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` // a TCP server that listens has one
  }

  test.each([
    ['a login page of the network', 200, PAGE, {}, 'notOurs'],
    ['a page of a gateway', 502, PAGE, {}, 'internal'],
    ['a backend in maintenance', 200, '{"status":11001,"result":[],"message":"network error","date":""}', { 'server-status': 'upgrading' }, 'maintenance'],
    ['one that would say that the session is over', 200, '{"status":11001,"result":[],"message":"session error","date":""}', { 'server-status': 'upgrading' }, 'maintenance'],
    ['a backend that has no push channel', 404, '{"status":0,"result":[],"message":"not found","date":""}', {}, 'notOurs'],
    ['a session that is over', 200, '{"status":11001,"result":[],"message":"session error","date":""}', {}, 'unauthenticated'],
    ['a backend behind a proxy that knows no WebSocket', 200, '{"status":1,"result":[],"message":"ok","date":""}', {}, 'offline'],
  ] as const)('%s is told apart', async (_, status, body, headers, condition) => {
    const url = await serveAll((_request, response) => response.writeHead(status, { 'content-type': body === PAGE ? 'text/html' : 'application/json', ...headers }).end(body))
    const result = await open(url)
    expect([meaning(result), result.error instanceof NoAnswer]).toEqual([condition, condition !== 'unauthenticated'])
    if (condition === 'offline') expect(result.error?.message).toBe(`${url.replace('http', 'ws')}/android/websocket/: no WebSocket, though HTTP answers`)
  })

  test('a server that is not there is offline', async () => {
    const { error, response } = await open('http://127.0.0.1:1')
    expect([error instanceof NoAnswer && error.condition, response.status]).toEqual(['offline', 0])
    expect(error).toMatchObject({ url: expect.stringContaining('127.0.0.1:1/') as unknown, message: expect.stringMatching(/127\.0\.0\.1:1\/\S*: ./) as unknown, response })
  })

  test('a handshake that is dropped is offline', async () => {
    const box = await stub.sandbox()
    await box.faults.add({ system: 'im', operationId: 'imPushOpen', fault: { kind: 'drop' } })
    expect(meaning(await (await phone(box, phones.alice)).open())).toBe('offline')
  })

  test('a handshake that takes too long is timedOut, one that the app gives up is aborted', async () => {
    const box = await stub.sandbox()
    await box.faults.add({ system: 'im', operationId: 'imPushOpen', fault: { kind: 'latency', min: 60_000 } })
    const alice = await phone(box, phones.alice)
    expect(meaning(await alice.open({ signal: AbortSignal.timeout(50) }))).toBe('timedOut')
    const gone = new AbortController()
    const opening = alice.open({ signal: gone.signal })
    gone.abort()
    expect(meaning(await opening)).toBe('aborted')
    expect(meaning(await alice.open({ signal: AbortSignal.abort() }))).toBe('aborted')
  })

  test('what is wrong with the call itself is thrown as ever', async () => {
    await expect(open('nowhere')).rejects.toThrow()
    await expect(open('localhost:4010/im')).rejects.toThrow('must begin with http:// or https://')
    await expect(open(undefined as never)).rejects.toThrow('baseUrl is missing')
    await expect(open('http://127.0.0.1:1', { onMessages: undefined as never })).rejects.toThrow('onMessages is missing')
    const tokens: TokenStore<string> = { get: () => Promise.reject(new Error('the store is locked')), set: () => undefined }
    await expect(open('http://127.0.0.1:1', { tokens })).rejects.toThrow('the store is locked')
  })

  test('a platform without a WebSocket is told what to pass; one that has it needs nothing', async () => {
    const box = await stub.sandbox()
    const { start, tokens } = await phone(box, phones.alice)
    try {
      vi.stubGlobal('WebSocket', undefined)
      await expect(openImSocket({ baseUrl: 'http://127.0.0.1:1', onMessages: () => undefined })).rejects.toThrow('pass "connect"')
      vi.stubGlobal('WebSocket', WebSocket)
      const socket = await start({ connect: undefined })
      expect(socket.pushId).toBe('p-4001')
      socket.close()
      // As in a browser, which takes nothing beside the URL, and has the cookie itself.
      await tokens.set(null)
      expect(meaning(await openImSocket({ baseUrl: box.baseUrl('im'), tokens, onMessages: () => undefined }))).toBe('unauthenticated')
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
