/** What becomes of frames that go on to a real backend, both ways, whatever comes in and goes wrong: the test is the client, and the backend as well. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Backend } from '../../src/core/backends/setting.js'
import { ForwardError, type IncomingSocket, type Unanswered } from '../../src/core/backends/forward.js'
import { memoryEngine } from '../../src/core/engine/memory/engine.js'
import type { Fault } from '../../src/core/faults/kinds.js'
import type { SessionRecord } from '../../src/core/sessions.js'
import { Superseded } from '../../src/core/superseded.js'
import { Board, inWays, type Link, type Ways } from '../support/made-up-sockets.js'
import { shown, WrittenDown } from '../support/written-down.js'

const URL = 'http://real.test/base'
const backend: Backend = { url: URL, mode: 'real', operations: {}, timeout: 500 }
const HOUR = 3_600_000
const WAIT = 50

/** Waits end when the test says so. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A switchboard beside a backend that takes every socket. */
class Relayed {
  readonly board: Board
  /** The newest connection at the backend. */
  far: Link
  #opened = 0

  private constructor(board: Board) {
    this.board = board
    this.far = board.link('none')
    board.answer = (outgoing) => this.#answer(outgoing)
  }

  static async of(told: WrittenDown, options: Parameters<typeof Board.of>[1] = {}): Promise<Relayed> {
    return new Relayed(await Board.of(told, { backend, ...options }))
  }

  /** @returns a session that the backend knows by tokens of its own */
  async pair(userId: string): Promise<SessionRecord> {
    const { id } = await this.board.logIn(userId)
    return this.board.within((_, tx) => tx.update('sessions', id, { real: { backend: URL, access: `real-${userId}`, refresh: null } }))
  }

  /** Writes down what a client, or the backend, has sent, and what came of it. */
  async both(name: string, work: () => unknown): Promise<void> {
    await this.board.that(name, work)
    this.note()
  }

  /** What has been noted of the backend. */
  note(): void {
    const { board } = this
    const rows = board.drift.of('one').rows()
    if (rows.length > 0) board.told.note('  noted', rows.map(({ operation, kind, pointer, reason, last: { status, url, message, method, body } }) => [operation, kind, pointer, reason, status, method, url, message, body]))
    const calls = board.drift.of('one').calls()
    if (calls.length > 0) board.told.note('  asked', calls.map(({ operation, asked, departed }) => `${operation} ${String(asked)} ${String(departed)}`))
    board.drift.clear('one')
  }

  #answer(outgoing: object): IncomingSocket {
    this.board.events.push(`asked ${shown(outgoing)}`)
    this.far = this.board.link(`far ${String(++this.#opened)}`)
    return { kind: 'open', link: this.far, protocol: 'p', headers: { 'x-more': '1', date: 'd' } }
  }
}

test('what comes of frames that go on to a real backend, and of those that come from there', async () => {
  const told = new WrittenDown()
  const relayed = await Relayed.of(told)
  const { board } = relayed
  const session = await relayed.pair('u-1')
  const stubs = await board.logIn('u-2')
  board.issued.note([session, stubs].map((after) => ({ collection: 'sessions', key: after.id, before: null, after: { ...after } })))
  const a = await board.open('a', session.accessToken, '/push?x=1', { headers: { 'sec-websocket-protocol': 'p, q' } })
  relayed.note()
  told.note('listed', board.switchboard.list({ name: 'one' }).map(({ parts, user, session: of, mailbox }) => [parts.id, user, of === session.id, mailbox, parts.openedAt]))
  told.part('of the client')
  for (const frame of ['{"a":1}', 'x', '', '三', '{"wrong":1}', Buffer.from([0, 255]), Buffer.from('{"wrong":2}'), `{"t":"${session.accessToken}"}`, `{"t":"${session.accessToken} ${session.accessToken}"}`, Buffer.from(`\u0000${session.accessToken}`), '{"t":"real-u-1"}']) await board.say(a, frame)
  told.part('of the backend')
  for (const frame of ['{"a":1}', 'x', '', '三', '{"wrong":1}', '{"status":1}', '{"status":6004,"a":1}', '{"status":6004,"wrong":1}', '{"status":777}', '{"status":777,"wrong":1}', '7', Buffer.from([0, 255]), Buffer.from('{"wrong":2}'), '{"status":11001,"message":"network error"}', `{"wrong":"${'x'.repeat(70_000)}"}`]) {
    told.note('the backend says', frame)
    await relayed.both('  it comes', () => { relayed.far.says(frame) })
  }
  told.part('many at once')
  await relayed.both('from the client', () => { for (let i = 0; i < 70; i++) a.says(String(i)) })
  await relayed.both('from the backend', () => { for (let i = 0; i < 70; i++) relayed.far.says(`{"a":${String(i)}}`) })
  relayed.far.isSlow = true
  a.isSlow = true
  for (const waiting of [65536, 65537]) {
    relayed.far.waiting = waiting
    a.waiting = waiting
    await relayed.both(`${String(waiting)} bytes wait`, () => { a.says('1'); a.says('2') })
    await relayed.both(`${String(waiting)} bytes wait`, () => { relayed.far.says('1'); relayed.far.says('2') })
    await relayed.both('the backend takes', () => { relayed.far.takes() })
    await relayed.both('the client takes', () => { a.takes() })
    await relayed.both('both take', () => { relayed.far.takes(); a.takes() })
  }
  told.part('news of the session')
  await relayed.both('it is over', () => { relayed.far.says('{"status":11001,"message":"session error"}') })
  told.note('it ended', await board.within(async (_, tx) => { const one = await tx.get('sessions', session.id); return [one?.endedAt, one?.endedBy] }))
  await board.that('banned', () => board.within((_, tx) => tx.update('users', 'u-1', { isBanned: true })))
  await board.say(a, '{"a":2}')
  const b = await board.open('b', 'x'.repeat(32))
  told.part('tokens of the stub alone')
  for (const frame of [`{"t":"${stubs.accessToken}"}`, `${stubs.accessToken.slice(0, 8)}\\u00${stubs.accessToken.charCodeAt(8).toString(16)}${stubs.accessToken.slice(9)}`]) {
    const c = await board.open('c', null)
    await board.say(c, frame)
    c.goes()
    await board.see()
  }
  const other = await relayed.pair('u-3')
  const d = await board.open('d', other.accessToken)
  await board.say(d, `${other.accessToken} %${other.accessToken.charCodeAt(0).toString(16)}${other.accessToken.slice(1)}`)
  await relayed.both('b goes', () => { b.goes() })
  const bare = await board.open('bare', null, '/bare')
  await board.say(bare, '"bare"', '7')
  await relayed.both('down', () => { relayed.far.says('7') })
  await told.isThatOf('relay')
})

const faults: Readonly<Record<string, readonly Fault[]>> = {
  'NULL_USER': [{ kind: 'error', error: 'NULL_USER' }],
  'ERROR_REPEAT_LOGIN': [{ kind: 'error', error: 'ERROR_REPEAT_LOGIN' }],
  'maintenance': [{ kind: 'error', condition: 'maintenance' }],
  'malformed': [{ kind: 'malformed' }],
  'malformed error': [{ kind: 'malformed' }, { kind: 'error', error: 'NULL_USER' }],
  'drop': [{ kind: 'drop', carriedOut: false }],
  'drop after': [{ kind: 'drop', carriedOut: true }],
  'reset': [{ kind: 'reset' }],
  'status': [{ kind: 'status', status: 503 }],
  'for a while': [{ kind: 'latency', min: WAIT }],
  'for ever': [{ kind: 'latency', min: HOUR }],
}

test('what faults make of frames that go on', async () => {
  const told = new WrittenDown()
  const relayed = await Relayed.of(told)
  const { board } = relayed
  const { accessToken: token } = await relayed.pair('u-1')
  let a = await board.open('a', token)
  const anew = async () => {
    a.goes(1006)
    await board.see()
    relayed.far.goes(1006)
    await board.see()
    relayed.note()
    a = await board.open('a', token)
  }
  const passing = async (name: string) => {
    if (name.startsWith('for ')) for (const wait of [WAIT - 1, 1]) await relayed.both(`${String(wait)} ms`, () => { vi.advanceTimersByTime(wait) })
  }
  for (const [name, armed] of Object.entries(faults)) {
    told.part(name)
    if (!name.startsWith('for ')) {
      await board.arm('imDemoOpen', armed)
      const c = await board.open('c', token)
      relayed.note()
      c.goes()
      await board.see()
      relayed.far.goes()
      await board.see()
    }
    await anew()
    await board.arm('imDemoFrame', armed)
    await board.say(a, '{"up":1}')
    await passing(name)
    await board.say(a, '{"up":2}')
    await anew()
    await board.arm('imDemoDelivery', armed)
    for (const frame of ['{"down":1}', '{"down":2}', Buffer.from('{"down":3}')]) {
      await relayed.both('down', () => { relayed.far.says(frame) })
      await passing(name)
    }
    await board.arm('imDemoDelivery', armed)
    await relayed.both('bytes', () => { relayed.far.says(Buffer.from('{"down":4}')) })
    await passing(name)
    if (!a.isOpen || name.startsWith('for ')) await anew()
  }
  await board.arm('*', [{ kind: 'drop', carriedOut: false }], null)
  told.part('maintenance and outages')
  await board.set({ maintenance: { status: 'closed', httpStatus: null } })
  await board.say(a, '{"a":1}')
  await relayed.both('down', () => { relayed.far.says('{"a":1}') })
  await board.arm('*', [])
  await board.open('b', token)
  for (const outages of [['network'], ['internal'], ['nothing']]) {
    await board.set({ outages, maintenance: null })
    await board.say(a, '{"a":1}')
    await relayed.both('down', () => { relayed.far.says('{"a":1}') })
    const c = await board.open('c', token)
    relayed.note()
    c.goes()
  }
  await told.isThatOf('relay-struck')
})

test('how connections to a real backend begin and end', async () => {
  const told = new WrittenDown()
  const ways: Ways = {}
  const relayed = await Relayed.of(told, { engine: inWays(memoryEngine(), ways), more: { limits: { perSandbox: 2 } } })
  const { board } = relayed
  const { accessToken: token } = await relayed.pair('u-1')
  const stubs = await board.logIn('u-2')
  let a: Link
  for (const side of ['client', 'backend'] as const) {
    told.part(`the ${side} goes`)
    for (const [code, reason] of [[1000, 'bye'], [1005, ''], [1006, ''], [4001, 'displaced']] as const) {
      a = await board.open('a', token)
      relayed.note()
      const [first, second] = side === 'client' ? [a, relayed.far] : [relayed.far, a]
      first.says('{"last":1}')
      await relayed.both(`with ${String(code)}`, () => { first.goes(code, reason) })
      second.says('{"late":1}')
      await relayed.both('the other one goes', () => { second.goes(1006) })
      await board.see()
    }
  }
  told.part('both are cut')
  a = await board.open('a', token)
  await relayed.both('reset', () => board.sandbox().reset())
  await relayed.both('a goes', () => { a.goes(1006) })
  await relayed.both('gone', () => { relayed.far.goes(1006) })
  const { accessToken: next } = await relayed.pair('u-1')
  const errors = { superseded: new Superseded(), 'a bug': new Error('a bug') }
  for (const [name, error] of Object.entries(errors)) {
    for (const call of ['begin', 'look'] as const) {
      a = await board.open('a', next)
      let left = 1
      ways[call] = (): Promise<never> | null => (left-- > 0 ? Promise.reject(error) : null)
      await relayed.both(`${name} in ${call}`, () => { if (call === 'begin') a.says('{"a":1}'); else relayed.far.says('{"a":1}') })
      await relayed.both('after it', () => { a.says('{"a":2}') })
      await relayed.both('after it', () => { relayed.far.says('{"a":2}') })
      await relayed.both('a goes', () => { a.goes() })
      await relayed.both('gone', () => { relayed.far.goes() })
    }
  }
  told.part('there is no room')
  const [one, two] = [await board.open('one', next), await board.open('two', next)]
  await board.open('three', next)
  one.goes()
  two.goes()
  await board.see()
  told.part('given up before it has begun')
  const controller = new AbortController()
  const opening = await board.knock(next, '/push', { signal: controller.signal })
  await relayed.both('given up', () => { controller.abort() })
  expect(opening?.kind).toBe('granted')
  const early = new AbortController()
  early.abort()
  await board.knock(next, '/push', { signal: early.signal })
  await board.see()
  const late = new AbortController()
  const begun = await board.knock(next, '/push', { signal: late.signal })
  const kept = board.link('late')
  if (begun?.kind === 'granted') begun.begin(kept)
  await relayed.both('given up when it has begun', () => { late.abort() })
  told.part('the server stops')
  const slow = board.link('slow')
  const granted = await board.knock(next)
  const closing = board.switchboard.close()
  if (granted?.kind === 'granted') granted.begin(slow)
  await board.see()
  relayed.far.goes()
  await board.see()
  for (const wait of [999, 1]) await relayed.both(`${String(wait)} ms`, () => { vi.advanceTimersByTime(wait) })
  kept.goes()
  await closing
  await board.see()
  told.part('no answer of the backend')
  board.goOn()
  const reasons: readonly Unanswered[] = ['refused', 'timeout', 'tls', 'dns', 'cancelled', 'loop', 'tooLarge', 'nonsense']
  for (const mode of ['real', 'real-or-stub', 'stub', 'compare'] as const) {
    await board.set({ backend: { ...backend, mode } })
    for (const reason of reasons) {
      board.answer = () => { throw new ForwardError(reason, `it is ${reason}`) }
      if (mode.startsWith('real')) await said(relayed, reason, next)
    }
    for (const status of [401, 404]) {
      board.answer = () => ({ kind: 'refused', reply: { status, headers: { 'x-more': '1', 'sec-websocket-key': 'k' }, body: 'no' } })
      await said(relayed, `HTTP ${String(status)}`, next)
    }
    await said(relayed, 'a token of the stub', stubs.accessToken)
  }
  await told.isThatOf('relay-ends')
})

/** Somebody asks for a socket, says something and goes. */
async function said(relayed: Relayed, name: string, token: string, more: Parameters<Board['knock']>[2] = {}, path = '/push/'): Promise<void> {
  const { board } = relayed
  const link = await board.open(name, token, path, more)
  relayed.note()
  await board.say(link, { do: 'say', frames: [{ a: 1 }] })
  link.goes()
  await board.see()
}

test('what is seen of handshakes, and what of them goes through', async () => {
  const told = new WrittenDown()
  const relayed = await Relayed.of(told)
  const { board } = relayed
  const { accessToken: token } = await relayed.pair('u-1')
  const stubs = await board.logIn('u-2')
  const taken = board.answer
  told.part('sub-protocols')
  for (const protocols of [undefined, '', 'p', 'p, q', ',p,,', ' p q ,r']) await said(relayed, String(protocols), token, { headers: protocols === undefined ? {} : { 'sec-websocket-protocol': protocols } })
  told.part('answers')
  const headers = {
    'date': 'd', 'sec-websocket-accept': 'x', 'x-more': '1', 'location': `${URL}/push/?elsewhere=1`, 'connection': 'upgrade, x-hop', 'x-hop': '1', 'understudy-source': 'stub',
    'set-cookie': ['sessionid=abc; Path=/base; Domain=real.test; Secure; SameSite=None', 'other=1'],
  }
  const loops = ['loop', 'loop: it comes back', 'a loop', '']
  for (const mode of ['real', 'real-or-stub'] as const) {
    await board.set({ backend: { ...backend, mode } })
    for (const status of [200, 401, 403, 404, 405, 500, 501, 502, 503, 504, 505]) {
      board.answer = () => ({ kind: 'refused', reply: { status, headers, body: `no ${token}` } })
      await said(relayed, `${mode}: HTTP ${String(status)}`, token)
    }
    for (const reason of loops) {
      board.answer = () => ({ kind: 'refused', reply: { status: 404, headers: { 'understudy-source-reason': reason }, body: '' } })
      await said(relayed, `${mode}: refused with "${reason}"`, token)
      board.answer = (outgoing) => {
        const came = taken(outgoing)
        return came.kind === 'open' ? { ...came, headers: { ...headers, 'understudy-source-reason': reason } } : came
      }
      await said(relayed, `${mode}: open with "${reason}"`, token)
    }
  }
  told.part('what is hidden in what is noted')
  const secret = 'q7Jx0aPz4mWk'
  const knocking = { headers: { 'authorization': `Bearer ${secret}`, 'x-more': '1' } }
  for (const shown of [secret, 'nothing of it', stubs.accessToken, '13800001234']) {
    board.answer = () => { throw new ForwardError('refused', `it is ${shown}`) }
    await said(relayed, 'refused', token, knocking, `/push/?room=${shown}&access_token=${secret}`)
    board.answer = taken
    const link = await board.open('open', token, `/push/?room=${shown}&access_token=${secret}`, knocking)
    for (const frame of [{ wrong: 1, secret, said: shown }, { wrong: 1, said: shown }, { wrong: 1, said: 'real-u-1' }]) await relayed.both('a frame departs', () => { relayed.far.says(JSON.stringify(frame)) })
    link.goes()
    await board.see()
  }
  await told.isThatOf('relay-handshakes')
})
