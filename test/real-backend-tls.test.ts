/** A real backend over https and HTTP/2 beside a stub in a process of its own, which is told of the backend's authority as any program of Node.js is. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createSecureServer, type Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../src/index.js'
import { begin } from './support/cli.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const PHONE = '13800003009'
const KEY = 'feedfacefeedfacefeedfacefeed0001'

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

/** A certificate for 127.0.0.1 that signs itself. */
async function certificate(folder: string): Promise<{ readonly cert: string; readonly key: string; readonly file: string }> {
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', file, '-days', '2', '-subj', '/CN=backend', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' })
  return { cert: await readFile(file, 'utf8'), key: await readFile(key, 'utf8'), file }
}

/** live's login and one more call, over HTTP/2 where the client can. */
async function backend({ cert, key }: { readonly cert: string; readonly key: string }) {
  const seen: { readonly version: string; readonly path: string; readonly headers: Http2ServerRequest['headers'] }[] = []
  const server = createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
    seen.push({ version: request.httpVersion, path: request.url, headers: request.headers })
    request.resume()
    request.on('end', () => {
      const body = request.url.startsWith('/auth/login') ? { code: 2000, desc: 'ok', api_key: KEY, mobile: PHONE } : { code: 2000, desc: 'ok' }
      response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'seen=1; Domain=backend.example; Path=/; Secure; SameSite=None; HttpOnly' })
      response.end(JSON.stringify(request.url.startsWith('/users/my') ? { code: '2000', note: `${PHONE} ${KEY}` } : body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return { seen, url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}` } // it listens on TCP
}

test.skipIf(!hasOpenssl())('HTTP/2 with an authority that is known, a cookie that fits http, and a log without tokens and phone numbers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-tls-'))
  closing.push(() => rm(folder, { recursive: true }))
  const pair = await certificate(folder)
  const real = await backend(pair)
  const running = begin(['start', 'live', '--port', '0', '--backend', `live=${real.url}`], { env: { NODE_EXTRA_CA_CERTS: pair.file } })
  closing.push(async () => {
    running.child.kill()
    await running.ended
  })
  const [url] = await running.says(/http:\/\/127\.0\.0\.1:\d+/)
  const box = await (await connect(url)).sandbox('default')
  const sent = await fetch(`${url}/live/auth/code?mobile=${PHONE}`)
  expect([sent.headers.get('understudy-source'), sent.headers.get('set-cookie')]).toEqual(['real', 'seen=1; Path=/live/; HttpOnly'])
  expect(real.seen[0]?.version).toBe('2.0')
  await fetch(`${url}/live/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
  await fetch(`${url}/live/users/my?key=${KEY}`, { headers: { authorization: Buffer.from(KEY).toString('base64') } })
  expect(real.seen.map(({ path }) => path)).toEqual([`/auth/code?mobile=${PHONE}`, '/auth/login', `/users/my?key=${KEY}`])
  const { drift } = await box.backends.drift()
  expect(drift.length).toBeGreaterThan(0)
  running.child.kill()
  const { stdout, stderr } = await running.ended
  for (const text of [stdout, stderr, JSON.stringify(drift)]) for (const planted of [PHONE, KEY, Buffer.from(KEY).toString('base64')]) expect(text).not.toContain(planted)
})

test.skipIf(!hasOpenssl())('an authority that is not known is a network error of the system that says tls', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-tls-'))
  closing.push(() => rm(folder, { recursive: true }))
  const real = await backend(await certificate(folder))
  const running = begin(['start', 'live', '--port', '0', '--backend', `live=${real.url}`])
  closing.push(async () => {
    running.child.kill()
    await running.ended
  })
  const [url] = await running.says(/http:\/\/127\.0\.0\.1:\d+/)
  const refused = await fetch(`${url}/live/auth/code?mobile=${PHONE}`)
  expect(refused.headers.get('understudy-source-reason')).toMatch(/^tls: /)
  expect(real.seen).toEqual([])
})
