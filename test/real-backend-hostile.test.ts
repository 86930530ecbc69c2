/** A real backend that means harm: what it says takes up no more memory than is promised, and does nothing. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'
import type { BackendInput } from '../src/core/backends/setting.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const CODE = '/live/auth/code?mobile=13800003009'
const MIB = 1024 * 1024

type Answering = (request: IncomingMessage, response: ServerResponse) => void

/** A sandbox of a stub beside a backend that answers so. */
async function beside(answering: Answering, more: Partial<BackendInput> = {}): Promise<Box> {
  const backend = createServer((request, response) => {
    request.resume()
    answering(request, response)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    backend.closeAllConnections()
    return new Promise((resolve) => backend.close(resolve))
  })
  const stub = await createStub({ systems: ['live'], backends: { live: { url: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}`, ...more } } }) // it listens on TCP
  closing.push(() => stub.close())
  return stub.sandbox()
}

const json = (text: string): Answering => (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(text)

describe('what is kept of differences', () => {
  test('has an end, whatever a backend calls its fields', async () => {
    const many = Array.from({ length: 90 }, (_, i) => `"${String(i)}${'n'.repeat(50_000)}":1`).join()
    const deep = `${'{"'.concat('d'.repeat(150), '":').repeat(90)}1${'}'.repeat(90)}`
    const box = await beside(json(`{"code":2000,"desc":"ok",${many},"user":${deep}}`))
    await box.fetch(CODE)
    const { drift } = await box.backends.drift()
    // One place stands for all names of which nobody wants to read on.
    expect(drift.map(({ kind, pointer }) => [kind, pointer])).toEqual([['undocumentedField', '/user'], ['undocumentedField', '/…']])
    expect(JSON.stringify(drift).length).toBeLessThan(10_000)
    const [last] = await box.requests.list()
    expect(last?.violations.every(({ length }) => length < 300)).toBe(true)
  })

  test('has an end, whatever it answers with in the place of a code', async () => {
    const box = await beside(json(`{"code":"${'c'.repeat(MIB)}","desc":"ok"}`))
    const answer = await box.fetch(CODE)
    expect(answer.headers.get('understudy-violation')).toBe(`something of ${String(MIB + 2)} characters under "code" is no code of the contract`)
    expect((await box.backends.drift()).drift.map(({ kind, last: { message } }) => [kind, message])).toEqual([['undocumentedCode', `something of ${String(MIB + 2)} characters under "code" is no code of the contract`]])
    expect((await box.requests.list())[0]?.violations).toEqual([`something of ${String(MIB + 2)} characters under "code" is no code of the contract`])
  })

  test('is the beginning of an answer, and not all of it', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void // what the flag has made
    let asked = 0
    const box = await beside((_request, response) => {
      json(`{"code":2000,"desc":"ok","more${String(++asked)}":1,"pad":"${'p'.repeat(250_000)}"}`)(_request, response)
    })
    await box.fetch(CODE)
    collect()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 80; i++) await box.fetch(CODE)
    collect()
    const { drift } = await box.backends.drift()
    expect(drift).toHaveLength(82)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * MIB)
  })
})

describe('what a browser would do with an answer', () => {
  const headers = { 'clear-site-data': '"*"', 'service-worker-allowed': '/', nel: '{"report_to":"x","max_age":1}', 'report-to': '{"group":"x"}', 'strict-transport-security': 'max-age=1' }

  test.each([
    ['text/html', ['sandbox']],
    ['image/svg+xml', ['sandbox']],
    [null, ['sandbox']],
    ['application/json, text/html', ['sandbox']],
    ['application/json;charset=utf-8;,text/html', ['sandbox']],
    ['application/json', []],
    ['application/json; charset=utf-8', []],
    ['application/problem+json', []],
  ])('is of an origin of its own where it may be a page, and is said of it alone (%s)', async (type, policy) => {
    const box = await beside((_request, response) => void response.writeHead(200, type === null ? headers : { ...headers, 'content-type': type }).end('{"code":2000,"desc":"ok"}'))
    const answer = await box.fetch(CODE)
    expect([answer.headers.get('understudy-source'), answer.headers.get('content-security-policy')]).toEqual(['real', policy[0] ?? null])
    expect(Object.keys(headers).filter((name) => answer.headers.has(name))).toEqual([])
  })

  test('has its own policies beside that', async () => {
    const box = await beside((_request, response) => void response.writeHead(200, [['content-type', 'application/json'], ['content-type', 'text/html'], ['content-security-policy', "default-src 'none'"], ['content-security-policy', 'sandbox allow-scripts']].flat()).end('<p>'))
    expect((await box.fetch(CODE)).headers.get('content-security-policy')).toBe("default-src 'none', sandbox allow-scripts, sandbox")
  })
})

test('what is recorded of thousands of records has an end that is told, and others are answered meanwhile', async () => {
  let drawn = 100_000
  const box = await beside((_request, response) => {
    const channels = Array.from({ length: 110 }, () => {
      const id = ++drawn
      return { id, title: 't', thumbnail: '', desc: '', status: 1, visit_count: 1, like_count: 1, started_at: 1_763_600_000, owner: { id, nickname: 'n', bio: '', avatar: '', gender: null, mobile: `138${String(id).padStart(8, '0')}` } }
    })
    json(JSON.stringify({ code: 2000, desc: 'ok', count: channels.length, channels }))(_request, response)
  })
  for (let i = 0; i < 50; i++) await box.fetch('/live/channels/live')
  const recording = box.backends.recording().then((recordings) => ({ recordings }))
  let meanwhile = 0
  const answered = () => box.sms.list().then(() => null)
  let came: Awaited<typeof recording> | null = null
  while (came === null) {
    came = await Promise.race([recording, answered()])
    meanwhile++
  }
  // In one piece it would be one.
  expect(meanwhile).toBeGreaterThan(3)
  const [recorded] = came.recordings
  const { users = [], channels = [] } = recorded?.scenario.put ?? {}
  expect([users.length, channels.length]).toEqual([5000, 5000])
  expect(recorded?.left).toEqual([{ operationId: 'liveListChannels', pointer: '', reason: 'there is no room for more records' }])
  // Numbers are made up for all of them, each a number.
  expect(new Set(users.map((user) => Object.entries(user).find(([name]) => name === 'mobile')?.[1])).size).toBe(5000)
})
