/** A real backend beside the stub: who answers, what goes out and what comes back. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Box, ControlError, createStub, type Stub } from '../src/index.js'
import { startLiveBackend } from './backends/live.js'
import { closedAfterEach } from './support/closing.js'

const PHONE = '13800003009'
const closing = closedAfterEach()

async function stubOf(options: Parameters<typeof createStub>[0] = {}): Promise<Stub> {
  const stub = await createStub({ systems: ['live', 'edu', 'im'], ...options })
  closing.push(() => stub.close())
  return stub
}

async function liveBackend() {
  const backend = await startLiveBackend()
  closing.push(() => backend.close())
  return backend
}

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A backend that answers as it is told. */
async function backendOf(answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void, server: Server = createServer()) {
  const seen: Seen[] = []
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      answer(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { seen, port, url: `http://127.0.0.1:${String(port)}` }
}

const OK = JSON.stringify({ code: 2000, desc: 'ok' })
const ok = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200, { 'content-type': 'application/json' }).end(OK)
const code = (box: Box, init: RequestInit = {}) => box.fetch(`/live/auth/code?mobile=${PHONE}`, init)
const sourceOf = ({ headers }: Response) => headers.get('understudy-source')
const reasonOf = ({ headers }: Response) => headers.get('understudy-source-reason')

async function login(box: Box): Promise<Readonly<Record<string, string>>> {
  await code(box)
  const answer = await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
  return { authorization: Buffer.from(((await answer.json()) as { api_key: string }).api_key).toString('base64') }
}

describe('who answers', () => {
  test('the backend that the stub was started with, but for the operations and tags that are kept back', async () => {
    const real = await liveBackend()
    const stub = await stubOf({ backends: { live: { url: real.url, operations: { channels: 'stub', liveGetMe: 'stub', users: 'real' } } } })
    const box = await stub.sandbox()
    const headers = await login(box)
    expect(sourceOf(await box.fetch('/live/channels/live', { headers }))).toBe('stub')
    expect(sourceOf(await box.fetch('/live/users/my', { headers }))).toBe('stub')
    expect(sourceOf(await box.fetch('/live/users/my', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"bio":"hi"}' }))).toBe('real')
    expect((await box.requests.list()).map(({ operationId, source }) => [operationId, source])).toEqual([['liveUpdateMe', 'real'], ['liveGetMe', 'stub'], ['liveListChannels', 'stub'], ['liveLogin', 'real'], ['liveSendCode', 'real']])
    expect(sourceOf(await box.fetch('/edu/rest/s/teachers'))).toBeNull()
  })

  test('each sandbox may choose, in its own way, and change its mind', async () => {
    const real = await liveBackend()
    const stub = await stubOf()
    const [one, other] = [await stub.sandbox(), await stub.sandbox()]
    expect(await one.backends.set('live', { url: `${real.url}/`, operations: { liveSendCode: 'stub' }, timeout: 500 })).toEqual({ system: 'live', url: real.url, mode: 'real', operations: { liveSendCode: 'stub' }, timeout: 500, chosen: true })
    expect([sourceOf(await code(one)), sourceOf(await code(other))]).toEqual(['stub', null])
    await one.backends.set('live', { url: real.url })
    expect(sourceOf(await code(one))).toBe('real')
    await one.backends.clear('live')
    expect(sourceOf(await code(one))).toBeNull()
    expect((await one.backends.list()).find(({ system }) => system === 'live')).toMatchObject({ url: null, mode: 'stub', chosen: true })
  })

  test('a reset goes back to what the stub was started with, and a snapshot sends nothing anywhere', async () => {
    const real = await liveBackend()
    const stub = await stubOf({ backends: { live: real.url } })
    const box = await stub.sandbox()
    await box.backends.clear('live')
    const snapshot = await box.snapshot()
    expect(JSON.stringify(snapshot)).not.toContain(real.url)
    await box.reset()
    expect(await box.backends.get('live')).toMatchObject({ url: real.url, mode: 'real', chosen: false })
    await box.restore(snapshot)
    expect(await box.backends.get('live')).toMatchObject({ url: real.url, chosen: false })
  })

  test('what is no backend is refused in words', async () => {
    const box = await (await stubOf()).sandbox()
    const refused = async (choice: Parameters<Box['backends']['set']>[1]) => {
      const error: unknown = await box.backends.set('live', choice).catch((thrown: unknown) => thrown)
      if (!(error instanceof ControlError)) throw new Error('it was not refused')
      return [error.kind, error.message]
    }
    expect(await refused({ url: 'ftp://somewhere.example' })).toEqual(['backend-misfit', '"ftp://somewhere.example" is no URL of a backend; write it like https://staging.example/api.'])
    for (const who of ['ann:secret', 'ann', ':secret']) expect(await refused({ url: `https://${who}@somewhere.example` })).toEqual(['backend-misfit', 'The URL of a backend has no user and no password in it.'])
    expect(await refused({ url: 'https://somewhere.example', operations: { liveLogn: 'stub' } })).toEqual(['backend-misfit', 'There is no operation and no tag "liveLogn" in live. Did you mean "liveLogin"?'])
    await expect(createStub({ systems: ['live'], backends: { edu: 'http://127.0.0.1:1' } })).rejects.toThrow('no system is called "edu"')
  })

  test('faults, maintenance and Prefer come first', async () => {
    const real = await liveBackend()
    const box = await (await stubOf({ backends: { live: real.url } })).sandbox()
    await box.faults.add({ system: 'live', operationId: 'liveSendCode', times: 1, fault: { kind: 'error', condition: 'internal' } })
    expect([(await code(box)).status, sourceOf(await code(box))]).toEqual([500, 'real'])
    const asked = real.asked.length
    const preferred = await code(box, { headers: { prefer: 'error=API_BAD_REQUEST' } })
    expect([await preferred.json(), sourceOf(preferred)]).toMatchObject([{ code: 4000 }, 'stub'])
    await box.maintenance.on('live')
    expect([(await code(box)).status, real.asked.length]).toEqual([503, asked])
    await box.maintenance.off('live')
    await box.faults.add({ system: 'live', times: 1, fault: { kind: 'malformed' } })
    const malformed = await code(box)
    expect([sourceOf(malformed), real.asked.length]).toEqual(['real', asked + 1])
    await expect(malformed.json()).rejects.toThrow()
  })

  test('the stub, where the backend is not there or has not got the operation; an error of the contract stands', async () => {
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: 'http://127.0.0.1:1', mode: 'real-or-stub' })
    const unreachable = await code(box)
    expect([await unreachable.json(), sourceOf(unreachable), reasonOf(unreachable)]).toEqual([{ code: 2000, desc: 'ok' }, 'stub', 'refused: nothing listens there (ECONNREFUSED)'])
    for (const status of [404, 405, 501, 502, 503, 504]) {
      const missing = await backendOf((_request, response) => void response.writeHead(status).end('<h1>no</h1>'))
      await box.backends.set('live', { url: missing.url, mode: 'real-or-stub' })
      const answer = await code(box)
      expect([sourceOf(answer), reasonOf(answer)]).toEqual(['stub', `notThere: the backend answered ${String(status)}`])
    }
    const refusing = await backendOf((_request, response) => void response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":902,"msg":"用户不存在"}'))
    await box.backends.set('edu', { url: refusing.url, mode: 'real-or-stub' })
    const answer = await box.fetch('/edu/rest/s/login', { method: 'POST', headers: { client: '1.0.2.3', platform: 'ios', u: '1', w: '1', 'content-type': 'application/json' }, body: '{"phone":"13800001001","passwd":"abc12345"}' })
    expect([answer.status, sourceOf(answer), await answer.json()]).toEqual([404, 'real', { code: 902, msg: '用户不存在' }])
  })
})

describe('what goes out', () => {
  test('method, path, query and body byte for byte; headers but for what is between two ends or ours', async () => {
    const real = await backendOf(ok)
    const stub = await stubOf({ adminToken: 'planted-admin-token' })
    const box = await (await (await import('../src/index.js')).connect(stub.url, { token: 'planted-admin-token' })).sandbox()
    await box.backends.set('live', { url: `${real.url}/base` })
    const body = '{"mobile" : "13800003009",\n "auth_code":"123456"}'
    await box.fetch('/live/auth/login?a=%41&b=+%2B&&c&__delay=1', {
      method: 'POST',
      headers: { 'content-type': 'application/json;charset=UTF-8', 'x-mine': 'kept', authorization: 'Bearer planted-admin-token', prefer: 'delay=1', 'understudy-sandbox': 'elsewhere', origin: 'http://page.example', 'x-forwarded-for': '10.0.0.1' },
      body,
    })
    const [seen] = real.seen
    expect([seen?.method, seen?.url, seen?.body.toString()]).toEqual(['POST', '/base/auth/login?a=%41&b=+%2B&&c', body])
    expect(seen?.headers).toMatchObject({ host: `127.0.0.1:${String(real.port)}`, 'x-mine': 'kept', 'content-type': 'application/json;charset=UTF-8', 'x-forwarded-for': '10.0.0.1', 'content-length': String(body.length) })
    for (const name of ['authorization', 'prefer', 'understudy-sandbox', 'origin']) expect(seen?.headers, name).not.toHaveProperty(name)
    expect(JSON.stringify(real.seen)).not.toContain('planted-admin-token')
  })

  test('uploads, and again at the stub where the backend has none', async () => {
    const real = await backendOf((_request, response) => void response.writeHead(404).end())
    const box = await (await stubOf()).sandbox()
    await box.backends.set('edu', { url: real.url, mode: 'real-or-stub' })
    const form = new FormData()
    const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
    form.append('upload', new Blob([picture], { type: 'image/png' }), 'a.png')
    const answer = await box.fetch('/edu/upload', { method: 'POST', body: form })
    expect(sourceOf(answer)).toBe('stub')
    expect(real.seen[0]?.body.includes(picture)).toBe(true)
    expect(await answer.json()).toMatchObject({ code: 900 })
  })

  test('a part of a file is asked for as it is, and all else in what can be undone', async () => {
    const backend = await backendOf((_request, response) => response.writeHead(206, { 'content-type': 'image/png', 'content-range': 'bytes 0-1/4' }).end('pn'))
    const box = await (await stubOf({ backends: { edu: backend.url } })).sandbox()
    for (const headers of [{ range: 'bytes=0-1' }, {}]) await box.fetch('/edu/file/a.png', { headers: { ...headers, 'accept-encoding': 'zstd' } })
    expect(backend.seen.map(({ headers }) => [headers.range, headers['accept-encoding']])).toEqual([['bytes=0-1', 'identity'], [undefined, expect.stringMatching(/gzip/)]])
  })

  test('HEAD is HEAD', async () => {
    const real = await backendOf((_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-length': '26' }).end())
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: real.url })
    const answer = await code(box, { method: 'HEAD' })
    expect([answer.status, await answer.text(), real.seen[0]?.method]).toEqual([200, '', 'HEAD'])
    expect((await box.requests.list())[0]?.violations).toEqual([])
  })

  test('a call that its client has left is given up there, too', async () => {
    let gone: () => void = () => undefined
    const left = new Promise<void>((resolve) => (gone = resolve))
    let came: () => void = () => undefined
    const here = new Promise<void>((resolve) => (came = resolve))
    const real = await backendOf((request) => {
      request.socket.on('close', gone)
      came()
    })
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: real.url })
    const leaving = new AbortController()
    const call = code(box, { signal: leaving.signal })
    await here
    leaving.abort()
    await expect(call).rejects.toThrow()
    await left
  })

  test('a backend that is the stub itself is seen', async () => {
    const stub = await stubOf()
    const box = await stub.sandbox()
    await box.backends.set('live', { url: box.baseUrl('live') })
    const answer = await code(box)
    expect([answer.status, sourceOf(answer), reasonOf(answer)]).toEqual([500, 'stub', `loop: ${box.baseUrl('live')} leads back to this server`])
    // Another sandbox of it that plays is a backend like any other.
    const other = await stub.sandbox()
    await box.backends.set('live', { url: other.baseUrl('live') })
    expect([sourceOf(await code(box)), await other.requests.count()]).toEqual(['real', 1])
  })
})

describe('what comes back', () => {
  test('compressed answers come decompressed, and are looked at as they are', async () => {
    const real = await backendOf((_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', vary: 'Accept-Encoding' }).end(gzipSync(OK)))
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: real.url })
    const answer = await code(box)
    expect([answer.headers.get('content-encoding'), await answer.json()]).toEqual([null, { code: 2000, desc: 'ok' }])
    expect((await box.requests.list())[0]).toMatchObject({ violations: [], response: { body: { text: OK } } })
  })

  test('an empty body is empty whatever it says of its compression, and deflate comes with the wrapping of zlib or without', async () => {
    const boxBeside = async (url: string) => {
      const box = await (await stubOf()).sandbox()
      await box.backends.set('live', { url })
      return box
    }
    const said = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const redirecting = await backendOf((_request, response) => void response.writeHead(302, { ...said, location: '/elsewhere', 'content-length': '0' }).end())
    const moved = await code(await boxBeside(redirecting.url), { redirect: 'manual' })
    expect([moved.status, sourceOf(moved), await moved.text()]).toEqual([302, 'real', ''])
    for (const compress of [deflateSync, deflateRawSync]) {
      const real = await backendOf((_request, response) => void response.writeHead(200, { ...said, 'content-encoding': 'deflate' }).end(compress(OK)))
      const answer = await code(await boxBeside(real.url))
      expect([sourceOf(answer), await answer.text()]).toEqual(['real', OK])
    }
  })

  test('compressions one over another are undone, and no more than five of them', async () => {
    const coded = (times: number) => Array.from({ length: times }).reduce<Buffer>((body) => gzipSync(body), Buffer.from(OK))
    let times = 5
    const real = await backendOf((_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': Array.from({ length: times }, () => 'gzip').join(', ') }).end(coded(Math.min(times, 5))))
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: real.url })
    expect(await (await code(box)).json()).toEqual({ code: 2000, desc: 'ok' })
    for (times of [6, 1000]) {
      const answer = await code(box)
      expect([answer.status, sourceOf(answer), reasonOf(answer)]).toEqual([500, 'stub', `nonsense: its answer is compressed ${String(times)} times over; 5 are undone at the most`])
    }
  })

  test('a redirect is not followed; one to the backend leads here', async () => {
    let location = ''
    const real = await backendOf((_request, response) => void response.writeHead(302, { location }).end())
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: `${real.url}/base` })
    const redirected = async (to: string) => {
      location = to
      return (await code(box, { redirect: 'manual' })).headers.get('location')
    }
    expect(await redirected(`${real.url}/base/users/my?a=b#c`)).toBe(`/@${box.name}/live/users/my?a=b#c`)
    expect(await redirected('/base/users/my')).toBe(`/@${box.name}/live/users/my`)
    expect(await redirected('next')).toBe('next')
    expect(await redirected('/elsewhere')).toBe('/elsewhere')
    expect(await redirected('https://other.example/base/users/my')).toBe('https://other.example/base/users/my')
    expect(real.seen).toHaveLength(5)
  })

  test('cookies fit this host; pages of other origins may read who answered', async () => {
    const real = await backendOf((_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': 'https://app.example', 'set-cookie': ['a=1; Domain=real.example; Path=/base/android; Secure; HttpOnly', 'b=2; Path=/; SameSite=None; Secure', 'c=3'] }).end(OK))
    const box = await (await stubOf()).sandbox()
    await box.backends.set('live', { url: `${real.url}/base` })
    const answer = await code(box, { headers: { origin: 'http://page.example' } })
    expect(answer.headers.getSetCookie()).toEqual([`a=1; Path=/@${box.name}/live/android; HttpOnly`, `b=2; Path=/@${box.name}/live`, 'c=3'])
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toContain('Understudy-Source')
  })

  test('where the stub is called by https, cookies stay secure ones', async () => {
    const cookies = ['a=1; Domain=real.example; Path=/base/android; Secure; HttpOnly', 'b=2; Path=/; SameSite=None; Secure', 'c=3; SameSite=None; Secure; Partitioned', 'd=4; SameSite=Lax']
    const real = await backendOf((_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': cookies }).end(OK))
    const stub = await stubOf({ listen: false, mountedAt: 'https://stub.example', backends: { live: `${real.url}/base` } })
    const at = async (origin: string) => (await stub.fetch(`${origin}/live/auth/code?mobile=${PHONE}`)).headers.getSetCookie()
    expect(await at('https://stub.example')).toEqual(['a=1; Path=/live/android; Secure; HttpOnly', 'b=2; Path=/live; SameSite=None; Secure', 'c=3; SameSite=None; Secure; Partitioned', 'd=4; SameSite=Lax'])
    expect(await at('http://stub.example')).toEqual(['a=1; Path=/live/android; HttpOnly', 'b=2; Path=/live', 'c=3', 'd=4; SameSite=Lax'])
  })

  test('a large file streams through, whatever its size', async () => {
    const size = 12 * 1024 * 1024
    const real = await backendOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' })
      const gzip = createGzip()
      gzip.pipe(response)
      gzip.end(Buffer.alloc(size, 'x'))
    })
    const box = await (await stubOf()).sandbox()
    await box.backends.set('edu', { url: real.url })
    const answer = await box.fetch('/edu/file/5f0000000000000000000001.png')
    expect([sourceOf(answer), (await answer.arrayBuffer()).byteLength]).toEqual(['real', size])
  })

  test('a large file is cut and spoilt by a fault as any other answer is', async () => {
    const size = 3 * 1024 * 1024
    const real = await backendOf((_request, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(size, 'x')))
    const box = await (await stubOf()).sandbox()
    await box.backends.set('edu', { url: real.url })
    const load = () => box.fetch('/edu/file/5f0000000000000000000001.png').then(async (answer) => (await answer.arrayBuffer()).byteLength).catch(() => 'cut')
    for (const kind of ['drop', 'reset'] as const) {
      await box.faults.next('edu', 'eduDownload', { kind })
      expect([kind, await load()]).toEqual([kind, 'cut'])
    }
    await box.faults.next('edu', 'eduDownload', { kind: 'malformed' })
    const [spoilt, sound] = [await load(), await load()]
    expect([spoilt === size, sound]).toEqual([false, size])
  })

  test('whatever goes wrong is a network error of the system, with the reason in header and journal', async () => {
    const box = await (await stubOf()).sandbox()
    const tls = await backendOf(ok, createTlsServer())
    const failures: [string, (request: IncomingMessage, response: ServerResponse) => void][] = [
      ['reset', (_request, response) => void response.destroy()],
      ['nonsense', (_request, response) => void response.socket?.end('this is no HTTP\r\n\r\n')],
      ['timeout', () => undefined],
      ['reset', (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{', () => response.destroy())
      }],
      ['nonsense', (_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('no gzip')],
      ['nonsense', (_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'br' }).end('no brotli at all')],
      ['nonsense', (_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'br' }).end(brotliCompressSync(OK).subarray(0, 8))],
      // Nobody has asked whether to go on; and what begins with 0, or with 6 and more, is no status.
      ['nonsense', (_request, response) => void response.socket?.write('HTTP/1.1 999 Request denied\r\ncontent-length: 0\r\n\r\n')],
      ['nonsense', (_request, response) => void response.socket?.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')],
      ['nonsense', (_request, response) => void response.socket?.write('HTTP/1.1 099 Nothing\r\ncontent-length: 0\r\n\r\n')],
      ['nonsense', (_request, response) => void response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: something\r\n\r\n')],
      ['tooLarge', (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
        }
        response.on('drain', more)
        more()
      }],
    ]
    const urls: [string, string][] = [['tls', tls.url.replace('http:', 'https:')], ['dns', 'http://nobody.invalid']]
    for (const [reason, answer] of failures) urls.push([reason, (await backendOf(answer)).url])
    for (const [reason, url] of urls) {
      await box.backends.set('live', { url, timeout: reason === 'timeout' ? 50 : 10_000 })
      const answer = await code(box)
      expect([answer.status, sourceOf(answer), reasonOf(answer)]).toEqual([500, 'stub', expect.stringMatching(`^${reason}: `)])
      expect((await box.requests.list({ limit: 1 }))[0]).toMatchObject({ source: 'stub', sourceReason: reasonOf(answer) })
    }
  })
})
