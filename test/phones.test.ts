import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { machineTime } from '../src/core/clock.js'
import { localCertificates } from '../src/hosts/node/certificates.js'
import { networkAddresses, waysIn } from '../src/hosts/node/ways.js'
import { hasBrowser, openBrowser } from './support/browser.js'
import { begin, type Running } from './support/cli.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-'))
})
afterAll(() => rm(folder, { recursive: true }))

const running: Running[] = []
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})

/** Starts a stub for phones, with a port of HTTPS beside it. */
const startForPhones = (...args: string[]) => startIn(folder, ...args)

async function startIn(place: string, ...args: string[]) {
  const stub = begin(['start', '--port', '0', '--lan', '--https', ...args], { env: { UNDERSTUDY_CONFIG_DIR: place } })
  running.push(stub)
  await stub.says(/start page|in no network/)
  const [, url = ''] = await stub.says(/control plane (http:\S+)\/__admin/)
  const [, secure = ''] = await stub.says(/^https +(https:\S+)$/m)
  const [, token = ''] = await stub.says(/^admin token (\S+)$/m)
  return { ...stub, url, secure, token }
}

/** The start page, as asked for under another name. */
async function pageAs(url: string, host: string): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const [answer] = (await once(plainRequest(`${url}/@qa/`, { headers: { host, accept: 'text/html' } }).end(), 'response')) as [IncomingMessage] // what this event brings
  return { status: answer.statusCode, text: await text(answer) }
}

/** A call by Node's own TLS. @returns what was answered; rejects where the certificate is not trusted */
async function callOverTls(url: string, ca: string | undefined): Promise<string> {
  const asked = request(url, { ...(ca === undefined ? {} : { ca }), headers: { accept: 'application/json' } }).end()
  const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream]
  return text(answer)
}

/** @returns what a port answers to pieces of text that arrive one by one, each in a packet of its own, before the client closes its side */
async function said(port: string, pieces: readonly string[]): Promise<string> {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  const answer = text(socket)
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, 'latin1', resolve))
    await new Promise(setImmediate)
  }
  socket.end()
  return answer
}

describe('understudy start --lan --https', () => {
  test('shows each way in with whom it is for, and asks for a token', async () => {
    const { url, secure, token, says } = await startForPhones('live')
    const { port } = new URL(url)
    await says(new RegExp(`^http://localhost:${port} +https://localhost:${new URL(secure).port} +browsers and the iOS simulator`, 'm'))
    await says(new RegExp(`^http://10\\.0\\.2\\.2:${port} .*Android emulator`, 'm'))
    await says(new RegExp(`^adb reverse tcp:${port} tcp:${port} +then http://localhost:${port}`, 'm'))
    expect((await fetch(`${url}/__admin/systems`)).status).toBe(401)
    expect((await fetch(`${url}/__admin/systems`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  })

  test('answers HTTPS and WebSockets over TLS to whoever trusts the authority, which is made once and kept to its owner', async () => {
    const first = await startForPhones()
    const ca = await readFile(join(folder, 'ca.pem'), 'utf8')
    expect((await stat(join(folder, 'ca-key.pem'))).mode & 0o777).toBe(0o600)
    expect(await (await fetch(`${first.url}/__start/ca.crt`)).text()).toBe(ca)
    for (const host of ['localhost', '127.0.0.1', ...networkAddresses().slice(0, 1)]) {
      const secure = first.secure.replace('localhost', host)
      expect(JSON.parse(await callOverTls(`${secure}/live/auth/code?mobile=13800003001`, ca))).toEqual({ code: 2000, desc: 'ok' })
    }
    await expect(callOverTls(`${first.secure}/live/auth/code?mobile=13800003001`, undefined)).rejects.toThrow(/certificate/)
    const socket = new WebSocket(`${first.secure.replace('https', 'wss')}/__start/socket`, { ca })
    expect(await once(socket, 'close')).toEqual([1000, Buffer.from('reached')])
    const second = await startForPhones('live')
    expect(await (await fetch(`${second.url}/__start/ca.crt`)).text()).toBe(ca)
    expect(await callOverTls(`${second.secure}/__start/ping`, ca)).toBe('{"understudy":true}')
  })

  test('a call over HTTPS that asks for HTTP/2 in passing is answered like any other', async () => {
    const { secure } = await startForPhones('live')
    const ca = await readFile(join(folder, 'ca.pem'), 'utf8')
    const asked = request(`${secure}/live/auth/code?mobile=13800003001`, { ca, headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' } }).end()
    const [answer] = (await once(asked, 'response')) as [NodeJS.ReadableStream]
    expect(await text(answer)).toBe('{"code":2000,"desc":"ok"}')
  })

  test('plain HTTP on the port of HTTPS is told where to go, and TLS goes on beside it', async () => {
    const { url, secure, child, ended } = await startForPhones('live')
    const ca = await readFile(join(folder, 'ca.pem'), 'utf8')
    const [{ port: plain }, { port }] = [new URL(url), new URL(secure)]
    const told = (host: string, path: string) => `Plain HTTP was sent to the port of HTTPS.\nHTTPS: https://${host}:${port}${path}\nHTTP:  http://${host}:${plain}${path}\n`
    const mistaken = await fetch(`http://127.0.0.1:${port}/live/users/my?a=1`, { method: 'POST', body: 'x'.repeat(300_000) })
    expect([mistaken.status, mistaken.headers.get('content-type'), mistaken.headers.get('connection'), await mistaken.text()]).toEqual([400, 'text/plain; charset=utf-8', 'close', told('127.0.0.1', '/live/users/my?a=1')])
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' })).status).toBe(400)
    const [refused] = (await once(new WebSocket(`ws://127.0.0.1:${port}/__start/socket`), 'error')) as [Error] // what this event brings
    expect(refused.message).toContain('400')
    // No host, or nonsense, is not shown.
    expect(await said(port, ['GET / HTTP/1.0\r\n\r\n'])).toContain(told('localhost', '/'))
    expect(await said(port, ['GET / HTTP/1.1\r\nHost: a b<c>\r\n\r\n'])).toContain(told('localhost', '/'))
    expect(await said(port, ['G', 'ET / HTTP/1.1\r\nHost: 10.0.2.2:', `${port}\r\n\r\n`])).toContain(told('10.0.2.2', '/'))
    expect(await said(port, ['\x15nonsense\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(await said(port, [])).toBe('')
    expect(await callOverTls(`${secure}/__start/ping`, ca)).toBe('{"understudy":true}')
    // A connection that has said nothing is not waited for.
    const silent = connect({ port: Number(port), host: '127.0.0.1' })
    await once(silent, 'connect')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    silent.destroy()
  })

  test('a signal ends it within bounds, with a TLS connection open that has said nothing', async () => {
    const { secure, child, ended } = await startForPhones('live')
    const ca = await readFile(join(folder, 'ca.pem'), 'utf8')
    const socket = new WebSocket(`${secure.replace('https', 'wss')}/__start/socket`, { ca })
    await once(socket, 'close')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('a folder that holds no certificate is a clear error', async () => {
    const other = await mkdtemp(join(tmpdir(), 'understudy-'))
    await Promise.all(['ca.pem', 'ca-key.pem'].map((name) => writeFile(join(other, name), 'nonsense')))
    const stub = begin(['start', 'live', '--port', '0', '--https'], { env: { UNDERSTUDY_CONFIG_DIR: other } })
    running.push(stub)
    expect(await stub.ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: \S+ca\.pem holds no certificate; delete it/) as unknown })
    await rm(other, { recursive: true })
  })

  test('stubs that start at once, where there is no authority yet, have one', async () => {
    const other = join(folder, 'at-once')
    const all = await Promise.all([1, 2, 3, 4].map(() => startIn(other, 'live')))
    const ca = await readFile(join(other, 'ca.pem'), 'utf8')
    for (const { secure } of all) expect(await callOverTls(`${secure}/__start/ping`, ca)).toBe('{"understudy":true}')
    expect((await readdir(other)).sort()).toEqual(['ca-key.pem', 'ca.pem'])
    expect((await stat(other)).mode & 0o777).toBe(0o700)
  })

  test('what a start left that was ended in between is made whole: a key alone, or a certificate alone', async () => {
    const other = join(folder, 'halves')
    const [keyFile, certFile] = [join(other, 'ca-key.pem'), join(other, 'ca.pem')]
    const first = await localCertificates(other, ['localhost'], machineTime().now())
    const key = await readFile(keyFile, 'utf8')
    await rm(certFile)
    const second = await localCertificates(other, ['localhost'], machineTime().now())
    expect([second.authority === first.authority, await readFile(keyFile, 'utf8')]).toEqual([false, key])
    await rm(keyFile)
    const third = await localCertificates(other, ['localhost'], machineTime().now())
    expect(new X509Certificate(third.authority).checkPrivateKey(createPrivateKey(await readFile(keyFile, 'utf8')))).toBe(true)
    expect(new X509Certificate(third.cert).verify(new X509Certificate(third.authority).publicKey)).toBe(true)
    // One that does not last as long as what it signs is made anew, of the same key.
    const later = await localCertificates(other, ['localhost'], machineTime().now() + 3500 * 86_400_000)
    expect(later.authority).not.toBe(third.authority)
    expect(await readFile(certFile, 'utf8')).toBe(later.authority)
  })

  test('a key of another certificate is a clear error, which names both files', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')]
    for (const place of [one, other]) await localCertificates(place, ['localhost'], machineTime().now())
    await copyFile(join(other, 'ca-key.pem'), join(one, 'ca-key.pem'))
    const stub = begin(['start', 'live', '--port', '0', '--https'], { env: { UNDERSTUDY_CONFIG_DIR: one } })
    running.push(stub)
    expect(await stub.ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: \S+ca-key\.pem is not the key of the certificate in \S+ca\.pem; delete both.*phones/) as unknown })
  })

  test('a key that others may read is closed to them before it is used', async () => {
    const other = join(folder, 'open')
    const { authority } = await localCertificates(other, ['localhost'], machineTime().now())
    await chmod(join(other, 'ca-key.pem'), 0o666)
    expect((await localCertificates(other, ['localhost'], machineTime().now())).authority).toBe(authority)
    expect((await stat(join(other, 'ca-key.pem'))).mode & 0o777).toBe(0o600)
  })
})

describe.skipIf(!hasBrowser)('the start page', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  test('tests the way from the device, shows base URLs and certificate, and takes the token on to the console', async () => {
    const { url, secure, token } = await startForPhones()
    // The browser of the tests resolves no names.
    const at = (base: string) => base.replace('localhost', '127.0.0.1')
    const page = await browser.newPage({ viewport: { width: 360, height: 740 }, ignoreHTTPSErrors: true, locale: 'en-US' })
    for (const [base, other] of [[at(url), 'HTTPS'], [at(secure), 'HTTP']] as const) {
      await page.goto(`${base}/@qa/#token=${token}`)
      const tests = page.locator('#tests li')
      await tests.and(page.locator('[data-good=true]')).nth(other === 'HTTPS' ? 2 : 1).waitFor()
      expect(await tests.allInnerTexts()).toContainEqual(expect.stringContaining(other))
      expect(await page.locator('.urls code').allInnerTexts()).toContain(`${base}/@qa/live`)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
      // Browsers let no page over HTTPS call HTTP, so that it tests itself there.
      if (other === 'HTTP') expect(await page.getByRole('link', { name: 'over HTTP' }).getAttribute('href')).toBe(`${at(url)}/@qa/`)
      expect(await page.locator('[data-good=false]').count()).toBe(0)
      expect(page.url()).toBe(`${base}/@qa/`)
    }
    // Looking at a page makes no sandbox; the first call of the app does.
    await fetch(`${at(url)}/@qa/live/auth/code?mobile=13800003001`)
    await page.goto(`${at(url)}/@qa/`)
    await page.getByRole('link', { name: 'SMS', exact: true }).last().click()
    await page.waitForURL(/\/__console\/@qa\/sms$/)
    await page.getByRole('heading', { name: 'SMS' }).waitFor()
    await page.close()
  })

  test('speaks the language of the phone, and says to nobody what is not there', async () => {
    const { url } = await startForPhones('live', 'trid')
    const accept = 'text/html'
    expect(await (await fetch(`${url}/@qa/`, { headers: { accept, 'accept-language': 'zh-CN' } })).text()).toContain('能否访问')
    expect((await fetch(`${url}/@qa/`)).status).toBe(404)
    // A host that is none is not shown: a code of it would be too large, too.
    for (const host of ['a'.repeat(5000), 'a b', '']) expect(await pageAs(url, host)).toMatchObject({ status: 200, text: expect.stringContaining(`http://localhost:${new URL(url).port}/@qa/live`) as unknown })
    expect((await fetch(`${url}/@%2e%2e/`, { headers: { accept } })).status).toBe(400)
    for (const path of ['/__start/ca-key.pem', '/__start/../package.json', '/__start/%2e%2e/server.js', '/__start/constructor']) expect((await fetch(`${url}${path}`)).status).toBe(404)
    expect((await fetch(`${url}/__start/ping`, { method: 'POST' })).status).toBe(405)
  })
})

test('addresses of networks come before those of tunnels and containers', () => {
  const address = (ip: string, internal = false, family: 'IPv4' | 'IPv6' = 'IPv4') => ({ address: ip, netmask: '255.255.255.0', mac: '00:00:5e:00:53:01', internal, cidr: null, family, scopeid: 0 }) as never
  const found = networkAddresses({ lo: [address('127.0.0.1', true)], docker0: [address('172.17.0.1')], utun3: [address('10.8.0.2')], en0: [address('fe80::1', false, 'IPv6'), address('192.168.1.5')], eth1: [address('203.0.113.9')] })
  expect(found).toEqual(['192.168.1.5', '203.0.113.9', '172.17.0.1', '10.8.0.2'])
  expect(waysIn(['192.168.1.5'], 'Laptop.home').map(({ host }) => host)).toEqual(['localhost', '10.0.2.2', '192.168.1.5', 'laptop.local'])
})
