/** A backend that writes the frames of HTTP/2 by hand, as none that means well would: calls end, answers are whole or none, and no connection is left behind. */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { begin } from './support/cli.js'
import { closedAfterEach } from './support/closing.js'
import { ACK, DATA, END_HEADERS, END_STREAM, fields, frame, GOAWAY, HEADERS, ORIGIN, PING, PRIORITY, RESET, SETTINGS, WINDOW_UPDATE } from './support/http2-frames.js'
import { certificate, hasOpenssl } from './support/openssl.js'

const closing = closedAfterEach()
const OK = '{"code":2000,"desc":"ok"}'
const NO_ERROR = Buffer.alloc(4)
const REFUSED = Buffer.from([0, 0, 0, 7])
const HIGHEST = Buffer.from([0x7f, 0xff, 0xff, 0xff])
/** `:status: 200` and the type of JSON. */
const FINE = fields([[':status', '200'], ['content-type', 'application/json']])
const headOf = (stream: number) => frame(HEADERS, END_HEADERS, stream, FINE)
const right = (stream: number) => Buffer.concat([headOf(stream), frame(DATA, END_STREAM, stream, OK)])
const goaway = (last: Buffer) => frame(GOAWAY, 0, 0, Buffer.concat([last, NO_ERROR]))

/** @param doing what comes back to a call: its stream, and which it is on its connection */
async function beside(doing: (stream: number, turn: number) => Buffer | Promise<Buffer>) {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-frames-'))
  closing.push(() => rm(folder, { recursive: true }))
  const { cert, key, file } = await certificate(folder)
  const open = new Set<TLSSocket>()
  let connections = 0
  const server = createServer({ key, cert, ALPNProtocols: ['h2'] }, (socket) => {
    connections++
    open.add(socket)
    // It closes nothing by itself.
    socket.allowHalfOpen = true
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    socket.write(frame(SETTINGS, 0, 0))
    let turn = 0
    let read = Buffer.alloc(0)
    let begun = false
    socket.on('data', (bytes: Buffer) => {
      read = Buffer.concat([read, bytes])
      if (!begun && read.length >= PREFACE) {
        begun = true
        read = read.subarray(PREFACE)
      }
      while (begun && read.length >= 9 && read.length >= 9 + read.readUIntBE(0, 3)) {
        const [type, flags, stream] = [read.readUInt8(3), read.readUInt8(4), read.readUInt32BE(5)]
        read = read.subarray(9 + read.readUIntBE(0, 3))
        if (type === SETTINGS && flags !== ACK) socket.write(frame(SETTINGS, ACK, 0))
        if (type === HEADERS) void Promise.resolve(doing(stream, turn++)).then((said) => socket.write(said))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of open) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const running = begin(['start', 'live', '--port', '0', '--backend', `live=https://127.0.0.1:${String((server.address() as AddressInfo).port)}`], { env: { NODE_EXTRA_CA_CERTS: file } }) // it listens on TCP
  closing.push(async () => {
    running.child.kill()
    await running.ended
  })
  const [url] = await running.says(/http:\/\/127\.0\.0\.1:\d+/)
  const call = async () => {
    const answer = await fetch(`${url}/live/auth/code?mobile=13800003009`)
    return [answer.status, answer.headers.get('understudy-source'), answer.headers.get('understudy-source-reason'), await answer.text()]
  }
  /** How many connections are not closed on the other side: to the others nothing can be said. */
  const left = () => {
    for (const socket of open) socket.write(frame(PING, ACK, 0, Buffer.alloc(8)))
    return open.size
  }
  return { call, left, url, connections: () => connections }
}

const PREFACE = 24
/** Calls that go over one connection at the same time. */
const AT_ONCE = 128
const WHOLE = [200, 'real', null, OK]

test.skipIf(!hasOpenssl)('an answer whose stream is reset without an error, before its end, is none', async () => {
  const { call } = await beside((stream) => Buffer.concat([headOf(stream), frame(DATA, 0, stream, OK.slice(0, 8)), frame(RESET, 0, stream, NO_ERROR)]))
  expect(await call()).toEqual([500, 'stub', expect.stringMatching(/^reset: /), ''])
})

test.skipIf(!hasOpenssl)('a connection that takes no further calls is closed here, where the backend never does', async () => {
  const { call, left, connections } = await beside((stream) => Buffer.concat([goaway(HIGHEST), right(stream)]))
  for (let i = 0; i < 10; i++) expect(await call()).toEqual(WHOLE)
  expect(connections()).toBe(10)
  await expect.poll(left, { timeout: 15_000 }).toBe(0)
})

test.skipIf(!hasOpenssl)('a call that a backend says it has not looked at, when it breaks the connection off, goes out again', async () => {
  let asked = 0
  const { call } = await beside((stream) => (asked++ === 0 ? frame(GOAWAY, 0, 0, Buffer.concat([Buffer.alloc(4), REFUSED])) : right(stream)))
  expect(await call()).toEqual(WHOLE)
  expect(asked).toBe(2)
})

test.skipIf(!hasOpenssl)('a backend that tells without end of other origins that it answers for is not listened to', async () => {
  const origins = Buffer.concat(Array.from({ length: 200 }, (_, i) => {
    const name = Buffer.from(`https://other${String(i)}.example`)
    return Buffer.concat([Buffer.from([0, name.length]), name])
  }))
  const { call, left } = await beside(() => frame(ORIGIN, 0, 0, origins))
  expect(await call()).toEqual([500, 'stub', expect.stringMatching(/^reset: /), ''])
  await expect.poll(left, { timeout: 15_000 }).toBe(0)
})

test.skipIf(!hasOpenssl)('calls that wait for a connection which takes no more of them go over the next one, however often', async () => {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  const { call, url, connections } = await beside((stream, turn) => (turn === AT_ONCE - 1 ? released.then(() => Buffer.concat([goaway(HIGHEST), ...Array.from({ length: AT_ONCE }, (_, i) => right(stream - 2 * i))])) : Buffer.alloc(0)))
  const answers = Promise.all(Array.from({ length: AT_ONCE * 6 }, call))
  // The others have come meanwhile, and wait.
  for (let i = 0; i < 20; i++) await fetch(`${url}/__admin/health`)
  release()
  expect((await answers).filter((answer) => answer[1] !== 'real')).toEqual([])
  expect(connections()).toBe(6)
})

const MIB = 1024 * 1024
const ONE = Buffer.from([0, 0, 0, 1])
/** What may be said on a connection beside answers. */
const floods: Readonly<Record<string, (stream: number) => Buffer>> = {
  priorities: (stream) => frame(PRIORITY, 0, stream, Buffer.from([0, 0, 0, 0, 1])),
  windows: () => frame(WINDOW_UPDATE, 0, 0, ONE),
  'unknown frames': () => frame(0xfe, 0xff, 0, 'unknown'),
}

test.skipIf(!hasOpenssl).each(Object.entries(floods))('a backend that pours %s is broken off, and it is told why', async (_what, poured) => {
  const { call, left } = await beside((stream) => Buffer.alloc(5 * MIB, poured(stream)))
  expect(await call()).toEqual([500, 'stub', 'nonsense: it sent 4 MiB of HTTP/2 and more that bring nothing of an answer', ''])
  await expect.poll(left, { timeout: 15_000 }).toBe(0)
})

test.skipIf(!hasOpenssl)('a backend that pours answers which are not final gives none, and its connection is broken off', async () => {
  const { call, left } = await beside((stream) => Buffer.alloc(5 * MIB, frame(HEADERS, END_HEADERS, stream, fields([[':status', '103']]))))
  expect(await call()).toEqual([500, 'stub', 'nonsense: more than 100 interim answers came before the answer', ''])
  await expect.poll(left, { timeout: 15_000 }).toBe(0)
})

test.skipIf(!hasOpenssl)('a backend whose answer comes byte by byte without end is broken off', async () => {
  const { call, left } = await beside((stream) => Buffer.concat([headOf(stream), ...Array.from({ length: 20_000 }, () => frame(DATA, 0, stream, ' ')), frame(DATA, END_STREAM, stream, OK)]))
  expect(await call()).toEqual([500, 'stub', 'nonsense: its answers come in 10000 frames of HTTP/2 and more of fewer than 16 bytes', ''])
  await expect.poll(left, { timeout: 15_000 }).toBe(0)
})

test.skipIf(!hasOpenssl)('a connection on which a backend says much beside each answer is kept, and so is one on which an answer comes byte by byte', async () => {
  const { call, connections } = await beside((stream, turn) => (turn > 0
    ? Buffer.concat([Buffer.alloc(100 * 1024, frame(PRIORITY, 0, stream, Buffer.from([0, 0, 0, 0, 1]))).subarray(0, 14 * 7000), right(stream)])
    : Buffer.concat([headOf(stream), ...Array.from({ length: 8000 }, () => frame(DATA, 0, stream, ' ')), frame(DATA, END_STREAM, stream, OK)])))
  for (let i = 0; i < 60; i++) expect(await call()).toEqual([200, 'real', null, expect.stringMatching(/^ *\{"code":2000,"desc":"ok"\}$/)])
  expect(connections()).toBe(1)
})
