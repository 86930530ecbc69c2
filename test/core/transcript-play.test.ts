/** Every operation of every system, called in many ways that are drawn: what is answered, and what the journal says of it. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import type { OperationRow } from '../../src/core/contract.js'
import type { JournalEntry } from '../../src/core/journal.js'
import { Sessions } from '../../src/core/sessions.js'
import type { Call, Parts, ReadBytes } from '../../src/core/stage/call.js'
import { isStreamed } from '../../src/core/stage/outcome.js'
import type { System } from '../../src/core/system.js'
import { edu } from '../../src/systems/edu/index.js'
import { im } from '../../src/systems/im/index.js'
import { job } from '../../src/systems/job/index.js'
import { live } from '../../src/systems/live/index.js'
import { trid } from '../../src/systems/trid/index.js'
import { madeUpCall, madeUpStage } from '../support/made-up-stage.js'
import { buildRequest, readExamples, type WireRequest } from '../support/requests.js'
import { Draw, WrittenDown } from '../support/written-down.js'

/** @returns a call as a host makes it; a multipart body is one of texts */
function callOf({ method, path, headers, body }: WireRequest, system: System, read: ReadBytes | null): Call {
  const bytes = Buffer.from(body ?? '')
  const taken = (limit: number): ReadBytes => read ?? (bytes.length > limit ? { kind: 'tooLarge' } : { kind: 'bytes', bytes })
  const parts: Parts = Object.fromEntries([...(body ?? '').matchAll(/name="(.*?)"\r\n\r\n(.*?)\r\n--/gs)].map(([, name = '', text = '']) => [name, text]))
  return madeUpCall(method, `/${system.id}${path}`, { 'x-forwarded-for': '10.0.0.1', ...headers }, body, {
    body: { isPresent: body !== null, bytes: (limit) => Promise.resolve(taken(limit)), parts: (limit) => { const one = taken(limit); return Promise.resolve(one.kind === 'bytes' ? (headers['content-type']?.startsWith('multipart/') === true ? { kind: 'parts', parts } : { kind: 'notMultipart' }) : one) } },
  })
}

/** Ways in which a request is not what an app would send. */
const twists: Readonly<Record<string, (request: WireRequest, row: OperationRow, draw: Draw) => WireRequest>> = {
  'as it is': (request) => request,
  'without credentials': (request) => ({ ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith('content-'))) }),
  'with a dead credential': (request) => ({ ...request, headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value.replace(/[0-9a-f]{24,}/gi, (token) => 'f'.repeat(token.length))])) }),
  'with another method': (request, _, draw) => ({ ...request, method: draw.of(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']) }),
  'from a page': (request) => ({ ...request, method: 'OPTIONS', headers: { origin: 'http://a.test', 'access-control-request-method': request.method } }),
  'of another type': (request, _, draw) => ({ ...request, headers: { ...request.headers, 'content-type': draw.of(['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=frontier', ' Application/JSON ; charset=utf-8']) } }),
  'with a broken body': (request, _, draw) => ({ ...request, body: draw.of(['', '{', '[]', 'null', '"x"', '%ff', 'a=%zz', '{}', `${'['.repeat(101)}${']'.repeat(101)}`]) }),
  'with a broken query': (request) => ({ ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}x=%ff` }),
  'and asks for an error': (request, row, draw) => ({ ...request, headers: { ...request.headers, prefer: draw.of([`error=${row.errors[0] ?? 'NONE'}`, 'error=NO_SUCH', 'code=1', 'code=x', 'delay=x', 'delay=1', 'delay=600001', `error="${row.errors.at(-1) ?? 'NONE'}", code=5`, 'foo=bar']) } }),
  'and asks for one in its query': (request, row, draw) => ({ ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}${draw.of([`__error=${row.errors.at(-1) ?? 'NONE'}`, '__code=5', '__delay=', '__error=&__code=1', '__other=1'])}` }),
  'with texts for values': (request) => ({ ...request, path: request.path.replace(/=[^&]*/g, '=x'), body: request.body === null ? null : request.body.replace(/:\d+/g, ':"x"').replace(/=\d+/g, '=x') }),
  'with nothing for values': (request) => ({ ...request, path: request.path.replace(/=[^&]*/g, '='), body: request.body === null ? null : request.body.replace(/:"[^"]*"/g, ':""').replace(/=[^&"\r]*(?=&|$)/g, '=') }),
}
const reads: readonly ReadBytes[] = [{ kind: 'tooLarge' }, { kind: 'brokenOff' }, { kind: 'noRoom', why: 'Others fill it.' }]

test.each([edu, im, job, live, trid] satisfies readonly System[])('every operation of $id', async (system: System) => {
  const told = new WrittenDown()
  const { stage, reports } = await madeUpStage([system], { budget: new Budget() })
  const sandbox = stage.sandboxes.open('default')
  const { users, sessions, dialect: { credentials } } = system
  /** Of a session that has just begun: some calls end it. */
  const known = async () => credentials === null ? {} : credentials.carry(await sandbox.during(async (turn) => (await turn.transact(system.id, async (tx) => {
    const [user] = await tx.list(users.collection, () => true)
    const field = (name: string | null | undefined) => String(name === null || name === undefined ? '' : Object.entries(user ?? {}).find(([key]) => key === name)?.[1])
    return (await new Sessions(sessions, tx, turn.tokens(system.id), turn.now).issue({ userId: field(system.state[users.collection]?.key), realm: field(users.realm) })).accessToken
  })).value, true))
  let entries: JournalEntry[] = []
  const stop = sandbox.journal.subscribe((event) => { if (event.type === 'entry' && event.entry !== null) entries.push(event.entry) })
  const draw = new Draw(11)
  const examples = readExamples(system)
  const go = async (what: string, request: WireRequest, read: ReadBytes | null = null) => {
    entries = []
    const { reply, delivery } = await stage.play(callOf(request, system, read))
    await expect.poll(() => entries.length).toBe(1)
    const body = isStreamed(reply) ? 'a stream' : Buffer.from(reply.body).toString()
    const heads = Object.entries(reply.headers).filter(([name]) => !/^(?:date|content-type|access-control-allow-origin|access-control-expose-headers|vary|etag)$/.test(name)).map(([name, value]) => `${name}: ${String(value)}`)
    const noted = entries.flatMap(({ operation, user, error, faults, violations, changes, preflight, requestBody, responseBody }) => [operation === request.operation ? '' : operation, user, error, faults.join(' '), violations.join(' '), changes.length, preflight ? 'preflight' : '', requestBody?.size ?? '', responseBody?.size ?? ''])
    told.note(`${request.operation} ${what}`, [reply.status, body.length > 70 ? `${body.slice(0, 40)}… ${createHash('sha256').update(body).digest('hex').slice(0, 8)}` : body, ...heads, ...(delivery.kind === 'whole' ? [] : [delivery]), ...noted.filter((one) => one !== '' && one !== null), ...reports.splice(0)])
  }
  const operations = Object.entries(system.contract.operations)
  for (const [operation, row] of operations) {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    const request = async () => buildRequest(operation, row, { ...parameters, ...bodies[0] }, await known())
    const names = Object.keys(twists)
    const chosen = new Set(['as it is', ...(operations.length < 20 ? names : Array.from({ length: 4 }, () => draw.of(names)))])
    for (const name of chosen) {
      const twisted = twists[name]?.(await request(), row, draw)
      if (twisted !== undefined) await go(name, twisted)
    }
    if (row.body !== null && draw.below(2) === 0) await go('whose body does not come', await request(), draw.of(reads))
  }
  stop()
  await stage.close()
  await told.isThatOf(`play-${system.id}`)
})
