/** An independent judge of contract and stub: Prism stands between them and refuses what does not fit. `npm run judge` does the same for all stories. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundledDocument, type Prism, startPrism } from '../scripts/judge/prism.js'
import type { Stub } from '../src/client/stub.js'
import { createStub } from '../src/stub.js'
import { loadSystems } from '../src/systems/load.js'
import { credential } from './support/credential.js'
import { requestsFromExamples } from './support/judged.js'
import type { WireRequest } from './support/requests.js'

const systems = await loadSystems([])
const START = Date.UTC(2026, 0, 5, 4)

let stub: Stub
beforeAll(async () => {
  stub = await createStub({ systems, time: { now: () => START } })
})
afterAll(() => stub.close())

async function send(base: string, { method, path, headers, body }: Omit<WireRequest, 'operation'>) {
  const response = await fetch(`${base}${path}`, { method, headers, ...(body === null ? {} : { body }), redirect: 'manual' })
  const text = await response.text()
  return { status: response.status, text, violations: response.headers.get('sl-violations'), what: `${method} ${path} -> ${String(response.status)} ${text}` }
}

describe.each(systems.map((system) => ({ id: system.id, system })))('$id', ({ id, system }) => {
  let prism: Prism
  beforeAll(async () => {
    prism = await startPrism(bundledDocument(id), { command: 'proxy', upstream: `${stub.url}/@judged/${id}` })
  })
  afterAll(() => prism.close())

  test('every example of the contract is a request, and has an answer, that the contract allows', async () => {
    const carried = await credential(system, await stub.sandbox('judged'))
    const requests = requestsFromExamples(id, system.contract, carried)
    expect(new Set(requests.map(({ operation }) => operation)).size).toBe(Object.keys(system.contract.operations).length)
    for (const request of requests) {
      const { text, violations, what } = await send(prism.url, request)
      expect(violations, what).toBeNull()
      expect(text, what).not.toContain('stoplight.io/prism/errors')
    }
  })

  test('a request without its body is refused by both', async () => {
    const broken = requestsFromExamples(id, system.contract, {}).find(({ operation, body }) => body !== null && system.contract.operations[operation]?.auth === 'none')
    if (broken === undefined) throw new Error(`no operation of ${id} takes a body from anybody`)
    const request = { ...broken, headers: { ...broken.headers, 'content-type': 'application/json' }, body: '{}' }
    expect((await send(prism.url, request)).text).toMatch(/prism\/errors#UNPROCESSABLE_ENTITY/)
    const { text } = await send(`${stub.url}/@judged/${id}`, request)
    expect(JSON.parse(text)).not.toHaveProperty(system.contract.dialect.code, system.contract.errors[system.contract.dialect.success]?.code)
  })
})

test('the token of job gets past the judge in the query as in the header; without one a call does not', async () => {
  const job = systems.find(({ id }) => id === 'job')
  if (job === undefined) throw new Error('there is no job')
  const { 'app-token': token = '' } = await credential(job, await stub.sandbox('carried'))
  const prism = await startPrism(bundledDocument('job'), { command: 'proxy', upstream: `${stub.url}/@carried/job` })
  try {
    for (const path of [`/api/user/certi/status?appToken=${token}`, `/api/job/list?appToken=${token}`]) {
      const { text, violations } = await send(prism.url, { method: 'GET', path, headers: {}, body: null })
      expect(violations).toBeNull()
      expect(JSON.parse(text)).toMatchObject({ code: 0 })
    }
    expect((await send(prism.url, { method: 'GET', path: '/api/user/certi/status', headers: {}, body: null })).text).toMatch(/prism\/errors#UNAUTHORIZED/)
  } finally {
    await prism.close()
  }
})

test('an answer with one wrong key does not get past the judge', async () => {
  const wrong = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ code: 2000, desc: null }))
  })
  await new Promise<void>((resolve) => wrong.listen(0, '127.0.0.1', resolve))
  const { port } = wrong.address() as AddressInfo // a TCP server that listens has one
  const prism = await startPrism(bundledDocument('live'), { command: 'proxy', upstream: `http://127.0.0.1:${String(port)}` })
  const { status, text } = await send(prism.url, { method: 'GET', path: '/auth/code?mobile=13800003001', headers: {}, body: null })
  await prism.close()
  wrong.close()
  expect(status).toBe(500)
  expect(text).toMatch(/prism\/errors#VIOLATIONS/)
})
