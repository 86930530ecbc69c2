/** A real backend at the edges of HTTP, and a sandbox that changes while it is asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import type { Mode } from '../src/core/backends/setting.js'
import { closedAfterEach } from './support/closing.js'

const PHONE = '13800003009'
const OK = '{"code":2000,"desc":"ok"}'
const closing = closedAfterEach()

type Answering = (request: IncomingMessage, response: ServerResponse) => void

/** A sandbox of a stub that was started beside a backend which answers so. */
async function beside(answering: Answering, { mode = 'real', base = '', memory = '512mb' }: { readonly mode?: Mode; readonly base?: string; readonly memory?: string } = {}) {
  const asked: string[] = []
  const backend = createServer((request, response) => {
    request.resume()
    asked.push(request.url ?? '')
    answering(request, response)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    backend.closeAllConnections()
    return new Promise((resolve) => backend.close(resolve))
  })
  const url = `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` // it listens on TCP
  const to = { url: `${url}${base}`, mode }
  const stub = await createStub({ systems: ['live', 'edu'], backends: { live: to, edu: to }, maxMemory: memory })
  closing.push(() => stub.close())
  return { asked, url, stub, box: await stub.sandbox() }
}

const sourceOf = ({ headers }: Response) => [headers.get('understudy-source'), headers.get('understudy-source-reason')]

describe('while the backend is asked, its sandbox is reset', () => {
  /** Answers nothing before it is told to. */
  function held() {
    let came: () => void = () => undefined
    const here = new Promise<void>((resolve) => (came = resolve))
    const waiting: ServerResponse[] = []
    const answering: Answering = (_request, response) => {
      waiting.push(response)
      came()
    }
    return { here, waiting, answering }
  }

  test.each([
    ['real', [500, 'stub', /^reset: /]],
    ['real-or-stub', [200, 'stub', /^reset: /]],
    ['compare', [200, 'stub', /^reset: /]],
  ] as const)('what it may have done by a call that it did not answer is not asked for again (%s)', async (mode, [status, source, reason]) => {
    const { here, waiting, answering } = held()
    const { asked, box } = await beside(answering, { mode })
    const call = box.fetch(`/live/auth/code?mobile=${PHONE}`)
    await here
    await box.reset()
    for (const one of waiting) one.destroy()
    const answer = await call
    expect([answer.status, ...sourceOf(answer)]).toEqual([status, source, expect.stringMatching(reason)])
    expect(asked).toHaveLength(1)
  })

  test('it is compared once, and the world that is there now hears the call', async () => {
    const { here, waiting, answering } = held()
    const { asked, box } = await beside(answering, { mode: 'compare' })
    const call = box.fetch(`/live/auth/code?mobile=${PHONE}`)
    await here
    await box.reset()
    for (const one of waiting) one.writeHead(200, { 'content-type': 'application/json' }).end(OK)
    const answer = await call
    expect([await answer.json(), ...sourceOf(answer)]).toEqual([{ code: 2000, desc: 'ok' }, 'stub', null])
    expect(asked).toHaveLength(1)
    expect((await box.sms.list()).map(({ phone }) => phone)).toEqual([PHONE])
  })
})

describe('what comes back', () => {
  test('a file that has not changed, though its length is told', async () => {
    const { box } = await beside((_request, response) => void response.socket?.write('HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 341\r\n\r\n'))
    const answer = await box.fetch('/edu/file/5f0000000000000000000001.png', { headers: { 'if-none-match': '"a"' } })
    expect([answer.status, ...sourceOf(answer), answer.headers.get('etag')]).toEqual([304, 'real', null, '"a"'])
    expect((await box.backends.drift()).drift).toEqual([])
  })

  test('a file that breaks off on its way, of which the drift tells why', async () => {
    const { box } = await beside((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 4_000_000 })
      response.write(Buffer.alloc(2_000_000), () => setImmediate(() => response.destroy()))
    })
    const answer = await box.fetch('/edu/file/5f0000000000000000000001.png')
    expect([answer.status, ...sourceOf(answer)]).toEqual([200, 'real', null])
    await expect(answer.arrayBuffer()).rejects.toThrow('terminated')
    const { drift, calls } = await box.backends.drift()
    expect(drift).toMatchObject([{ operationId: 'eduDownload', kind: 'noAnswer', reason: 'reset', count: 1, last: { status: 200, message: expect.stringMatching(/^reset: /) as string } }])
    expect(calls).toEqual([{ system: 'edu', operationId: 'eduDownload', asked: 1, departed: 1 }])
  })

  test.each([
    ['an answer behind some that are not final', 100, [200, 'real', null]],
    ['no answer behind more of these than anybody has to say', 20_000, [500, 'stub', 'nonsense: more than 100 interim answers came before the answer']],
  ])('%s', async (_what, count, told) => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(count)
    const { box } = await beside((_request, response) => void response.socket?.write(`${interim}HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${String(OK.length)}\r\n\r\n${OK}`))
    const answer = await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    expect([answer.status, ...sourceOf(answer)]).toEqual(told)
  })

  test('a redirect to a name that is not ASCII leads to the same name here', async () => {
    const { box } = await beside((_request, response) => void response.socket?.write('HTTP/1.1 302 Found\r\nlocation: /base/文?名=%E4%B8%AD#段\r\ncontent-length: 0\r\n\r\n'), { base: '/base' })
    const answer = await box.fetch(`/live/auth/code?mobile=${PHONE}`, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe(`/@${box.name}/live/%E6%96%87?%E5%90%8D=%E4%B8%AD#%E6%AE%B5`)
  })

  test('a redirect to a path that begins with two slashes leads to no other host', async () => {
    const { url } = await beside((request, response) => void response.writeHead(302, { location: `http://${request.headers.host ?? ''}//other.example/x` }).end())
    const alone = await createStub({ systems: ['live'], backends: { live: url } })
    closing.push(() => alone.close())
    const answer = await fetch(`${alone.url}/auth/code?mobile=${PHONE}`, { redirect: 'manual' })
    expect(new URL(answer.headers.get('location') ?? '', alone.url).href).toBe(`${alone.url}//other.example/x`)
  })

  test('a cookie keeps the whole of its path', async () => {
    const { box } = await beside((_request, response) => void response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=1=2; Path=/base/a=b/c; HttpOnly' }).end(OK), { base: '/base' })
    expect((await box.fetch(`/live/auth/code?mobile=${PHONE}`)).headers.getSetCookie()).toEqual([`a=1=2; Path=/@${box.name}/live/a=b/c; HttpOnly`])
  })
})

test.each(['..', '%2e%2e', '..%2f..%2fadmin', '%2E.%5cadmin', 'a%2F..%2f..', '..\\admin'])('a path that may lead out of the backend stays here (%s)', async (name) => {
  const { asked, stub, box } = await beside((_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(OK), { base: '/base' })
  // What sends URLs for others would put this one in order.
  const socket = connect(Number(new URL(stub.url).port), '127.0.0.1')
  closing.push(async () => void socket.destroy())
  socket.write(`GET /@${box.name}/edu/file/${name} HTTP/1.1\r\nHost: stub\r\nConnection: close\r\n\r\n`)
  let said = ''
  for await (const piece of socket.setEncoding('latin1') as AsyncIterable<string>) said += piece
  expect(said).toContain('understudy-source: stub')
  expect(asked).toEqual([])
})

describe('a login with the code that the document shows for it, which is in no table', () => {
  const KEY = 'beef'.padEnd(32, '7')
  const answering: Answering = ({ url = '', headers }, response) => {
    const json = url.startsWith('/auth/login') ? { code: 1000, desc: 'ok', api_key: KEY, mobile: PHONE } : { code: url.startsWith('/users') && headers.authorization !== Buffer.from(KEY).toString('base64') ? 4010 : 2000, desc: 'ok' }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  }

  test('is taken over, and told of with the question that it answers', async () => {
    const { box, url } = await beside(answering)
    await box.backends.set('live', { url, operations: { channels: 'stub' } })
    await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    const list = await box.fetch('/live/channels/live', { headers: { authorization: Buffer.from(KEY).toString('base64') } })
    expect([await list.json(), ...sourceOf(list)]).toMatchObject([{ code: 2000 }, 'stub', null])
    expect((await box.backends.drift()).drift).toMatchObject([{ kind: 'undocumentedCode', pointer: '/code', questions: [{ number: 'live-q5' }] }])
  })

  test('is one for whom the stub logs in by itself as well', async () => {
    const { asked, box, url } = await beside(answering)
    await box.backends.set('live', { url, operations: { auth: 'stub' }, credentials: { '13800003001': '123456' } })
    const { session: { accessToken } } = await box.sessions.issue({ system: 'live', user: '13800003001' })
    const mine = await box.fetch('/live/users/my', { headers: { authorization: Buffer.from(accessToken).toString('base64') } })
    expect([await mine.json(), ...sourceOf(mine)]).toMatchObject([{ code: 2000 }, 'real', null])
    expect(asked).toEqual(['/auth/code?mobile=13800003001', '/auth/login', '/users/my'])
  })
})

test('answers that are under way have a bound together: one more that is large is refused, and the others are whole', async () => {
  const waiting: ServerResponse[] = []
  const { box } = await beside((_request, response) => {
    waiting.push(response)
    response.writeHead(200, { 'content-type': 'application/json' }).write(`{"code":2000,"desc":"${'x'.repeat(7_000_000)}`)
  }, { memory: '32mb' })
  const call = async () => {
    const answer = await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    return [answer.status, ...sourceOf(answer), (await answer.text()).length]
  }
  // The oldest of them goes on in any case, and nobody knows which of them that is: three others do not fit.
  const calls = [call(), call(), call(), call()]
  expect(await Promise.race(calls)).toEqual([500, 'stub', 'tooLarge: the answers that are under way have more than 16777216 bytes together', 0])
  for (const one of waiting) one.end('"}')
  const statuses = (await Promise.all(calls)).map(([status]) => status).sort()
  expect([[200, 200, 200, 500], [200, 200, 500, 500]]).toContainEqual(statuses)
})
