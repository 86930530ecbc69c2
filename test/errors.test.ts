import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Answer, assertNever, classify, classifyResponse, classifyResult, classifyThrown, codesOf, conditions, errorsOf, type OperationIds, type SystemId, systemIds } from '../src/errors/index.js'
import { bundle } from '../scripts/bundle.js'

const NONE = {}
const html = '<html><body><h1>502 Bad Gateway</h1></body></html>'

/** What an answer of a system means, in one word. */
function meaning<S extends SystemId>(system: S, answer: Partial<Answer<S>>): string | null {
  return classify(system, { status: 200, headers: NONE, body: null, ...answer }).condition
}

interface Documented {
  readonly operation: string
  readonly status: number
  readonly name: string
  readonly body: unknown
}

/** Every example of every operation in a system's bundled document. */
function documented(system: SystemId): Documented[] {
  const document: unknown = JSON.parse(readFileSync(new URL(`../openapi/bundled/${system}.json`, import.meta.url), 'utf8'))
  const found: Documented[] = []
  const operations = entries(at(document, 'paths')).flatMap(([, item]) => entries(item).flatMap(([, operation]) => {
    const inner = entries(at(operation, 'x-operations')).map(([, one]) => one)
    return inner.length > 0 ? inner : [operation]
  }))
  for (const operation of operations) {
    const id = at(operation, 'operationId')
    if (typeof id !== 'string') continue
    for (const [status, response] of entries(at(operation, 'responses'))) {
      for (const [name, example] of entries(at(response, 'content', 'application/json', 'examples'))) {
        const body = at(example, 'value') ?? at(document, 'components', 'examples', name, 'value')
        found.push({ operation: id, status: Number(status), name, body })
      }
    }
  }
  return found
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value)
}

describe('what the documents say', () => {
  test.each(systemIds)('every answer that %s documents is understood, under its own name', (system) => {
    const answers = documented(system)
    const names: string[] = errorsOf(system).map(({ name }) => name)
    const [success] = errorsOf(system).filter(({ condition }) => condition === 'ok')
    expect(answers.length).toBeGreaterThan(0)
    for (const { operation, status, name, body } of answers) {
      const result = classify(system, { status, headers: NONE, body, operation: operation as OperationIds[SystemId] }) // read from the document
      const expected = names.includes(name) ? name : success?.name
      // Bodies outside of the dialect (trid's routing errors) have no name.
      if (result.name !== null) expect([operation, name, result.name]).toEqual([operation, name, expected])
      expect([operation, status, name, result.condition]).not.toContain(null)
    }
    const seen = new Set(answers.map(({ name }) => name))
    expect(names.filter((name) => !seen.has(name) && name !== success?.name)).toEqual([])
  })

  test('every row of every table is found by its code, with its text in two languages and the advice of its condition', () => {
    for (const system of systemIds) {
      for (const { code, name, condition, message, meaning } of errorsOf(system)) {
        for (const text of [message, meaning]) expect([text.zh, text.en]).toEqual([expect.stringMatching(/\p{Script=Han}/u), expect.not.stringMatching(/\p{Script=Han}/u)])
        expect(message).toEqual(conditions[condition].message)
        expect([system, code, name, Object.keys(conditions)]).toEqual([system, code, name, expect.arrayContaining([condition])])
      }
    }
    expect(classify('live', { status: 200, headers: NONE, body: { code: 4011, desc: 'invalid auth code' } })).toEqual({
      system: 'live',
      code: 4011,
      name: 'API_INVALID_AUTH_CODE',
      condition: 'smsCodeInvalid',
      advice: 'fixInput',
      message: { zh: '验证码不正确或已过期', en: 'The code is wrong or has expired' },
      meaning: { zh: '错误的手机验证码', en: 'Wrong SMS code: wrong, used, replaced, older than ten minutes or never asked for' },
    })
  })
})

describe('what the code alone does not say', () => {
  test('a login of edu that somebody else ended is kickedOut, one that is merely over is unauthenticated', () => {
    const msg = '登录信息失效，请重新登陆'
    expect(meaning('edu', { status: 401, body: { code: 903, msg, nextDevice: '小米 14 Pro', nextLogin: '2025-04-12T08:30:00.000Z' } })).toBe('kickedOut')
    expect(meaning('edu', { status: 401, body: { code: 903, msg } })).toBe('unauthenticated')
  })

  test('a refined answer keeps its code and name, and its text says what happened', () => {
    const { code, name, advice, message, meaning } = classify('edu', { status: 401, headers: NONE, body: { code: 903, msg: '…', nextLogin: '2025-04-12T08:30:00.000Z' } })
    expect({ code, name, advice }).toEqual({ code: 903, name: 'UNAUTHENTICATED', advice: 'relogin' })
    expect({ message, meaning }).toEqual({ message: conditions.kickedOut.message, meaning: conditions.kickedOut.meaning })
  })

  test('edu says 905 for a fault and for maintenance; the HTTP status tells which', () => {
    const body = { code: 905, msg: '服务器内部错误' }
    expect(meaning('edu', { status: 500, body })).toBe('internal')
    expect(meaning('edu', { status: 503, body })).toBe('maintenance')
  })

  test('too frequent on job is smsTooFrequent where it was a code that was asked for', () => {
    const body = { message: 'too frequent', code: 1, data: null, ok: false }
    expect(meaning('job', { body, operation: 'jobSendSms' })).toBe('smsTooFrequent')
    expect(meaning('job', { body, operation: 'jobPublishJob' })).toBe('tooFrequent')
    expect(meaning('job', { body })).toBe('tooFrequent')
  })

  test('the one code of job for refused requests is an unknown path or an unreadable body, by the HTTP status', () => {
    const body = { message: 'ERROR', code: -2, data: null, ok: false }
    expect([404, 405, 400, 413].map((status) => meaning('job', { status, body }))).toEqual(['unknownEndpoint', 'unknownEndpoint', 'invalidRequest', 'invalidRequest'])
  })

  test('a search of im that finds nobody is a success without results, though its code is that of failures', () => {
    const answer = { status: 200, headers: NONE, body: { status: 0, result: [], message: 'ok', date: '2018-12-15T21:40:56' } }
    expect(classify('im', answer)).toMatchObject({ code: 0, name: 'FAILURE_STATUS', condition: 'ok', advice: 'none' })
    expect(meaning('im', { body: { ...answer.body, message: 'failure' } })).toBe('operationFailed')
    expect(meaning('im', { body: { ...answer.body, result: [{ userId: 1 }] } })).toBe('operationFailed')
  })

  test('a session error of im is no network error', () => {
    const body = (message: string) => ({ status: 11001, result: [], message, date: '2026-01-01T08:00:00' })
    expect(meaning('im', { body: body('session error') })).toBe('unauthenticated')
    expect(meaning('im', { body: body('network error') })).toBe('networkError')
  })

  test('a refusal of im under 404 is an unknown path, or a file that is not there', () => {
    const body = { status: 0, result: [], message: 'not found', date: '2026-01-01T08:00:00' }
    expect(meaning('im', { status: 404, body })).toBe('unknownEndpoint')
    expect(meaning('im', { status: 405, body })).toBe('unknownEndpoint')
    expect(meaning('im', { status: 404, body, operation: 'imGetMedia' })).toBe('notFound')
    expect(meaning('im', { status: 200, body })).toBe('operationFailed')
  })

  test('one number of trid means what its answer is about', () => {
    const names = (error_no: number) => ['sms_validation_send', 'sms_validation_result', 'register'].map((type) => {
      return classify('trid', { status: 200, headers: NONE, body: { type, success: false, error_no, error_msg: '…' } }).name
    })
    expect(names(3)).toEqual(['SMS_DATABASE_ERROR', 'VALIDATION_CODE_INVALID', 'TEL_NOT_FOUND'])
    expect(names(4)).toEqual(['SMS_SEND_FAILED', null, 'TOKEN_NOT_VALID'])
    expect(names(2)).toEqual(['INPUT_NOT_VALID', 'INPUT_NOT_VALID', 'INPUT_NOT_VALID'])
  })
})

describe('maintenance and HTTP', () => {
  test('the header Server-Status is maintenance in any answer of any system, under any status, in any case', () => {
    const body = { message: 'server under maintenance', code: -1, data: null, ok: false }
    expect(meaning('job', { status: 200, headers: new Headers({ 'Server-Status': 'upgrading' }), body })).toBe('maintenance')
    expect(classify('job', { status: 200, headers: { 'SERVER-STATUS': ['maintenance'] }, body })).toMatchObject({ code: -1, name: 'FAILED', condition: 'maintenance', advice: 'retryLater' })
    for (const system of systemIds) expect(meaning(system, { status: 503, headers: { 'server-status': 'maintenance' } })).toBe('maintenance')
    expect(meaning('job', { body: { ...body, code: -1 } })).toBe('operationFailed')
  })

  test('server errors with an empty body, a text, a page of a proxy or foreign JSON are internal or maintenance', () => {
    for (const system of systemIds) {
      for (const body of [null, undefined, '', 'Internal Server Error', html, { error: 'Bad Gateway', path: '/' }, [], 7]) {
        expect([system, meaning(system, { status: 500, body }), meaning(system, { status: 502, body }), meaning(system, { status: 503, body })])
          .toEqual([system, 'internal', 'internal', 'maintenance'])
      }
    }
  })

  /** What ends a session where the backend itself says it, in each system; and the HTTP status under which it does. */
  const ends: readonly (readonly [SystemId, number, object])[] = [
    ['edu', 401, { code: 903, msg: '登录信息失效，请重新登陆' }],
    ['edu', 401, { code: 903, msg: '登录信息失效，请重新登陆', nextDevice: '小米 14 Pro', nextLogin: '2025-04-12T08:30:00.000Z' }],
    ['edu', 400, { code: 899, msg: 'access_token过期' }],
    ['im', 200, { status: 11001, result: [], message: 'session error', date: '2026-01-01T08:00:00' }],
    ['job', 200, { message: 'not logged in', code: 7, data: null, ok: false }],
    ['live', 200, { code: 4010, desc: 'unauthorized' }],
    ['trid', 200, { type: 'register', success: false, error_no: 4, error_msg: 'token not valid.' }],
  ]
  test.each(ends)('no session of %s ends by what stands in a 5XX, or in a page of a proxy', (system, status, body) => {
    const advice = (answer: Partial<Answer<SystemId>>) => classify(system, { status: 200, headers: NONE, body: null, ...answer }).advice
    const inTheWay = [500, 502, 503, 504].map((wrong) => advice({ status: wrong, body }))
    expect(inTheWay).toEqual(['retryLater', 'retryLater', 'retryLater', 'retryLater'])
    expect(classify(system, { status: 503, headers: NONE, body })).toMatchObject({ code: null, name: null, condition: 'maintenance' })
    for (const page of [html, '', null, { error: 'proxy authentication' }]) expect(['retryLater', null]).toContain(advice({ status: 401, body: page }))
    // The backend itself still ends it.
    expect(['relogin', 'refresh']).toContain(advice({ status, body }))
    // With edu's own setting every failure is said under 200; which 4XX it is otherwise is the server's choice.
    if (system === 'edu') for (const other of [200, 400, 403]) expect(['relogin', 'refresh']).toContain(advice({ status: other, body }))
    else expect(advice({ status: 401, body })).toBe('retryLater')
  })

  test('what the contract has under a 5XX is still read by its code', () => {
    expect(classify('edu', { status: 500, headers: NONE, body: { code: 905, msg: '服务器内部错误' } })).toMatchObject({ name: 'INTERNAL_ERROR', condition: 'internal' })
    expect(classify('edu', { status: 502, headers: NONE, body: { code: 905, msg: '服务器内部错误' } })).toMatchObject({ name: null, condition: 'internal' })
  })

  test('a success under an error status is not ours', () => {
    expect(classify('job', { status: 500, headers: NONE, body: { message: 'success', code: 0, data: null, ok: true } })).toMatchObject({ code: null, name: null, condition: 'internal' })
    expect(classify('trid', { status: 404, headers: NONE, body: { error_no: 0 } })).toMatchObject({ code: null, name: null, condition: 'notOurs' })
  })

  test('the routing errors of trid are read by their HTTP status', () => {
    const body = (name: string, status: number) => ({ name, message: '…', code: 0, status })
    expect(meaning('trid', { status: 404, body: body('Not Found', 404) })).toBe('unknownEndpoint')
    expect(meaning('trid', { status: 405, body: body('Method Not Allowed', 405) })).toBe('unknownEndpoint')
    expect(meaning('trid', { status: 500, body: body('Internal Server Error', 500) })).toBe('internal')
    expect(meaning('trid', { status: 503, body: body('Service Unavailable', 503) })).toBe('maintenance')
  })

  test('a page, an empty body and JSON of a gateway under 4XX are not ours, but for what holds whoever says it', () => {
    for (const system of systemIds) {
      for (const body of [html, '', null, '{"message":"Unauthorized"}', { error: 'Not Found', path: '/' }]) {
        expect([system, body, [400, 401, 403, 404, 405, 413, 429, 418].map((status) => meaning(system, { status, body }))])
          .toEqual([system, body, ['notOurs', 'notOurs', 'notOurs', 'notOurs', 'notOurs', 'invalidRequest', 'tooFrequent', 'notOurs']])
      }
    }
    // A code that no system has either: gRPC's gateways have 16 for "unauthenticated".
    expect(meaning('live', { status: 401, body: { code: 16, message: 'unauthenticated' } })).toBe('notOurs')
    expect(meaning('live', { status: 511, body: html })).toBe('notOurs')
  })

  test('bytes are a success where the operation answers bytes', () => {
    expect(meaning('edu', { operation: 'eduDownload' })).toBe('ok')
    expect(meaning('edu', { status: 206, operation: 'eduDownload' })).toBe('ok')
    expect(meaning('im', { operation: 'imGetMedia' })).toBe('ok')
    expect(meaning('im', { operation: 'imLogin' })).toBe(null)
  })
})

describe('what is not known', () => {
  test('a code that the table does not have keeps its number and has no name, no condition and no advice', () => {
    expect(classify('edu', { status: 400, headers: NONE, body: { code: 777, msg: '…' } })).toEqual({
      system: 'edu',
      code: 777,
      name: null,
      condition: null,
      advice: null,
      message: { zh: '出了点问题，请稍后再试', en: 'Something went wrong. Please try again later' },
      meaning: { zh: '无法识别的响应', en: 'The answer is not understood' },
    })
  })

  test('an answer under 200 that is none of the system is notOurs, one that was to be JSON and is none is malformedAnswer', () => {
    const headers = { 'content-type': 'application/json' }
    for (const system of systemIds) {
      for (const body of [html, 'null', '"code"', 'hello', [], { hello: 'world' }, { code: '900', status: '1', error_no: '0' }]) {
        expect([system, body, classify(system, { status: 200, headers: NONE, body })]).toEqual([system, body, expect.objectContaining({ code: null, name: null, condition: 'notOurs', advice: 'retryLater' })])
      }
      for (const body of ['{', '{"code":20', '[1,', '']) expect([system, body, meaning(system, { body })]).toEqual([system, body, 'malformedAnswer'])
      expect(classify(system, { status: 200, headers, body: 'nul' })).toMatchObject({ condition: 'malformedAnswer' })
      // The header says JSON, as some gateways do whatever they send.
      expect(classify(system, { status: 200, headers, body: html })).toMatchObject({ condition: 'notOurs' })
    }
  })

  test('what could not be looked at is not understood', () => {
    for (const system of systemIds) {
      for (const body of [null, undefined, new Blob(['{}']), new Uint8Array(2)]) {
        expect([system, classify(system, { status: 200, headers: NONE, body })]).toEqual([system, expect.objectContaining({ code: null, condition: null, advice: null })])
      }
    }
  })

  test('a call that was rejected says why: there was no connection, it took too long, or the app gave it up', async () => {
    const rejected = (signal?: AbortSignal) => fetch('http://127.0.0.1:1/', signal === undefined ? {} : { signal }).then(() => null, (error: unknown) => error)
    expect(classifyThrown('live', await rejected())).toMatchObject({ condition: 'offline', advice: 'retryLater', code: null, name: null })
    expect(classifyThrown('live', await rejected(AbortSignal.abort()))).toMatchObject({ condition: 'aborted', advice: 'ignore' })
    expect(classifyThrown('live', new DOMException('too slow', 'TimeoutError'))).toMatchObject({ condition: 'timedOut', advice: 'retryLater' })
    expect(classifyThrown('live', 'no network')).toMatchObject({ condition: 'offline' })
  })

  test('a body that breaks off is malformedAnswer, though the response could be had', async () => {
    const body = new ReadableStream({ start: (controller) => { controller.error(new TypeError('terminated')) } })
    expect(await classifyResponse('live', new Response(body, { headers: { 'content-type': 'application/json' } }))).toMatchObject({ condition: 'malformedAnswer' })
  })

  test('an answer of which a library tells little is still read, and a system that is none is named', () => {
    expect(classify('live', { status: 200, body: { code: 4010 } })).toMatchObject({ condition: 'unauthenticated' })
    expect(classify('live', { status: 200, headers: new Map<string, string>(), body: { code: 4010 } })).toMatchObject({ condition: 'unauthenticated' })
    expect(classifyResult('live', { data: { code: 2000 } })).toMatchObject({ condition: 'ok' })
    expect(classifyResult('live', { data: {} })).toMatchObject({ condition: 'notOurs' })
    expect(classifyResult('live', { response: new Response(null, { status: 204 }) })).toMatchObject({ condition: 'malformedAnswer' })
    expect(classify('live', { status: NaN, body: html })).toMatchObject({ condition: 'notOurs' })
    for (const wrong of ['lvie', 'constructor']) expect(() => classify(wrong as 'live', { status: 200, body: {} })).toThrow(`there is no system "${wrong}": there are edu, im, job, live, trid`)
  })

  test('a case that the types exclude throws when it comes all the same', () => {
    expect(() => assertNever('surprise' as never)).toThrow('surprise')
  })
})

describe('whatever the answer was fetched with', () => {
  test('a body may be text or parsed', () => {
    const body = { code: 4010, desc: 'unauthorized' }
    expect(meaning('live', { body: JSON.stringify(body) })).toBe('unauthenticated')
    expect(meaning('live', { body })).toBe('unauthenticated')
  })

  test('a response can be read after it was classified', async () => {
    const response = Response.json({ code: 4010, desc: 'unauthorized' })
    expect(await classifyResponse('live', response)).toMatchObject({ name: 'API_UNAUTHORIZED' })
    expect(await response.json()).toMatchObject({ code: 4010 })
    expect(await classifyResponse('live', new Response(null, { status: 503 }))).toMatchObject({ condition: 'maintenance', name: null })
    expect(await classifyResponse('edu', new Response('png', { headers: { 'content-type': 'image/png' } }), 'eduDownload')).toMatchObject({ condition: 'ok' })
  })

  test('a result of openapi-fetch is taken as it is', () => {
    const response = new Response(null, { status: 400 })
    expect(classifyResult('edu', { error: { code: 603, msg: '…' }, response })).toMatchObject({ name: 'SMS_CODE_INVALID' })
    expect(classifyResult('live', { error: undefined, response: new Response(null, { status: 500 }) })).toMatchObject({ condition: 'internal' })
  })
})

describe('the tables side by side', () => {
  test('one condition is a code of each system, several, or none', () => {
    const { edu, job, live, im, trid } = codesOf('smsCodeInvalid')
    expect([edu, job, live, im, trid].map((rows) => rows.map(({ code }) => code))).toEqual([[603], [25], [4011], [], [3]])
    expect(codesOf('phoneInvalid').im.map(({ name }) => name)).toEqual(['FORMAT_ERROR_PHONE', 'FORMAT_ERROR_PHONE_LENGTH'])
    expect(codesOf('internal').trid.map(({ code }) => code)).toEqual([3, 6])
    for (const system of systemIds) expect(codesOf('ok')[system]).toHaveLength(1)
  })
})

test('all tables and classify are smaller than 12 kB', async () => {
  const { gzip, minified } = await bundle("export { classify, codesOf } from './src/errors/index.ts'")
  console.log(`understudy/errors: ${String(minified)} B minified, ${String(gzip)} B gzip`)
  expect(gzip).toBeLessThan(12_000)
})
