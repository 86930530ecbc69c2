/** How a request says where it goes (RFC 9112, section 3.2), over plain connections and over TLS: what HTTP clients do not do by themselves. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectSecurely } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { begin, type Running } from './support/cli.js'

let folder: string
let stub: Running
const ports = { http: 0, https: 0 }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-'))
  stub = begin(['start', 'live', 'im', '--port', '0', '--https'], { env: { UNDERSTUDY_CONFIG_DIR: folder } })
  ports.http = Number((await stub.says(/http:\/\/[^:\s]+:(\d+)/))[1])
  ports.https = Number((await stub.says(/https:\/\/[^:\s]+:(\d+)/))[1])
})
afterAll(async () => {
  stub.child.kill()
  expect((await stub.ended).stderr).toBe('')
  await rm(folder, { recursive: true })
})

const CODE = '/live/auth/code?mobile=13800003001'
const SYSTEMS = '/__admin/systems'
const UPGRADE = 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  const open = (): Socket => {
    const to = { port: ports[scheme], host: '127.0.0.1' }
    // Whom the certificate is for is not what this is about.
    return scheme === 'http' ? connect(to) : connectSecurely({ ...to, rejectUnauthorized: false })
  }

  /** @returns what is answered to these lines of a head, on a connection that ends behind the answer */
  async function asked(first: string, headers: string, body = ''): Promise<string> {
    const socket = open()
    socket.write(`${first}\r\n${headers}${headers.includes('Upgrade') ? '' : 'Connection: close\r\n'}\r\n${body}`)
    return text(socket)
  }
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
  const problemOf = (answer: string) => /urn:understudy:problem:([a-z-]+)/.exec(answer)?.[1]

  test('the form for proxies is served as the plain one', async () => {
    const host = `127.0.0.1:${String(ports[scheme])}`
    for (const target of [`http://${host}${CODE}`, `https://${host}${CODE}`, `HTTP://localhost${CODE}`, `http://app.example${CODE}`]) {
      const answer = await asked(`GET ${target} HTTP/1.1`, `Host: ${host}\r\n`)
      expect([statusOf(answer), answer.split('\r\n\r\n')[1]], target).toEqual([200, '{"code":2000,"desc":"ok"}'])
    }
    const body = '{"mobile":"13800003001","auth_code":"123456"}'
    const login = await asked(`POST http://${host}/@elsewhere/live/auth/login HTTP/1.1`, `Host: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n`, body)
    expect(statusOf(login)).toBe(200)
    const journal = await asked(`GET http://${host}/__admin/sandboxes/elsewhere/requests HTTP/1.1`, `Host: ${host}\r\n`)
    expect(journal).toContain('"url":"/auth/login"')
    // Where there is no path, it is the root; a query stands behind it.
    expect(problemOf(await asked(`GET http://${host} HTTP/1.1`, `Host: ${host}\r\n`))).toBe('no-such-system')
    expect(problemOf(await asked(`GET http://${host}?mobile=1 HTTP/1.1`, `Host: ${host}\r\n`))).toBe('no-such-system')
  })

  test('the host that counts is that of the target, whatever the header says', async () => {
    const own = `127.0.0.1:${String(ports[scheme])}`
    expect(statusOf(await asked(`GET http://${own}${SYSTEMS} HTTP/1.1`, 'Host: evil.example\r\n'))).toBe(200)
    for (const host of ['evil.example', `evil.example:${String(ports[scheme])}`, `${own}@evil.example`, `user@${own}`, 'localhost.evil.example']) {
      const answer = await asked(`GET http://${host}${SYSTEMS} HTTP/1.1`, `Host: ${own}\r\n`)
      expect([statusOf(answer), problemOf(answer)], host).toEqual([403, 'foreign-host'])
    }
    const nowhere = await asked(`GET http://${SYSTEMS} HTTP/1.1`, `Host: ${own}\r\n`)
    expect([statusOf(nowhere), problemOf(nowhere)]).toEqual([400, 'no-host'])
    // A page is of this server if its origin is that of the target.
    const page = (origin: string) => asked(`GET http://${own}${SYSTEMS} HTTP/1.1`, `Host: evil.example\r\nOrigin: ${origin}\r\n`)
    expect([statusOf(await page(`${scheme}://${own}`)), problemOf(await page(`${scheme}://evil.example`))]).toEqual([200, 'foreign-origin'])
  })

  test('two hosts are one too many, even the same one twice', async () => {
    for (const hosts of ['Host: localhost\r\nHost: evil.example\r\n', 'Host: evil.example\r\nhost: localhost\r\n', 'HOST: localhost\r\nHost: localhost\r\n', 'Host: localhost\r\nHost:\r\n']) {
      for (const path of [CODE, SYSTEMS, `http://localhost${SYSTEMS}`]) {
        const answer = await asked(`GET ${path} HTTP/1.1`, hosts)
        expect([statusOf(answer), problemOf(answer), /\r\nconnection: close\r\n/i.test(answer)], `${hosts} ${path}`).toEqual([400, 'several-hosts', true])
      }
    }
    // Nothing that follows on the connection is looked at: whose it is nobody can tell.
    const socket = open()
    socket.write(`POST ${CODE} HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 4\r\n\r\nbodyGET ${CODE} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    expect((await text(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
    const head = await asked(`HEAD ${CODE} HTTP/1.1`, 'Host: a\r\nHost: b\r\n')
    expect([statusOf(head), head.split('\r\n\r\n')[1]]).toEqual([400, ''])
  })

  test('sockets are opened by the same rules', async () => {
    const handshake = (target: string, hosts: string) => asked(`GET ${target} HTTP/1.1`, `${hosts}Connection: Upgrade\r\n${UPGRADE}`)
    const two = await handshake('/__start/socket', 'Host: localhost\r\nHost: evil.example\r\n')
    expect([statusOf(two), problemOf(two)]).toEqual([400, 'several-hosts'])
    expect(statusOf(await handshake('http:///__start/socket', 'Host: localhost\r\n'))).toBe(400)
    const socket = open()
    socket.write(`GET http://localhost/__start/socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n${UPGRADE}\r\n`)
    const opened = await new Promise<string>((resolve) => socket.once('data', (piece: Buffer) => {
      resolve(piece.toString('latin1'))
    }))
    socket.destroy()
    expect(statusOf(opened)).toBe(101)
    // What asks for HTTP/2 in passing is an ordinary call.
    const passing = (target: string, hosts: string) => asked(`GET ${target} HTTP/1.1`, `${hosts}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n`)
    expect(statusOf(await passing('http:///live', 'Host: localhost\r\n'))).toBe(400)
    expect(problemOf(await passing(CODE, 'Host: localhost\r\nHost: localhost\r\n'))).toBe('several-hosts')
  })
})
