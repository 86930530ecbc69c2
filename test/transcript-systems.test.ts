/** All operations of all systems, called rightly, nearly rightly and wrongly: nothing of what they answer and leave behind changes unnoticed. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { System } from '../src/core/system.js'
import { createStub } from '../src/stub.js'
import { loadSystems } from '../src/systems/load.js'
import { anyRequestTo } from './support/any-request.js'
import { ANDROID, authOf, userID } from './support/edu.js'
import { buildRequest, type Examples, readExamples, type WireRequest } from './support/requests.js'
import { Transcript } from './support/transcript.js'
import { Caller, type Came } from './support/transcript-http.js'
import { ask, tellState } from './support/transcript-state.js'

const START = Date.UTC(2026, 0, 5, 4)
const systems = await loadSystems([])
const problems: string[] = []
const stub = await createStub({ systems, time: { now: () => START }, report: (problem) => problems.push(problem) })
afterAll(async () => {
  await stub.close()
  expect(problems).toEqual([])
})

type Headers = Readonly<Record<string, string>>
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

interface Way {
  /** Calls by which somebody comes in. */
  readonly calls: readonly { readonly method: string; readonly path: string; readonly headers?: Headers; readonly body?: string }[]
  /** @returns the credential that the last answer gives */
  readonly read: (came: Came) => Headers
  /** A credential that was never given. */
  readonly wrong: Headers
  /** What each call carries beside a credential. */
  readonly always?: Headers
  /** Users who differ in what they may do: realm and id. */
  readonly people: readonly (readonly [string, string])[]
}

const ways: Readonly<Record<string, Way>> = {
  edu: {
    calls: [{ method: 'POST', path: '/rest/s/login', headers: { ...json, ...ANDROID }, body: JSON.stringify({ phone: '13800001001', passwd: 'abc12345' }) }],
    read: ({ text }) => ({ ...ANDROID, ...authOf(textAt(text, 'info', 'access_token')) }),
    wrong: { ...ANDROID, ...authOf('0'.repeat(32)) },
    always: ANDROID,
    people: [['s', userID('001')], ['t', userID('101')]],
  },
  job: {
    calls: [{ method: 'POST', path: '/login', headers: form, body: 'username=13800002002&password=abc12345' }],
    read: ({ text }) => ({ 'app-token': textAt(text, 'data', 'appToken') }),
    wrong: { 'app-token': 'nobodys' },
    people: [['', '2'], ['', '4'], ['', '1']],
  },
  live: {
    calls: [{ method: 'GET', path: '/auth/code?mobile=13800003001' }, { method: 'POST', path: '/auth/login', headers: json, body: JSON.stringify({ mobile: '13800003001', auth_code: '123456' }) }],
    read: ({ text }) => ({ authorization: Buffer.from(textAt(text, 'api_key')).toString('base64') }),
    wrong: { authorization: 'bm9ib2R5' },
    people: [['', '1']],
  },
  im: {
    calls: [{ method: 'POST', path: '/android/login/', headers: json, body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) }],
    read: ({ headers }) => ({ cookie: headers[headers.indexOf('set-cookie') + 1]?.split(';', 1)[0] ?? '' }),
    wrong: { cookie: 'sessionid=00000000000000000000000000000000' },
    people: [['', 'u-4001'], ['', 'u-4004']],
  },
}
const unknown: Way = { calls: [], read: () => ({}), wrong: {}, people: [] }

/** Stands where a call is to carry a credential of this moment. */
const MARK = { 'x-known': '1' }

function textAt(text: string, ...path: readonly string[]): string {
  const value = path.reduce<unknown>((inner, name) => (inner as Headers)[name], JSON.parse(text)) // an object at each step, or the test fails here
  if (typeof value !== 'string') throw new Error(`${text} has no ${path.join('.')}`)
  return value
}

/** One request for each example of each operation. */
function exampleRequests(system: System, examples: Map<string, Examples>, headers: Headers): WireRequest[] {
  return Object.entries(system.contract.operations).flatMap(([operation, row]) => {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    return (bodies.length === 0 ? [{}] : bodies).map((body) => buildRequest(operation, row, { ...parameters, ...body }, headers))
  })
}

test.each(systems.map((system) => ({ id: system.id, system })))('what $id answers and leaves behind is as it was', async ({ id, system }) => {
  const transcript = new Transcript(`systems-${id}`)
  const caller = new Caller(transcript, stub.url)
  const { calls, read, wrong, always = {}, people } = ways[id] ?? unknown
  const examples = readExamples(system)
  const base = (sandbox: string) => `/@${sandbox}/${id}`
  await ask(caller, `/sandboxes/${id}/clock/freeze`, 'POST', {})

  const comeIn = async (title: string): Promise<Headers> => {
    let came: Came = { status: 0, headers: [], text: '' }
    for (const call of calls) came = await caller.tell(title, { ...call, path: base(id) + call.path })
    return read(came)
  }
  /** Calls may end the session that they are made in, so each has one of its own. */
  const tellAll = async (title: string, requests: readonly WireRequest[], [realm, user]: readonly [string, string] = ['', '']) => {
    for (const [i, { operation, path, headers: { 'x-known': isKnown, ...headers }, ...request }] of requests.entries()) {
      const issued = isKnown === undefined || user === '' ? {} : (JSON.parse(await ask(caller, `/sandboxes/${id}/sessions`, 'POST', { system: id, realm, user })) as { readonly headers: Headers }).headers // as control.yaml has it
      await caller.tell(`${title} ${String(i + 1)} ${operation}`, { ...request, path: base(id) + path, headers: { ...always, ...issued, ...headers } })
    }
  }
  const beginAnew = async () => {
    await ask(caller, `/sandboxes/${id}/reset`, 'POST')
    await ask(caller, `/sandboxes/${id}/clock/freeze`, 'POST', {})
  }

  for (const person of people) {
    await tellAll(`as ${person.join(' ').trim()}`, exampleRequests(system, examples, MARK), person)
    await tellState(caller, id, 'after that')
    await beginAnew()
  }
  await tellAll('without a session', exampleRequests(system, examples, {}))
  if (calls.length > 0) {
    await tellAll('with a wrong session', exampleRequests(system, examples, wrong))
    const old = await comeIn('coming in')
    await ask(caller, `/sandboxes/${id}/clock/advance`, 'POST', { by: 'P400D' })
    await tellAll('with an old session', exampleRequests(system, examples, old))
  }
  const last = await tellState(caller, id, 'after that')
  const rows = Object.entries(system.contract.operations)
  const anyRequest = fc.constantFrom(...rows).chain(([operation, row]) => anyRequestTo(operation, row, examples.get(operation), MARK))
  await tellAll('any', fc.sample(anyRequest, { numRuns: 120, seed: 20_260_105 }), people[0])
  await tellState(caller, id, 'at the end', last)
  caller.close()
  await transcript.hold()
})
