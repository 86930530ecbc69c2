/** Many calls over one connection, none waiting for the answer to the one before (RFC 9112, 9.3.2). */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { begin, type Running } from './support/cli.js'

const CALLS = 40
const BODY = '{"mobile":"13800003001","auth_code":"123456"}'
const JSON_BODY = `Content-Type: application/json\r\nContent-Length: ${String(BODY.length)}\r\n\r\n${BODY}`

let stub: Running
let port = 0
beforeAll(async () => {
  stub = begin(['start', '--port', '0', 'live'])
  port = Number((await stub.says(/http:\/\/[^:\s]+:(\d+)/))[1])
})
afterAll(() => stub.child.kill())

/** @returns the status of each answer, in the order in which they came */
function pipeline(call: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      const statuses = text.match(/(?<=^|\n|\})HTTP\/1\.1 \d+/g) ?? []
      if (statuses.length < CALLS) return
      socket.destroy()
      resolve(statuses)
    })
    socket.once('error', reject)
    socket.once('end', () => { reject(new Error(`the connection ended after\n${text}`)) })
    socket.write(call.repeat(CALLS))
  })
}

/** @returns what is answered to all that is said, until the other side ends the connection or so many answers have come */
function answers(said: string, most: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const heads = () => text.split(/(?=HTTP\/1\.1 \d+ )/).filter((head) => head.startsWith('HTTP'))
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      if (heads().length >= most) socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => {
      resolve(heads())
    })
    socket.write(said)
  })
}

test('an upgrade that is asked for behind other calls waits for their answers, and what follows it is answered as well', async () => {
  const host = `Host: localhost:${String(port)}\r\n`
  const call = (query: string, upgrade = '') => `GET /live/auth/code?mobile=13800003001${query} HTTP/1.1\r\n${host}${upgrade}\r\n`
  const inPassing = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'
  const socket = `GET /__start/socket HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const statuses = async (said: string, most: number) => (await answers(said, most)).map((head) => Number(head.slice(9, 12)))
  for (const delay of ['', '&__delay=30']) {
    expect(await statuses(call(delay) + call('', inPassing) + call(''), 3), delay).toEqual([200, 200, 200])
    expect(await statuses(call(delay) + call(delay) + call(delay, inPassing) + call('') + call('', inPassing) + call(''), 6), delay).toEqual([200, 200, 200, 200, 200, 200])
    expect(await statuses(call(delay) + call(delay) + socket, 3), delay).toEqual([200, 200, 101])
  }
  // Who asks again and again is answered, and then shown out.
  const many = await answers(call('', inPassing).repeat(CALLS), CALLS)
  expect([many.length > 1, many.length < CALLS, many.map((head) => /\r\nconnection: close\r\n/i.test(head)).indexOf(true)]).toEqual([true, true, many.length - 1])
})

test('forty at once are answered one by one, and the process has nothing to complain of', async () => {
  const host = `Host: localhost:${String(port)}\r\n`
  for (const [call, status] of [
    [`GET /live/auth/code?mobile=13800003001 HTTP/1.1\r\n${host}\r\n`, 200],
    [`GET /live/auth/code?mobile=13800003001&__delay=20 HTTP/1.1\r\n${host}\r\n`, 200],
    [`POST /live/auth/login HTTP/1.1\r\n${host}${JSON_BODY}`, 200],
    [`POST /nothing HTTP/1.1\r\n${host}${JSON_BODY}`, 200],
    [`GET /__admin/sandboxes/nobody/requests/wait?timeout=20 HTTP/1.1\r\n${host}\r\n`, 404],
    [`GET /docs/live HTTP/1.1\r\n${host}\r\n`, 200],
  ] as const) expect(await pipeline(call), call).toEqual(Array.from({ length: CALLS }, () => `HTTP/1.1 ${String(status)}`))
  stub.child.kill('SIGTERM')
  expect((await stub.ended).stderr).not.toMatch(/Warning|listener/i)
})
