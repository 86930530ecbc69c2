/** The open questions that a difference may answer: those that it fits, and no others. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { toldOf } from '../src/client/drift-told.js'
import { questionsIn, type Telling } from '../src/core/drift/questions.js'
import { type Box, createStub } from '../src/index.js'
import { HEADERS, json, type System } from './backends/flows.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()

/** A sandbox whose backend answers everything with this. */
async function answering(system: System, status: number, body: unknown, mode: 'real' | 'compare' = 'real'): Promise<Box> {
  const backend = createServer((_request, response: ServerResponse) => {
    if (body === null) response.destroy()
    else response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => backend.close(resolve)))
  const stub = await createStub({ systems: [system], backends: { [system]: { url: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}`, mode } } }) // it listens on TCP
  closing.push(() => stub.close())
  return stub.sandbox()
}

/** Kind and place of each difference, with the numbers of the questions that it names. */
const named = async (box: Box) => (await box.backends.drift()).drift.map(({ kind, pointer, questions }) => [`${kind} ${pointer}`.trim(), questions.map(({ number }) => number)])

const channels = (box: Box) => box.fetch('/live/channels/live')
const logIn = (box: Box) => box.fetch('/edu/rest/s/login', json({ phone: '13800001001', passwd: 'abc12345' }, HEADERS))

describe('whether an operation exists', () => {
  test('is answered by a backend that has not got it', async () => {
    const box = await answering('live', 404, '<h1>no</h1>')
    await channels(box)
    expect(await named(box)).toEqual([['notThere', ['live-q2', 'live-q14']]])
  })

  test.each([
    ['another status', 200, { code: 77_777, desc: 'no' }, [['undocumentedCode /code', []]]],
    ['a field that is missing', 200, { code: 2000, desc: 'ok', channels: [] }, [['missingField /count', []]]],
    ['a page in its place', 502, '<h1>no</h1>', [['notJson', []]]],
    ['no answer', 0, null, [['noAnswer', []]]],
  ] as const)('is not answered by %s', async (_what, status, body, expected) => {
    const box = await answering('live', status, body)
    await channels(box)
    expect(await named(box)).toEqual(expected)
  })
})

describe('edu-q12, which HTTP status', () => {
  test('is named for a failure that comes as HTTP 200', async () => {
    const box = await answering('edu', 200, { code: 906, msg: '密码错误' })
    await logIn(box)
    expect(await named(box)).toEqual([['httpStatus', ['edu-q12']]])
  })

  test('is not named where the status is the one of the contract', async () => {
    const box = await answering('edu', 400, { code: 906, msg: '密码错误', more: 1 })
    await logIn(box)
    expect(await named(box)).toEqual([['undocumentedField /more', []]])
  })
})

describe('the order of two checks', () => {
  const telling: Telling = { operation: 'eduLogin', kind: 'checkOrder', pointer: '', status: 400, backend: 'SMS_CODE_INVALID', stub: 'USER_NOT_FOUND' }

  test('is answered by a backend that tells of the other one first, and by no other two', async () => {
    const { readFile } = await import('node:fs/promises')
    const document = JSON.parse(await readFile(new URL('../openapi/bundled/edu.json', import.meta.url), 'utf8')) as Readonly<Record<string, unknown>> // it is written by the generator
    const numbers = (one: Partial<Telling>) => questionsIn(document)({ ...telling, ...one }).map(({ number }) => number)
    expect(numbers({})).toEqual(['edu-q17'])
    expect(numbers({ backend: 'USER_NOT_FOUND', stub: 'SMS_CODE_INVALID' })).toEqual(['edu-q17'])
    expect(numbers({ backend: 'WRONG_PASSWORD' })).toEqual([])
    expect(numbers({ operation: 'eduUpdateMyInfo' })).toEqual([])
    expect(numbers({ kind: 'behaviour', stub: 'OK' })).toEqual([])
    expect(numbers({ backend: 'PHONE_INVALID', stub: 'BAD_PARAMETER' })).toEqual(['edu-q18'])
  })
})

test('of what may be an object or null, an object is told of where it is wrong inside, and not for being no null', async () => {
  const box = await answering('job', 200, { message: 'success', code: 0, ok: true, data: { stuCerti: '02', idCerti: '00', empCerti: '00', stuInfo: { name: '周子航' }, idInfo: null, empInfo: null } })
  await box.fetch('/job/api/user/certi/status')
  const places = (await named(box)).map(([place]) => place)
  expect(places).toContain('missingField /data/stuInfo/certiId')
  expect(places.filter((place) => !String(place).startsWith('missingField /data/stuInfo/'))).toEqual([])
})

test.each([
  ['nothing but a kind about errors', { kind: 'behaviour' }, ['HERE'], ['ELSEWHERE']],
  ['two such kinds', { kind: ['behaviour', 'unlistedError'] }, ['HERE'], ['ELSEWHERE']],
  ['what the backend answers', { kind: 'behaviour', backend: 'ELSEWHERE' }, ['ELSEWHERE'], ['HERE']],
  ['what the stub answers', { kind: 'behaviour', stub: 'OK' }, ['HERE', 'ELSEWHERE'], []],
  ['what both answer', { kind: 'behaviour', between: ['ELSEWHERE', 'OK'] }, ['ELSEWHERE'], ['HERE']],
  ['a kind about something else', { kind: ['behaviour', 'type'] }, ['HERE', 'ELSEWHERE'], []],
])('a rule at an error is about that error, unless it says itself what it is about: %s', (_, drift, named, others) => {
  const document = { operationId: 'xGet', HERE: { 'x-condition': 'internal', title: 'HERE', 'x-decision': { question: 'x-q1', topic: 'A', drift } } }
  const numbers = (backend: string) => questionsIn(document)({ operation: 'xGet', kind: 'behaviour', pointer: '', status: 200, backend, stub: 'OK' })
  for (const backend of named) expect([backend, numbers(backend)]).toMatchObject([backend, [{ number: 'x-q1' }]])
  for (const backend of others) expect([backend, numbers(backend)]).toEqual([backend, []])
})

test('a question about an error is named where either side answers with it, and by no others', () => {
  const document = { 'x-decision': { question: 'live-q99', topic: 'when a key is no good', drift: { kind: 'behaviour', error: ['API_UNAUTHORIZED'] } } }
  const numbers = (backend: string | null, stub: string | null) => questionsIn(document)({ operation: 'liveGetMe', kind: 'behaviour', pointer: '', status: 200, backend, stub }).map(({ number }) => number)
  for (const [backend, stub] of [['API_UNAUTHORIZED', 'API_OK'], ['API_OK', 'API_UNAUTHORIZED'], ['API_UNAUTHORIZED', null]] as const) expect([backend, stub, numbers(backend, stub)]).toEqual([backend, stub, ['live-q99']])
  for (const [backend, stub] of [['API_OK', 'API_INTERNAL'], ['API_OK', null], [null, null]] as const) expect([backend, stub, numbers(backend, stub)]).toEqual([backend, stub, []])
})

test('when an error is sent that stands for a fault is answered by a backend that sends it, and not by what is wrong in it', async () => {
  const box = await answering('edu', 500, { code: 905, msg: '服务器内部错误' }, 'compare')
  await logIn(box)
  expect(await named(box)).toEqual([['behaviour', ['edu-q22']]])
})

test('an error that the operation does not list, and a form that is not the contract\'s, are found by their kinds', async () => {
  const unlisted = await answering('live', 200, { code: 4011, desc: 'invalid auth code' })
  await channels(unlisted)
  expect((await unlisted.backends.drift()).drift).toMatchObject([{ kind: 'unlistedError', pointer: '/code', error: 'API_INVALID_AUTH_CODE', last: { message: 'liveListChannels does not list the error API_INVALID_AUTH_CODE' } }])
  const user = { id: 9, nickname: 'Somebody', avatar: '', gender: 7, bio: '', mobile: '13800003009' }
  const other = await answering('live', 200, { code: 2000, desc: 'ok', user })
  await other.fetch('/live/users/my')
  expect((await other.backends.drift()).drift).toMatchObject([{ kind: 'format', pointer: '/user/gender' }])
})

test('a question that is answered is open no more, and one that says nothing of differences is named by none', () => {
  const decision = { question: 'x-q1', topic: 'A', topicZh: '甲', drift: [{ kind: 'httpStatus' }] }
  const telling: Telling = { operation: 'xGet', kind: 'httpStatus', pointer: '', status: 200, backend: null, stub: null }
  expect(questionsIn({ 'x-decision': [decision] })(telling)).toEqual([{ number: 'x-q1', topic: { en: 'A', zh: '甲' } }])
  expect(questionsIn({ 'x-decision': [{ ...decision, answered: { who: 'somebody' } }] })(telling)).toEqual([])
  expect(questionsIn({ 'x-decision': [{ question: 'x-q2', topic: 'B' }] })(telling)).toEqual([])
})

test('a question beside an operation is answered by a backend that has not got it, and by what its rules say, until somebody has answered it', () => {
  const numbers = (node: object, telling: Partial<Telling>) => questionsIn({ paths: { '/x': { get: { operationId: 'xGet', ...node } } } })({ operation: 'xGet', kind: 'notThere', pointer: '', status: 404, backend: null, stub: null, ...telling })
  const asked = { 'x-question': 'x-q3', 'x-drift': { kind: 'type', place: '/age' } }
  const named = [{ number: 'x-q3', topic: { en: 'xGet', zh: 'xGet' } }]
  expect([numbers(asked, {}), numbers(asked, { kind: 'type', pointer: '/age' })]).toEqual([named, named])
  expect([numbers(asked, { operation: 'xPut' }), numbers(asked, { kind: 'type', pointer: '/name' }), numbers(asked, { kind: 'noAnswer' })]).toEqual([[], [], []])
  expect([numbers({ ...asked, 'x-answered': { who: 'somebody' } }, {}), numbers({ ...asked, 'x-question': 3 }, {})]).toEqual([[], []])
})

test('a question about when an error is sent is answered by whatever shows a backend that sends it: beside a success, in another order, or where it is not listed', () => {
  const document = { paths: { '/x': { get: { operationId: 'xGet', HERE: { 'x-condition': 'internal', title: 'HERE', 'x-question': 'x-q4' } } } } }
  const numbers = (kind: Telling['kind'], backend: string | null) => questionsIn(document)({ operation: 'xGet', kind, pointer: '', status: 200, backend, stub: 'OK' }).map(({ number }) => number)
  for (const kind of ['behaviour', 'checkOrder', 'unlistedError'] as const) expect([kind, numbers(kind, 'HERE'), numbers(kind, 'ELSEWHERE')]).toEqual([kind, ['x-q4'], []])
  expect([numbers('notThere', 'HERE'), numbers('type', 'HERE')]).toEqual([[], []])
})

test('the Chinese report tells in Chinese what is different, whatever it is', async () => {
  const answers: readonly (readonly [number, unknown])[] = [
    [200, { code: 77_777 }], [200, { nothing: 1 }], [200, { code: 4011, desc: 'x' }], [503, { code: 2000, desc: 'ok', count: 'one', channels: [{ id: 1 }], more: 1 }], [404, '<h1>no</h1>'], [502, '<h1>no</h1>'], [0, null],
  ]
  const kinds = new Set<string>()
  for (const [status, body] of answers) {
    const box = await answering('live', status, body)
    await channels(box)
    for (const row of (await box.backends.drift()).drift) {
      kinds.add(row.kind)
      expect(toldOf(row, 'en')).toBe(row.last.message)
      const words = toldOf(row, 'zh').replace(/\{.*\}|header|HTTP|JSON|[A-Z_]{3,}|\/[\w*/]+|[\w-]+-status|Content-Type/g, '')
      expect(words).toMatch(/\p{Script=Han}/u)
      expect(words, toldOf(row, 'zh')).not.toMatch(/[a-z]{3,}/)
    }
  }
  expect([...kinds].sort()).toEqual(['httpStatus', 'missingField', 'noAnswer', 'notJson', 'notThere', 'type', 'undocumentedCode', 'undocumentedField', 'unlistedError'])
})
