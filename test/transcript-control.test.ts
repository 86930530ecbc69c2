/** The control plane, asked rightly, nearly rightly and wrongly: nothing of what it answers and does changes unnoticed. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { contract } from '../src/generated/control/contract.js'
import type { OperationRow } from '../src/core/contract.js'
import { createStub } from '../src/stub.js'
import { anyRequestTo } from './support/any-request.js'
import { buildRequest, readExamples, type WireRequest } from './support/requests.js'
import { Transcript } from './support/transcript.js'
import { chapters } from './support/transcript-control.js'
import { Caller, type Sent } from './support/transcript-http.js'
import { readLine } from './support/transcript-lines.js'
import { ask, tellSnapshot } from './support/transcript-state.js'

const START = Date.UTC(2026, 0, 5, 4)
const problems: string[] = []
const stub = await createStub({ time: { now: () => START }, maxSandboxes: 50, maxMemory: '512mb', allowedOrigins: ['http://localhost:5173'], report: (problem) => problems.push(problem) })
afterAll(async () => {
  await stub.close()
  expect(problems).toEqual([])
})

/** @returns a transcript and what calls for it, of a server whose sandboxes are gone */
async function begin(name: string): Promise<{ readonly transcript: Transcript; readonly caller: Caller }> {
  const transcript = new Transcript(name)
  const caller = new Caller(transcript, stub.url)
  // Real time, how much memory things take up in this version of Node, and the version of this package.
  transcript.replace(/"duration":[\d.e-]+/g, '"duration":0')
  transcript.replace(/"used":\d+/g, '"used":0')
  transcript.replace(/"(version|package)":"\d+\.\d+\.\d+"/g, '"$1":"x.y.z"')
  // The words of this version of Node for what is no JSON.
  transcript.replace(/is no JSON: (?:Unexpected|Expected|Bad|Unterminated|The encoded|Exponent|No number)(?:[^"\\]|\\.)*/g, 'is no JSON: (in the words of Node)')
  for (const { name: sandbox } of await stub.sandboxes()) await ask(caller, `/sandboxes/${sandbox}`, 'DELETE')
  return { transcript, caller }
}

test('what each operation answers to its examples and to any request is as it was', async () => {
  const { transcript, caller } = await begin('control-operations')
  /** A stream does not end by itself. */
  const rows: readonly (readonly [string, OperationRow])[] = Object.entries(contract.operations).filter(([operation]) => !operation.startsWith('stream'))
  const examples = readExamples({ id: 'control' })
  const tell = (title: string, { method, path, headers, body }: WireRequest) => caller.tell(title, { method, path: `/__admin${path.replace(/timeout=[^&]*/, 'timeout=1')}`, headers, body })
  for (const name of ['default', 'alice']) for (const path of ['code?mobile=13800003001', 'code']) await caller.tell('first', { method: 'GET', path: `/@${name}/live/auth/${path}` })
  for (const [operation, row] of rows) {
    const { parameters, bodies } = examples.get(operation) ?? { parameters: {}, bodies: [] }
    for (const body of bodies.length === 0 ? [{}] : bodies) {
      const known = Object.fromEntries(Object.entries({ ...parameters, ...body }).filter(([name]) => name !== 'query'))
      await tell(`example of ${operation}`, buildRequest(operation, row, known))
    }
  }
  await tellSnapshot(caller, 'default', 'after that')
  const anyCall = fc.constantFrom(...rows).chain(([operation, row]) => anyRequestTo(operation, row, examples.get(operation), {}))
  for (const [i, request] of fc.sample(anyCall, { numRuns: 400, seed: 20_260_105 }).entries()) await tell(`any ${String(i + 1)} ${request.operation}`, request)
  await tellSnapshot(caller, 'default', 'at the end')
  caller.close()
  await transcript.hold()
})

test('what the control plane answers and does, chapter by chapter, is as it was', async () => {
  const { transcript, caller } = await begin('control-chapters')
  for (const [chapter, lines] of Object.entries(chapters)) {
    for (const [i, line] of lines.entries()) await caller.tell(`${chapter} ${String(i + 1)}`, readLine(line))
    if (chapter !== 'history') await tellSnapshot(caller, 'S', chapter)
  }
  caller.close()
  await transcript.hold()
})

const json = { 'content-type': 'application/json' }
const advance = { method: 'POST', path: '/__admin/sandboxes/S/clock/advance' }
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-a' }

/** What is about the wire more than about what is asked. */
const wire: readonly Sent[] = [
  ...['', '{', '[]', 'null', '"x"', '{"by":"PT1M",}', '\ufeff{"by":"PT1M"}', '{"by":"PT1M","by":"PT2M"}', '{"__proto__":{"by":"PT1M"}}', deep(100), deep(101), deep(5000), `{"by":"${'x'.repeat(70_000)}"}`].map((body) => ({ ...advance, headers: json, body })),
  ...['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8', 'application/json; charset=latin1', 'APPLICATION/JSON', 'application/problem+json', 'x', ''].map((type) => ({ ...advance, headers: { 'content-type': type }, body: '{"by":"PT1M"}' })),
  { ...advance, headers: { ...json, 'content-encoding': 'gzip' }, body: '{"by":"PT1M"}' },
  { ...advance, headers: json, body: new Uint8Array([0x7b, 0xff, 0x7d]) },
  ...['evil.example', 'localhost', '127.0.0.1', '[::1]', 'a.localhost', 'localhost:1', '10.0.0.1', 'x y'].map((host) => ({ method: 'GET', path: '/__admin/health', headers: { host } })),
  ...['http://evil.example', 'http://localhost:5173', 'http://localhost:5174', 'null', 'http://127.0.0.1:1', 'x'].flatMap((origin) => ['/__admin/sandboxes', '/@S/live/auth/code?mobile=13800003001'].flatMap((path) => [{ method: 'GET', path, headers: { origin } }, { method: 'OPTIONS', path, headers: { origin, ...preflight } }])),
  ...['cross-site', 'same-site', 'same-origin', 'none'].map((site) => ({ method: 'GET', path: '/__admin/sandboxes', headers: { 'sec-fetch-site': site } })),
  { method: 'OPTIONS', path: '/__admin/sandboxes' },
  ...['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'PROPFIND'].flatMap((method) => ['/', '/__admin', '/__admin/', '/nope', '/@S', '/@S/', '/@S/live', '/live', '/live/auth/code?mobile=13800003001', '/@x!/live/x', '/@S/../live', '/__admin/sandboxes/S/../..'].map((path) => ({ method, path }))),
  ...['error=API_INVALID_AUTH_CODE', 'error=NOPE', 'code=4010', 'code=x', 'code=1', 'delay=1', 'delay=2x', 'delay=600001', 'error="API_BAD_REQUEST", delay=1', 'return=minimal', 'error=API_BAD_REQUEST; code=1', 'ERROR=API_BAD_REQUEST'].map((prefer) => ({ method: 'POST', path: '/@S/live/auth/login', headers: { ...json, prefer }, body: '{"mobile":"13800003001","auth_code":"1"}' })),
  ...['__error=API_BAD_REQUEST', '__code=4000', '__delay=1', '__error=x', '__eror=x', '__code='].map((query) => ({ method: 'GET', path: `/@S/live/auth/code?mobile=13800003001&${query}` })),
  ...['S', 'a b', '', 'x'.repeat(65)].map((sandbox) => ({ method: 'GET', path: '/live/auth/code?mobile=13800003002', headers: { 'understudy-sandbox': sandbox } })),
]

test('what is answered to odd requests on the wire is as it was', async () => {
  const { transcript, caller } = await begin('control-wire')
  for (const [i, sent] of wire.entries()) await caller.tell(String(i + 1), sent)
  await tellSnapshot(caller, 'S', 'at the end')
  caller.close()
  await transcript.hold()
})
