import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { addFault, at, kindOf, serveControl } from './support/control.js'
import { becomes } from './support/inside.js'

const { admin, box, server, problems } = await serveControl(['live', 'trid'], { maxSandboxes: 40 })
/** A server whose sandboxes get no names but those that one test lets it make up. */
const naming = await serveControl(['live'])
const JSON_TYPE = { 'content-type': 'application/json' }

describe('the server', () => {
  test('says that it is up and what it plays', async () => {
    const health = await admin('GET', '/health')
    expect(health.json).toMatchObject({ status: 'ok', seed: '1', systems: ['live', 'trid'], maxSandboxes: 40 })
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string } // the package's own file
    expect(at(health, 'version')).toBe(version)
    expect((await admin('HEAD', '/health')).text).toBe('')
  })

  test('hands out its own contract', async () => {
    const { json } = await admin('GET', '/openapi.json')
    expect(json).toMatchObject({ openapi: '3.1.0', paths: { '/health': { get: { operationId: 'getHealth' } } } })
  })

  test('lists its systems, with all that can be set, broken or put out of order', async () => {
    expect(at(await admin('GET', '/systems'), 'systems')).toMatchObject([
      { id: 'live', path: '/live', operations: 7, outages: ['internal', 'database'], hasSms: true, hasBans: false },
      { id: 'trid', operations: 3, outages: ['internal', 'database', 'smsOperator'] },
    ])
    const trid = await admin('GET', '/systems/trid')
    expect(at(trid, 'operations')).toContainEqual(expect.objectContaining({ operationId: 'tridRegister', path: '/index.php?r=user/register' }))
    expect(at(trid, 'errors')).toContainEqual(expect.objectContaining({ error: 'SMS_SEND_FAILED', code: 4, condition: 'smsSendFailed', status: [200] }))
  })

  test('lists the words that all systems share', async () => {
    expect(at(await admin('GET', '/conditions'), 'conditions')).toContainEqual(expect.objectContaining({ condition: 'kickedOut', advice: 'relogin' }))
  })

  test('refuses what it does not understand, and says how to mend it', async () => {
    const unknown = await admin('GET', '/systems/life')
    expect(unknown.json).toMatchObject({ status: 404, known: ['live', 'trid'], detail: 'No system is called "life". This server plays live, trid. Did you mean "live"?' })
    const nothing = await admin('GET', '/nothing')
    expect([kindOf(nothing), at(nothing, 'detail')]).toEqual(['no-such-path', expect.stringContaining(' /__admin/openapi.json lists those it has')])
    const wrongVerb = await admin('PUT', '/sandboxes')
    expect([wrongVerb.status, kindOf(wrongVerb)]).toEqual([405, 'method-not-allowed'])
    expect(kindOf(await admin('GET', '/systems?sort=id'))).toBe('invalid-request')
    expect(kindOf(await admin('GET', '/sandboxes/a/sms?phone=%E4'))).toBe('invalid-request')
    expect(kindOf(await admin('GET', '/sandboxes/-/sms'))).toBe('invalid-request')
  })

  test('takes JSON objects only, of a bounded size', async () => {
    const put = (body: string, headers: Record<string, string> = JSON_TYPE) => admin('PUT', '/sandboxes/bodies/clock', body, { headers })
    expect((await put('{"now":"2026-01-01T00:00:00Z"}')).status).toBe(200)
    expect(kindOf(await put('{"now":'))).toBe('invalid-request')
    expect(kindOf(await put('[]'))).toBe('invalid-request')
    expect(kindOf(await put('{}'))).toBe('invalid-request')
    const misspelt = await put('{"now":"2026-01-01T00:00:00Z","freeze":true}')
    expect(at(misspelt, 'errors.0')).toEqual({ field: 'freeze', message: 'is no field of the body; there are now' })
    expect((await put('now=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
    const compressed = await put('{"now":"2026-01-01T00:00:00Z"}', { ...JSON_TYPE, 'content-encoding': 'gzip' })
    expect(kindOf(compressed)).toBe('unsupported-media-type')
    expect(compressed.json?.['detail']).toContain('Content-Encoding says "gzip"')
    expect((await put('{"now":"2026-01-01T00:00:00Z"}', { ...JSON_TYPE, 'content-encoding': 'Identity' })).status).toBe(200)
    expect((await put(JSON.stringify({ now: 'x'.repeat(1024 * 1024) }))).status).toBe(413)
    expect((await admin('GET', '/health')).status).toBe(200)
  })
})

describe('a connection that is kept alive', () => {
  /** Calls one after the other on one connection. */
  async function onOneConnection(calls: readonly (readonly [method: string, path: string, body: string | null])[]) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    const statuses: number[] = []
    for (const [method, path, body] of calls) {
      const sent = request(`${server.url}/__admin${path}`, { method, agent, headers: body === null ? {} : { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) } })
      sent.end(body ?? undefined)
      const [response] = (await once(sent, 'response')) as [IncomingMessage] // what the event is told with
      ports.add(response.socket.localPort)
      response.resume()
      await once(response, 'end')
      statuses.push(response.statusCode ?? 0)
    }
    agent.destroy()
    return { statuses, connections: ports.size }
  }

  test('goes on after a body that nobody wanted', async () => {
    const settings = JSON.stringify({ system: 'live', source: 'fixed' })
    expect(await onOneConnection([
      ['PUT', '/sandboxes/kept/sms/settings', settings],
      ['GET', '/sandboxes/kept/sms/settings', null],
      ['POST', '/nothing', settings],
      ['PATCH', '/sandboxes/kept/sms/settings', settings],
    ])).toEqual({ statuses: [405, 200, 404, 200], connections: 1 })
  })

  test('goes on after a body that is too large', async () => {
    const large = JSON.stringify({ now: 'x'.repeat(3 * 1024 * 1024) })
    expect(await onOneConnection([
      ['PUT', '/sandboxes/kept/sms/settings', large],
      ['PUT', '/sandboxes/kept/clock', large],
      ['GET', '/health', null],
    ])).toEqual({ statuses: [405, 413, 200], connections: 1 })
  })
})

describe('sandboxes', () => {
  test('come into being by name, with a name made up, or on first use', async () => {
    const created = await admin('POST', '/sandboxes', { name: 'alice' })
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe('/__admin/sandboxes/alice')
    expect(created.json).toMatchObject({ name: 'alice', requests: 0, paths: { live: '/@alice/live', trid: '/@alice/trid' } })
    expect(at(await admin('POST', '/sandboxes'), 'name')).toBe('box-1')
    expect(at(await admin('POST', '/sandboxes', {}), 'name')).toBe('box-2')
    expect(kindOf(await admin('POST', '/sandboxes', { name: 'alice' }))).toBe('sandbox-exists')
    expect((await admin('GET', '/sandboxes/carol')).status).toBe(404)
    await box('carol').call('/live/auth/code?mobile=13800003001')
    expect((await admin('GET', '/sandboxes/carol')).json).toMatchObject({ name: 'carol', requests: 1, journal: 1 })
    expect(at(await admin('GET', '/sandboxes'), 'sandboxes.0.name')).toBe('carol')
    for (const name of ['', '-x', 'a b', 'x'.repeat(65), '../etc']) expect((await admin('POST', '/sandboxes', { name })).status).toBe(400)
  })

  test('never get a made-up name twice, nor one that is taken', async () => {
    const create = async () => at(await naming.admin('POST', '/sandboxes'), 'name')
    expect([await create(), await create()]).toEqual(['box-1', 'box-2'])
    for (const name of ['box-1', 'box-2']) await naming.admin('DELETE', `/sandboxes/${name}`)
    await naming.admin('POST', '/sandboxes', { name: 'box-4' })
    expect([await create(), await create()]).toEqual(['box-3', 'box-5'])
    // A late call to a deleted one makes it anew, and nobody is given it.
    await naming.box('box-1').call('/live/channels/live')
    expect(await create()).toBe('box-6')
  })

  test('begin with a scenario or a snapshot; a bad one leaves no sandbox behind', async () => {
    const dave = await admin('POST', '/sandboxes', { name: 'dave', scenario: 'busy-channels' })
    expect(dave.status).toBe(201)
    expect(at(await admin('GET', '/sandboxes/dave/db/live'), 'collections')).toContainEqual(expect.objectContaining({ name: 'channels', count: 34 }))
    const { json: snapshot } = await admin('GET', '/sandboxes/dave/snapshot')
    expect((await admin('POST', '/sandboxes', { name: 'erin', snapshot })).status).toBe(201)
    expect(at(await admin('GET', '/sandboxes/erin/db/live'), 'collections')).toContainEqual(expect.objectContaining({ name: 'channels', count: 34 }))
    expect(kindOf(await admin('POST', '/sandboxes', { name: 'frank', scenario: 'nothing-like-it' }))).toBe('no-such-scenario')
    expect(kindOf(await admin('POST', '/sandboxes', { name: 'frank', snapshot: { ...snapshot, version: 99 } }))).toBe('snapshot-misfit')
    expect((await admin('GET', '/sandboxes/frank')).status).toBe(404)
  })

  test('are reset in one step, and deleted', async () => {
    const used = box()
    const { admin: here, call } = used
    await call('/live/auth/code?mobile=13800003001')
    await here('POST', '/clock/freeze', { at: '2030-01-01T00:00:00Z' })
    await here('PUT', '/maintenance', {})
    await here('PATCH', '/sms/settings', { system: 'live', source: 'sequence' })
    await addFault(used, { kind: 'drop' })
    const fresh = (await box('never-touched').admin('GET', '/snapshot')).json
    expect((await here('POST', '/reset')).status).toBe(204)
    const { clock: _, era: now, ...after } = (await here('GET', '/snapshot')).json ?? {}
    const { clock: __, era: first, ...untouched } = fresh ?? {}
    expect(after).toEqual(untouched)
    expect([first, now]).toEqual([1, 2])
    expect(at(await here('GET', '/requests'), 'meta.total')).toBe(0)
    expect((await here('DELETE', '')).status).toBe(204)
    expect((await here('DELETE', '')).status).toBe(404)
  })

  test('are kept up to a number; the idle one that was not used for the longest time goes', async () => {
    const waiting = box('waiting').admin('GET', '/requests/wait?timeout=60000')
    await becomes(server, 'waiting', true)
    for (let i = 0; i < 60; i++) await box(`crowd-${String(i)}`).call('/live/nothing')
    expect(problems.splice(0)).toEqual([expect.stringContaining('was let go'), expect.stringContaining('was let go')])
    expect(at(await admin('GET', '/sandboxes'), 'sandboxes')).toHaveLength(40)
    const isThere = async (name: string) => (await admin('GET', `/sandboxes/${name}`)).status === 200
    expect([await isThere('crowd-0'), await isThere('crowd-59')]).toEqual([false, true])
    // Somebody waits for this one, so it stays although it is the oldest.
    expect(await isThere('waiting')).toBe(true)
    await box('waiting').call('/live/channels/live')
    expect((await waiting).status).toBe(200)
  })
})

describe('the clock', () => {
  test('is advanced, frozen, set and resumed', async () => {
    const { admin: here } = box()
    expect((await here('POST', '/clock/freeze', { at: '2026-01-31T08:30:00+08:00' })).json).toEqual({ now: '2026-01-31T00:30:00.000Z', milliseconds: 1769819400000, frozen: true })
    expect(at(await here('POST', '/clock/advance', { by: 'PT10M1S' }), 'now')).toBe('2026-01-31T00:40:01.000Z')
    expect(at(await here('POST', '/clock/advance', { by: 'P1M' }), 'now')).toBe('2026-02-28T00:40:01.000Z')
    expect(at(await here('POST', '/clock/advance', { by: 'P50Y' }), 'now')).toBe('2076-02-28T00:40:01.000Z')
    expect((await here('PUT', '/clock', { now: '2026-01-01T00:00:00Z' })).json).toMatchObject({ now: '2026-01-01T00:00:00.000Z', frozen: true })
    expect((await here('GET', '/clock')).json).toMatchObject({ now: '2026-01-01T00:00:00.000Z', frozen: true })
    const resumed = await here('POST', '/clock/resume')
    expect(resumed.json).toMatchObject({ frozen: false })
    expect(Number(at(await here('GET', '/clock'), 'milliseconds'))).toBeGreaterThanOrEqual(Number(at(resumed, 'milliseconds')))
    expect(at(await here('POST', '/clock/freeze'), 'frozen')).toBe(true)
  })

  test('refuses what no clock can show', async () => {
    const { admin: here } = box()
    const advance = async (by: string) => kindOf(await here('POST', '/clock/advance', { by }))
    expect(await advance('10 minutes')).toBe('invalid-request')
    expect(await advance('P')).toBe('invalid-request')
    expect(await advance('-PT1S')).toBe('invalid-request')
    expect(await advance('P50YT1S')).toBe('clock-out-of-range')
    expect(await advance('P999999999Y')).toBe('clock-out-of-range')
    expect(await advance(`PT${'9'.repeat(40)}H`)).toBe('clock-out-of-range')
    const set = async (now: string) => kindOf(await here('PUT', '/clock', { now }))
    expect(await set('yesterday')).toBe('invalid-request')
    expect(await set('2026-01-01T00:00:00')).toBe('invalid-request')
    expect(await set('1969-12-31T23:59:59Z')).toBe('clock-out-of-range')
    expect(await set('3000-01-01T00:00:00Z')).toBe('clock-out-of-range')
    await here('PUT', '/clock', { now: '2999-01-01T00:00:00Z' })
    expect(await advance('P2Y')).toBe('clock-out-of-range')
  })

  test('ages codes: good at 9:59, gone at 10:00', async () => {
    const { admin: here, call } = box()
    await here('POST', '/clock/freeze')
    const login = () => call('/live/auth/login', { method: 'POST', body: { mobile: '13800003001', auth_code: '123456' } })
    await call('/live/auth/code?mobile=13800003001')
    await here('POST', '/clock/advance', { by: 'PT9M59S' })
    expect((await login()).json).toMatchObject({ code: 2000 })
    await call('/live/auth/code?mobile=13800003001')
    await here('POST', '/clock/advance', { by: 'PT10M' })
    expect((await login()).json).toMatchObject({ code: 4011 })
  })
})
