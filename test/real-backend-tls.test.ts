/** A real backend over https and HTTP/2 beside a stub in a process of its own, which is told of the backend's authority as any program of Node.js is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, createSecureServer, type Http2ServerRequest, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../src/index.js'
import { begin } from './support/cli.js'
import { closedAfterEach } from './support/closing.js'
import { certificate, hasOpenssl } from './support/openssl.js'

const closing = closedAfterEach()
const PHONE = '13800003009'
const KEY = 'feedfacefeedfacefeedfacefeed0001'

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

test.skipIf(!hasOpenssl)('HTTP/2 with an authority that is known, a cookie that fits http, and a log without tokens and phone numbers', async () => {
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

test.skipIf(!hasOpenssl)('an authority that is not known is a network error of the system that says tls', async () => {
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
  expect(refused.headers.get('understudy-source-reason')).toMatch(/^tls: no authority that is known here has signed its certificate; NODE_EXTRA_CA_CERTS=ca\.pem .*\([A-Z_]+\)$/)
  expect(real.seen).toEqual([])
})

/** A backend of HTTP/2 that does with each call what stands in its path, and a stub beside it in a process of its own. */
async function besideHttp2(doing: Readonly<Record<string, (stream: ServerHttp2Stream, turn: number) => void>>) {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-tls-'))
  closing.push(() => rm(folder, { recursive: true }))
  const pair = await certificate(folder)
  const server = createSecureServer(pair)
  const asked: string[] = []
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream, headers) => {
    const what = /what=(\w+)/.exec(headers[':path'] ?? '')?.[1] ?? ''
    asked.push(what)
    stream.on('error', () => undefined)
    doing[what]?.(stream, asked.filter((one) => one === what).length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const session of sessions) session.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const running = begin(['start', 'live', '--port', '0', '--backend', `live=https://127.0.0.1:${String((server.address() as AddressInfo).port)}`], { env: { NODE_EXTRA_CA_CERTS: pair.file } }) // it listens on TCP
  closing.push(async () => {
    running.child.kill()
    await running.ended
  })
  const [url] = await running.says(/http:\/\/127\.0\.0\.1:\d+/)
  const call = async (what: string) => {
    const answer = await fetch(`${url}/live/auth/code?mobile=${PHONE}&what=${what}`)
    return [answer.status, answer.headers.get('understudy-source'), answer.headers.get('understudy-source-reason'), await answer.text()]
  }
  return { call, asked, sessions }
}

const OK = '{"code":2000,"desc":"ok"}'
const begun = (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  stream.write(OK.slice(0, 8))
}

test.skipIf(!hasOpenssl)('over HTTP/2, an answer that breaks off is none, one that is under way when no further calls are taken is whole, and a call that was not looked at goes out again', async () => {
  const { call, asked, sessions } = await besideHttp2({
    ok: (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' })
      stream.end(OK)
    },
    broken: (stream) => {
      begun(stream)
      setImmediate(() => stream.destroy(new Error('broken')))
    },
    unanswered: (stream) => {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    },
    leaving: (stream) => {
      begun(stream)
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR)
      setImmediate(() => stream.end(OK.slice(8)))
    },
    refusing: (stream, turn) => {
      if (turn < 3) {
        stream.close(constants.NGHTTP2_REFUSED_STREAM)
        return
      }
      begun(stream)
      stream.end(OK.slice(8))
    },
    refused: (stream) => {
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
    },
  })
  const whole = [200, 'real', null, OK]
  const none = [500, 'stub', expect.stringMatching(/^reset: /), '']
  expect(await call('broken')).toEqual(none)
  expect(await call('unanswered')).toEqual(none)
  expect(sessions.size).toBe(1)
  expect(await Promise.all([call('leaving'), call('leaving')])).toEqual([whole, whole])
  expect(await call('ok')).toEqual(whole)
  expect(await call('refusing')).toEqual(whole)
  expect(await call('refused')).toEqual(none)
  expect(asked.filter((what) => !what.startsWith('refus'))).toEqual(['broken', 'unanswered', 'leaving', 'leaving', 'ok'])
  expect(asked.filter((what) => what.startsWith('refus'))).toHaveLength(6)
})

test.skipIf(!hasOpenssl)('over HTTP/2, a call that the backend may have looked at before it broke the connection off goes out no second time, whatever code that has', async () => {
  const { call, asked } = await besideHttp2({
    parting: (stream) => {
      stream.session?.goaway(constants.NGHTTP2_REFUSED_STREAM)
    },
  })
  expect(await call('parting')).toEqual([500, 'stub', expect.stringMatching(/^reset: /), ''])
  expect(asked).toEqual(['parting'])
})
