import { describe, expect, test } from 'vitest'
import { addFault, at, type Box, kindOf, serveControl } from './support/control.js'
import { becomes, isBusy, rush } from './support/inside.js'

const { box, server } = await serveControl(['edu', 'job', 'live', 'trid'], { journal: 5 })
const { box: longBox } = await serveControl(['edu', 'job', 'live'])
const code = ({ call }: Box, mobile = '13800003001') => call(`/live/auth/code?mobile=${mobile}`)
const login = ({ call }: Box) => call('/live/auth/login', { method: 'POST', body: { mobile: '13800003001', auth_code: '123456' } })
const total = async ({ admin }: Box, query = '') => at(await admin('GET', `/requests?${query}`), 'meta.total')
/** Until somebody waits for what comes to the sandbox. */
const listening = ({ name }: Box) => becomes(server, name, true)

describe('the journal', () => {
  test('tells what was asked and answered, and which records it changed', async () => {
    const here = box()
    await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
    await code(here)
    await login(here)
    const entry = (await here.admin('GET', '/requests/2')).json
    expect(entry).toMatchObject({
      id: 2,
      at: '2026-01-31T08:30:00.000Z',
      duration: expect.any(Number) as unknown,
      system: 'live',
      operationId: 'liveLogin',
      request: { method: 'POST', url: '/auth/login', body: { text: '{"mobile":"13800003001","auth_code":"123456"}', truncated: false } },
      response: { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } },
      user: '1',
      error: null,
      faults: [],
      violations: [],
      nearMisses: [],
    })
    expect(entry?.['changes']).toContainEqual(expect.objectContaining({ collection: 'smsCodes', key: '13800003001', before: expect.objectContaining({ used: false }) as unknown, after: expect.objectContaining({ used: true }) as unknown }))
    expect(entry?.['changes']).toContainEqual(expect.objectContaining({ collection: 'sessions', before: null }))
  })

  test('keeps so many calls, the newest, and is listed with those first', async () => {
    const here = box()
    for (let i = 0; i < 7; i++) await code(here)
    const listed = await here.admin('GET', '/requests?limit=2')
    expect([at(listed, 'requests.0.id'), at(listed, 'requests.1.id'), at(listed, 'meta.total')]).toEqual([7, 6, 5])
    const gone = await here.admin('GET', '/requests/2')
    expect(gone.json).toMatchObject({ status: 404, detail: expect.stringContaining('it holds 3 to 7') as unknown })
    expect(kindOf(await here.admin('GET', '/requests/x'))).toBe('no-such-path')
    expect(kindOf(await here.admin('GET', '/requests/0'))).toBe('invalid-request')
  })

  test('is filtered, counted and cleared', async () => {
    const here = box()
    await code(here)
    await login(here)
    await login(here)
    await here.call('/trid/index.php')
    await here.call('/live/auth/logn')
    const counts: Record<string, number> = {
      '': 5,
      'system=live': 4,
      'operationId=liveLogin': 2,
      'method=post': 2,
      'path=/auth/*': 4,
      'path=/auth/login': 2,
      'status=404': 1,
      'error=API_INVALID_AUTH_CODE': 1,
      'user=1': 1,
      'unmatched=true': 2,
      'unmatched=false&after=1': 2,
      'violations=true': 0,
      'system=live&error=API_INVALID_AUTH_CODE&method=GET': 0,
    }
    for (const [query, count] of Object.entries(counts)) {
      expect(at(await here.admin('GET', `/requests/count?${query}`), 'count'), query).toBe(count)
      expect(await total(here, query), query).toBe(count)
    }
    expect(kindOf(await here.admin('GET', '/requests?system=life'))).toBe('no-such-system')
    for (const path of ['', '/count', '/wait', '/stream']) {
      for (const [query, detail] of [
        ['error=API_INVALID_AUTH_COD', 'No system has an error "API_INVALID_AUTH_COD". Did you mean "API_INVALID_AUTH_CODE"?'],
        ['system=live&error=TEL_NOT_FOUND', 'live has no error "TEL_NOT_FOUND".'],
        ['operationId=liveLogn', 'No system has an operation "liveLogn". Did you mean "liveLogin"?'],
      ] as const) expect((await here.admin('GET', `/requests${path}?${query}`)).json).toMatchObject({ status: 400, detail })
    }
    expect(kindOf(await here.admin('DELETE', '/requests?error=NOBODY_HAS'))).toBe('invalid-request')
    expect(kindOf(await here.admin('GET', '/requests?operation=liveLogin'))).toBe('invalid-request')
    expect(kindOf(await here.admin('GET', '/requests?limit=0'))).toBe('invalid-request')
    expect((await here.admin('DELETE', '/requests?operationId=liveLogin')).json).toEqual({ count: 2 })
    expect((await here.admin('DELETE', '/requests')).json).toEqual({ count: 3 })
    await code(here)
    expect(at(await here.admin('GET', '/requests'), 'requests.0.id')).toBe(6)
  })

  test('says which operations come closest to a call that none took, and what keeps them apart', async () => {
    const here = box()
    await here.call('/live/auth/logn', { method: 'POST' })
    expect(at(await here.admin('GET', '/requests'), 'requests.0.nearMisses.0')).toEqual({ operationId: 'liveLogin', method: 'POST', path: '/auth/login', reasons: ['the path is /auth/logn, not /auth/login'] })
    await here.call('/live/auth/login')
    expect(at(await here.admin('GET', '/requests'), 'requests.0.nearMisses.0')).toMatchObject({ operationId: 'liveLogin', reasons: ['the method is GET, not POST'] })
    await here.call('/edu/rest/s/login', { method: 'DELETE' })
    expect(at(await here.admin('GET', '/requests'), 'requests.0.nearMisses.0')).toEqual({ operationId: 'eduLogin', method: 'POST', path: '/rest/{userType}/login', reasons: ['the method is DELETE, not POST'] })
    await here.call('/trid/index.php?r=user/registr', { method: 'POST' })
    const misses = at(await here.admin('GET', '/requests'), 'requests.0.nearMisses')
    expect(misses).toHaveLength(3)
    expect(misses).toMatchObject([{ operationId: 'tridRegister', reasons: [`the query's r is "user/registr", not "user/register"`] }, {}, {}])
  })

  test('tells a preflight, which a browser sends by itself, from a call that no operation took', async () => {
    const here = box()
    await here.call('/live/auth/login', { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' } })
    await here.call('/live/auth/login', { method: 'OPTIONS' })
    const asked = at(await here.admin('GET', '/requests'), 'requests')
    expect(asked).toMatchObject([{ preflight: false, operationId: null, response: { status: 200 } }, { preflight: true, operationId: null, nearMisses: [], response: { status: 204 } }])
    expect(asked).toMatchObject([{ nearMisses: [{}, {}, {}] }, {}])
    for (const [query, count] of [['unmatched=true', 1], ['preflight=true', 1], ['preflight=false', 1], ['', 2]]) {
      expect(at(await here.admin('GET', `/requests/count?${String(query)}`), 'count'), String(query)).toBe(count)
    }
  })

  test('hides tokens, passwords and cookies unless somebody asks for them', async () => {
    const here = longBox()
    await code(here)
    const key = String((await login(here)).json?.['api_key'])
    await here.call('/live/users/my', { headers: { authorization: `Basic ${Buffer.from(key).toString('base64')}`, cookie: 'sessionid=s3cr3t' } })
    await here.call('/job/api/user?appToken=abcdefghijklmnopqrst', { headers: { 'app-token': 'zyxwvutsrqponmlkjihg' } })
    await here.call('/job/login', { method: 'POST', body: new URLSearchParams({ mobile: '13800002001', password: 'hunter2hunter2' }) })
    await here.call('/edu/rest/s/login', { method: 'POST', body: '{"phone":"1","passwd":"hunter2hunter2"', headers: { auth: 'aHVudGVyMg==', 'content-type': 'application/json', client: '1', platform: 'ios', u: '1', w: '1' } })
    // However it is spelled, and whatever the type says that it is.
    const spelled = 'sp3lled'
    const json = { 'content-type': 'application/json', client: '1', platform: 'ios', u: '1', w: '1' }
    for (const body of [`{"phone":"1","pass\\u0077d":"${spelled}"`, `{'passwd':'${spelled}'}`, JSON.stringify(JSON.stringify({ passwd: spelled })), `passwd=${spelled}`]) await here.call('/edu/rest/s/login', { method: 'POST', body, headers: json })
    await here.call(`/job/login?pass%77ord=${spelled}`, { method: 'POST', body: `mobile=1&pass%77ord=${spelled},${spelled}`, headers: { 'content-type': 'Application/X-WWW-Form-UrlEncoded', referer: `http://localhost/?token=${spelled}` } })
    await here.call('/job/login', { method: 'POST', body: JSON.stringify({ password: spelled }), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    for (const file of ['plain', Uint8Array.of(0xff, 0xfe)]) {
      const parts = new FormData()
      parts.set('password', spelled)
      parts.set('avatar', new Blob([file]), 'a.png')
      await here.call('/job/login', { method: 'POST', body: parts })
    }
    const secret = new RegExp([key, Buffer.from(key).toString('base64'), 's3cr3t', 'abcdefghijklmnopqrst', 'zyxwvutsrqponmlkjihg', 'hunter2', 'aHVudGVyMg', spelled].join('|'))
    const inBytes = (text: string) => [...text.matchAll(/"base64":"([^"]+)"/g)].map(([, bytes = '']) => Buffer.from(bytes, 'base64').toString('latin1')).join()
    const hidden = await here.admin('GET', '/requests')
    expect(hidden.text).not.toMatch(secret)
    expect(inBytes(hidden.text)).toContain('name="avatar"; filename="a.png"')
    expect(inBytes(hidden.text)).not.toMatch(secret)
    expect(hidden.text).toContain('"mobile\\":\\"13800003001')
    const shown = (await here.admin('GET', '/requests?secrets=true')).text
    expect([shown.split(spelled).length - 1, inBytes(shown).split(spelled).length - 1]).toEqual([10, 1])
    for (const text of [key, 's3cr3t', 'abcdefghijklmnopqrst', 'zyxwvutsrqponmlkjihg', 'hunter2hunter2', 'aHVudGVyMg==']) expect(shown).toContain(text)
  })

  test('keeps the beginning of a large body, and bytes as bytes', async () => {
    const here = box()
    await here.call('/live/auth/login', { method: 'POST', body: { mobile: '13800003001', auth_code: '验'.repeat(40_000) } })
    const body = at(await here.admin('GET', '/requests'), 'requests.0.request.body')
    expect(body).toMatchObject({ bytes: 120_039, truncated: true, base64: null, text: expect.stringMatching(/^\{"mobile":"13800003001","auth_code":"验+$/) as unknown })
    await here.call('/live/auth/login', { method: 'POST', body: '\u00ff', headers: { 'content-type': 'application/json; charset=latin1' } })
    expect(at(await here.admin('GET', '/requests'), 'requests.0.request.body')).toMatchObject({ text: 'ÿ' })
  })
})

describe('waiting for a call', () => {
  test('gives one that came already, or the next one that fits', async () => {
    const here = box()
    await code(here)
    expect((await here.admin('GET', '/requests/wait?operationId=liveSendCode')).json).toMatchObject({ id: 1 })
    const waiting = here.admin('GET', '/requests/wait?operationId=liveLogin&timeout=60000')
    await listening(here)
    await code(here)
    await login(here)
    expect((await waiting).json).toMatchObject({ id: 3, operationId: 'liveLogin', response: { body: { text: expect.stringContaining('"api_key":"***"') as unknown } } })
    const later = here.admin('GET', '/requests/wait?after=3&timeout=60000')
    await listening(here)
    await code(here)
    expect((await later).json).toMatchObject({ id: 4 })
  })

  test('ends when its time is up, and says what came instead', async () => {
    const here = box()
    expect((await here.admin('GET', '/requests/wait?timeout=0')).json).toMatchObject({ status: 404, type: 'urn:understudy:problem:no-matching-request' })
    expect(kindOf(await here.admin('GET', '/requests/wait?timeout=60001'))).toBe('invalid-request')
  })

  test('is woken by a reset and by the end of the sandbox', async () => {
    const here = box()
    const reset = here.admin('GET', '/requests/wait?timeout=60000')
    await listening(here)
    await here.admin('POST', '/reset')
    expect((await reset).json).toMatchObject({ status: 409, type: 'urn:understudy:problem:wait-interrupted', detail: expect.stringContaining('was reset') as unknown })
    const deleted = here.admin('GET', '/requests/wait?timeout=60000')
    await listening(here)
    await here.admin('DELETE', '')
    expect((await deleted).json).toMatchObject({ status: 409, detail: expect.stringContaining('was deleted') as unknown })
  })
})

describe('the stream of calls', () => {
  test('tells each call as it comes, what was cleared, and ends with the sandbox', async () => {
    const here = box()
    const stream = fetch(`${server.url}/__admin/sandboxes/${here.name}/requests/stream?system=live`)
    await listening(here)
    await code(here)
    await here.call('/trid/index.php')
    await here.admin('DELETE', '/requests')
    await here.admin('POST', '/reset')
    await here.admin('DELETE', '')
    const response = await stream
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = (await response.text()).split('\n\n').filter((event) => event !== '')
    expect(events.map((event) => event.split('\ndata')[0])).toEqual([': the calls of this sandbox', 'id: 1\nevent: request', 'event: clear', 'event: reset'])
    expect(JSON.parse(events[1]?.split('\ndata: ')[1] ?? '')).toMatchObject({ id: 1, operationId: 'liveSendCode' })
  })

  test('begins where the client left off', async () => {
    const here = box()
    for (let i = 0; i < 3; i++) await code(here)
    const stream = fetch(`${server.url}/__admin/sandboxes/${here.name}/requests/stream`, { headers: { 'last-event-id': '1' } })
    await listening(here)
    await code(here)
    await here.admin('DELETE', '')
    expect((await (await stream).text()).match(/^id: \d+$/gm)).toEqual(['id: 2', 'id: 3', 'id: 4'])
    expect(kindOf(await here.admin('GET', '/requests/stream', undefined, { headers: { 'last-event-id': 'x' } }))).toBe('invalid-request')
    expect(kindOf(await here.admin('GET', '/requests/stream?system=life'))).toBe('no-such-system')
    expect((await here.admin('HEAD', '/requests/stream')).text).toBe('')
  })

  test.each([
    ['no number', {}],
    ['an empty one', { 'last-event-id': '' }],
  ])('begins with what comes where %s is sent', async (_, headers) => {
    const here = box()
    await code(here)
    const stream = fetch(`${server.url}/__admin/sandboxes/${here.name}/requests/stream`, { headers })
    await listening(here)
    await code(here)
    await here.admin('DELETE', '')
    expect((await (await stream).text()).match(/^id: \d+$/gm)).toEqual(['id: 2'])
  })

  test('leaves nothing behind when the client goes away', async () => {
    const here = box()
    const leave = new AbortController()
    await fetch(`${server.url}/__admin/sandboxes/${here.name}/requests/stream`, { signal: leave.signal })
    expect(isBusy(server, here.name)).toBe(true)
    leave.abort()
    await becomes(server, here.name, false)
  })
})

describe('the lines of calls', () => {
  test('tell what a list shows, without secrets, and how much the journal holds', async () => {
    const here = box()
    await code(here)
    await here.call('/live/no/such?token=abc')
    expect((await here.admin('GET', '/requests/lines')).json).toMatchObject({
      lines: [
        { id: 2, system: 'live', operationId: null, method: 'GET', url: '/no/such?token=***', faults: [], violations: 0, changes: 0 },
        { id: 1, operationId: 'liveSendCode', status: 200, error: null, changes: 1 },
      ],
      meta: { total: 2, capacity: 5 },
    })
    expect(at(await here.admin('GET', '/requests/lines?after=1&limit=1'), 'lines.0.id')).toBe(2)
    const page = await here.admin('GET', '/requests/lines?before=2&limit=2')
    expect([at(page, 'lines.0.id'), at(page, 'lines.1')]).toEqual([1, undefined])
    await addFault(here, { kind: 'error', condition: 'internal' }, { system: 'live', times: 1 })
    await code(here)
    expect(at(await here.admin('GET', '/requests/lines'), 'lines.0')).toMatchObject({ id: 3, faults: ['fault-1'] })
  })

  test('come several to an event, and say how many of a rush were left out', async () => {
    const here = box()
    for (let i = 0; i < 3; i++) await code(here)
    const stream = fetch(`${server.url}/__admin/sandboxes/${here.name}/requests/lines/stream`, { headers: { 'last-event-id': '1' } })
    await listening(here)
    await rush(server, here.name, 500)
    await here.admin('DELETE', '/requests')
    await here.admin('DELETE', '')
    const events = (await (await stream).text()).split('\n\n').filter((event) => event.startsWith('id: '))
    const told = events.map((event) => JSON.parse(event.split('\ndata: ')[1] ?? '') as { lines: { id: number }[]; left: number }) // as control.yaml says
    expect(told[0]?.lines.map(({ id }) => id)).toEqual([2, 3])
    const [, many] = told
    expect((many?.lines.length ?? 0) + (many?.left ?? 0)).toBe(500)
    expect(many?.lines.length).toBeLessThan(400)
    expect(many?.lines.at(-1)?.id).toBe(503)
    expect(events.every((event) => /^id: \d+\nevent: lines\n/.test(event))).toBe(true)
  })

  test('are told once to each who reads them, whenever he came', async () => {
    const here = box()
    await code(here)
    const read = (after: string) => fetch(`${server.url}/__admin/sandboxes/${here.name}/requests/lines/stream`, { headers: { 'last-event-id': after } })
    const first = read('0')
    await listening(here)
    await rush(server, here.name, 3)
    // In the middle of a batch: of it he knows a part.
    const second = read('2')
    await (await second).body?.getReader().read()
    const third = await read('3')
    await rush(server, here.name, 300)
    await here.admin('DELETE', '')
    for (const [stream, from] of [[await first, 1], [third, 4]] as const) {
      const told = (await stream.text()).split('\ndata: ').slice(1).map((data) => JSON.parse(data.split('\n')[0] ?? '') as { lines: { id: number }[]; left: number }) // as control.yaml says
      const ids = told.flatMap(({ lines }) => lines.map(({ id }) => id))
      expect(ids.at(-1)).toBe(304)
      expect(new Set(ids).size).toBe(ids.length)
      expect(told.reduce((sum, { lines, left }) => sum + lines.length + left, 0)).toBe(304 - from + 1)
    }
  })
})
