/** Where Redis is full, silent, locked or forgetful, and what a process may take up: docs/scale.md. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stub } from '../src/client/stub.js'
import type { OperationRow } from '../src/core/contract.js'
import { type RedisOptions, redisEngine } from '../src/core/engine/redis/engine.js'
import { LOAD } from '../src/core/engine/redis/scripts.js'
import { contract } from '../src/generated/control/contract.js'
import { createStub, type StubOptions } from '../src/stub.js'
import { type Box, boxOf, send } from './support/box.js'
import { closedAfterEach } from './support/closing.js'
import { at, kindOf } from './support/control.js'
import { StubProcess } from './support/processes.js'
import { Proxy } from './support/proxy.js'
import { freePort, named, noRedis, OwnRedis } from './support/redis.js'
import { buildRequest, readExamples } from './support/requests.js'
import { until } from './support/several.js'

const MIB = 1024 * 1024
const examples = readExamples({ id: 'control' })
type Paths = Readonly<Record<string, Readonly<Record<string, { readonly responses: object } | undefined>> | undefined>>
const listed = JSON.parse(readFileSync(new URL('../openapi/bundled/control.json', import.meta.url), 'utf8')) as { readonly paths: Paths } // the generator's own file

/** Asks each operation that is about a sandbox once, and holds the status against the document; what is deleted is so in the end. @returns status -> operations that were answered so */
async function askAll(url: string, sandbox: string): Promise<ReadonlyMap<number, readonly string[]>> {
  const found = new Map<number, string[]>()
  const rows = Object.entries<OperationRow>(contract.operations).filter(([, { path }]) => path.includes('{sandbox}'))
  for (const [operation, row] of [...rows.filter(([name]) => name !== 'deleteSandbox'), ...rows.filter(([name]) => name === 'deleteSandbox')]) {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    const values = Object.entries({ ...parameters, ...bodies[0], sandbox, system: 'live' }).filter(([name]) => name !== 'at')
    const { method, path, body, headers } = buildRequest(operation, row, Object.fromEntries(values))
    const answer = await fetch(`${url}/__admin${path}`, { method, body, headers, signal: AbortSignal.timeout(20_000) })
    await answer.body?.cancel()
    expect(listed.paths[row.path]?.[row.method.toLowerCase()]?.responses, operation).toHaveProperty(String(answer.status))
    found.set(answer.status, [...(found.get(answer.status) ?? []), operation])
  }
  return found
}
const LARGE = 900_000

describe.skipIf(noRedis !== null)(named('Redis'), () => {
  const closing = closedAfterEach()
  let redis: OwnRedis
  let places = 0
  beforeAll(async () => {
    redis = await OwnRedis.start()
  })
  afterAll(() => redis.close())

  /** @returns the address of a set of sandboxes of its own */
  const place = (port = redis.port) => `redis://127.0.0.1:${String(port)}/0?prefix=place-${String(++places)}`

  async function start(url: string, { replicas, ...options }: RedisOptions & Partial<StubOptions> = {}) {
    const problems: string[] = []
    const stub = await createStub({ systems: ['live'], engine: redisEngine(url, replicas === undefined ? {} : { replicas }), report: (problem) => problems.push(problem), ...options })
    let isOpen = true
    const close = async () => {
      if (isOpen) await stub.close()
      isOpen = false
    }
    closing.push(close)
    return { stub, problems, close, at: (name: string) => boxOf(stub, name, '/live') }
  }

  const codes = (mobile: string) => `/auth/code?mobile=${mobile}`

  test('a Redis that takes everything and answers nothing: calls are refused in the dialect, health says so, and all goes on by itself', async () => {
    const proxy = await Proxy.to(redis.port)
    closing.push(() => proxy.close())
    const { stub, at, problems } = await start(place(proxy.port))
    const box = at('silent')
    await box.call(codes('13800003001'))
    proxy.hang()
    // There is always one who asks: what is sent must not pass for a sign of life.
    let isAsking = true
    const asking = Promise.all([0, 1, 2, 3].map(async (i) => {
      for (let n = 0; isAsking; n++) {
        await Promise.race([at(`asks-${String(i)}-${String(n)}`).call('/channels/live').catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 300))])
      }
    }))
    const refused = await box.call('/channels/live')
    expect([refused.status, refused.text]).toEqual([500, '']) // an internal error, as this system tells of it
    const health = await send(`${stub.url}/__admin/health`)
    expect([health.status, health.json?.['type']]).toEqual([503, 'urn:understudy:problem:engine-trouble'])
    const control = await send(`${stub.url}/__admin/sandboxes/silent/sms`)
    expect([control.status, control.json?.['type']]).toEqual([503, 'urn:understudy:problem:sandboxes-unreachable'])
    isAsking = false
    await asking
    expect(problems.some((problem) => problem.includes('it has not answered for 5 seconds'))).toBe(true)
    proxy.recover()
    await until(async () => (await box.call('/channels/live')).status !== 500)
    expect((await box.sms.list()).map(({ phone }) => phone)).toEqual(['13800003001'])
  })

  describe('a Redis that is there and does not do what it is asked for', () => {
    /** What a call, the control plane and health are told. */
    async function told({ stub, at: boxAt }: Awaited<ReturnType<typeof start>>) {
      const call = await boxAt('told').call(codes('13800003001'))
      const control = await send(`${stub.url}/__admin/sandboxes/told/sms`)
      return { call: [call.status, call.text, call.headers.get('understudy-refused') ?? ''], control: [control.status, control.json?.['type'], control.json?.['detail']] }
    }
    const refusedFor = (why: string, toControl = why) => ({
      call: [500, '', expect.stringContaining(why) as string], // an internal error, as this system tells of it
      control: [503, 'urn:understudy:problem:sandboxes-unreachable', expect.stringContaining(toControl) as string],
    })

    test.each([
      ['an error that nobody foresaw', '-ERR something\r\n', 'Redis declines: ERR something', undefined],
      ['an error of another word', '-NOPE not today\r\n', 'Redis declines: NOPE not today', undefined],
      ['a text where a list belongs', '+PONG\r\n', 'Redis answered "PONG" where a list was expected', 'Redis answered "PONG" where a number was expected'],
      ['nothing at all', '$-1\r\n', 'Redis answered null where a list was expected', 'Redis answered null where a number was expected'],
      ['a list of something else', '*2\r\n$1\r\na\r\n*0\r\n', 'Redis answered "a" where a number was expected', 'Redis answered ["a",[]] where a number was expected'],
      ['very much of something else', `+${'x'.repeat(1000)}\r\n`, `Redis answered "${'x'.repeat(99)} where a list was expected`, `Redis answered "${'x'.repeat(99)} where a number was expected`],
    ])('answers with %s: calls are refused with the reason, and all goes on when it is itself again', async (_, reply, why, toControl) => {
      const proxy = await Proxy.to(redis.port)
      closing.push(() => proxy.close())
      const started = await start(place(proxy.port))
      const box = started.at('told')
      expect((await box.call(codes('13800003001'))).status).toBe(200)
      proxy.answer(reply)
      expect(await told(started)).toEqual(refusedFor(why, toControl))
      expect(await told(started)).toEqual(refusedFor(why, toControl))
      proxy.answer(null)
      await until(async () => (await box.call('/channels/live')).status !== 500)
      expect((await box.sms.list()).map(({ phone }) => phone)).toEqual(['13800003001'])
      // Each reason is told once, and none as a bug of the stub.
      const about = started.problems.filter((problem) => problem.includes(why))
      expect([about.length, started.problems.filter((problem) => problem.includes('failed:'))]).toEqual([reply.startsWith('-') ? 1 : 0, []])
    })

    test('for want of permission, or because a key is somebody else\'s: the same', async () => {
      const own = await OwnRedis.start()
      closing.push(() => own.close())
      const started = await start(place(own.port))
      const prefix = `place-${String(places)}`
      await started.at('told').call(codes('13800003001'))
      own.say('ACL', 'SETUSER', 'default', '-evalsha')
      expect(await told(started)).toEqual(refusedFor('Redis declines: NOPERM'))
      own.say('ACL', 'SETUSER', 'default', '+evalsha')
      expect((await started.at('told').call('/channels/live')).status).not.toBe(500)
      own.say('DEL', `${prefix}:{told}:meta`)
      own.say('SET', `${prefix}:{told}:meta`, 'somebody else\'s')
      expect(await told(started)).toEqual(refusedFor('Redis declines: WRONGTYPE'))
      expect((await started.at('another').call(codes('13800003001'))).status).toBe(200)
      expect([started.problems.filter((problem) => problem.includes('declines')).length, started.problems.filter((problem) => problem.includes('failed:'))]).toEqual([2, []])
    })

    test('because a script of ours is wrong: that is a bug, and the log has it', async () => {
      const proxy = await Proxy.to(redis.port)
      closing.push(() => proxy.close())
      const { stub, at: boxAt, problems } = await start(place(proxy.port))
      const sha = redis.say('SCRIPT', 'LOAD', "return redis.call('HSET', KEYS[1])").trim()
      const bug = redis.say('EVALSHA', sha, '1', 'k').trim()
      expect(bug).toContain('script')
      proxy.answer(`-${bug}\r\n`)
      const refused = await boxAt('told').call(codes('13800003001'))
      expect([refused.status, refused.headers.get('understudy-refused')]).toEqual([500, null])
      expect((await send(`${stub.url}/__admin/sandboxes/told/sms`)).status).toBe(500)
      expect(problems.filter((problem) => problem.includes('failed:') && problem.includes(bug))).toHaveLength(2)
    })
  })

  test('a stub that is closed leaves no connection behind, also where somebody has waited for news', async () => {
    const own = await OwnRedis.start()
    closing.push(() => own.close())
    const { stub, close } = await start(place(own.port))
    const box = await stub.sandbox('waited')
    const news = box.requests.waitFor({ operationId: 'liveSendCode' })
    const names = () => own.say('CLIENT', 'LIST').split('\n').flatMap((line) => /cmd=(\S+)/.exec(line)?.[1] ?? [])
    await until(async () => names().includes('xread'))
    await box.fetch(`/live${codes('13800003001')}`)
    await news
    await close()
    // Redis sees that it is gone within a few looks, and not when the wait would have run out by itself.
    for (let look = 0; look < 50 && names().length > 1; look++);
    expect(names()).toEqual([expect.stringContaining('client')])
  })

  test('a Redis with a policy that may drop keys is warned of', async () => {
    const forgetful = await OwnRedis.start(['--maxmemory-policy', 'allkeys-lru'])
    closing.push(() => forgetful.close())
    const { problems } = await start(place(forgetful.port))
    expect(problems).toEqual([expect.stringContaining('has the maxmemory-policy allkeys-lru')])
    expect((await start(place())).problems).toEqual([])
  })

  test('replicas that nobody uses are let go and loaded again; nothing of the sandbox is lost by it', async () => {
    const proxy = await Proxy.to(redis.port)
    closing.push(() => proxy.close())
    const { at } = await start(place(proxy.port), { replicas: 2 })
    const loads = () => proxy.said.split(LOAD.sha).length - 1
    const names = ['a', 'b', 'c', 'd']
    for (const [i, name] of names.entries()) await at(name).call(codes(`1380000300${String(i)}`))
    const before = loads()
    await at('d').call('/channels/live')
    expect(loads()).toBe(before)
    for (const [i, name] of names.entries()) expect((await at(name).sms.list()).map(({ phone }) => phone)).toEqual([`1380000300${String(i)}`])
    expect(loads()).toBeGreaterThanOrEqual(before + 2)
    // Only a node of a cluster is told so.
    expect(proxy.said).not.toContain('ASKING')
  })

  test('a list of the sandboxes loads none of them, and shows what each of them shows', async () => {
    const proxy = await Proxy.to(redis.port)
    closing.push(() => proxy.close())
    const url = place(proxy.port)
    const [first, second] = [await start(url), await start(url)]
    for (const name of ['a', 'b', 'c']) await first.at(name).call(codes('13800003001'))
    const b = first.at('b')
    await b.clock.freeze()
    await b.faults.next('live', 'liveLogin', { error: 'API_BAD_REQUEST' })
    await b.maintenance.on('live', { status: 'upgrading' })
    await until(async () => (await b.requests.count()) === 1) // the journal is written behind the answer's back
    const loads = () => proxy.said.split(LOAD.sha).length
    const before = loads()
    const listed = await second.stub.sandboxes()
    expect(loads()).toBe(before)
    expect(listed.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c'])
    const shown = listed.find(({ name }) => name === 'b')
    expect(shown).toEqual((await b.admin('GET', '')).json)
    expect(shown).toMatchObject({ frozen: true, requests: 1, journal: 1, faults: 1, maintenance: ['live'] })
  })

  test('the cap counts the sandboxes of all processes: unchanged ones make room, and where there are none a new one is refused with a reason', async () => {
    const url = place()
    const [one, other] = [await start(url, { maxSandboxes: 3 }), await start(url, { maxSandboxes: 3 })]
    const names = async () => (await one.stub.sandboxes()).map(({ name }) => name).sort()
    await one.at('a').call(codes('13800003001'))
    await one.at('looked').call('/channels/live')
    await other.at('b').call(codes('13800003001'))
    await other.at('c').call(codes('13800003001'))
    expect(await names()).toEqual(['a', 'b', 'c'])
    const refused = await one.at('d').call('/channels/live')
    expect([refused.status, refused.text]).toEqual([500, ''])
    const said = await send(`${one.stub.url}/__admin/sandboxes`, { method: 'POST', body: { name: 'e' } })
    expect([said.status, said.json?.['detail']]).toEqual([507, expect.stringContaining('There are 3 sandboxes')])
    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  describe('what records may take up', () => {
    /** A record that weighs this and little more. */
    const fill = (box: Box, i: number) => box.admin('POST', '/db/live/channels', { id: 1000 + i, title: 't', thumbnail: '', desc: 'A'.repeat(LARGE), status: 0, owner_id: 1, visit_count: 0, like_count: 0, started_at: 0 })
    const used = async (stub: Stub) => Number(at(await send(`${stub.url}/__admin/health`), 'memory.kinds.records.used'))

    test('is bounded for one sandbox in every process, refused with a reason, and free again when it is reset', async () => {
      const url = place()
      const [one, other] = [await start(url, { systems: ['live', 'edu'], maxMemory: '32mb' }), await start(url, { systems: ['live', 'edu'], maxMemory: '32mb' })]
      const statuses = []
      for (let i = 0; i < 11; i++) statuses.push((await fill((i % 2 === 0 ? one : other).at('full'), i)).status)
      expect(statuses).toEqual([...Array.from({ length: 4 }, () => 201), ...Array.from({ length: 7 }, () => 507)]) // of 4 MiB
      expect((await fill(other.at('full'), 12)).json?.['detail']).toContain('The records of one sandbox may take up 4 MiB')
      expect((await other.at('full').call('/channels/live')).status).toBe(200)
      // It can still be driven.
      expect((await other.at('full').admin('PUT', '/clock', { now: '2030-01-01T00:00:00Z' })).status).toBe(200)
      expect((await other.at('full').admin('POST', '/faults', { fault: { kind: 'drop' }, times: 1 })).status).toBe(201)
      expect((await other.at('full').admin('DELETE', '/faults')).status).toBe(204)
      await other.at('full').reset()
      expect((await fill(one.at('full'), 13)).status).toBe(201)
      await one.stub.sandbox('full').then((box) => box.delete())
      await until(async () => (await used(one.stub)) + (await used(other.stub)) === 0)
    })

    test('is bounded for a process: replicas that nobody uses make room for those that are needed', async () => {
      const { stub, at: boxAt } = await start(place(), { systems: ['live', 'edu'], maxMemory: '32mb' })
      const before = (await boxAt('model').db('live').list('channels')).length
      for (let box = 0; box < 6; box++) for (let i = 0; i < 4; i++) expect((await fill(boxAt(`room-${String(box)}`), i)).status).toBe(201)
      expect(await used(stub)).toBeLessThanOrEqual(8 * MIB)
      expect(await used(stub)).toBeGreaterThan(3 * MIB)
      for (let box = 0; box < 6; box++) expect(await boxAt(`room-${String(box)}`).db('live').list('channels')).toHaveLength(before + 4)
      expect(await used(stub)).toBeLessThanOrEqual(8 * MIB)
    })

    test('is bounded for a process: where all that is there is in use, the next is refused with a reason, and served when it is not', async () => {
      const { stub, at: boxAt } = await start(place(), { systems: ['live', 'edu'], maxMemory: '32mb' })
      const boxes = [0, 1, 2].map((box) => boxAt(`used-${String(box)}`))
      for (const box of boxes) for (let i = 0; i < 4; i++) expect((await fill(box, i)).status).toBe(201)
      const gone = new AbortController()
      for (const { name } of boxes.slice(0, 2)) await fetch(`${stub.url}/__admin/sandboxes/${name}/requests/stream`, { signal: gone.signal })
      for (const box of boxes.slice(0, 2)) expect((await box.call('/channels/live')).status).toBe(200)
      expect((await boxes[2]?.call('/channels/live'))?.headers.get('understudy-refused')).toContain('The records of the sandboxes that are in use in this process may take up 8 MiB')
      gone.abort()
      await until(async () => (await boxes[2]?.call('/channels/live'))?.headers.get('understudy-refused') === null)
    })

    test('is bounded for a process, and whatever of the control plane is refused for want of it, or because Redis is away, is told as its document says', async () => {
      const own = await OwnRedis.start()
      closing.push(() => own.close())
      const { stub, at: boxAt } = await start(place(own.port), { systems: ['live', 'edu'], maxMemory: '32mb' })
      const boxes = [0, 1, 2].map((box) => boxAt(`used-${String(box)}`))
      for (const box of boxes) for (let i = 0; i < 4; i++) expect((await fill(box, i)).status).toBe(201)
      const gone = new AbortController()
      closing.push(async () => {
        gone.abort()
      })
      const streams = await Promise.all(boxes.slice(0, 2).map(({ name }) => fetch(`${stub.url}/__admin/sandboxes/${name}/requests/stream`, { signal: gone.signal })))
      for (const box of boxes.slice(0, 2)) expect((await box.call('/channels/live')).status).toBe(200)
      const refused = await askAll(stub.url, 'used-2')
      expect(refused.get(507)).toEqual(expect.arrayContaining(['getSandbox', 'getClock', 'listSms', 'listFaults', 'listCollections', 'getRecord', 'clearFaults', 'putBackend', 'streamRequests']))
      expect(streams.map(({ status }) => status)).toEqual([200, 200])
      await own.kill()
      const away = await askAll(stub.url, 'used-2')
      expect(away.get(503)).toEqual(expect.arrayContaining(['getSandbox', 'getHistory', 'listRequests', 'listSockets', 'resetSandbox', 'deleteSandbox']))
    })

    test('is bounded for what can be stepped back over as well: the oldest changes go', async () => {
      const { at: boxAt } = await start(place(), { systems: ['live', 'edu'], maxMemory: '32mb' })
      const box = boxAt('past')
      await box.call(codes('13800003001'))
      expect((await box.admin('POST', '/rewind', { to: 0 })).status).toBe(200)
      for (let i = 0; i < 3; i++) expect((await fill(box, i)).status).toBe(201) // of 512 KiB
      expect(kindOf(await box.admin('POST', '/rewind', { to: 0 }))).toBe('out-of-history')
    })

    test('is bounded by Redis itself: when that is full, more is refused with a reason, and sandboxes can be deleted', async () => {
      const small = await OwnRedis.start(['--maxmemory', '12mb', '--maxmemory-policy', 'noeviction'])
      closing.push(() => small.close())
      const { stub, at: boxAt } = await start(place(small.port), { systems: ['live', 'edu'] })
      const box = boxAt('full')
      let answer = await fill(box, 0)
      for (let i = 1; answer.status === 201 && i < 30; i++) answer = await fill(box, i)
      expect([answer.status, answer.json?.['detail']]).toEqual([507, expect.stringContaining('Redis has no memory left')])
      const refused = await box.call('/channels/live')
      expect([refused.status, refused.text, refused.headers.get('understudy-refused')]).toEqual([500, '', expect.stringContaining('Redis has no memory left')])
      await (await stub.sandbox('full')).delete()
      expect((await boxAt('next').call(codes('13800003001'))).status).toBe(200)
    })
  })

  test('a sandbox that nobody has used for a week is swept away as a whole', async () => {
    const url = place()
    const prefix = `place-${String(places)}`
    const first = await start(url)
    await first.at('old').call(codes('13800003001'))
    await first.at('young').call(codes('13800003001'))
    await first.close()
    const week = (7 * 24 * 3600 + 60) * 1_000_000
    const [, score = '0'] = redis.say('ZRANGE', `${prefix}:{-}:sandboxes`, '0', '0', 'WITHSCORES').split('\n')
    redis.say('ZADD', `${prefix}:{-}:sandboxes`, String(Number(score) - week), 'old')
    const { stub } = await start(url)
    await until(async () => !(await stub.sandboxes()).some(({ name }) => name === 'old'))
    expect((await stub.sandboxes()).map(({ name }) => name)).toContain('young')
    // What is left says for a minute to those who listen that it is gone.
    expect(redis.say('KEYS', `${prefix}:{old}:*`).trim()).toBe(`${prefix}:{old}:log`)
    expect(Number(redis.say('PTTL', `${prefix}:{old}:log`))).toBeGreaterThan(0)
  })

  test('over TLS, with a certificate of one\'s own; one that nobody vouches for is refused by name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-tls-'))
    closing.push(() => rm(folder, { recursive: true }))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert])
    expect(made.status).toBe(0)
    const port = await freePort()
    const safe = await OwnRedis.start(['--port', '0', '--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no', '--requirepass', 'secret'])
    closing.push(() => safe.close())
    const flags = ['--engine', `rediss://:secret@127.0.0.1:${String(port)}`, 'live']
    const stub = await StubProcess.start(flags, { NODE_EXTRA_CA_CERTS: cert })
    closing.push(() => stub.stop())
    const box = stub.box('safe', 'live')
    expect((await box.call(codes('13800003001'))).json).toMatchObject({ code: 2000 })
    expect((await box.sms.list()).map(({ phone }) => phone)).toEqual(['13800003001'])
    const refused = StubProcess.start(flags)
    await expect(refused).rejects.toThrow(/no Redis answers at rediss:\/\/127\.0\.0\.1:\d+: self-signed certificate/)
    await expect(refused).rejects.not.toThrow('secret')
  })
})
