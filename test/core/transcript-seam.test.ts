/** What leaves for a real backend and what stays here: calls with all kinds of tokens in all kinds of places, logins that the stub makes there for its users, and sockets. */
import { expect, test } from 'vitest'
import { ForwardError, type Forwarder, type Incoming, type IncomingSocket } from '../../src/core/backends/forward.js'
import { isNotThere, isUnknownThere, readReply } from '../../src/core/backends/read.js'
import { IssuedTokens } from '../../src/core/backends/issued.js'
import { RealLogins } from '../../src/core/backends/login.js'
import { outward } from '../../src/core/backends/outward.js'
import type { Backend } from '../../src/core/backends/setting.js'
import { DriftDocuments } from '../../src/core/drift/documents.js'
import { DriftBook } from '../../src/core/drift/ledger.js'
import { Pace } from '../../src/core/slices.js'
import { Reach } from '../../src/core/sockets/reach.js'
import type { SocketLink } from '../../src/core/sockets/wire.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { madeUpAnswer as reply, nowhere } from '../support/made-up-stage.js'
import { oneSystem } from '../support/one-system.js'
import { shown, WrittenDown } from '../support/written-down.js'

const backend: Backend = { url: 'http://real.test/base', mode: 'real', operations: {}, timeout: 500 }
const user = (id: number) => ({ id, mobile: `1380000300${String(id)}`, nickname: `n${String(id)}`, bio: '', avatar: '', gender: null })

test('which calls leave, with whose tokens', async () => {
  const told = new WrittenDown()
  const system: System = { ...live, sessions: { access: { alphabet: 'hex', length: 32, lifetime: null }, refresh: { alphabet: 'hex', length: 40, lifetime: null }, perUser: 'many' } }
  const { during, within } = await oneSystem(system, [user(1)])
  const real = (name: string, url = backend.url) => ({ backend: url, access: `real-access-${name}`, refresh: `real-refresh-${name}`, accessLifetime: null, refreshLifetime: null })
  const known = {
    stub: await within((now) => now.issue({ userId: '1' })),
    paired: await within(async (now, tx) => tx.update('sessions', (await now.issue({ userId: '1' })).id, { real: { backend: backend.url, access: 'real-access-p', refresh: 'real-refresh-p' } })),
    half: await within(async (now, tx) => tx.update('sessions', (await now.issue({ userId: '1' })).id, { real: { backend: backend.url, access: 'real-access-h', refresh: null }, previousAccess: { token: 'abcdef'.repeat(5) + 'ab', until: 5 } })),
    other: await within(async (now, tx) => tx.update('sessions', (await now.issue({ userId: '1' })).id, { real: { backend: 'http://other.test', access: 'other-access', refresh: 'other-refresh' } })),
    adopted: await within((now) => now.issue({ userId: '1', real: { ...real('a'), access: 'a'.repeat(32), refresh: 'b'.repeat(40) } })),
  }
  const issued = new IssuedTokens()
  const forgotten = 'f0'.repeat(16)
  issued.note([...Object.values(known), { id: 'f', accessToken: forgotten, refreshToken: null }].map((after) => ({ collection: 'sessions', key: after.id, before: null, after: { ...after } })))
  const parts = { self: 'me', hidden: ['admin-secret'], issued, logins: new RealLogins(nowhere), pace: new Pace() }
  const names = new Map<string, string>([[forgotten, '«forgotten»'], ['abcdef'.repeat(5) + 'ab', '«before»']])
  for (const [name, session] of Object.entries(known)) names.set(session.accessToken, `«${name}»`).set(session.refreshToken ?? '', `«${name} refresh»`)
  const plain = (value: unknown) => [...names].reduce((text, [token, name]) => text.replaceAll(token, name).replaceAll(Buffer.from(token).toString('base64'), `«base64 of ${name}»`), shown(value))
  const go = (what: string, { path = '/x', search = '', headers = {}, ...more }: Partial<Parameters<typeof outward>[0]> = {}, to: Partial<Backend> = {}) => told.try(what, async () => {
    const outcome = await during((turn) => Promise.resolve(outward({ system, turn, url: `/@one/live${path}${search === '' ? '' : '?'}${search}`, path, search, headers, shown: [], text: '', unpacked: '', ...more }, { ...backend, ...to }, parts)))
    return plain(outcome.kind === 'kept' ? [outcome.reason, outcome.detail, outcome.caller?.accessToken ?? null] : [outcome.origin, outcome.path, outcome.headers, [...outcome.swaps], outcome.caller?.accessToken ?? null])
  })
  told.part('without tokens')
  await go('plain')
  for (const search of ['', 'a=1&b=2', '__error=X&a=1', 'a=1&__code=5', '__delay=3', '__delayed=3&x', '__error', 'a=__error=1', '__error&__code&__delay', 'a&&b']) await go(`query ${search}`, { search })
  for (const path of ['/..', '/a/../b', '/a/.', '/./a', '/a/..b', '/a..', '/a/%2e%2E/b', '/a%2f..', '/a\\..\\b', '/...', '/a%5c.', '/%2e']) await go(path, { path })
  for (const to of ['http://real.test', 'https://real.test:8443', 'http://real.test/a/b']) await go(to, { path: '/y', search: 'q' }, { url: to })
  for (const hops of ['me', 'a, me', 'a,me,b', 'notme', '', ' ', 'a', 'a , b,']) await go(`hops ${hops}`, { headers: { 'understudy-hops': hops } })
  await go('headers', { headers: { host: 'h', connection: 'x-a, close', 'x-a': '1', 'x-b': '2', te: 'trailers', origin: 'http://o', referer: 'r', prefer: 'code=4', 'sec-fetch-mode': 'cors', 'x-admin': 'it is admin-secret', cookie: 'c=1', range: 'bytes=0-1', 'set-cookie': ['a', 'b'], 'understudy-x': '1', 'access-control-request-method': 'GET', 'x-none': undefined } })
  told.part('with tokens')
  const forms: Readonly<Record<string, (token: string) => Partial<Parameters<typeof outward>[0]>>> = {
    'as it is shown': (token) => ({ shown: [token], headers: { authorization: token } }),
    'in base64': (token) => ({ shown: [token], headers: { authorization: Buffer.from(token).toString('base64') } }),
    'in base64, with more': (token) => ({ shown: [token], headers: { authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}`, 'x-more': token } }),
    'in the path': (token) => ({ path: `/a/${token}/b` }),
    'in the query': (token) => ({ search: `k=${token}&k=${token}` }),
    'in the query, encoded': (token) => ({ search: `k=%${token.charCodeAt(0).toString(16)}${token.slice(1)}` }),
    'in a body': (token) => ({ text: JSON.stringify({ token }) }),
    'in a body, escaped': (token) => ({ text: `{"token":"\\u00${token.charCodeAt(0).toString(16)}${token.slice(1)}"}` }),
    'in a packed body': (token) => ({ text: 'packed', unpacked: token }),
    'amid letters': (token) => ({ text: `zz${token}zz` }),
    'in a header of many': (token) => ({ headers: { 'x-many': ['a=1', `t=${token}`] } }),
  }
  const tokens: Readonly<Record<string, string>> = { forgotten, before: 'abcdef'.repeat(5) + 'ab', unknown: '0'.repeat(32), short: '1'.repeat(31), ...Object.fromEntries(Object.entries(known).flatMap(([name, one]) => [[name, one.accessToken], [`${name} refresh`, one.refreshToken ?? '']])) }
  for (const [name, token] of Object.entries(tokens)) for (const [form, of] of Object.entries(forms)) await go(`${name}, ${form}`, of(token))
  await go('two at once', { shown: [known.paired.accessToken], headers: { authorization: known.paired.accessToken }, text: known.stub.accessToken })
  await go('two that are paired', { shown: [known.paired.accessToken], headers: { authorization: known.paired.accessToken }, text: `${known.half.accessToken} ${known.paired.refreshToken ?? ''}` })
  told.part('where the user may be logged in')
  const credentials = { [user(1).mobile]: '123456' }
  for (const name of ['stub', 'other', 'paired'] as const) await go(name, { shown: [known[name].accessToken], headers: { authorization: known[name].accessToken } }, { credentials })
  await go('of somebody without credentials', { shown: [known.stub.accessToken], headers: { authorization: known.stub.accessToken } }, { credentials: { '13900000000': 'x' } })
  await go('stub, that would not leave anyway', { path: '/..', shown: [known.stub.accessToken] }, { credentials })
  const answers = [{ ...ok(live), desc: 'ok' }, { ...ok(live), desc: 'ok', api_key: 'e'.repeat(32), mobile: user(1).mobile }]
  parts.logins = new RealLogins({ forward: async () => reply(200, JSON.stringify(answers.shift() ?? {})) })
  await go('stub, that is let in', { shown: [known.stub.accessToken], headers: { authorization: known.stub.accessToken } }, { credentials })
  await told.isThatOf('seam-outward')
})

/** @returns the code of a success, as the system's answers carry it */
function ok({ contract: { dialect, errors } }: System): object {
  return { [dialect.code]: errors[dialect.success]?.code }
}

test('how users of the stub are logged in at a real backend', async () => {
  const told = new WrittenDown()
  const phones: Readonly<Record<string, string>> = { live: '13800003001', edu: '13800001001', job: '13800002001', im: '13800004001' }
  const records: Readonly<Record<string, object>> = { live: user(1), edu: { userID: '1', userType: 'student', phone: phones['edu'], nick: 'n' }, job: { id: 1, username: 'u', phone: phones['job'], name: 'n', valid: true, roles: [] }, im: { id: '1', phone: phones['im'], username: 'u' } }
  const long = 'x'.repeat(1024 * 1024 + 1)
  const good: Readonly<Record<string, readonly Incoming[]>> = {
    live: [reply(200, JSON.stringify(ok(live))), reply(200, JSON.stringify({ ...ok(live), api_key: 'e'.repeat(32) }))],
    edu: [reply(200, JSON.stringify({ ...ok(edu), access_token: 'e'.repeat(48), access_token_expire: 60, refresh_token: 'd'.repeat(48), refresh_token_expire: 90, userID: '1', userType: 'student' }))],
    im: [reply(200, JSON.stringify(ok(im)), { 'set-cookie': ['sessionid=abc; Path=/', 'token=eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee; Max-Age=60'] })],
  }
  const badOf = (system: System): Readonly<Record<string, () => readonly (Incoming | ForwardError | Error)[]>> => ({
    'nobody is there': () => [new ForwardError('refused', 'r')],
    'the second is lost': () => [reply(200, JSON.stringify(ok(system))), new ForwardError('timeout', 't')],
    'no JSON': () => [reply(200, 'hello')],
    'an object without a code': () => [reply(200, '{}')],
    'an object without a code, and an error of the server': () => [reply(500, '{}')],
    'HTTP 499': () => [reply(499, '{}')],
    'a code that nobody knows': () => [reply(200, '{"code":"nobody","errno":"nobody","status":"nobody"}')],
    'a success that is no login': () => [reply(200, JSON.stringify(ok(system))), reply(200, JSON.stringify(ok(system)))],
    'too long': () => [reply(200, ['{', `"desc":"${long}"`, '}'])],
    'a list': () => [reply(200, '[1]')],
    'something else goes wrong': () => [new Error('a bug')],
  })
  for (const system of [live, edu, job, im]) {
    told.part(system.id)
    const phone = phones[system.id] ?? ''
    const { during, within, all, pass } = await oneSystem(system, [{ ...records[system.id] }])
    let asked: string[] = []
    const seen: string[] = []
    /** Each line once, and then its number. */
    const nth = (line: string) => {
      if (seen.includes(line)) return seen.indexOf(line)
      seen.push(line)
      return line
    }
    let answers: (Incoming | ForwardError | Error)[] = []
    const forwarder: Pick<Forwarder, 'forward'> = {
      forward: async ({ method, origin, path, headers, body, timeout, whenGone }) => {
        asked.push(`${method} ${origin}${path} ${JSON.stringify(headers)} ${body === null ? 'none' : Buffer.from(body).toString()} ${String(timeout)} ${String(whenGone)}`)
        const answer = answers.shift() ?? reply(200, '{}')
        if (answer instanceof Error) throw answer
        return answer
      },
    }
    const logins = new RealLogins(forwarder)
    const realm = system.users.realm === null ? '' : 'student'
    const headers = { client: 'app', platform: 'ios', channel: 'c', u: 'u1', w: 'w1', 'x-other': 'no' }
    const session = await within((now) => now.issue({ userId: '1', realm }))
    const log = async (what: string, to: Partial<Backend>, one = session, by = logins) => {
      asked = []
      await told.try(what, () => during((turn) => by.logIn({ system, turn, session: one, headers }, { ...backend, ...to }, 'me')))
      if (asked.length > 0) told.note('  asked', asked.map((line) => nth(line)))
      const real = (await all()).find(({ id }) => id === one.id)?.real
      if (real !== undefined) told.note('  known as', real)
    }
    const credentials = { [phone]: 'secret' }
    await log('without credentials', {})
    await log('of nobody', { credentials: {} })
    await log('of somebody else', { credentials: { '13900000000': 'x' } })
    await log('of a name that every object has', { credentials: { toString: 'x' } })
    await log('of a user who is gone', { credentials }, { ...session, userId: '99' })
    await log('of a session that has ended', { credentials }, { ...session, endedAt: 1 })
    await log('of one that ends now', { credentials }, { ...session, accessExpiresAt: 1000 })
    for (const [name, make] of Object.entries(badOf(system))) {
      const by = new RealLogins(forwarder)
      answers = [...make()]
      await log(name, { credentials }, { ...session, accessExpiresAt: 1001 }, by)
      answers = []
      await log('  and again', { credentials }, session, by)
      await log('  with another secret', { credentials: { [phone]: 'other' } }, session, by)
    }
    const errors = Object.entries(system.contract.errors).filter(([name]) => name !== system.contract.dialect.success).slice(0, 6)
    for (const [name, { code, status }] of errors) {
      answers = [reply([status].flat()[0] ?? 200, JSON.stringify({ [system.contract.dialect.code]: code }))]
      await log(`refused with ${name}`, { credentials }, session, new RealLogins(forwarder))
    }
    answers = [...(good[system.id] ?? [])]
    asked = []
    const both = await Promise.all([1, 2].map(() => during((turn) => logins.logIn({ system, turn, session, headers }, { ...backend, credentials }, 'me'))))
    told.note('two at once', [both, asked.length, (await all()).map(({ real }) => real)])
    const own = Object.entries(system.contract.errors).find(([name]) => name !== system.contract.dialect.success)
    answers = [reply(502, JSON.stringify({ [system.contract.dialect.code]: own?.[1].code }))]
    const gateway = new RealLogins(forwarder)
    await log('refused by what stands before it', { credentials }, session, gateway)
    await log('  and again', { credentials }, session, gateway)
    const second = await within((now) => now.issue({ userId: '1', realm, device: { label: 'second', platform: null, client: null } }))
    asked = []
    await Promise.all([session, second].map((one) => during((turn) => gateway.logIn({ system, turn, session: one, headers }, { ...backend, url: 'http://third.test', credentials }, 'me'))))
    told.note('two sessions at once', asked.length)
    pass(10)
    await log('once more', { credentials, url: 'http://other.test' })
  }
  const { during, within } = await oneSystem(trid, [])
  const nobody = await within((now) => now.issue({ userId: '1' }))
  told.note('where there is no login', [await during((turn) => new RealLogins(nowhere).logIn({ system: trid, turn, session: nobody, headers: {} }, { ...backend, credentials: { a: 'b' } }, 'me'))])
  const nameless = await oneSystem(live, [{ ...user(1), mobile: 5, nickname: null }])
  const theirs = await nameless.within((now) => now.issue({ userId: '1' }))
  told.note('of somebody whose names are no texts', [await nameless.during((turn) => new RealLogins(nowhere).logIn({ system: live, turn, session: theirs, headers: {} }, { ...backend, credentials: { 5: 'b', null: 'c' } }, 'me'))])
  await told.isThatOf('seam-logins')
})

test('what a real backend is taken to say, by status and code', async () => {
  const told = new WrittenDown()
  for (const system of [edu, im, job, live, trid]) {
    const { contract } = system
    told.part(system.id)
    const operations = Object.keys(contract.operations).filter((_, i) => i % 7 === 0)
    const codes = [...new Set(Object.values(contract.errors).map(({ code }) => code))]
    for (const operation of operations) {
      told.note(operation, codes.map((code) => `${String(code)} ${String(readReply(contract, operation, 200, Buffer.from(JSON.stringify({ [contract.dialect.code]: code }))).error)}`))
      const errors = [null, undefined, ...Object.keys(contract.errors)]
      for (const status of [200, 400, 404, 405, 500, 501, 502, 503, 504]) {
        const seen = errors.map((error) => ({ status, json: {}, error, isLong: false }))
        told.note(`  ${String(status)} not there, unknown`, [seen.filter((one) => isNotThere(contract, operation, one)).length, seen.filter((one) => isUnknownThere(contract, operation, one)).map(({ error }) => error)])
      }
    }
  }
  const bodies: readonly Uint8Array[] = ['', ' ', '{}', '[]', 'null', '{"a":1', '\ufeff{}', '"x"'].map((text) => Buffer.from(text))
  told.note('bodies', [...bodies, Buffer.from([0x22, 0xff, 0x22])].map((bytes) => readReply(live.contract, 'liveLogin', 200, bytes)))
  await told.isThatOf('seam-replies')
})

test('so many refused logins are remembered, and no more', async () => {
  const { during, within } = await oneSystem(live, [user(1)])
  let asked = 0
  const logins = new RealLogins({ forward: async () => { asked++; return reply(200, '{}') } })
  const session = await within((now) => now.issue({ userId: '1' }))
  const credentials = { [user(1).mobile]: 'secret' }
  const logIn = (i: number) => during((turn) => logins.logIn({ system: live, turn, session: { ...session, id: String(i) }, headers: {} }, { ...backend, credentials }, 'me'))
  for (let i = 0; i < 1000; i++) await logIn(i)
  await logIn(0)
  expect(asked).toBe(1000)
  await logIn(1000)
  await logIn(1)
  expect(asked).toBe(1001)
  await logIn(0)
  expect(asked).toBe(1002)
})

test('what comes of the wish for a socket at a real backend', async () => {
  const told = new WrittenDown()
  const { during, within, sandbox } = await oneSystem(im, [{ id: '1', phone: '13800004001', username: 'u' }])
  const session = await within((now) => now.issue({ userId: '1' }))
  const drift = new DriftBook()
  const issued = new IssuedTokens()
  issued.note([{ collection: 'sessions', key: session.id, before: null, after: { ...session } }])
  let came: () => IncomingSocket = () => { throw new ForwardError('refused', 'nobody is there') }
  let asked: unknown = null
  const events: string[] = []
  const link: SocketLink = { isOpen: true, waiting: 0, send: () => undefined, close: () => undefined, cut: () => events.push('cut'), pause: () => undefined, resume: () => undefined, listen: () => undefined }
  const reach = new Reach({ self: 'me', hidden: [], issued, logins: new RealLogins(nowhere), pace: new Pace(), backends: new Map([['im', backend]]), drift, documents: new DriftDocuments('/none'), limit: 99, forwarder: { connect: async ({ signal: _, ...outgoing }) => { asked = outgoing; return came() } } })
  told.note('beside the stub', await during(async (turn) => [reach.backendOf(im, turn), reach.backendOf(live, turn)]))
  const headers = { 'sec-websocket-protocol': ' a, ,b', 'sec-websocket-key': 'k', 'sec-websocket-version': '13', cookie: 'x=1', date: 'today' }
  const open = (headersOf: Readonly<Record<string, string>>) => ({ kind: 'open', link, protocol: 'a', headers: headersOf }) as const
  const refused = (status: number, more: Readonly<Record<string, string>> = {}) => ({ kind: 'refused', reply: { status, headers: { 'content-type': 'application/json', ...more }, body: '{}' } }) as const
  const outcomes: Readonly<Record<string, () => IncomingSocket>> = {
    open: () => open({ 'sec-websocket-accept': 'x', date: 'd', 'x-more': '1', 'set-cookie': 'a=1; Domain=real.test; Path=/base/x' }),
    'open, and a loop': () => open({ 'understudy-source-reason': 'loop: it is' }),
    'refused, and a loop': () => refused(508, { 'understudy-source-reason': 'loop' }),
    ...Object.fromEntries([200, 401, 404, 405, 500, 501, 502, 503, 504].map((status) => [`HTTP ${String(status)}`, () => refused(status, { date: 'd', 'sec-websocket-version': '13', location: 'http://real.test/base/y' })])),
    ...Object.fromEntries((['refused', 'cancelled', 'timeout', 'loop', 'tls'] as const).map((reason) => [reason, () => { throw new ForwardError(reason, `it is ${reason}`) }])),
    'something else goes wrong': () => { throw new Error('a bug') },
  }
  const notes = () => drift.of('one').rows().map(({ kind, pointer, count, reason, last: { url, status, message } }) => `${kind} ${pointer} ${String(count)} ${String(reason)} ${url} ${String(status)} ${message}`)
  const address = { sandbox: sandbox.name, system: im, path: '/push', search: 't=1' } as never // these are what is read of an address
  for (const mode of ['stub', 'compare', 'real', 'real-or-stub'] as const) {
    told.part(mode)
    for (const [name, make] of Object.entries(outcomes)) {
      came = make
      asked = null
      drift.clear('one')
      await told.try(name, () => during(async (turn) => {
        const outcome = await reach.open({ address, name: 'imPush', operation: 'imPushOpen', url: '/@one/im/push?t=1', headers, signal: new AbortController().signal, isEncrypted: false, shown: [] }, turn, { ...backend, mode })
        return outcome.kind === 'open' ? { ...outcome, link: 'link' } : outcome
      }))
      if (name === 'open') told.note('  asked', asked)
      told.note('  noted', [asked !== null, notes(), drift.of('one').calls(), events.splice(0)])
    }
  }
  told.part('by operation, and with a token of the stub')
  for (const mode of ['real', 'real-or-stub'] as const) {
    drift.clear('one')
    await told.try(mode, () => during((turn) => reach.open({ address, name: 'imPush', operation: 'imPushOpen', url: '/push', headers: { cookie: `token=${session.accessToken}` }, signal: new AbortController().signal, isEncrypted: true, shown: [session.accessToken] }, turn, { ...backend, mode: 'stub', operations: { imPush: mode } }).then((outcome) => shown(outcome).replaceAll(session.accessToken, 'TOKEN'))))
    told.note('  noted', [notes(), drift.of('one').calls()])
  }
  told.note('in a frame', await during(async (turn) => {
    const { session: found, swaps, hasForeign, foreign } = await reach.tokensIn(im, turn, `{"a":"${session.accessToken}"}`, backend.url)
    return [found, [...swaps], hasForeign, foreign?.userId]
  }))
  drift.clear('one')
  for (const [body, findings] of [[null, []], ['{"token":"x","passwd":"secret"}', []], ['{"passwd":"secret","a":"secret"}', [{ kind: 'value', pointer: '/a', message: 'it is secret' }]]] as const) {
    reach.note({ sandbox: 'one', system: im, operation: 'imPushDelivery', findings: [...findings] as never, at: 5, url: '/push?password=secret', status: 101, body: body === null ? null : Buffer.from(body), headers: [{ cookie: 'session=secret2' }] })
    told.note('noted of a frame', [notes(), drift.of('one').rows().map(({ last }) => last), drift.of('one').calls()])
  }
  await told.isThatOf('seam-sockets')
})
