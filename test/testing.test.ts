/** `expect(answer).toFailWith('CONSTANT')`, whatever system answered and whatever it was fetched with. */
import { request as playwright } from 'playwright-core'
import { afterAll, describe, expectTypeOf } from 'vitest'
import { type ExpectedFailure, matchers, systemOf, toFailWith } from '../src/testing/to-fail-with.js'
import { expect, stubTest, test as anySystem } from '../src/testing/vitest.js'
import type { Box, Stub, SystemId } from '../src/index.js'
import { createStub } from '../src/stub.js'
import { loadSystems } from '../src/systems/load.js'
import { buildRequest, readExamples } from './support/requests.js'

const test = stubTest({ systems: ['live'] })
const MOBILE = '13800003001'
const login = (box: Box) => box.client('live').POST('/auth/login', { body: { mobile: MOBILE, auth_code: '000000' } })
const reason = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'it went well', (error: unknown) => String(error))

describe('the matcher takes', () => {
  test('the result of a client, or a promise of it', async ({ box }) => {
    await expect(login(box)).toFailWith('API_INVALID_AUTH_CODE')
    await expect(await login(box)).toFailWith('API_INVALID_AUTH_CODE')
  })

  test('a Response, which can be read afterwards', async ({ box }) => {
    const response = await fetch(`${box.baseUrl('live')}/users/my`)
    await expect(response).toFailWith('API_UNAUTHORIZED')
    expect(await response.json()).toEqual({ code: 4010, desc: 'unauthorized' })
    expect(await reason(toFailWith(response, 'API_UNAUTHORIZED'))).toContain('has been read already')
  })

  test('an answer of Playwright', async ({ box }) => {
    const api = await playwright.newContext()
    await expect(api.get(`${box.baseUrl('live')}/users/my`)).toFailWith('API_UNAUTHORIZED')
    await api.dispose()
  })

  test('and nothing else', async ({ box }) => {
    expect(await reason(toFailWith({ code: 4011 }, 'API_INVALID_AUTH_CODE'))).toContain('an object with code is no answer; give the Response of fetch')
    expect(await reason(toFailWith('4011', 'API_INVALID_AUTH_CODE'))).toContain('"4011" is no answer')
    await box.faults.next('live', '*', { kind: 'drop', carriedOut: false })
    expect(await reason(toFailWith(fetch(`${box.baseUrl('live')}/users/my`, { method: 'POST' }), 'API_INVALID_AUTH_CODE'))).toMatch(/no answer came: fetch failed \(.+\)/)
    await box.faults.next('live', '*', { kind: 'drop', carriedOut: false })
    const { pass, message } = await toFailWith(login(box), 'API_INVALID_AUTH_CODE')
    expect([pass, message()]).toEqual([false, expect.stringMatching(/but it failed with offline: No connection.*\n\nHTTP 0 \S+\/live\/auth\/login\n.*fetch failed/) as unknown])
  })

  test('what has come in the place of an answer', async ({ box }) => {
    await box.faults.next('live', '*', { kind: 'malformed' })
    await expect(login(box)).toFailWith('malformedAnswer')
    await box.faults.next('live', '*', { kind: 'drop', carriedOut: false })
    await expect(login(box)).toFailWith('offline')
  })
})

describe('the system', () => {
  test('is told by the URL', () => {
    expect(systemOf('http://127.0.0.1:4010/live/users/my')).toBe('live')
    expect(systemOf('http://127.0.0.1:4010/@box-1/im/android/login/')).toBe('im')
    expect(systemOf('http://127.0.0.1:4010/users/my')).toBe(null)
  })

  test('or by the test, where it is served at the root', async ({ stub }) => {
    const answer = await fetch(`${stub.url}/users/my`)
    expect(await reason(toFailWith(answer, 'API_UNAUTHORIZED'))).toContain("does not tell which system answered; say it: toFailWith(\"API_UNAUTHORIZED\", { system: 'live' })")
    await expect(answer).toFailWith('API_UNAUTHORIZED', { system: 'live' })
    const madeUp = () => Response.json({ code: 4010, desc: 'unauthorized' })
    expect(await reason(toFailWith(madeUp(), 'API_UNAUTHORIZED'))).toContain('an answer without a URL does not tell which system answered')
    await expect(madeUp()).toFailWith('API_UNAUTHORIZED', { system: 'live' })
  })
})

describe('a failed expectation tells', () => {
  test('what was wanted and what came, with code, constant and condition', async ({ box }) => {
    const { pass, message } = await toFailWith(login(box), 'API_UNAUTHORIZED')
    expect(pass).toBe(false)
    expect(message()).toBe(
      [
        'expected the answer of live to fail with API_UNAUTHORIZED (code 4010, unauthenticated: Not authorized, usually because the api_key is not right)',
        'but it failed with API_INVALID_AUTH_CODE, code 4011, smsCodeInvalid: Wrong SMS code: wrong, used, replaced, older than ten minutes or never asked for',
        '',
        `HTTP 200 ${box.baseUrl('live')}/auth/login`,
        '{"code":4011,"desc":"invalid auth code"}',
      ].join('\n'),
    )
  })

  test('that the call succeeded', async ({ box }) => {
    const { pass, message } = await toFailWith(box.client('live').GET('/auth/code', { params: { query: { mobile: MOBILE } } }), 'API_BAD_REQUEST')
    expect(pass).toBe(false)
    expect(message()).toContain('but it succeeded (API_OK, code 2000, ok)')
  })

  test('that somebody else answered', async ({ box }) => {
    await box.faults.next('live', '*', { kind: 'status', status: 200, body: '<h1>Welcome to the hotel</h1>', contentType: 'text/html' })
    const { pass, message } = await toFailWith(fetch(`${box.baseUrl('live')}/users/my`), 'API_UNAUTHORIZED')
    expect(pass).toBe(false)
    expect(message()).toContain("but it failed with notOurs: Somebody else answered: a network's login page, a proxy, another server\n\nHTTP 200")
    expect(message()).toContain('<h1>Welcome to the hotel</h1>')
  })

  test('that the system has no such error, even when it is not wanted', async ({ box }) => {
    expect(await reason(expect(login(box)).not.toFailWith('SMS_CODE_INVALID'))).toContain('live has no error SMS_CODE_INVALID; it has API_OK, API_BAD_REQUEST, ')
  })

  test('what should not have come', async ({ box }) => {
    await expect(login(box)).not.toFailWith('API_UNAUTHORIZED')
    const { pass, message } = await toFailWith(login(box), 'API_INVALID_AUTH_CODE')
    expect(pass).toBe(true)
    expect(message()).toContain('expected the answer of live not to fail with API_INVALID_AUTH_CODE')
  })
})

test('a condition may stand in for a constant, and is all there is where the answer has no code', async ({ box }) => {
  await expect(login(box)).toFailWith('smsCodeInvalid')
  await box.outages.set(['internal'])
  await expect(login(box)).toFailWith('internal')
  await box.outages.set([])
  await box.maintenance.on()
  await expect(login(box)).toFailWith('maintenance')
})

test('constants, conditions and fixtures are typed', ({ box, stub }) => {
  expectTypeOf(matchers.toFailWith).parameter(1).toEqualTypeOf<ExpectedFailure>()
  expectTypeOf<'API_OK' | 'WRONG_CODE' | 'kickedOut'>().toExtend<ExpectedFailure>()
  expectTypeOf<'NO_SUCH_CONSTANT'>().not.toExtend<ExpectedFailure>()
  expectTypeOf(box).toEqualTypeOf<Box>()
  expectTypeOf(stub).toEqualTypeOf<Stub>()
})

describe('every error of every system', async () => {
  const stub = await createStub()
  afterAll(() => stub.close())
  for (const system of await loadSystems([])) {
    const examples = readExamples(system)
    const id = system.id as SystemId // it has just been loaded by that name
    anySystem(`is recognised: ${id}`, async () => {
      const box = await stub.sandbox()
      for (const [operation, row] of Object.entries(system.contract.operations)) {
        const { parameters = {}, bodies = [] } = examples.get(operation) ?? {}
        const { method, path, headers, body } = buildRequest(operation, row, { ...parameters, ...bodies[0] })
        for (const error of row.errors) {
          const faults = stub.control.POST('/sandboxes/{sandbox}/faults', {
            params: { path: { sandbox: box.name } },
            body: { system: id, operationId: operation, fault: { kind: 'error', error }, times: 1, probability: 1 },
          })
          expect((await faults).response.status, `${operation} ${error}`).toBe(201)
          const { pass, message } = await toFailWith(fetch(box.baseUrl(id) + path, { method, headers, body }), error as ExpectedFailure) // a name of the contract
          expect(pass, `${operation}: ${message()}`).toBe(true)
        }
      }
    })
  }
})
