import { request } from 'node:http'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { serveControl } from './support/control.js'
import { send } from './support/serve.js'

const { server, admin, box } = await serveControl(['live'])
const guarded = await serveControl(['live'], { adminToken: 'open-sesame' })
const opened = await serveControl(['live'], { host: '0.0.0.0' })
const allowing = await serveControl(['live'], { allowedOrigins: ['http://localhost:5173', 'https://preview.example/'] })
const closed = await serveControl(['live'], { admin: false })

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly kind: string | null
  readonly text: string
}

/** With a Host header of one's own, which fetch does not allow. */
function call(port: number, headers: Readonly<Record<string, string>>, path = '/__admin/systems', method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, kind: /urn:understudy:problem:([a-z-]+)/.exec(text)?.[1] ?? null, text })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('hosts', () => {
  const { port } = server

  test('this machine and addresses are answered', async () => {
    for (const host of ['localhost', `localhost:${String(port)}`, 'LOCALHOST', 'app.localhost', '127.0.0.1:80', '127.8.9.1', '[::1]:4010', '192.168.1.20:4010']) {
      expect(await call(port, { host }), host).toMatchObject({ status: 200 })
    }
  })

  test('a name by which a phone finds this machine is answered where others are let in', async () => {
    const [name = ''] = hostname().toLowerCase().split('.')
    const authorization = `Bearer ${String(opened.server.adminToken)}`
    expect(await call(opened.server.port, { host: `${name}.local:4010`, authorization })).toMatchObject({ status: 200 })
    expect(await call(port, { host: `${name}.local:4010` })).toMatchObject({ kind: 'foreign-host' })
    expect(await call(opened.server.port, { host: `not-${name}.local`, authorization })).toMatchObject({ kind: 'foreign-host' })
  })

  test('names that somebody else points here are not', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:4010', 'user@localhost', '[::1', 'l[o]calhost', 'localhost:']) {
      expect(await call(port, { host }), host).toMatchObject({ status: 403, kind: 'foreign-host' })
    }
  })
})

describe('pages', () => {
  const { port } = server
  const host = `127.0.0.1:${String(port)}`

  test('of other sites are refused, even to look', async () => {
    for (const origin of ['https://evil.example', 'null', 'file://', `https://127.0.0.1.evil.example`, 'chrome-extension://abc']) {
      expect(await call(port, { host, origin }), origin).toMatchObject({ status: 403, kind: 'foreign-origin' })
      expect(await call(port, { host, origin, 'access-control-request-method': 'POST' }, '/__admin/sandboxes', 'OPTIONS'), origin).toMatchObject({ status: 403 })
    }
    // A page elsewhere in the house has no business here, even when the server is called by its address.
    expect(await call(port, { host: '192.168.1.20', origin: 'http://localhost:5173' })).toMatchObject({ kind: 'foreign-origin' })
  })

  test('of this machine are refused as well, unless they are its own', async () => {
    for (const origin of ['http://localhost:5173', 'http://[::1]:3000', 'http://evil.localhost:8080', `https://${host}`]) {
      expect(await call(port, { host, origin }), origin).toMatchObject({ status: 403, kind: 'foreign-origin' })
    }
    expect(await call(port, { host, origin: `http://${host}`, 'sec-fetch-site': 'cross-site' })).toMatchObject({ kind: 'foreign-origin' })
  })

  test('are told the flag that lets them in, with their own origin where one can be allowed', async () => {
    expect((await call(port, { host, origin: 'http://localhost:5173' })).text).toContain('Start the server with --allow-origin \\"http://localhost:5173\\" if')
    for (const origin of ['null', 'no origin']) expect((await call(port, { host, origin })).text, origin).toContain('--allow-origin <origin> if')
  })

  test('that only load or link to something say no origin, and are refused by what the browser says instead', async () => {
    const said = 'The control plane does not answer what pages of other origins load or link to. Call it with fetch from a page that is allowed, open it in a tab of its own, or call it from a program.'
    for (const site of ['cross-site', 'same-site']) expect(await call(port, { host, 'sec-fetch-site': site }), site).toMatchObject({ status: 403, kind: 'foreign-origin', text: expect.stringContaining(said) as unknown })
    for (const site of ['none', 'same-origin']) expect(await call(port, { host, 'sec-fetch-site': site }), site).toMatchObject({ status: 200 })
  })

  test('of local origins are let in by the token, and asked for it', async () => {
    const { port: guardedPort } = guarded.server
    const origin = 'http://localhost:5173'
    expect(await call(guardedPort, { host, origin })).toMatchObject({ kind: 'admin-token-required', headers: { 'access-control-allow-origin': origin } })
    expect(await call(guardedPort, { host, origin, authorization: 'Bearer open-sesame' })).toMatchObject({ status: 200 })
    for (const local of ['https://localhost:5173', 'http://[::1]:5173', 'http://127.8.9.1', 'http://app.localhost']) expect(await call(guardedPort, { host, origin: local, authorization: 'Bearer open-sesame' }), local).toMatchObject({ status: 200 })
    for (const foreign of ['https://evil.example', 'null', 'capacitor://localhost', 'xhttp://localhost', 'https-x://127.0.0.1:5173']) expect(await call(guardedPort, { host, origin: foreign, authorization: 'Bearer open-sesame' })).toMatchObject({ kind: 'foreign-origin' })
  })

  test('that are no origin cannot be allowed', async () => {
    for (const origin of ['null', '*', 'localhost:5173', 'http://localhost:5173/app', 'file:///tmp']) {
      await expect(createStub({ systems: ['live'], allowedOrigins: [origin] }), origin).rejects.toThrow(/is no origin/)
    }
  })

  test('that are its own or allowed may call, and are told so before they do', async () => {
    const { port: there } = allowing.server
    for (const origin of [`http://127.0.0.1:${String(there)}`, `http://localhost:${String(there)}`, 'http://localhost:5173', 'https://preview.example']) {
      const answer = await call(there, { host: `127.0.0.1:${String(there)}`, origin })
      expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin, vary: 'Origin' } })
      const preflight = await call(there, { host: `127.0.0.1:${String(there)}`, origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'content-type' }, '/__admin/sandboxes/a/sms/settings', 'OPTIONS')
      expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': expect.stringContaining('PATCH') as unknown, 'access-control-allow-headers': 'content-type' } })
    }
    expect((await call(port, { host })).headers['access-control-allow-origin']).toBeUndefined()
  })

  test('of any site may call the systems, as they may call the real ones', async () => {
    const answer = await box().call('/live/auth/code?mobile=13800003001', { headers: { origin: 'https://any.example' } })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  })
})

describe('the admin token', () => {
  test('is asked for where one was given', async () => {
    const { port } = guarded.server
    expect(await call(port, { host: 'localhost' })).toMatchObject({ status: 401, kind: 'admin-token-required', headers: { 'www-authenticate': 'Bearer realm="understudy"' } })
    for (const authorization of ['Bearer', 'Bearer open', 'Bearer open-sesame!', 'Basic open-sesame', 'open-sesame', `Bearer ${'x'.repeat(5000)}`]) {
      expect(await call(port, { host: 'localhost', authorization }), authorization).toMatchObject({ status: 401 })
    }
    expect(await call(port, { host: 'localhost', authorization: 'Bearer open-sesame' })).toMatchObject({ status: 200 })
    expect(await call(port, { host: 'localhost', authorization: 'bearer  open-sesame' })).toMatchObject({ status: 200 })
    expect(await call(port, { host: 'localhost' }, '/__admin/health')).toMatchObject({ status: 200 })
    expect(await call(port, { host: 'evil.example', authorization: 'Bearer open-sesame' })).toMatchObject({ status: 403 })
    expect((await guarded.admin('GET', '/sandboxes')).status).toBe(401)
  })

  test('is asked for by OPTIONS as well, unless a browser asks before it calls', async () => {
    const { port } = guarded.server
    expect(await call(port, { host: 'localhost' }, '/__admin/systems', 'OPTIONS')).toMatchObject({ status: 401, kind: 'admin-token-required' })
    expect(await call(port, { host: 'localhost', authorization: 'Bearer open-sesame' }, '/__admin/systems', 'OPTIONS')).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('GET') as unknown } })
  })

  test('is made up where the server is open to others and none was given', async () => {
    const { adminToken, port } = opened.server
    expect(adminToken).toMatch(/^[\w-]{32}$/)
    expect(await call(port, { host: 'localhost' })).toMatchObject({ status: 401 })
    expect(await call(port, { host: 'localhost', authorization: `Bearer ${String(adminToken)}` })).toMatchObject({ status: 200 })
    expect(server.adminToken).toBeNull()
  })
})

test('there is no control plane where none is wanted', async () => {
  // Served alone, the system answers at the root, and to it this is a path like any other.
  expect((await send(`${closed.server.url}/__admin/health`)).json).toMatchObject({ code: 4000 })
  const { json } = await closed.box().call('/live/auth/code?mobile=13800003001')
  expect(json).toMatchObject({ code: 2000 })
})

test('no answer is kept by a cache', async () => {
  expect((await admin('GET', '/health')).headers.get('cache-control')).toBe('no-store')
})
