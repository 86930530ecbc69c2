import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stub } from '../src/client/stub.js'
import { classify, type SystemId } from '../src/errors/index.js'
import { bilingual } from '../src/plain/bilingual.js'
import { createStub } from '../src/stub.js'
import { loadSystems } from '../src/systems/load.js'
import { logins } from './backends/flows.js'
import { send } from './support/serve.js'

const CODE = '/auth/code?mobile=13800003001'
const OK = { code: 2000, desc: 'ok' }

describe('several systems on one port', () => {
  let stub: Stub
  beforeAll(async () => {
    stub = await createStub({ systems: ['live', 'trid'] })
  })
  afterAll(() => stub.close())

  test('each answers below its own name, and nothing answers at the root', async () => {
    expect((await send(`${stub.url}/live${CODE}`)).json).toEqual(OK)
    const root = await send(`${stub.url}${CODE}`)
    expect(root.status).toBe(404)
    expect(root.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(root.json).toMatchObject({ type: 'urn:understudy:problem:no-such-system', detail: expect.stringContaining('/live, /trid') as string })
  })

  test.each(['/', '/@default/', '/?x=1'])('%s is a page for browsers, and tells everybody else so', async (path) => {
    const { status, json } = await send(`${stub.url}${path}`)
    expect(status).toBe(404)
    expect(json).toMatchObject({ detail: expect.stringMatching(/Browsers, whose Accept has text\/html, get the console at \/ and the start page for phones at \/@default\/\.$/) as string })
    const page = await fetch(`${stub.url}${path}`, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-type')).toMatch(path.startsWith('/@') ? /^text\/html/ : /^(?:text\/html|application\/problem)/) // the console may not be built
    expect((await send(`${stub.url}${path}`, { method: 'POST' })).json).not.toMatchObject({ detail: expect.stringContaining('text/html') as string })
  })

  test('a sandbox is chosen by the URL or by a header, and each has a world of its own', async () => {
    const login = (base: string, headers = {}) => send(`${base}/auth/login`, { method: 'POST', headers, body: { mobile: '13800003001', auth_code: '123456' } })
    await send(`${stub.url}/@alice/live${CODE}`)
    expect((await login(`${stub.url}/@bob/live`)).json).toMatchObject({ code: 4011 })
    expect((await login(`${stub.url}/live`, { 'understudy-sandbox': 'carol' })).json).toMatchObject({ code: 4011 })
    expect((await login(`${stub.url}/live`, { 'understudy-sandbox': 'alice' })).json).toMatchObject({ code: 2000 })
    expect((await login(`${stub.url}/@alice/live`)).json).toMatchObject({ code: 4011 })
  })

  test('a name that is none is refused with the rule', async () => {
    for (const url of [`${stub.url}/@../live${CODE}`, `${stub.url}/@%00/live${CODE}`, `${stub.url}/@${'a'.repeat(65)}/live${CODE}`]) {
      const status = await new Promise((resolve, reject) => {
        // fetch would tidy the path up before it is sent
        request(stub.url, { path: url.slice(stub.url.length) }, (response) => {
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
    const preflight = await send(`${stub.url}/live/auth/login`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type', 'access-control-request-private-network': 'true' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect(preflight.headers.get('access-control-allow-private-network')).toBe('true')
    const answer = await send(`${stub.url}/live/nothing`, { headers: { origin: 'https://app.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('the Date header follows the clock of the sandbox', async () => {
    await (await stub.sandbox('later')).clock.freeze('2031-05-06T07:08:09Z')
    const { headers } = await send(`${stub.url}/@later/live${CODE}`)
    expect(headers.get('date')).toBe('Tue, 06 May 2031 07:08:09 GMT')
  })
})

test('the hint of each system, which the pages and the terminal show, is how somebody logs in there', async () => {
  const stub = await createStub()
  try {
    const { json } = await send(`${stub.url}/__admin/systems`)
    const systems = json?.['systems'] as { readonly id: SystemId; readonly hint: string }[] // as the contract has it
    expect(systems).toHaveLength(5)
    for (const { id, hint } of systems) {
      const steps = hint.split(' → ').flatMap((step) => {
        const [, method = '', path = '', body, headers = ''] = /^(GET|POST) (\S+)(?: (\S+))?(?: \+ (.+))?$/.exec(step) ?? []
        return method === '' ? [] : [{ method, path, ...(body !== undefined && { body: body.startsWith('{') ? (JSON.parse(body) as object) : new URLSearchParams(body) }), headers: Object.fromEntries(headers.split(', ').filter((pair) => pair !== '').map((pair) => pair.split(': '))) as Record<string, string> }]
      })
      expect(steps, id).not.toEqual([])
      for (const { path, ...call } of steps) {
        const { status, headers, text } = await send(`${stub.url}/${id}${path}`, call)
        expect([id, text, classify(id, { status, headers, body: text }).condition]).toEqual([id, text, 'ok'])
      }
    }
  } finally {
    await stub.close()
  }
})

test('what each setting decides is said in Chinese and in English', async () => {
  const stub = await createStub()
  const { json } = await send(`${stub.url}/__admin/systems`)
  const systems = json?.['systems'] as { readonly id: string }[] // as the contract has it
  const told = await Promise.all(systems.map(async ({ id }) => (await send(`${stub.url}/__admin/systems/${id}`)).json?.['settings']))
  const settings = told.flat() as { readonly name: string; readonly description: string }[] // as the contract has it
  expect(settings.length).toBeGreaterThan(3)
  for (const { name, description } of settings) {
    const { zh, en } = bilingual(description, ' · ')
    expect([zh, en], name).toEqual([expect.stringMatching(/\p{Script=Han}{5}/u), expect.stringMatching(/^[A-Z][\w ,()-]{20,}/)])
  }
  await stub.close()
})

test('a system that is served alone answers at the root and below its name', async () => {
  const stub = await createStub({ systems: ['live'] })
  try {
    expect((await send(`${stub.url}${CODE}`)).json).toEqual(OK)
    expect((await send(`${stub.url}/live${CODE}`)).json).toEqual(OK)
    expect((await send(`${stub.url}/@alice${CODE}`)).json).toEqual(OK)
    expect((await send(`${stub.url}/nothing`)).json).toEqual({ code: 4000, desc: 'bad request: unknown path' })
  } finally {
    await stub.close()
    await stub.close()
  }
})

test('past the cap the least recently used sandbox goes that nobody has changed', async () => {
  const stub = await createStub({ systems: ['live'], maxSandboxes: 2, report: () => undefined })
  try {
    for (const name of ['a', 'b', 'a', 'c']) await send(`${stub.url}/@${name}/live/nothing`)
    expect((await stub.sandboxes()).map(({ name }) => name)).toEqual(['c', 'a'])
  } finally {
    await stub.close()
  }
})

test('an exception in a handler is answered in the dialect and reported, never shown', async () => {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is there')
  const broken = { ...live, operations: { ...live.operations, liveSendCode: () => Promise.reject(new Error('secret detail')) } }
  const problems: string[] = []
  const stub = await createStub({ systems: [broken], report: (problem) => problems.push(problem) })
  try {
    const answer = await send(`${stub.url}${CODE}`)
    expect(answer).toMatchObject({ status: 500, text: '' })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('secret detail')
  } finally {
    await stub.close()
  }
})

test('an answer that breaks the contract is marked, journalled and reported', async () => {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is there')
  const wrong = { ...live, operations: { ...live.operations, liveSendCode: () => Promise.resolve({ desc: 7 }) } }
  const problems: string[] = []
  const stub = await createStub({ systems: [wrong], report: (problem) => problems.push(problem) })
  try {
    const answer = await send(`${stub.url}${CODE}`)
    expect(answer.headers.get('understudy-violation')).toContain('/desc must be string')
    expect((await (await stub.sandbox('default')).requests.list())[0]?.violations).toHaveLength(1)
    expect(problems).toHaveLength(1)
  } finally {
    await stub.close()
  }
})

test('a system of one\'s own may answer a credential whose user is gone in other words than a call that shows none', async () => {
  const [live] = await loadSystems(['live'])
  if (live === undefined) throw new Error('live is there')
  const unauthenticated = ({ cause = 'no cause' }: { readonly cause?: string }) => ({ error: 'API_UNAUTHORIZED', message: cause })
  const own = { ...live, dialect: { ...live.dialect, conditions: { ...live.dialect.conditions, unauthenticated } } }
  await using stub = await createStub({ systems: [own] })
  const box = await stub.sandbox()
  const words = async (headers: Readonly<Record<string, string>>) => (await send(`${box.baseUrl('live')}/users/my`, { headers })).json?.['desc']
  const headers = await logins.live(box)
  expect([await words({}), await words(headers)]).toEqual(['noCredential', 'ok'])
  for (const { id } of await box.db('live').list('users')) await box.db('live').delete('users', id)
  expect(await words(headers)).toBe('deadCredential')
})
