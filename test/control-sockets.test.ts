import { describe, expect, test } from 'vitest'
import { createStub } from '../src/stub.js'
import { logIn, phones } from './support/im.js'
import { addFault, at, type Box, kindOf, serveControl } from './support/control.js'
import { Client } from './support/push.js'
import { type Call, send } from './support/serve.js'

const { box, admin, server } = await serveControl(['im', 'live'])

/** What calls of im and its push channel need to know of a sandbox. */
const imOf = ({ name, call }: Box) => ({ url: `${server.url}/@${name}/im`, call: (path: string, how?: Call) => call(`/im${path}`, how) })

const hello = { fromId: 'u-4002', chatId: 'c-4001-4002', type: '1', info: [{ category: '0', content: '周六上午图书馆见？' }] }

describe('the list', () => {
  test('shows who is connected, and whose mailbox each one has', async () => {
    const here = box()
    const app = imOf(here)
    const [alice, bob] = [await Client.start(app, phones.alice), await Client.connect(app, await logIn(app, phones.bob))]
    await bob.ask('{')
    const all = await here.admin('GET', '/sockets')
    expect(at(all, 'sockets')).toMatchObject([
      { system: 'im', socket: 'imPush', user: 'u-4001', mailbox: 'p-4001', waiting: 0 },
      { system: 'im', socket: 'imPush', user: 'u-4002', mailbox: null },
    ])
    for (const user of ['u-4002', 'bob', phones.bob]) expect(at(await here.admin('GET', `/sockets?user=${user}`), 'sockets')).toMatchObject([{ user: 'u-4002' }])
    expect(at(await here.admin('GET', '/sockets?user=nobody'), 'sockets')).toEqual([])
    expect(at(await here.admin('GET', '/sockets?system=live'), 'sockets')).toEqual([])
    expect(kindOf(await here.admin('GET', '/sockets?system=life'))).toBe('no-such-system')
    await alice.hangUp()
    await bob.hangUp()
    expect(at(await here.admin('GET', '/sockets'), 'sockets')).toEqual([])
  })
})

describe('the console', () => {
  test('pushes a message to somebody who is connected, as if it came from a friend', async () => {
    const here = box()
    const alice = await Client.start(imOf(here), phones.alice)
    const sent = await here.admin('POST', '/sockets/packets', { system: 'im', user: 'alice', packet: hello })
    expect(sent.json).toEqual({ system: 'im', user: 'u-4001', connected: true })
    expect(await alice.messages()).toMatchObject([{ ...hello, toId: 'u-4001' }])
    await alice.confirm('u-4002', 'u-4001', 'c-4001-4002')
    await alice.ask({ status: 1, pushId: '', message: 'start' })
    await alice.hearsNothing()
  })

  test('leaves messages for somebody who is not', async () => {
    const here = box()
    const packet = [{ info: [{ category: 0, content: '一' }] }, { info: { category: '0', content: '二' }, type: 4 }]
    expect((await here.admin('POST', '/sockets/packets', { system: 'im', user: phones.bob, socket: 'imPush', packet })).json).toEqual({ system: 'im', user: 'u-4002', connected: false })
    const bob = await Client.start(imOf(here), phones.bob)
    expect(await bob.messages()).toMatchObject([
      { chatId: 'c-system', fromId: 'system', toId: 'u-4002', type: '0', info: [{ category: '0', content: '一' }] },
      { type: '4', info: [{ category: '0', content: '二' }] },
    ])
  })

  test('refuses what is no packet, and shows one that is', async () => {
    const here = box()
    const send = (body: object) => here.admin('POST', '/sockets/packets', { system: 'im', user: 'alice', ...body })
    for (const packet of [{}, [], [7], { ...hello, type: '9' }, { ...hello, info: [] }, [hello, {}]]) {
      const answer = await send({ packet })
      expect(kindOf(answer)).toBe('packet-misfit')
      expect(at(answer, 'detail')).toContain('周六上午图书馆见？')
    }
    expect(kindOf(await send({ packet: 'x' }))).toBe('invalid-request')
    expect(kindOf(await send({ packet: hello, user: 'nobody' }))).toBe('no-such-user')
    expect((await send({ packet: hello, socket: 'imPull' })).json).toMatchObject({ type: 'urn:understudy:problem:no-such-socket', detail: 'im has no socket "imPull". There are imPush.', known: ['imPush'] })
    expect((await send({ packet: hello, system: 'live', user: '1' })).json).toMatchObject({ type: 'urn:understudy:problem:no-such-socket', detail: expect.stringMatching(/^live has no socket\. /) as unknown })
    expect(kindOf(await send({ packet: hello, system: 'life' }))).toBe('no-such-system')
    await (await Client.start(imOf(here), phones.alice)).hearsNothing()
  })

  test('an example of a packet and the names of what a socket does stand with the system', async () => {
    expect(at(await admin('GET', '/systems'), 'systems')).toMatchObject([{ id: 'im', hasSms: false, hasBans: false }, { id: 'live', hasSms: true }])
    const { json } = await admin('GET', '/systems/im')
    expect(json?.['sockets']).toMatchObject([{ name: 'imPush', path: '/android/websocket/', operations: ['imPushOpen', 'imPushFrame', 'imPushDelivery'], packet: { info: [{ category: '0' }] } }])
  })
})

describe('dropping', () => {
  test('cuts a connection as a network does, or closes it with a code', async () => {
    const here = box()
    const idOf = async () => String(at(await here.admin('GET', '/sockets'), 'sockets.0.id'))
    const first = await Client.start(imOf(here), phones.alice)
    expect((await here.admin('DELETE', `/sockets/${await idOf()}`)).status).toBe(204)
    expect(await first.closed).toMatchObject({ code: 1006 })
    for (const code of [1001, 1013, 4000]) {
      const next = await Client.start(imOf(here), phones.alice)
      expect((await here.admin('DELETE', `/sockets/${await idOf()}?code=${String(code)}&reason=bye`)).status).toBe(204)
      expect(await next.closed).toEqual({ code, reason: 'bye' })
    }
    const told = await Client.start(imOf(here), phones.alice)
    const longest = '长'.repeat(41) // as many bytes as a close frame has room for
    expect((await here.admin('DELETE', `/sockets/${await idOf()}?code=1000&reason=${encodeURIComponent(longest)}`)).status).toBe(204)
    expect(await told.closed).toEqual({ code: 1000, reason: longest })
  })

  test('refuses codes that nobody may send, reasons that are too long, and connections that are not there', async () => {
    const here = box()
    const alice = await Client.start(imOf(here), phones.alice)
    const id = String(at(await here.admin('GET', '/sockets'), 'sockets.0.id'))
    for (const code of [1004, 1005, 1006, 1015, 2999]) expect(kindOf(await here.admin('DELETE', `/sockets/${id}?code=${String(code)}`))).toBe('close-code-misfit')
    expect(kindOf(await here.admin('DELETE', `/sockets/${id}?code=999`))).toBe('invalid-request')
    expect(kindOf(await here.admin('DELETE', `/sockets/${id}?code=1000&reason=${encodeURIComponent('长'.repeat(42))}`))).toBe('reason-too-long')
    expect(kindOf(await here.admin('DELETE', '/sockets/socket-999'))).toBe('no-such-socket')
    expect(kindOf(await box().admin('DELETE', `/sockets/${id}`))).toBe('no-such-socket')
    await alice.hearsNothing()
  })
})

describe('other controls reach connections too', () => {
  test('a user who is kicked or revoked loses the connection', async () => {
    const here = box()
    for (const way of ['kick', 'revoke', 'expire']) {
      const alice = await Client.start(imOf(here), phones.alice)
      expect((await here.admin('POST', `/sessions/${way}`, { system: 'im', user: 'alice' })).status).toBe(200)
      expect(await alice.next()).toMatchObject({ status: 11001, message: 'session error' })
      expect(await alice.closed).toMatchObject({ code: 1008 })
    }
  })

  test('a fault rule names what a socket does', async () => {
    const here = box()
    await addFault(here, { kind: 'error', error: 'ERROR_NET' }, { system: 'im', operationId: 'imPushFrame', times: 1 })
    const client = await Client.connect(imOf(here), await logIn(imOf(here), phones.alice))
    expect(await client.ask({ status: 1, pushId: '', message: 'start' })).toEqual({ status: 11001, pushId: '', message: 'network error' })
    expect(await client.ask({ status: 1, pushId: '', message: 'start' })).toMatchObject({ message: 'ok' })
    expect(at(await here.admin('GET', '/requests?operationId=imPushFrame&method=WS&limit=1'), 'requests.0.response.body.text')).toContain('p-4001')
  })

  test('a scenario that is laid over the records while somebody is connected is delivered', async () => {
    const here = box()
    const alice = await Client.start(imOf(here), phones.alice)
    await here.admin('PUT', '/scenario', { name: 'message-gallery', system: 'im' })
    for (let i = 0; i < 14; i++) expect(await alice.messages()).toHaveLength(1)
    await alice.hearsNothing()
  })

  test('a snapshot that is restored closes connections and brings the queues back', async () => {
    const here = box()
    await here.admin('POST', '/sockets/packets', { system: 'im', user: 'alice', packet: hello })
    const { json } = await here.admin('GET', '/snapshot')
    const alice = await Client.start(imOf(here), phones.alice)
    await alice.messages()
    await alice.confirm('u-4002', 'u-4001', 'c-4001-4002')
    expect((await here.admin('PUT', '/snapshot', json)).status).toBe(200)
    expect(await alice.closed).toMatchObject({ code: 1001 })
    expect(await (await Client.start(imOf(here), phones.alice)).messages()).toMatchObject([hello])
  })
})

test('a test drives all of this from its box', async () => {
  const stub = await createStub({ systems: ['im'], report: (problem) => expect.unreachable(problem) })
  const here = await stub.sandbox()
  expect(await here.sockets.push({ system: 'im', user: 'bob', packet: hello })).toEqual({ system: 'im', user: 'u-4002', connected: false })
  expect(await here.sockets.list({ system: 'im' })).toEqual([])
  await expect(here.sockets.drop('socket-1')).rejects.toThrow('no open connection')
  await here.faults.next('im', 'imPushOpen', { kind: 'status', status: 503 })
  const cookie = await logIn({ call: (path, call) => send(`${here.baseUrl('im')}${path}`, call) }, phones.bob)
  const app = { url: here.baseUrl('im') }
  await expect(Client.connect(app, cookie)).rejects.toThrow('503')
  const bob = await Client.connect(app, cookie)
  expect(await here.sockets.list({ user: 'bob' })).toMatchObject([{ user: 'u-4002', mailbox: null }])
  const [socket] = await here.sockets.list()
  await here.sockets.drop(socket?.id ?? '', { code: 1001 })
  expect(await bob.closed).toMatchObject({ code: 1001 })
  await stub.close()
})
