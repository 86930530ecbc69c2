import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import { type Box, connect, ControlError, createStub, defineSystem, loadSystems, type Snapshot } from '../src/index.js'

const MOBILE = '13800003001'
const stub = await createStub({ systems: ['live', 'trid'], seed: 7 })
afterAll(() => stub.close())

const sendCode = (box: Box, mobile = MOBILE) => box.client('live').GET('/auth/code', { params: { query: { mobile } } })
const login = (box: Box, auth_code = '123456', mobile = MOBILE) => box.client('live').POST('/auth/login', { body: { mobile, auth_code } })
/** What a promise was rejected with. */
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'it went well', (error: unknown) => error)
const refusal = async (promise: Promise<unknown>) => {
  const error = await failure(promise)
  expect(error).toBeInstanceOf(ControlError)
  return error as ControlError // just looked
}

describe('a stub', () => {
  test('plays the systems that were asked for, and tells about itself', async () => {
    expect(stub.systems).toEqual(['live', 'trid'])
    expect(await stub.health()).toMatchObject({ status: 'ok', seed: '7', systems: ['live', 'trid'] })
  })

  test('plays a system made elsewhere beside its own', async () => {
    const [live] = await loadSystems(['live'])
    if (live === undefined) throw new Error('there is a system live')
    await using other = await createStub({ systems: [live, 'trid'] })
    expect(other.systems).toEqual(['live', 'trid'])
    expectTypeOf(defineSystem).returns.toEqualTypeOf(live)
  })

  test('is the same when it runs elsewhere', async () => {
    const elsewhere = await connect(`${stub.url}/`)
    expect(elsewhere.systems).toEqual(stub.systems)
    const box = await elsewhere.sandbox('shared')
    await sendCode(box)
    expect(await (await stub.sandbox('shared')).sms.latest(MOBILE)).toMatchObject({ code: '123456' })
    await elsewhere.close()
    expect(await stub.health()).toMatchObject({ status: 'ok' })
  })

  test('asks for its token when it is open to other machines', async () => {
    await using open = await createStub({ systems: ['live'], adminToken: 'open-sesame' })
    expect(await open.sandboxes()).toEqual([])
    expect((await refusal(connect(open.url))).kind).toBe('admin-token-required')
    const { systems } = await connect(open.url, { token: 'open-sesame' })
    expect(systems).toEqual(['live'])
  })

  test('says so when nothing answers, or something else does', async () => {
    const page = createServer((_request, response) => response.end('<h1>It works!</h1>')).listen(0, '127.0.0.1')
    await once(page, 'listening')
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}` // a TCP server that listens has one
    expect(String(await failure(connect(url)))).toContain('is it a stub, of this version?')
    page.close()
    await once(page, 'close')
    expect(String(await failure(connect(url)))).toContain(`nothing answers at ${url}; start a stub there with "understudy start"`)
    expect(String(await failure(connect('localhost:4010')))).toContain('write it like http://127.0.0.1:4010')
  })

  test('refuses to start with a system that there is not', async () => {
    expect(String(await failure(createStub({ systems: ['life' as 'live'] })))).toContain('there is no system called "life"; there are ')
  })
})

describe('sandboxes', () => {
  test('are fresh, unless a name says which', async () => {
    const [first, second] = [await stub.sandbox(), await stub.sandbox()]
    expect(first.name).not.toBe(second.name)
    const alice = await stub.sandbox('alice')
    await sendCode(alice)
    expect(await (await stub.sandbox('alice')).requests.count()).toBe(1)
    expect((await stub.sandboxes()).map(({ name }) => name)).toEqual(expect.arrayContaining([first.name, second.name, 'alice']))
  })

  test('begin with a scenario or a snapshot', async () => {
    const busy = await stub.sandbox({ scenario: 'busy-channels' })
    const plain = await stub.sandbox()
    expect(await busy.db('live').list('channels')).not.toEqual(await plain.db('live').list('channels'))
    const copy = await stub.sandbox({ name: 'copy', snapshot: await busy.snapshot() })
    expect(await copy.db('live').list('channels')).toEqual(await busy.db('live').list('channels'))
    expect((await refusal(stub.sandbox({ name: 'copy' }))).kind).toBe('sandbox-exists')
  })

  test('refuse a bad name', async () => {
    expect((await refusal(stub.sandbox('no/slashes'))).problem).toMatchObject({ status: 400, type: 'urn:understudy:problem:invalid-request' })
  })

  test('know the base URL of each system, and no other', async () => {
    const box = await stub.sandbox('bob')
    expect(box.baseUrl('live')).toBe(`${stub.url}/@bob/live`)
    expect(() => box.baseUrl('edu')).toThrow('this stub does not play "edu"; it plays live, trid')
  })

  test('are as new after a reset and gone after deletion', async () => {
    const box = await stub.sandbox()
    await sendCode(box)
    await box.clock.advance('P1D')
    await box.reset()
    expect(await box.sms.list({ system: 'live' })).toEqual([])
    expect(await box.info()).toMatchObject({ name: box.name, requests: 0, journal: 0, frozen: false })
    await box.delete()
    expect((await refusal(box.info())).kind).toBe('no-such-sandbox')
  })

  test('go at the end of a block, even when they are gone already', async () => {
    let name = ''
    {
      await using box = await stub.sandbox()
      await using early = await stub.sandbox()
      await early.delete()
      name = box.name
    }
    expect((await stub.sandboxes()).map((sandbox) => sandbox.name)).not.toContain(name)
  })

  test('are told by types: systems, paths, operations, errors, collections', async () => {
    const box = await stub.sandbox()
    expectTypeOf(box.client<'live'>).parameter(0).toEqualTypeOf<'live'>()
    expectTypeOf(box.faults.next<'trid'>).parameter(1).toEqualTypeOf<'tridSendSms' | 'tridCheckSms' | 'tridRegister' | '*'>()
    expectTypeOf(box.db('live').list<'users'>).returns.resolves.items.toHaveProperty('nickname')
    const { data } = await login(box)
    expectTypeOf(data?.code).toEqualTypeOf<2000 | 4000 | 4011 | undefined>()
  })
})

describe('the clock', () => {
  test('stands still, advances, is set and runs on', async () => {
    const { clock } = await stub.sandbox()
    const start = await clock.freeze('2026-01-31T08:30:00Z')
    expect(start).toEqual({ now: '2026-01-31T08:30:00.000Z', milliseconds: Date.UTC(2026, 0, 31, 8, 30), frozen: true })
    expect(await clock.now()).toEqual(start)
    expect(await clock.advance('PT10M1S')).toMatchObject({ now: '2026-01-31T08:40:01.000Z', frozen: true })
    expect(await clock.set(new Date('2025-12-31T16:00:00Z'))).toMatchObject({ now: '2025-12-31T16:00:00.000Z', frozen: true })
    expect(await clock.freeze()).toMatchObject({ now: '2025-12-31T16:00:00.000Z' })
    expect(await clock.resume()).toMatchObject({ frozen: false })
  })

  test('makes a code too old', async () => {
    const box = await stub.sandbox()
    await box.clock.freeze()
    await sendCode(box)
    await box.clock.advance('PT10M')
    expect((await login(box)).data).toMatchObject({ code: 4011 })
  })

  test('says how a duration is written', async () => {
    const { clock } = await stub.sandbox()
    const { message, problem } = await refusal(clock.advance('10 minutes'))
    expect(message).toBe(problem.detail)
    expect(problem).toMatchObject({ status: 400, errors: [{ field: 'by' }] })
  })
})

describe('SMS', () => {
  test('are listed, and the latest is at hand', async () => {
    const { sms, ...box } = await boxed()
    await sms.source('sequence', 'live')
    await box.send()
    await box.send()
    expect(await sms.latest(MOBILE, { system: 'live' })).toMatchObject({ code: '100002', state: 'valid', earlier: [{ code: '100001' }] })
    expect(await sms.list({ phone: '13800003002' })).toEqual([])
    expect(await sms.list({ system: 'live' })).toHaveLength(1)
  })

  test('that were not sent are told with those that were', async () => {
    const { sms, send } = await boxed()
    expect(String(await failure(sms.latest(MOBILE, { system: 'live' })))).toContain(`no SMS went to ${MOBILE}; the inbox is empty`)
    await send()
    expect(String(await failure(sms.latest('13800003009', { system: 'live' })))).toContain(`no SMS went to 13800003009; the inbox holds some to ${MOBILE}`)
  })

  test('do not leave while the operator is down', async () => {
    const box = await stub.sandbox()
    expect(await box.sms.operator('down')).toContainEqual({ system: 'trid', source: 'fixed', operator: 'down' })
    const { data } = await box.client('trid').POST('/index.php?r=user/sms-validation-request', {
      body: { type: 'sms_validation_request', tel: '13800005900', time: '1' },
    })
    expect(data).toMatchObject({ success: false, error_no: 4 })
    await box.sms.operator('up', 'trid')
    expect(await box.sms.settings()).toContainEqual({ system: 'trid', source: 'fixed', operator: 'up' })
  })

  async function boxed() {
    const box = await stub.sandbox()
    return { sms: box.sms, send: () => sendCode(box) }
  }
})

describe('the journal', () => {
  test('lists, counts, shows and forgets calls', async () => {
    const { requests, ...box } = await called()
    expect((await requests.list()).map(({ operationId }) => operationId)).toEqual(['liveLogin', 'liveLogin', 'liveSendCode'])
    expect(await requests.list({ operationId: 'liveLogin', limit: 1 })).toHaveLength(1)
    const [failed] = await requests.list({ error: 'API_INVALID_AUTH_CODE' })
    expect(failed).toMatchObject({ system: 'live', operationId: 'liveLogin', request: { method: 'POST', url: '/auth/login' }, response: { status: 200 } })
    expect(await requests.get(failed?.id ?? 0)).toEqual(failed)
    expect(await requests.count({ system: 'live', status: 200 })).toBe(3)
    expect(await requests.count({ path: '/auth/*', after: 1 })).toBe(2)
    expect(await requests.clear({ operationId: 'liveSendCode' })).toBe(1)
    expect(await requests.clear()).toBe(2)
    expect(await requests.list()).toEqual([])
    expect(box.key).toMatch(/^[0-9a-f]{32}$/)
  })

  test('hides secrets until they are asked for', async () => {
    const { requests, key } = await called()
    const [, login] = await requests.list({ operationId: 'liveLogin' })
    expect(JSON.stringify(login)).not.toContain(key)
    expect(JSON.stringify(await requests.get(login?.id ?? 0, { secrets: true }))).toContain(key)
  })

  test('waits for a call that has come, and for one that is to come', async () => {
    const box = await stub.sandbox()
    const coming = box.requests.waitFor({ operationId: 'liveSendCode' })
    await sendCode(box)
    const { id } = await coming
    expect(await box.requests.waitFor({ operationId: 'liveSendCode' })).toMatchObject({ id })
    const next = box.requests.waitFor({ system: 'live', after: id })
    await login(box)
    expect(await next).toMatchObject({ id: id + 1, operationId: 'liveLogin' })
  })

  test('gives up waiting in time, or when it is told to', async () => {
    const { requests } = await stub.sandbox()
    expect((await refusal(requests.waitFor({ operationId: 'liveLogin' }, { timeout: 0 }))).kind).toBe('no-matching-request')
    const signal = AbortSignal.abort()
    expect(await failure(requests.waitFor({ operationId: 'liveLogin' }, { signal }))).toMatchObject({ name: 'AbortError' })
  })

  test('is followed live, until the sandbox is deleted', async () => {
    const box = await stub.sandbox()
    const calls = box.requests.stream({ operationId: 'liveLogin' })
    const first = calls.next()
    await untilHeard(box, first)
    expect((await first).value).toMatchObject({ operationId: 'liveLogin', error: 'API_INVALID_AUTH_CODE' })
    const end = (async () => {
      for await (const { operationId } of calls) expect(operationId).toBe('liveLogin')
    })()
    await box.delete()
    await end
  })

  test('is left at any time', async () => {
    const box = await stub.sandbox()
    const left = new AbortController()
    const calls = box.requests.stream({}, { signal: left.signal })
    const first = calls.next()
    await untilHeard(box, first)
    left.abort()
    expect(await failure(drain(calls))).toMatchObject({ name: 'AbortError' })
  })

  async function called() {
    const box = await stub.sandbox()
    await sendCode(box)
    const { data } = await login(box)
    await login(box, '000000')
    return { requests: box.requests, key: data !== undefined && 'api_key' in data ? data.api_key : '' }
  }

  /** Makes calls until a listener, who may not be listening yet, has heard of one. */
  async function untilHeard(box: Box, first: Promise<unknown>): Promise<void> {
    const heard = first.then(() => true)
    while (!(await Promise.race([heard, login(box).then(() => false)])));
  }

  async function drain(calls: AsyncIterable<unknown>): Promise<void> {
    for await (const call of calls) expect(call).toBeDefined()
  }
})

describe('state', () => {
  test('is saved and brought back', async () => {
    const box = await stub.sandbox()
    await box.clock.freeze()
    await sendCode(box)
    const file = await box.snapshot()
    const first = (await login(box)).data
    expect((await login(box)).data).toMatchObject({ code: 4011 })
    await box.restore(JSON.parse(JSON.stringify(file)) as Snapshot) // by way of a file
    expect((await login(box)).data).toEqual(first)
    const { message } = await refusal(box.restore({ ...file, version: 99 }))
    expect(message).toContain('99')
  })

  test('changes by scenario', async () => {
    const box = await stub.sandbox()
    expect((await box.scenarios('live')).map(({ name }) => name)).toEqual(['busy-channels', 'nobody-on-air'])
    expect(await box.scenario('nobody-on-air')).toMatchObject([{ system: 'live', name: 'nobody-on-air' }])
    expect(await box.db('live').list('channels', { status: 1 })).toEqual([])
    const { problem } = await refusal(box.scenario('somebody-on-air', 'live'))
    expect(problem).toMatchObject({ known: ['busy-channels', 'nobody-on-air'] })
  })
})
