/** A stage behind a function: what a wire would do is done as a caller of fetch sees it. */
import { expect, test } from 'vitest'
import type { FaultInput } from '../src/client/faults.js'
import { fetchFrom } from '../src/hosts/fetch/host.js'
import { whole } from '../src/core/stage/outcome.js'
import { openStage } from '../src/stage.js'
import { createStub } from '../src/stub.js'
import { edu } from '../src/systems/edu/index.js'
import { live } from '../src/systems/live/index.js'

const ROOT = 'http://stub.example/backend'
const CODE = `${ROOT}/live/auth/code?mobile=13800003001`

async function open(fault?: FaultInput) {
  const stub = await createStub({ systems: [live, edu], listen: false, mountedAt: ROOT, report: (problem) => { throw new Error(problem) } })
  const { faults, requests } = await stub.sandbox('default')
  if (fault !== undefined) await faults.add({ fault })
  return { fetch: stub.fetch, statuses: async () => (await requests.list()).map(({ response }) => response.status) }
}

test('a call is answered below the path under which the stage stands, whatever its host', async () => {
  const { fetch, statuses } = await open()
  const response = await fetch(CODE)
  expect([response.status, response.url, response.headers.get('content-length')]).toEqual([200, CODE, '25'])
  expect(await response.json()).toEqual({ code: 2000, desc: 'ok' })
  expect((await fetch(new Request(CODE.replace('stub.example', 'localhost:99')))).status).toBe(200)
  expect((await fetch(`${ROOT}x/live/auth/code`)).status).toBe(404)
  expect(await statuses()).toHaveLength(2)
})

test('HEAD has the headers of GET and no body', async () => {
  const { fetch } = await open()
  const response = await fetch(CODE, { method: 'HEAD' })
  expect([response.headers.get('content-length'), response.body]).toEqual(['25', null])
})

test('a dropped connection rejects as a failed fetch does, and the call is in the journal', async () => {
  const { fetch, statuses } = await open({ kind: 'drop' })
  await expect(fetch(CODE)).rejects.toThrow(new TypeError('fetch failed'))
  expect(await statuses()).toEqual([0])
})

test('a connection that is reset breaks the body in its middle', async () => {
  const { fetch } = await open({ kind: 'reset' })
  const response = await fetch(CODE)
  expect(response.headers.get('content-length')).toBe('25')
  const reader = response.body?.getReader()
  expect((await reader?.read())?.value).toHaveLength(12)
  await expect(reader?.read()).rejects.toThrow(new TypeError('terminated'))
})

test('a slow answer comes in pieces', async () => {
  const { fetch } = await open({ kind: 'slow', milliseconds: 5, chunks: 4 })
  const pieces: number[] = []
  const body: ReadableStream<Uint8Array> | null = (await fetch(CODE)).body
  for await (const piece of body ?? []) pieces.push(piece.length)
  expect(pieces).toEqual([7, 7, 7, 4])
})

test('an aborted request stops waiting and rejects with the reason of the abort', async () => {
  const { fetch } = await open({ kind: 'latency', min: 60_000 })
  const reason = new Error('nobody waits any more')
  const gone = new AbortController()
  const answer = fetch(CODE, { signal: gone.signal })
  gone.abort(reason)
  await expect(answer).rejects.toBe(reason)
  await expect(fetch(CODE, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('an abort in the middle of a slow answer breaks its body with the reason', async () => {
  const { fetch } = await open({ kind: 'slow', milliseconds: 60_000 })
  const reason = new Error('that is enough')
  const gone = new AbortController()
  const response = await fetch(CODE, { signal: gone.signal })
  const text = response.text()
  gone.abort(reason)
  await expect(text).rejects.toBe(reason)
})

test('broken JSON has the length that it says', async () => {
  const { fetch } = await open({ kind: 'malformed' })
  const response = await fetch(CODE)
  const text = await response.text()
  expect(text).toBe('{"code":2000,"de}{')
  expect(response.headers.get('content-length')).toBe(String(text.length))
})

test('bodies arrive: forms, streams, files; one that is too large is refused', async () => {
  const { fetch } = await open()
  const login = (body: NonNullable<RequestInit['body']>) => fetch(`${ROOT}/live/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' })
  await fetch(CODE)
  const credentials = JSON.stringify({ mobile: '13800003001', auth_code: '123456' })
  const stream = new Blob([credentials]).stream()
  expect(await (await login(stream)).json()).toMatchObject({ code: 2000 })
  expect(await (await login(' '.repeat(live.dialect.body.limit + 1))).json()).toMatchObject({ code: 4000 })
  const broken = new ReadableStream({ start: (controller) => { controller.error(new Error('gone')) } })
  await expect(login(broken)).rejects.toThrow(new TypeError('fetch failed'))
})

test('an event stream is asked for piece by piece, and for none any more once its reader goes', async () => {
  const { stage } = await openStage({ systems: [live], report: () => undefined })
  const given: string[] = []
  let ended: () => void = () => undefined
  const over = new Promise<void>((resolve) => { ended = resolve })
  async function* events() {
    try {
      for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) { given.push(event); yield event }
    } finally { ended() }
  }
  stage.mount(({ url }) => url === '/events', () => whole({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: events() }))
  const { body }: { body: ReadableStream<Uint8Array> | null } = await fetchFrom(stage, ROOT)(`${ROOT}/events`)
  const reader = body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n')
  await reader?.cancel()
  await over
  expect(given).toHaveLength(1)
})

test('what throws beside the systems is answered and reported', async () => {
  const problems: string[] = []
  const { stage } = await openStage({ systems: [live], report: (problem) => problems.push(problem) })
  stage.mount(({ url }) => url === '/broken', () => { throw new Error('secret') })
  const response = await fetchFrom(stage, ROOT)(`${ROOT}/broken`)
  const text = await response.text()
  expect([response.status, text]).toEqual([500, expect.not.stringContaining('secret')])
  expect(JSON.parse(text)).toMatchObject({ type: 'urn:understudy:problem:internal', detail: 'The server failed and wrote the reason to its log. This is a bug of the stub, not of the call.' })
  expect(problems).toEqual([expect.stringContaining('secret')])
})
