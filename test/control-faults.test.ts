import { describe, expect, test } from 'vitest'
import { addFault, at, type Box, kindOf, serveControl } from './support/control.js'

const { box, problems } = await serveControl(['edu', 'job', 'live', 'trid'])
const { box: strictBox } = await serveControl(['live'], { prefer: false })
const code = ({ call }: Box, headers = {}) => call('/live/auth/code?mobile=13800003001', { headers })
const login = ({ call }: Box) => call('/live/auth/login', { method: 'POST', body: { mobile: '13800003001', auth_code: '123456' } })
const sent = async ({ admin }: Box) => at(await admin('GET', '/sms?system=live'), 'messages')

describe('fault rules', () => {
  test('an error by its name, by its code and by its condition, once', async () => {
    const here = box()
    for (const which of [{ error: 'API_INVALID_AUTH_CODE' }, { code: 4011 }, { condition: 'smsCodeInvalid' }]) {
      await here.call('/live/auth/code?mobile=13800003001')
      await addFault(here, { kind: 'error', ...which }, { system: 'live', operationId: 'liveLogin', times: 1 })
      expect((await login(here)).json).toMatchObject({ code: 4011 })
      expect((await login(here)).json).toMatchObject({ code: 2000 })
    }
    expect(at(await here.admin('GET', '/faults'), 'faults')).toMatchObject([1, 2, 3].map((n) => ({ id: `fault-${String(n)}`, times: 0, matched: 1, fired: 1 })))
    expect(at(await here.admin('GET', '/requests?operationId=liveLogin&limit=2'), 'requests.1.faults')).toEqual(['fault-3'])
  })

  test('so long on the sandbox\'s clock: frozen it lasts, and a jump ends it', async () => {
    const here = box()
    await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
    await addFault(here, { kind: 'error', condition: 'internal' }, { system: 'live', for: '20s' })
    expect((await here.admin('GET', '/faults/fault-1')).json).toMatchObject({ times: null, until: '2026-01-31T08:30:20.000Z' })
    expect((await code(here)).status).toBe(500)
    await here.admin('POST', '/clock/advance', { by: 'PT19.999S' })
    expect((await code(here)).status).toBe(500)
    const snapshot = (await here.admin('GET', '/snapshot')).json
    await here.admin('POST', '/clock/advance', { by: 'PT0.001S' })
    expect((await code(here)).json).toMatchObject({ code: 2000 })
    expect(at(await here.admin('GET', '/faults'), 'faults')).toMatchObject([{ id: 'fault-1', matched: 2, fired: 2 }])

    // It moves with its sandbox.
    await here.admin('PUT', '/snapshot', snapshot ?? {})
    expect((await code(here)).status).toBe(500)
    expect((await here.admin('POST', '/faults', { fault: { kind: 'drop' }, for: 'soon' })).json).toMatchObject({ status: 400, errors: [{ field: 'for' }] })
    const inWords = { errors: [{ field: 'fault.min', message: 'must be a number, in milliseconds: 2000' }] }
    expect((await here.admin('POST', '/faults', { fault: { kind: 'latency', min: '2s' } })).json).toMatchObject(inWords)
    // What stands in digits may count anything.
    expect((await here.admin('POST', '/faults', { fault: { kind: 'drop' }, times: '3' })).json).toMatchObject({ errors: [{ field: 'times', message: 'must be integer' }] })
    // It would be taken and never act.
    for (const none of ['0s', 'PT0S']) expect((await here.admin('POST', '/faults', { fault: { kind: 'drop' }, for: none })).json).toMatchObject({ status: 400, errors: [{ field: 'for', message: expect.stringContaining('no time at all') as unknown }] })
  })

  test('of all rules that meet a call one waits beside the other, and of those that answer or spoil the answer the first acts', async () => {
    const here = box()
    const faults = [{ kind: 'latency', min: 1 }, { kind: 'latency', min: 1 }, { kind: 'status', status: 503, body: 'busy' }, { kind: 'error', condition: 'internal' }, { kind: 'slow', milliseconds: 1 }, { kind: 'malformed' }, { kind: 'drop', carriedOut: false }, { kind: 'reset' }]
    for (const fault of faults) await addFault(here, fault, { system: 'live' })
    expect(await code(here)).toMatchObject({ status: 503, text: 'busy' })
    expect(at(await here.admin('GET', '/requests'), 'requests.0.faults')).toEqual(['fault-1', 'fault-2', 'fault-3', 'fault-5'])
    // The others in the same order: each kind is the first of its effect once.
    for (const [removed, left] of [['fault-3', ['fault-1', 'fault-2', 'fault-4', 'fault-5']], ['fault-5', ['fault-1', 'fault-2', 'fault-4', 'fault-6']], ['fault-6', ['fault-1', 'fault-2', 'fault-4', 'fault-7']]] as const) {
      await here.admin('DELETE', `/faults/${removed}`)
      await code(here).catch(() => undefined)
      expect(at(await here.admin('GET', '/requests'), 'requests.0.faults')).toEqual(left)
    }
  })

  test('while a rule answers, nothing in the world changes', async () => {
    const here = box()
    await addFault(here, { kind: 'error', condition: 'internal' }, { system: 'live' })
    expect(await code(here)).toMatchObject({ status: 500, text: '' })
    expect(await sent(here)).toEqual([])
    expect(at(await here.admin('GET', '/requests'), 'requests.0.changes')).toEqual([])
  })

  test('a body carries the keys that its contract asks for, or those of the rule', async () => {
    const here = box()
    const headers = { client: '1.0.2.3', platform: 'ios' }
    const update = () => here.call('/edu/rest/s/update', { headers })
    await addFault(here, { kind: 'error', error: 'REDIRECT_REQUIRED' }, { system: 'edu', times: 1 })
    expect((await update()).json).toMatchObject({ code: 914, url: expect.stringMatching(/^https:/) as unknown })
    await addFault(here, { kind: 'error', code: 914, message: '换一个地方', extra: { url: 'https://elsewhere.example' } }, { system: 'edu', times: 1 })
    expect((await update()).json).toMatchObject({ code: 914, msg: '换一个地方', url: 'https://elsewhere.example' })
    await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
    await addFault(here, { kind: 'error', error: 'UNAUTHENTICATED', displacedBy: { label: 'iPhone 15' } }, { operationId: 'eduCheckUpdate' })
    expect((await update()).json).toMatchObject({ code: 903, nextDevice: 'iPhone 15', nextLogin: '2026-01-31T08:30:00.000Z' })
  })

  test('a code with several meanings is that of the operation', async () => {
    const here = box()
    await addFault(here, { kind: 'error', code: 3 }, { system: 'trid' })
    const check = await here.call('/trid/index.php?r=user/sms-validation-code', { method: 'POST', body: {} })
    const register = await here.call('/trid/index.php?r=user/register', { method: 'POST', body: {} })
    expect([check.json?.['error_msg'], register.json?.['error_msg']]).toEqual(['validation code invalid.', 'tel not found.'])
    const misfit = await here.admin('POST', '/faults', { system: 'trid', operationId: 'tridCheckSms', fault: { kind: 'error', error: 'TEL_NOT_FOUND' } })
    expect(misfit.json).toMatchObject({ status: 422, known: ['JSON_DECODE_FAILED', 'INPUT_NOT_VALID', 'VALIDATION_CODE_INVALID'] })
  })

  test('a bare status, as a proxy would send it', async () => {
    const here = box()
    await addFault(here, { kind: 'status', status: 502, body: '<h1>Bad Gateway</h1>', contentType: 'text/html' }, { times: 1 })
    const answer = await code(here)
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([502, '<h1>Bad Gateway</h1>', 'text/html'])
    await addFault(here, { kind: 'status', status: 204 }, { times: 1 })
    expect(await code(here)).toMatchObject({ status: 204, text: '' })
    for (const status of [204, 205, 304]) {
      await addFault(here, { kind: 'malformed' }, { times: 1 })
      await addFault(here, { kind: 'status', status, body: 'HTTP has no place for it' }, { times: 1 })
      expect(await code(here)).toMatchObject({ status, text: '' })
      expect(at(await here.admin('GET', '/requests?limit=1'), 'requests.0.response.body')).toBeNull()
    }
  })

  test('a dropped connection, before the call is carried out or after', async () => {
    const here = box()
    await addFault(here, { kind: 'drop' }, { times: 1 })
    await expect(code(here)).rejects.toThrow('fetch failed')
    expect(await sent(here)).toEqual([])
    await addFault(here, { kind: 'drop', carriedOut: true }, { times: 1 })
    await expect(code(here)).rejects.toThrow('fetch failed')
    expect(await sent(here)).toHaveLength(1)
    expect(at(await here.admin('GET', '/requests'), 'requests.0.response.status')).toBe(200)
    expect(at(await here.admin('GET', '/requests?status=0'), 'meta.total')).toBe(1)
  })

  test('a connection reset in the middle of the body', async () => {
    const here = box()
    await addFault(here, { kind: 'reset' }, { times: 1 })
    await expect(code(here)).rejects.toThrow('terminated')
    expect((await code(here)).status).toBe(200)
    // Also behind a rule that has no say in how the answer travels.
    await addFault(here, { kind: 'latency', min: 1 }, { times: 1 })
    await addFault(here, { kind: 'reset' }, { times: 1 })
    await expect(code(here)).rejects.toThrow('terminated')
  })

  test('a body that is broken JSON, and one that trickles', async () => {
    const here = box()
    await addFault(here, { kind: 'malformed' }, { times: 1 })
    const broken = await code(here)
    expect(broken.headers.get('content-type')).toMatch(/json/)
    expect(() => JSON.parse(broken.text) as unknown).toThrow()
    await addFault(here, { kind: 'slow', milliseconds: 30, chunks: 3 }, { times: 1 })
    expect((await code(here)).json).toEqual({ code: 2000, desc: 'ok' })
    for (const kind of [{ kind: 'slow', milliseconds: 5 }, { kind: 'reset' }, { kind: 'malformed' }]) {
      await addFault(here, kind, { times: 1 })
      const head = await here.call('/live/auth/code?mobile=13800003001', { method: 'HEAD' }).catch(() => null)
      expect(head?.text ?? '').toBe('')
    }
    expect((await code(here)).status).toBe(200)
  })

  test('latencies add up, and the first rule that answers decides', async () => {
    const here = box()
    const ids = [
      await addFault(here, { kind: 'latency', min: 1, max: 9 }),
      await addFault(here, { kind: 'latency', min: 1 }),
      await addFault(here, { kind: 'error', code: 4000 }, { system: 'live' }),
      await addFault(here, { kind: 'status', status: 418 }),
    ]
    expect((await code(here)).json).toMatchObject({ code: 4000 })
    expect(at(await here.admin('GET', '/requests'), 'requests.0.faults')).toEqual(ids.slice(0, 3))
    expect((await here.admin('GET', '/faults/fault-4')).json).toMatchObject({ matched: 0, fired: 0 })
    expect((await here.admin('DELETE', '/faults/fault-3')).status).toBe(204)
    expect((await code(here)).status).toBe(418)
    expect((await here.admin('DELETE', '/faults')).status).toBe(204)
    expect((await here.admin('GET', '/faults')).json).toEqual({ faults: [] })
    expect((await code(here)).status).toBe(200)
  })

  test('a probability is drawn from the seed: the same sandbox meets the same faults again', async () => {
    const statuses = async (here: Box) => {
      await addFault(here, { kind: 'status', status: 500 }, { probability: 0.4 })
      const seen: number[] = []
      for (let i = 0; i < 30; i++) seen.push((await code(here)).status)
      return seen
    }
    const first = await statuses(box())
    expect(await statuses(box())).toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })

  test('fifty calls at once meet a rule that fires ten times just ten times', async () => {
    const here = box()
    await addFault(here, { kind: 'status', status: 500 }, { times: 10 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => code(here)))
    expect(answers.filter(({ status }) => status === 500)).toHaveLength(10)
  })

  test('rules that cannot be meant are refused with what could be', async () => {
    const { admin: here } = box()
    const add = async (body: object) => here('POST', '/faults', body)
    const error = { kind: 'error', error: 'API_INVALID_AUTH_CODE' }
    expect((await add({ system: 'live', operationId: 'liveLogin', fault: { kind: 'error', error: 'SMS_CODE_INVALID' } })).json).toMatchObject({ status: 422, known: ['API_BAD_REQUEST', 'API_INVALID_AUTH_CODE'] })
    expect((await add({ operationId: 'liveLogin', fault: { kind: 'error', condition: 'couponUsed' } })).json).toMatchObject({ known: ['invalidRequest', 'smsCodeInvalid'] })
    expect(kindOf(await add({ fault: { kind: 'error', code: 123456 } }))).toBe('no-such-error')
    expect(kindOf(await add({ system: 'life', fault: error }))).toBe('no-such-system')
    expect(kindOf(await add({ system: 'live', operationId: 'liveLogn', fault: error }))).toBe('no-such-operation')
    expect(kindOf(await add({ fault: { ...error, code: 4011 } }))).toBe('fault-misfit')
    expect(kindOf(await add({ fault: { kind: 'error', message: 'which?' } }))).toBe('fault-misfit')
    expect(kindOf(await add({ fault: { kind: 'latency', min: 2, max: 1 } }))).toBe('fault-misfit')
    expect(at(await add({ fault: { kind: 'eror' } }), 'errors.0')).toEqual({ field: 'fault.kind', message: 'must be one of error, latency, status, drop, reset, malformed, slow' })
    expect(at(await add({ fault: { kind: 'slow', error: 'x' } }), 'errors.0')).toEqual({ field: 'fault.milliseconds', message: 'is missing' })
    expect(kindOf(await add({ fault: { kind: 'drop' }, times: 0 }))).toBe('invalid-request')
    expect(kindOf(await add({ fault: { kind: 'drop' }, probability: 2 }))).toBe('invalid-request')
    expect(kindOf(await add({ fault: { kind: 'drop' }, tims: 1 }))).toBe('invalid-request')
    expect(kindOf(await here('GET', '/faults/fault-9'))).toBe('no-such-fault')
    expect(kindOf(await here('DELETE', '/faults/fault-9'))).toBe('no-such-fault')
    expect(at(await here('GET', '/faults'), 'faults')).toEqual([])
  })
})

describe('what a single request asks for', () => {
  test('an error by name or code, a delay, and it is told that it got it', async () => {
    const here = box()
    const named = await here.call('/live/auth/login', { method: 'POST', headers: { prefer: 'return=minimal, error=API_INVALID_AUTH_CODE; foo, delay=1' }, body: {} })
    expect(named.json).toEqual({ code: 4011, desc: 'invalid auth code' })
    expect(named.headers.get('preference-applied')).toBe('error=API_INVALID_AUTH_CODE, delay=1')
    const coded = await code(here, { prefer: 'code="4000"' })
    expect([coded.json?.['code'], coded.headers.get('preference-applied')]).toEqual([4000, 'code=4000'])
    // Of both the name is what counts, and what is told.
    const both = await here.call('/live/auth/login', { method: 'POST', headers: { prefer: 'code=4000, error=API_INVALID_AUTH_CODE' }, body: {} })
    expect([both.json?.['code'], both.headers.get('preference-applied')]).toEqual([4011, 'error=API_INVALID_AUTH_CODE'])
    expect((await code(here, { prefer: 'delay=1' })).headers.get('preference-applied')).toBe('delay=1')
    expect((await code(here, { prefer: 'respond-async' })).headers.get('preference-applied')).toBeNull()
    expect((await here.call('/live/auth/code?mobile=13800003001&__error=API_BAD_REQUEST')).json).toMatchObject({ code: 4000 })
    expect((await here.call('/live/auth/code?mobile=13800003001&__code=4000&__delay=1')).json).toMatchObject({ code: 4000 })
    expect(at(await here.admin('GET', '/requests'), 'requests.0.faults')).toEqual(['prefer'])
  })

  test('what cannot be had is refused, with what can', async () => {
    const here = box()
    const refused = await here.call('/live/auth/login', { method: 'POST', headers: { prefer: 'error=SMS_CODE_INVALID' }, body: {} })
    expect(refused).toMatchObject({ status: 400, json: { type: 'urn:understudy:problem:no-such-error', known: ['API_BAD_REQUEST', 'API_INVALID_AUTH_CODE'] } })
    expect((await code(here, { prefer: 'code=no' })).json).toMatchObject({ status: 400, detail: 'The code "no" is no whole number.' })
    for (const delay of ['-1', '600001', '1.5', 'soon']) expect((await code(here, { prefer: `delay=${delay}` })).json).toMatchObject({ status: 400, detail: `The delay "${delay}" is no whole number of milliseconds up to 600000, and no duration like 2s.` })
    expect((await here.call('/live/auth/code?mobile=13800003001&__delay=600001')).status).toBe(400)
  })

  test('means nothing where it is switched off', async () => {
    const here = strictBox()
    const answer = await here.call('/live/auth/code?mobile=13800003001&__error=API_BAD_REQUEST', { headers: { prefer: 'code=4000' } })
    expect(answer.json).toEqual({ code: 2000, desc: 'ok' })
    expect(answer.headers.get('preference-applied')).toBeNull()
  })
})

describe('maintenance', () => {
  test('of one system, told by a header, and tokens survive it', async () => {
    const here = box()
    await code(here)
    const { json } = await login(here)
    const me = () => here.call('/live/users/my', { headers: { authorization: Buffer.from(String(json?.['api_key'])).toString('base64') } })
    const begun = await here.admin('PUT', '/maintenance', { system: 'live', status: 'upgrading' })
    expect(at(begun, 'maintenance')).toContainEqual({ system: 'live', active: true, status: 'upgrading', httpStatus: null })
    const stopped = await me()
    expect([stopped.status, stopped.text, stopped.headers.get('server-status')]).toEqual([503, '', 'upgrading'])
    expect((await here.call('/live/nothing')).headers.get('server-status')).toBe('upgrading')
    expect((await here.call('/trid/index.php')).headers.get('server-status')).toBeNull()
    expect((await here.admin('DELETE', '/maintenance?system=live')).status).toBe(200)
    const back = await me()
    expect([back.json?.['code'], back.headers.get('server-status')]).toEqual([2000, null])
  })

  test.each([
    ['edu', '/rest/s/update', ''],
    ['job', '/api/job/list', ''],
    ['job', '/api/job/list', 200],
    ['live', '/users/my', ''],
    ['live', '/auth/code?mobile=13800003001', 500],
    ['trid', '/index.php?r=user/register', ''],
  ])('what an app of %s gets is told beforehand: %s with status %s', async (system, path, status) => {
    const here = box()
    const told = (await here.admin('GET', `/maintenance/answer?system=${system}&status=back%20soon${status === '' ? '' : `&httpStatus=${String(status)}`}`)).json
    expect(at(await here.admin('GET', '/maintenance'), 'maintenance')).not.toContainEqual(expect.objectContaining({ active: true }))
    await here.admin('PUT', '/maintenance', { system, status: 'back soon', ...(status === '' ? {} : { httpStatus: status }) })
    const answer = await here.call(`/${system}${path}`, { method: system === 'trid' ? 'POST' : 'GET', headers: { client: '1.0.2.3', platform: 'ios' } })
    expect(told).toMatchObject({ status: answer.status, body: answer.text, headers: { 'server-status': 'back soon' } })
    expect(answer.headers.get('server-status')).toBe('back soon')
  })

  test('of all systems, each in its own way', async () => {
    const here = box()
    await here.admin('PUT', '/maintenance')
    expect(at(await here.admin('GET', `/maintenance`), 'maintenance.0')).toEqual({ system: 'edu', active: true, status: 'maintenance', httpStatus: null })
    const unknown = await here.call('/job/no/such/path')
    expect([unknown.status, unknown.text]).toEqual([503, ''])
    expect((await here.call('/trid/index.php?r=user/register', { method: 'POST' })).json).toMatchObject({ status: 503 })
    await here.admin('PUT', '/maintenance', { system: 'job', httpStatus: 200 })
    expect(await here.call('/job/no/such/path')).toMatchObject({ status: 200, json: { code: -1, message: 'server under maintenance' } })
    await here.admin('PUT', '/maintenance', { system: 'live', httpStatus: 500 })
    expect((await code(here)).status).toBe(500)
    await here.admin('DELETE', '/maintenance')
    expect((await code(here)).status).toBe(200)
    expect(kindOf(await here.admin('PUT', '/maintenance', { system: 'life' }))).toBe('no-such-system')
    expect(kindOf(await here.admin('GET', '/maintenance/answer?system=life'))).toBe('no-such-system')
    expect(kindOf(await here.admin('DELETE', '/maintenance?system=life'))).toBe('no-such-system')
    expect(kindOf(await here.admin('PUT', '/maintenance', { status: 'two\r\nheaders: x' }))).toBe('invalid-request')
  })
})

describe('outages and settings', () => {
  test('a system fails as a whole, or where it needs what is out of order', async () => {
    const here = box()
    await here.admin('PUT', '/outages', { out: ['internal'] })
    expect((await code(here)).status).toBe(500)
    await here.admin('PUT', '/outages', { system: 'live', out: ['database'] })
    expect((await code(here)).status).toBe(500)
    const set = await here.admin('PUT', '/outages', { out: ['smsOperator'] })
    expect(at(set, 'outages')).toContainEqual({ system: 'live', out: [], known: ['internal', 'database'] })
    expect(at(set, 'outages')).toContainEqual({ system: 'trid', out: ['smsOperator'], known: ['internal', 'database', 'smsOperator'] })
    expect((await code(here)).status).toBe(200)
    const body = { type: 'sms_validation_request', tel: '13800005901', time: '1' }
    expect((await here.call('/trid/index.php?r=user/sms-validation-request', { method: 'POST', body })).json).toMatchObject({ error_no: 4 })
    expect((await here.admin('GET', '/outages')).json).toEqual(set.json)
    expect((await here.admin('PUT', '/outages', { system: 'live', out: ['smsOperator'] })).json).toMatchObject({ type: 'urn:understudy:problem:no-such-outage', detail: 'live does not know the outage "smsOperator". There are internal, database.', known: ['internal', 'database'] })
    expect((await here.admin('PUT', '/outages', { out: ['weather'] })).json).toMatchObject({ type: 'urn:understudy:problem:no-such-outage', detail: expect.stringMatching(/^No system knows the outage "weather"\. There are internal, database, /) as unknown })
    expect(kindOf(await here.admin('PUT', '/outages', { system: 'life', out: [] }))).toBe('no-such-system')
  })

  test('a setting is turned, and goes back when it is left out', async () => {
    const here = box()
    const unknown = () => here.call('/edu/rest/s/nothing', { headers: { client: '1.0.2.3', platform: 'ios' } })
    expect((await unknown()).status).toBe(404)
    const set = await here.admin('PUT', '/settings', { system: 'edu', settings: { httpStatus: 'always200' } })
    expect(at(set, 'settings')).toContainEqual({ system: 'edu', settings: { httpStatus: 'always200', accessTokenGraceMs: 60_000, contentTypeRequired: 'withBody' } })
    expect((await unknown()).status).toBe(200)
    await here.admin('PUT', '/settings', { system: 'edu', settings: {} })
    expect(at(await here.admin('GET', '/settings'), 'settings')).toContainEqual({ system: 'edu', settings: { httpStatus: 'mapped', accessTokenGraceMs: 60_000, contentTypeRequired: 'withBody' } })
    const refused = async (settings: object) => kindOf(await here.admin('PUT', '/settings', { system: 'edu', settings }))
    expect(await refused({ colour: 'red' })).toBe('no-such-setting')
    expect(await refused({ httpStatus: 'sometimes' })).toBe('setting-not-allowed')
    expect(await refused({ accessTokenGraceMs: 60_001 })).toBe('setting-not-allowed')
    expect(await refused({ accessTokenGraceMs: null })).toBe('invalid-request')
    expect(kindOf(await here.admin('PUT', '/settings', { system: 'life', settings: {} }))).toBe('no-such-system')
  })
})

test('none of what was forced counts as a break of the contract', () => {
  expect(problems).toEqual([])
})
