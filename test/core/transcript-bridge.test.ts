/** What the client hears, and what is kept and noted, where a real backend stands beside the stub: every mode, and answers of every kind, good and bad. */
import { test } from 'vitest'
import { ForwardError, type Incoming, type Unanswered } from '../../src/core/backends/forward.js'
import { type BackendInput, readBackend } from '../../src/core/backends/setting.js'
import type { Call, CallHeaders } from '../../src/core/stage/call.js'
import type { Stage } from '../../src/core/stage/stage.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { live } from '../../src/systems/live/index.js'
import { madeUpAnswer, madeUpCall, madeUpStage, nowhere, seenIn } from '../support/made-up-stage.js'
import { shown, WrittenDown } from '../support/written-down.js'

const URL = 'http://real.test/base'
const JSON_TYPE = { 'content-type': 'application/json' }
const modes = ['real', 'real-or-stub', 'compare', 'stub'] as const
type Answering = () => Incoming | Error

/** A stage whose backend answers what it is told to; all that comes of a call is written down. */
class Bridged {
  readonly #seen: string[] = []
  #read = 0

  private constructor(readonly told: WrittenDown, readonly stage: Stage, readonly reports: string[], readonly backend: { answering: Answering; readonly asked: unknown[] }) {}

  static async of(told: WrittenDown, system: System, input: Partial<BackendInput>): Promise<Bridged> {
    const backend: Bridged['backend'] = { answering: () => madeUpAnswer(200, '{}', JSON_TYPE), asked: [] }
    const { stage, reports } = await madeUpStage([system], {
      backends: new Map([[system.id, readBackend(system, { url: URL, ...input })]]),
      forwarder: { ...nowhere, forward: ({ method, origin, path, headers, body }) => {
        backend.asked.push([method, `${origin}${path}`, { ...headers, 'understudy-hops': 'one' }, body === null ? null : Buffer.from(body).toString()])
        const answer = backend.answering()
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      } },
    })
    return new Bridged(told, stage, reports, backend)
  }

  /** Plays a call and writes down what the client hears, what the backend was asked, and what the journal and the book of differences say. */
  async play(what: string, call: Call): Promise<void> {
    await this.told.try(what, async () => this.#once(await seenIn(await this.stage.play(call))))
    if (this.backend.asked.length > 0) this.told.note('  asked', this.#once(this.backend.asked.splice(0)))
    const entries = this.stage.sandboxes.peek('default') === undefined ? [] : await this.stage.sandboxes.open('default').journal.read()
    for (const { id, operation, status, user, error, faults, violations, changes, requestBody, responseBody, via, preflight } of entries) {
      if (id <= this.#read) continue
      this.#read = id
      this.told.note('  kept', this.#once([operation, status, user, error, faults, violations, changes.map(({ collection }) => collection), requestBody?.content, responseBody?.content, via, preflight]))
    }
    const ledger = this.stage.drift.of('default')
    const rows = ledger.rows().map(({ operation, kind, pointer, reason, count, last: { status, url, message, method, body } }) => [kind, pointer, message, operation, reason, count, status, method, url, body])
    if (rows.length > 0) this.told.note(`  noted ${String(rows.length)}`, this.#once(rows))
    const calls = ledger.calls().map(({ operation, asked, departed }) => `${operation} ${String(asked)} ${String(departed)}`)
    if (calls.length > 0) this.told.note('  counted', this.#once(calls))
    this.stage.drift.clear('default')
    if (this.reports.length > 0) this.told.note('  reports', this.reports.splice(0))
  }

  /** Each thing once in full, and then its number. */
  #once(value: unknown): unknown {
    const text = shown(value)
    const at = this.#seen.indexOf(text)
    if (at !== -1) return `as ${String(at)}`
    this.#seen.push(text)
    return value
  }
}

const reasons: readonly Unanswered[] = ['dns', 'refused', 'reset', 'unreachable', 'timeout', 'tls', 'cancelled', 'loop', 'path', 'stubToken', 'tooLarge', 'nonsense']
const ok = (more: object = {}) => JSON.stringify({ code: 2000, ...more })
const person = { id: 3001, nickname: 'n', avatar: '', gender: null, bio: '' }
const answers: Readonly<Record<string, Answering>> = {
  ...Object.fromEntries(reasons.map((reason) => [reason, () => new ForwardError(reason, `it is ${reason}`)])),
  'a bug': () => new Error('a bug'),
  'good': () => madeUpAnswer(200, ok(person), { ...JSON_TYPE, 'x-more': '1', 'set-cookie': 'a=1; Domain=real.test', location: `${URL}/x`, date: 'theirs' }),
  'good, in pieces': () => madeUpAnswer(200, [ok(person).slice(0, 9), ok(person).slice(9)], JSON_TYPE),
  'broken off': () => madeUpAnswer(200, ['{"code":', new ForwardError('reset', 'it broke off')], JSON_TYPE),
  'without a code': () => madeUpAnswer(200, '{}', JSON_TYPE),
  'an unknown code': () => madeUpAnswer(200, '{"code":77777}', JSON_TYPE),
  'a wrong status': () => madeUpAnswer(201, ok(person), JSON_TYPE),
  'fields that are wrong': () => madeUpAnswer(200, ok({ ...person, id: 'x', nickname: 5, more: { token: 'SECRET-of-theirs' }, phone: '13800001234' }), JSON_TYPE),
  'many fields that are wrong': () => madeUpAnswer(200, ok(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`more${String(i)}`, i]))), JSON_TYPE),
  'an error of the contract': () => madeUpAnswer(200, '{"code":4010}', JSON_TYPE),
  ...Object.fromEntries([404, 405, 500, 501, 502, 503, 504].flatMap((status) => [[`HTTP ${String(status)}`, () => madeUpAnswer(status, 'no', { 'content-type': 'text/html' })], [`HTTP ${String(status)} with JSON`, () => madeUpAnswer(status, '{"code":4040}', JSON_TYPE)]])),
  'text': () => madeUpAnswer(200, 'hello', { 'content-type': 'text/plain' }),
  'nothing': () => madeUpAnswer(200, ''),
  'no content': () => madeUpAnswer(204, ''),
  'a loop': () => madeUpAnswer(200, ok(), { ...JSON_TYPE, 'understudy-source-reason': 'loop: it is' }),
  'long text': () => madeUpAnswer(200, ['x'.repeat(300_000), 'y'.repeat(300_000)], { 'content-type': 'text/plain' }),
  'long JSON': () => madeUpAnswer(200, [ok({ desc: 'x'.repeat(300_000) })], JSON_TYPE),
}

test('a call to a real backend, in every mode and whatever it answers', async () => {
  for (const mode of modes) {
    const told = new WrittenDown()
    const bridged = await Bridged.of(told, live, { mode })
    for (const [name, answering] of Object.entries(mode === 'stub' ? { good: answers['good'] ?? (() => new Error('none')) } : answers)) {
      bridged.backend.answering = answering
      await bridged.play(name, madeUpCall('GET', '/live/users/3001?x=1'))
    }
    await bridged.stage.close()
    await told.isThatOf(`bridge-${mode}`)
  }
})

test('calls of other kinds to a real backend', async () => {
  const told = new WrittenDown()
  for (const mode of modes) {
    told.part(mode)
    const bridged = await Bridged.of(told, live, { mode, sameData: true, operations: { liveListChannels: 'stub', auth: 'real' } })
    const post = (body: string | null, headers: CallHeaders = JSON_TYPE) => madeUpCall('POST', '/live/auth/login', headers, body)
    const login = JSON.stringify({ mobile: '13800003001', auth_code: '123456' })
    const letIn = ok({ api_key: 'e'.repeat(32), mobile: '13800003001' })
    bridged.backend.answering = () => madeUpAnswer(200, letIn, JSON_TYPE)
    await bridged.play('a login', post(login))
    await bridged.play('a login that is wrong', post('{"mobile":5}'))
    await bridged.play('a login that is none', post('{'))
    await bridged.play('without a body', post(null))
    await bridged.play('an empty body', post(''))
    await bridged.play('too large a body', post(JSON.stringify({ mobile: 'x'.repeat(3_000_000) })))
    bridged.backend.answering = () => madeUpAnswer(200, ok({ api_key: 5 }), JSON_TYPE)
    await bridged.play('a login with an odd answer', post(login))
    bridged.backend.answering = () => madeUpAnswer(200, ok(person), JSON_TYPE)
    const me = { authorization: 'e'.repeat(32) }
    await bridged.play('who he is', madeUpCall('GET', '/live/users/me', me))
    await bridged.play('HEAD', madeUpCall('HEAD', '/live/users/3001'))
    await bridged.play('a page asks first', madeUpCall('OPTIONS', '/live/users/3001', { origin: 'http://localhost:5173', 'access-control-request-method': 'GET' }))
    await bridged.play('OPTIONS', madeUpCall('OPTIONS', '/live/users/3001'))
    await bridged.play('of a page', madeUpCall('GET', '/live/users/3001', { origin: 'http://localhost:5173' }))
    await bridged.play('another method', madeUpCall('PATCH', '/live/users/3001'))
    await bridged.play('nowhere', madeUpCall('GET', '/live/nothing'))
    await bridged.play('an operation of the stub', madeUpCall('GET', '/live/channels'))
    await bridged.play('a code', madeUpCall('GET', '/live/auth/code?mobile=13800003001'))
    for (const prefer of ['error=TOKEN_INVALID', 'code=4010', 'code=4010x', 'code=-1', 'error="ERROR"', 'delay=0', 'delay=x', 'error=a, error=b', 'other=1', 'CODE=4010; x', 'code=4010, delay=0']) await bridged.play(`Prefer: ${prefer}`, madeUpCall('GET', '/live/users/3001', { prefer }))
    for (const search of ['__code=4010', '__error=nobody', '__delay=0', '__x=1', '__code=4010&__error=TOKEN_INVALID', '__code=']) await bridged.play(search, madeUpCall('GET', `/live/users/3001?${search}`))
    const control = bridged.stage.sandboxes.open('default').control
    await control.change((state) => ({ ...state, systems: { ...state.systems, live: { smsSource: 'sequence', settings: {}, maintenance: null, outages: ['network'] } } }))
    await bridged.play('the network is out', madeUpCall('GET', '/live/users/3001'))
    await control.change((state) => ({ ...state, systems: { ...state.systems, live: { smsSource: 'sequence', settings: {}, maintenance: { status: 'closed', httpStatus: null }, outages: [] } } }))
    await bridged.play('maintenance', madeUpCall('GET', '/live/users/3001'))
    await bridged.stage.close()
  }
  await told.isThatOf('bridge-calls')
})

test('systems whose answers are judged in other ways', async () => {
  const told = new WrittenDown()
  const calls: Readonly<Record<string, readonly Call[]>> = {
    edu: [madeUpCall('POST', '/edu/rest/s/login', { ...JSON_TYPE, client: '1.0.2.3', platform: 'IOS', u: '1', w: '1' }, '{"phone":"13800001001","passwd":"abc12345"}'), madeUpCall('POST', '/edu/rest/s/login', JSON_TYPE, '{"phone":5}')],
    im: [madeUpCall('POST', '/im/android/login/', JSON_TYPE, '{"phone":"13800004001","password":"abc12345"}'), madeUpCall('GET', '/im/android/user_contacts/?x=1')],
  }
  for (const system of [edu, im] as readonly System[]) {
    for (const mode of ['real', 'compare'] as const) {
      told.part(`${system.id}, ${mode}`)
      const bridged = await Bridged.of(told, system, { mode })
      const { code, ...bodies } = { code: system.contract.dialect.code, good: 0, odd: 'x', session: 11001 }
      for (const [name, value] of Object.entries(bodies)) {
        bridged.backend.answering = () => madeUpAnswer(200, JSON.stringify({ [code]: value, message: 'm' }), { ...JSON_TYPE, 'set-cookie': 'sessionid=abc' })
        for (const call of calls[system.id] ?? []) await bridged.play(name, call)
      }
      await bridged.stage.close()
    }
  }
  await told.isThatOf('bridge-systems')
})
