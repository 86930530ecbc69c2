/** Where a real backend is not what its contract says: each departure is found, and none where there is none. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { asHtml } from '../src/cli/drift/html.js'
import { asMarkdown } from '../src/cli/drift/markdown.js'
import { type Box, createStub } from '../src/index.js'
import type { Backend } from './backends/backend.js'
import type { DepartureKind } from './backends/departures.js'
import { flows, HEADERS, json, PHONE, starts, type System, systems } from './backends/flows.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()

async function beside(system: System, mode: 'real' | 'compare' | 'real-or-stub' = 'real', timeout = 2000): Promise<{ readonly box: Box; readonly real: Backend }> {
  const real = await starts[system]()
  closing.push(() => real.close())
  const stub = await createStub({ systems: [system], backends: { [system]: { url: real.url, mode, timeout } } })
  closing.push(() => stub.close())
  return { box: await stub.sandbox(), real }
}

describe('a backend that keeps its contract', () => {
  test.each(systems)('%s: nothing is found', async (system) => {
    const { box, real } = await beside(system)
    await flows[system](box)
    const report = await box.backends.drift()
    expect(report.drift.map(({ operationId, kind, pointer, last }) => [operationId, kind, pointer, last.message])).toEqual([])
    expect(report.calls.reduce((sum, { asked }) => sum + asked, 0)).toBe(real.asked.length)
    expect(report.calls.every(({ departed }) => departed === 0)).toBe(true)
  })
})

test.each([
  ['live', 503, '', { 'server-status': 'maintenance' }, '/live/auth/code?mobile=13800003001'],
  ['live', 500, '', {}, '/live/auth/code?mobile=13800003001'],
  ['job', 503, '', { 'server-status': 'maintenance' }, '/job/api/user/acc/balance'],
  ['job', 500, 'Internal Server Error', { 'content-type': 'text/plain; charset=utf-8' }, '/job/api/user/acc/balance'],
] as const)('%s: an answer with HTTP status %d that the contract declares without JSON is none, and is the backend\'s own', async (system, status, body, headers, path) => {
  const backend = createServer((request, response) => {
    const isPage = request.headers['x-page'] !== undefined
    response.writeHead(status, isPage ? { 'content-type': 'text/html' } : headers).end(isPage ? '<p>Bad gateway</p>' : body)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const { port } = backend.address() as AddressInfo // it listens on TCP
  const stub = await createStub({ systems: [system] })
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  for (const mode of ['real', 'real-or-stub', 'compare'] as const) {
    await box.backends.set(system, { url: `http://127.0.0.1:${String(port)}`, mode })
    const answer = await box.fetch(path)
    if (mode !== 'compare') expect([answer.status, await answer.text(), answer.headers.get('understudy-source'), answer.headers.get('understudy-violation')]).toEqual([status, body, 'real', null])
  }
  expect((await box.backends.drift()).drift).toEqual([])
  // Another answer with this status is what it is.
  await box.fetch(path, { headers: { 'x-page': '1' } })
  expect((await box.backends.drift()).drift).toContainEqual(expect.objectContaining({ kind: 'notJson' }))
})

/** A sandbox beside a backend that answers everything so, after one call. */
async function askedOnce(type: string, body: string): Promise<Box> {
  const backend = createServer((_request, response) => void response.writeHead(200, { 'content-type': type }).end(body))
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` } }) // it listens on TCP
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  await box.fetch(`/live/auth/code?mobile=${PHONE}`)
  return box
}

test('JSON in the place of what the contract declares without it is looked at, whatever it calls itself', async () => {
  const backend = createServer((_request, response) => void response.writeHead(500, { 'content-type': 'text/plain' }).end('{"code":77777}'))
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const stub = await createStub({ systems: ['job'], backends: { job: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` } }) // it listens on TCP
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  await box.fetch('/job/api/user/acc/balance')
  expect((await box.backends.drift()).drift).toContainEqual(expect.objectContaining({ kind: 'undocumentedCode' }))
})

test('a field whose name has lines in it stays in its cell of the report', async () => {
  const box = await askedOnce('application/json', JSON.stringify({ code: 2000, desc: 'ok', 'a\r\n\r\n# Injected\r\n': 1, 'b\n\n# Injected': 2, 'c\r\r# Injected': 3 }))
  const report = await box.backends.drift()
  expect(report.drift).toHaveLength(3)
  expect(asMarkdown(report, 'en')).not.toMatch(/[\r\n]# Injected/)
})

test.each([['application/json-seq', ['mediaType']], ['application/problem+json; charset=utf-8', []], ['Application/JSON ;charset=UTF-8', []]])('JSON that calls itself %s', async (type, kinds) => {
  const box = await askedOnce(type, '{"code":2000,"desc":"ok"}')
  expect((await box.backends.drift()).drift.map(({ kind }) => kind)).toEqual(kinds)
})

test('a report of which nothing was asked does not say that nothing was found', async () => {
  const { box } = await beside('live')
  const report = await box.backends.drift()
  for (const said of [asMarkdown(report, 'en'), asHtml(report, 'en')]) {
    expect(said).toContain('Nothing was asked: no call has reached a real backend.')
    expect(said).not.toContain('No difference')
  }
  await box.fetch('/live/channels/live')
  expect(asMarkdown(await box.backends.drift(), 'en')).toContain('No difference was found.')
})

describe('departures', () => {
  /** All that is found of each, with what the report says of it. */
  const found: Readonly<Record<DepartureKind, readonly (readonly [place: string, message: RegExp])[]>> = {
    wrongCode: [['undocumentedCode /code', /^77777 /]],
    missingField: [['missingField /channels/*/owner/mobile', /'mobile'/]],
    numberAsText: ['/channels/*/id', '/channels/*/like_count', '/channels/*/owner/id', '/channels/*/started_at', '/channels/*/status', '/channels/*/visit_count', '/count'].map((place) => [`type ${place}`, /must be/] as const),
    foundNothing: [], // live answers everything with 200
    otherEnvelope: [['undocumentedCode /code', /^nothing under "code"/]],
    htmlPage: [['notJson ', /HTTP 502/]],
    slow: [['noAnswer ', /^timeout: /]],
    dropped: [['noAnswer ', /^reset: /]],
    gzip: [],
    redirect: [['notJson ', /HTTP 302/]],
    endless: [['noAnswer ', /^tooLarge: /]],
    wrongContentType: [['mediaType ', /text\/plain/]],
  }

  test.each(Object.keys(found) as DepartureKind[])('%s is found, there and nowhere else, until it is over', async (kind) => {
    const { box, real } = await beside('live', 'real', kind === 'slow' ? 1000 : 10_000)
    real.depart({ kind, at: '/channels/live' })
    await flows.live(box)
    const { drift, calls } = await box.backends.drift()
    expect(drift.map(({ operationId, kind: of, pointer, count }) => [operationId, `${of} ${pointer}`, count])).toEqual(found[kind].map(([place]) => ['liveListChannels', place, 1]))
    for (const [i, [, message]] of found[kind].entries()) expect(drift[i]?.last.message).toMatch(message)
    expect(calls).toContainEqual({ system: 'live', operationId: 'liveListChannels', asked: 1, departed: found[kind].length === 0 ? 0 : 1 })
    const listed = await box.requests.list({ operationId: 'liveListChannels' })
    const hasAnswer = !['slow', 'dropped', 'endless'].includes(kind)
    expect(listed.map(({ source, violations }) => [source, violations.length])).toEqual([hasAnswer ? ['real', drift.length] : ['stub', 0]])
    // The same calls of the same backend, once it keeps its contract again.
    await box.backends.clearDrift()
    real.depart()
    await flows.live(box)
    expect((await box.backends.drift()).drift).toEqual([])
  })

  test('a failure that travels as a success of HTTP is found where statuses tell something', async () => {
    const { box, real } = await beside('edu')
    real.depart({ kind: 'foundNothing', at: '/login' })
    await box.fetch('/edu/rest/s/login', json({ phone: '13800001999', passwd: 'abc12345' }, HEADERS))
    expect((await box.backends.drift()).drift).toMatchObject([{ operationId: 'eduLogin', kind: 'httpStatus', pointer: '', error: 'USER_NOT_FOUND', last: { status: 200 } }])
  })

  test('what is found often is counted, with its first and its last example and the question that it answers', async () => {
    const { box, real } = await beside('live')
    real.depart({ kind: 'wrongCode', at: '/auth/login' })
    await flows.live(box)
    await box.clock.freeze('2026-03-01T12:00:00Z')
    await box.fetch('/live/auth/login', json({ mobile: PHONE, auth_code: '000000' }))
    const report = await box.backends.drift('live')
    expect(report.drift).toMatchObject([{ kind: 'undocumentedCode', count: 2, last: { at: '2026-03-01T12:00:00.000Z', status: 200, body: expect.stringMatching(/^\{"code":/) as string } }])
    expect(report.drift[0]?.first.at).not.toBe(report.drift[0]?.last.at)
    expect(report.drift[0]?.questions).toContainEqual({ number: 'live-q5', topic: { en: 'Success code of the login', zh: '登录成功的状态码' } })
    expect(report.calls).toContainEqual({ system: 'live', operationId: 'liveLogin', asked: 2, departed: 2 })
    await box.reset()
    expect((await box.backends.drift()).drift).toHaveLength(1)
    expect([await box.backends.clearDrift(), (await box.backends.drift()).drift]).toEqual([1, []])
  })

  test('is told for the one system that is asked about', async () => {
    const real = await starts.live()
    closing.push(() => real.close())
    const stub = await createStub({ systems: ['edu', 'live'], backends: { live: { url: real.url, mode: 'real', timeout: 2000 } } })
    closing.push(() => stub.close())
    const box = await stub.sandbox()
    real.depart({ kind: 'wrongCode', at: '/auth/login' })
    await flows.live(box)
    expect([(await box.backends.drift('live')).drift.length, (await box.backends.drift('edu')).drift]).toEqual([1, []])
  })

  test('tokens, passwords and phone numbers are in no report and no journal', async () => {
    const { box, real } = await beside('edu')
    real.depart({ kind: 'missingField', at: '/login' })
    await flows.edu(box)
    real.depart({ kind: 'htmlPage', at: '/teachers' })
    await box.fetch('/edu/rest/s/teachers?phone=13800001001', { headers: HEADERS })
    const told = JSON.stringify([await box.backends.drift(), await box.requests.list(), await box.fetch(`/__admin/x`).then((answer) => answer.text())])
    expect(told).toContain('missingField')
    for (const secret of ['abc12345', `ac${'1'.padStart(46, '0')}`, `ef${'1'.padStart(46, '0')}`, '13800001001']) expect(told, secret).not.toContain(secret)
  })

  test('memory is bounded, and says what it left out', async () => {
    const { DriftBook } = await import('../src/core/drift/ledger.js')
    const book = new DriftBook()
    const example = { at: 0, method: 'GET', url: '/', status: 200, message: '', body: null }
    const note = (sandbox: string, pointer: string) => {
      book.note(sandbox, { system: 'live', operation: 'liveGetMe', findings: [{ kind: 'type', pointer, message: '' }], example: () => example })
    }
    for (let i = 0; i < 600; i++) note('one', `/${String(i)}`)
    expect([book.of('one').size, book.of('one').leftOut]).toEqual([500, 100])
    for (let box = 0; box < 20; box++) for (let i = 0; i < 400; i++) note(`box-${String(box)}`, `/${String(i)}`)
    expect(book.of('one').size).toBe(0)
    expect(Array.from({ length: 20 }, (_, box) => book.of(`box-${String(box)}`).size).reduce((a, b) => a + b)).toBeLessThanOrEqual(5000)
    expect(book.of('box-19').size).toBe(400)
  })
})

describe('compare', () => {
  test.each(['live', 'edu', 'job', 'im'] as const)('%s: the stub answers, each with tokens of its own, and the real one is asked the same', async (system) => {
    const { box, real } = await beside(system, 'compare')
    await flows[system](box)
    const entries = await box.requests.list()
    expect(new Set(entries.map(({ source }) => source))).toEqual(new Set(['stub']))
    expect(entries.map(({ sourceReason }) => sourceReason).filter((reason) => reason !== null)).toEqual([])
    expect(real.asked).toHaveLength(entries.length)
    const { drift } = await box.backends.drift()
    // The worlds differ: job 9001 is one of the real backend alone.
    expect(drift.filter(({ operationId }) => operationId !== 'jobFavourite').map(({ operationId, kind, last }) => [operationId, kind, last.message])).toEqual([])
  })

  test('another refusal than the stub\'s is another order of checks; a success in its place is other behaviour', async () => {
    const { box, real } = await beside('edu', 'compare')
    const logIn = (phone: string, passwd: string) => box.fetch('/edu/rest/s/login', json({ phone, passwd }, HEADERS))
    const told = async () => (await box.backends.drift()).drift.map(({ kind, pointer, count, error, last }) => [kind, pointer, count, error, last.message])
    // Where both know him both say the same, be it yes or no.
    await logIn('13800001001', 'abc12345')
    await logIn('13800001001', 'wrong1234')
    expect(await told()).toEqual([])
    const [user] = await box.db('edu').list('users', { phone: '13800001001', userType: 's' })
    await box.db('edu').update('users', String(user?.userID), { phone: '13800001777' })
    await logIn('13800001001', 'abc12345')
    await logIn('13800001001', 'wrong1234')
    expect(await told()).toEqual([
      ['behaviour', '', 1, null, 'the stub answers USER_NOT_FOUND, the backend a success'],
      ['checkOrder', '', 1, 'WRONG_PASSWORD', 'the stub answers USER_NOT_FOUND, the backend WRONG_PASSWORD'],
    ])
    // The other way round it is other behaviour as well.
    await box.backends.clearDrift()
    await logIn('13800001777', 'abc12345')
    expect(await told()).toEqual([['behaviour', '', 1, 'USER_NOT_FOUND', 'the stub answers a success, the backend USER_NOT_FOUND']])
    expect(real.asked).toHaveLength(5)
  })
})

/** A backend of live that answers everything with this, in a sandbox of its own. */
async function answering(status: number, body: unknown): Promise<Box> {
  const backend = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` } }) // it listens on TCP
  closing.push(() => stub.close())
  return stub.sandbox()
}

const CHANNEL = { id: 1, title: 'a', thumbnail: '', desc: '', status: 1, visit_count: 3, like_count: 1, started_at: 1_763_600_000, owner: { id: 7, nickname: 'b', bio: '', avatar: '', gender: null, mobile: null } }

describe('one answer', () => {
  test('is told of everywhere that it departs, in whichever of its records', async () => {
    const { title: _title, ...untitled } = CHANNEL
    const box = await answering(200, { code: 2000, desc: 'ok', count: '4', channels: [CHANNEL, untitled, { ...CHANNEL, status: 'on air' }, { ...CHANNEL, owner: { ...CHANNEL.owner, id: 'seven', extra: 1 } }, untitled] })
    for (let i = 0; i < 2; i++) await box.fetch('/live/channels/live')
    expect((await box.backends.drift()).drift.map(({ kind, pointer, count }) => [kind, pointer, count])).toEqual([
      ['missingField', '/channels/*/title', 2], ['type', '/channels/*/owner/id', 2], ['undocumentedField', '/channels/*/owner/extra', 2], ['type', '/channels/*/status', 2], ['type', '/count', 2],
    ].sort(([, a], [, b]) => (String(a) < String(b) ? -1 : 1)))
    const [last] = await box.requests.list()
    expect(last?.violations).toHaveLength(5)
    const { systems: [seen] } = await (await fetch(box.baseUrl('live').replace(/@(.*)\/live$/, '__admin/sandboxes/$1/overview'))).json() as { systems: readonly unknown[] } // as the contract has it
    expect(seen).toMatchObject({ system: 'live', violation: last?.id })
  })

  test('that has more than a hundred departures is told of a hundred, and how many are left out', async () => {
    const more = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`more${String(i)}`, i]))
    const box = await answering(200, { code: 2000, desc: 'ok', count: 'one', channels: [CHANNEL], ...more })
    await box.fetch('/live/channels/live')
    const report = await box.backends.drift()
    expect([report.drift.length, report.leftOut]).toEqual([100, 1])
    expect(report.drift).toContainEqual(expect.objectContaining({ kind: 'type', pointer: '/count' }))
  })

  test('of megabytes that is wrong throughout is told of as one of a few records', async () => {
    const box = await answering(200, { code: 2000, desc: 'ok', count: 1, channels: Array.from({ length: 20_000 }, () => ({ ...CHANNEL, title: 1, owner: { id: 'x' } })) })
    await box.fetch('/live/channels/live')
    const { drift, leftOut } = await box.backends.drift()
    expect(drift.map(({ kind, pointer }) => `${kind} ${pointer}`)).toEqual(expect.arrayContaining(['type /channels/*/title', 'type /channels/*/owner/id', 'missingField /channels/*/owner/nickname']))
    expect([drift.length < 20, leftOut]).toEqual([true, 0])
  })

  test('of hundreds of thousands of fields is told of by its first ones, and nothing is missing that lies beyond', async () => {
    const many = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`more${String(i)}`, i]))
    const box = await answering(200, { ...many, code: 2000, desc: 'ok', count: 1, channels: [CHANNEL] })
    const answer = await box.fetch('/live/channels/live')
    expect(Object.keys((await answer.json()) as object)).toHaveLength(200_004)
    const { drift, leftOut } = await box.backends.drift()
    expect(new Set(drift.map(({ kind }) => kind))).toEqual(new Set(['undocumentedField']))
    expect([drift.length, leftOut]).toEqual([100, 0])
    expect((await box.requests.list())[0]?.violations).toHaveLength(100)
  })

  test('has its status, its headers and its body told apart, each with its own fault', async () => {
    const box = await answering(503, { code: 2000, count: 0, channels: [] })
    await box.fetch('/live/channels/live')
    expect((await box.backends.drift()).drift.map(({ kind, pointer }) => `${kind} ${pointer}`)).toEqual(['httpStatus ', 'missingField /desc', 'missingField header server-status'])
  })
})
