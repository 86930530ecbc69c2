import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../src/server.js'
import { loadSystems } from '../src/systems/load.js'
import { send } from './support/serve.js'

const CODE = '/auth/code?mobile=13800003001'
const OK = { code: 2000, desc: 'ok' }

describe('several systems on one port', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({ systems: await loadSystems(['live', 'trid']) })
  })
  afterAll(() => server.close())

  test('each answers below its own name, and nothing answers at the root', async () => {
    expect((await send(`${server.url}/live${CODE}`)).json).toEqual(OK)
    const root = await send(`${server.url}${CODE}`)
    expect(root.status).toBe(404)
    expect(root.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(root.json).toMatchObject({ type: 'urn:understudy:problem:no-such-system', detail: expect.stringContaining('/live, /trid') as string })
  })

  test('a sandbox is chosen by the URL or by a header, and each has a world of its own', async () => {
    const login = (base: string, headers = {}) => send(`${base}/auth/login`, { method: 'POST', headers, body: { mobile: '13800003001', auth_code: '123456' } })
    await send(`${server.url}/@alice/live${CODE}`)
    expect((await login(`${server.url}/@bob/live`)).json).toMatchObject({ code: 4011 })
    expect((await login(`${server.url}/live`, { 'understudy-sandbox': 'carol' })).json).toMatchObject({ code: 4011 })
    expect((await login(`${server.url}/live`, { 'understudy-sandbox': 'alice' })).json).toMatchObject({ code: 2000 })
    expect((await login(`${server.url}/@alice/live`)).json).toMatchObject({ code: 4011 })
  })

  test('a name that is none is refused with the rule', async () => {
    for (const url of [`${server.url}/@../live${CODE}`, `${server.url}/@%00/live${CODE}`, `${server.url}/@${'a'.repeat(65)}/live${CODE}`]) {
      const status = await new Promise((resolve, reject) => {
        // fetch would tidy the path up before it is sent
        request(server.url, { path: url.slice(server.url.length) }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .on('error', reject)
          .end()
      })
      expect(status).toBe(400)
    }
  })

  test('pages of any origin may call, private-network preflights included', async () => {
    const preflight = await send(`${server.url}/live/auth/login`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type', 'access-control-request-private-network': 'true' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect(preflight.headers.get('access-control-allow-private-network')).toBe('true')
    const answer = await send(`${server.url}/live/nothing`, { headers: { origin: 'https://app.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('the Date header follows the clock of the sandbox', async () => {
    const sandbox = server.sandboxes.open('later')
    await sandbox.control.change((state) => ({ ...state, clock: { offset: 0, frozenAt: Date.UTC(2031, 4, 6, 7, 8, 9) } }))
    const { headers } = await send(`${server.url}/@later/live${CODE}`)
    expect(headers.get('date')).toBe('Tue, 06 May 2031 07:08:09 GMT')
  })
})

test('a system that is served alone answers at the root and below its name', async () => {
  const server = await startServer({ systems: await loadSystems(['live']) })
  try {
    expect((await send(`${server.url}${CODE}`)).json).toEqual(OK)
    expect((await send(`${server.url}/live${CODE}`)).json).toEqual(OK)
    expect((await send(`${server.url}/@alice${CODE}`)).json).toEqual(OK)
    expect((await send(`${server.url}/nothing`)).json).toEqual({ code: 4000, desc: 'bad request: unknown path' })
  } finally {
    await server.close()
  }
})

test('past the cap the least recently used sandbox goes', async () => {
  const server = await startServer({ systems: await loadSystems(['live']), maxSandboxes: 2 })
  try {
    for (const name of ['a', 'b', 'a', 'c']) await send(`${server.url}/@${name}/live${CODE}`)
    expect((await server.sandboxes.list()).map(({ name }) => name)).toEqual(['a', 'c'])
  } finally {
    await server.close()
  }
})

test('an exception in a handler is answered in the dialect and reported, never shown', async () => {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is there')
  const broken = { ...live, operations: { ...live.operations, liveSendCode: () => Promise.reject(new Error('secret detail')) } }
  const problems: string[] = []
  const server = await startServer({ systems: [broken], report: (problem) => problems.push(problem) })
  try {
    const answer = await send(`${server.url}${CODE}`)
    expect(answer).toMatchObject({ status: 500, text: '' })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('secret detail')
  } finally {
    await server.close()
  }
})

test('an answer that breaks the contract is marked, journalled and reported', async () => {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is there')
  const wrong = { ...live, operations: { ...live.operations, liveSendCode: () => Promise.resolve({ desc: 7 }) } }
  const problems: string[] = []
  const server = await startServer({ systems: [wrong], report: (problem) => problems.push(problem) })
  try {
    const answer = await send(`${server.url}${CODE}`)
    expect(answer.headers.get('understudy-violation')).toContain('/desc must be string')
    expect((await server.sandboxes.open('default').journal.read())[0]?.violations).toHaveLength(1)
    expect(problems).toHaveLength(1)
  } finally {
    await server.close()
  }
})
