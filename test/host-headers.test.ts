/** What a host puts on the wire of a reply's headers, however the reply is delivered. */
import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test, vi } from 'vitest'
import type { Delivery } from '../src/core/stage/outcome.js'
import { handlerOf } from '../src/hosts/node/handler.js'

const headers = { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'], 'x-last': 'z' }
const deliveries: Readonly<Record<string, Delivery>> = { whole: { kind: 'whole' }, slow: { kind: 'slow', milliseconds: 1, chunks: 2 } }

const server = createServer(handlerOf({ play: ({ url }) => {
  const [path = '', status = '200'] = url.slice(1).split('?')
  return { reply: { status: Number(status), headers, body: 'body' }, delivery: deliveries[path] ?? { kind: 'cut', at: 'start' } }
} }, (problem) => {
  throw new Error(problem)
}))
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address() as AddressInfo // a TCP server that listens has one
afterAll(() => server.close())

async function rawHeaders(method: string, path: string): Promise<readonly (readonly string[])[]> {
  const [response] = (await once(request({ port, host: '127.0.0.1', method, path }).end(), 'response')) as [IncomingMessage] // what this event brings
  response.resume()
  await once(response, 'end')
  const { rawHeaders: flat } = response
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), flat[i + 1] ?? '']] : [])).filter(([name = '']) => !['date', 'connection', 'keep-alive'].includes(name))
}

test.each(['GET', 'HEAD'])('each header stands under its own name, a list of values one by one: %s', async (method) => {
  for (const path of Object.keys(deliveries)) {
    expect(await rawHeaders(method, `/${path}`), path).toEqual([['content-type', 'text/plain'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-last', 'z'], ['content-length', '4']])
  }
})

test.each([204, 205, 304])('an answer with the status %i has no body, however it is delivered: the next one begins right behind its head', async (status) => {
  for (const kind of ['whole', 'slow']) {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    socket.write(`GET /${kind}?${String(status)} HTTP/1.1\r\nHost: localhost\r\n\r\nGET /whole HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    const [bare = '', next = '', body, ...more] = (await text(socket)).split('\r\n\r\n')
    expect([bare.slice(0, 12), next.slice(0, 12), body, more]).toEqual([`HTTP/1.1 ${String(status)}`, 'HTTP/1.1 200', 'body', []])
    expect(bare.toLowerCase().includes('content-length: 0')).toBe(status === 205)
  }
})

test('calls that come in one packet are carried out one after the other, and none of them for a client that has gone', async () => {
  const seen: string[] = []
  const held: (() => void)[] = []
  const slow = createServer(handlerOf({
    play: async ({ url }) => {
      seen.push(url)
      await new Promise<void>((resolve) => held.push(resolve))
      return { reply: { status: 200, headers: {}, body: url }, delivery: { kind: 'whole' } }
    },
  }, () => undefined))
  await once(slow.listen(0, '127.0.0.1'), 'listening')
  const socket = connect((slow.address() as AddressInfo).port, '127.0.0.1') // a TCP server that listens has one
  socket.write(['/1', '/2', '/3', '/4'].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''))
  let got = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (got += chunk))
  await vi.waitFor(() => {
    expect(seen).toEqual(['/1'])
  })
  held[0]?.()
  await vi.waitFor(() => {
    expect([seen, got.split('HTTP/1.1 200').length - 1]).toEqual([['/1', '/2'], 1])
  })
  socket.destroy()
  await vi.waitFor(() => new Promise<void>((resolve, reject) => {
    slow.getConnections((_, count) => {
      if (count === 0) resolve()
      else reject(new Error('not gone yet'))
    })
  }))
  held[1]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual(['/1', '/2'])
  slow.close()
})
