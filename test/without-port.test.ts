/** A stub that opens no port: reached by its own fetch, or mounted in a server that somebody else has. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { createStub, type LocalStub } from '../src/index.js'

const PHONE = '13800003001'
const servers: Server[] = []
const stubs: LocalStub[] = []

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()))
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

async function stubOf(options: Partial<Parameters<typeof createStub>[0]> = {}): Promise<LocalStub> {
  const stub = await createStub({ systems: ['live', 'edu'], ...options, listen: false })
  stubs.push(stub)
  return stub
}

/** @returns a free port, taken by nobody */
async function listening(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` // it listens on TCP
}

describe('without any server', () => {
  test('clients, control plane and sandboxes work as those of a stub with a port', async () => {
    const stub = await stubOf()
    expect(stub.url).toBe('http://understudy.localhost')
    const box = await stub.sandbox()
    const client = box.client('live')
    expect((await client.GET('/auth/code', { params: { query: { mobile: PHONE } } })).data).toMatchObject({ code: 2000 })
    expect(await box.sms.latest(PHONE)).toMatchObject({ code: '123456' })
    const login = await client.POST('/auth/login', { body: { mobile: PHONE, auth_code: '123456' } })
    expect(login.data).toMatchObject({ code: 2000, api_key: expect.stringMatching(/^[0-9a-f]{32}$/) as string })
    await box.maintenance.on('live', { status: 'upgrading' })
    expect((await box.fetch(`/live/auth/code?mobile=${PHONE}`)).headers.get('server-status')).toBe('upgrading')
    expect((await box.requests.list()).map(({ operationId }) => operationId)).toContain('liveLogin')
  })

  test('console and reference pages are there as well: a browser at the root gets the console, an app does not', async () => {
    const stub = await stubOf()
    const get = async (path: string, accept: string) => (await stub.fetch(path, { headers: { accept } })).headers.get('content-type')
    expect([await get('/', 'text/html'), await get('/__console/calls', '*/*'), await get('/docs', 'text/html')]).toEqual(Array.from({ length: 3 }, () => 'text/html; charset=utf-8'))
    expect(await get('/', 'application/json')).toMatch(/^application\/problem\+json/)
  })

  test('a path is taken below the stub, or below the sandbox', async () => {
    const stub = await stubOf()
    const box = await stub.sandbox('alice')
    expect((await stub.fetch('/@alice/live/auth/code?mobile=13800003001')).status).toBe(200)
    expect((await box.fetch('/live/auth/code?mobile=13800003001')).status).toBe(200)
    expect(await box.requests.count()).toBe(2)
  })

  test('the calls of a sandbox are streamed as they come', async () => {
    const stub = await stubOf()
    const box = await stub.sandbox()
    const seen = box.requests.waitFor({ operationId: 'liveSendCode' })
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    expect(await seen).toMatchObject({ operationId: 'liveSendCode' })
    const stream = box.requests.stream()
    const next = stream.next()
    const call = box.fetch(`/live/auth/code?mobile=13800003002`)
    expect((await next).value).toMatchObject({ operationId: 'liveSendCode' })
    await call
    await stream.return(undefined)
  })

  test('a fault cuts the call off as a broken network does', async () => {
    const box = await (await stubOf()).sandbox()
    await box.faults.next('live', 'liveSendCode', { kind: 'drop' })
    await expect(box.fetch(`/live/auth/code?mobile=${PHONE}`)).rejects.toThrow(TypeError)
  })
})

describe('in a server of somebody’s own', () => {
  test('mounted in an Express app below a path, beside the routes of the app', async () => {
    const app = express()
    const server = createServer(app)
    const url = `${await listening(server)}/backend`
    const stub = await stubOf({ mountedAt: url })
    app.use('/backend', stub.handler)
    app.get('/own', (_request, response) => {
      response.json({ mine: true })
    })
    const box = await stub.sandbox()
    expect(box.baseUrl('live')).toBe(`${url}/@${box.name}/live`)
    // Over the network, by the global fetch, as an app would.
    expect(await (await fetch(`${box.baseUrl('live')}/auth/code?mobile=${PHONE}`)).json()).toEqual({ code: 2000, desc: 'ok' })
    const login = await fetch(`${box.baseUrl('live')}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    expect(await login.json()).toMatchObject({ code: 2000 })
    expect(await (await fetch(`${url}/../own`)).json()).toEqual({ mine: true })
    expect((await box.requests.list()).map(({ operationId }) => operationId)).toEqual(['liveLogin', 'liveSendCode'])
    expect((await fetch(`${url}/__admin/health`)).status).toBe(200)
  })

  test('as the handler of a bare server of Node', async () => {
    const stub = await stubOf()
    const url = await listening(createServer(stub.handler))
    expect((await fetch(`${url}/live/auth/code?mobile=${PHONE}`)).status).toBe(200)
    expect((await fetch(`${url}/nowhere`)).headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })

  test('behind a body parser the body is gone; the call is refused and nothing hangs', async () => {
    const stub = await stubOf()
    const app = express().use(express.json()).use(stub.handler)
    const url = await listening(createServer(app))
    const answer = await fetch(`${url}/live/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"mobile":"13800003001","auth_code":"123456"}' })
    expect(await answer.json()).toMatchObject({ code: 4000 })
  })
})
