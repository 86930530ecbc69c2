import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { im } from '../src/systems/im/index.js'
import { phones } from './support/im.js'
import { Client, text } from './support/push.js'
import { serve } from './support/serve.js'

/** Debian's; another one is named by CHROMIUM_PATH. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const installed = existsSync(executablePath)
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']

const { box } = await serve(im)

if (!installed) {
  test('a browser is there', ({ skip }) => {
    const how = `No browser at ${executablePath}: the tests of the cookie in a real browser did not run. Run "apt-get install -y chromium", or name one by CHROMIUM_PATH.`
    if (process.env['CI'] === 'true') expect.unreachable(how)
    console.warn(how)
    skip(how)
  })
}

describe.skipIf(!installed)('a page of another origin on localhost', () => {
  let browser: Browser
  /** Serves the page of the front end, an empty one; a port of its own makes it another origin. */
  const frontEnd = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end('<!doctype html><title>front end</title>')
  })

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: flags })
    await new Promise<void>((resolve) => {
      frontEnd.listen(0, '127.0.0.1', resolve)
    })
  })

  afterAll(async () => {
    await browser.close()
    frontEnd.close()
  })

  /** Opens the front end at a host name of this machine, and the stub at `localhost`, in a browser without any cookie. */
  async function visit(host: string) {
    const app = await box()
    const api = app.url.replace('127.0.0.1', 'localhost')
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://${host}:${String((frontEnd.address() as AddressInfo).port)}/`) // a TCP server that listens has a port
    return { app, api, page, cookies: () => context.cookies(api) }
  }

  /** Calls the stub as a page does. */
  function call(page: Page, url: string, init: object): Promise<unknown> {
    return page.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((response) => response.json())`)
  }

  const login = (page: Page, api: string) => call(page, `${api}/android/login/`, { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone: phones.alice, password: 'abc12345' }) })
  const contacts = (page: Page, api: string, credentials: 'include' | 'omit') => call(page, `${api}/android/user_contacts/`, { credentials })

  /** Starts the push channel and gives the first two frames: the acknowledgement, and the message that waits. */
  function push(page: Page, api: string): Promise<unknown> {
    return page.evaluate(`new Promise((resolve, reject) => {
      const frames = []
      const socket = new WebSocket(${JSON.stringify(`${api.replace('http', 'ws')}/android/websocket/`)})
      socket.onopen = () => socket.send(JSON.stringify({ status: 1, pushId: '', message: 'start' }))
      socket.onmessage = ({ data }) => { if (frames.push(JSON.parse(data)) === 2) resolve(frames) }
      socket.onclose = ({ code }) => resolve([...frames, code])
      socket.onerror = () => reject(new Error('no connection'))
    })`)
  }

  test('logs in, calls with the cookie, and receives over the push channel', async () => {
    const { app, api, page, cookies } = await visit('localhost')
    const bob = await Client.start(app, phones.bob)
    await bob.say(text('u-4002', 'u-4001', '周六上午图书馆见？'))

    expect(await login(page, api)).toMatchObject({ status: 1, result: { user: { id: 'u-4001' } } })
    expect(await cookies()).toMatchObject([{ name: 'sessionid', path: '/', httpOnly: true, secure: false, sameSite: 'Lax' }])
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await contacts(page, api, 'include')).toMatchObject({ status: 1, result: [{ id: 'u-4002' }] })
    expect(await push(page, api)).toMatchObject([{ status: 1, pushId: 'p-4001', message: 'ok' }, { status: 1, message: [{ fromId: 'u-4002', info: [{ content: '周六上午图书馆见？' }] }] }])
  })

  test('is nobody when it leaves credentials out', async () => {
    const { api, page } = await visit('localhost')
    await login(page, api)
    expect(await contacts(page, api, 'omit')).toMatchObject({ status: 11001, message: 'session error' })
  })

  test('is nobody from another site, for 127.0.0.1 is another site than localhost', async () => {
    const { api, page } = await visit('127.0.0.1')
    expect(await login(page, api)).toMatchObject({ status: 1 })
    expect(await contacts(page, api, 'include')).toMatchObject({ status: 11001, message: 'session error' })
    expect(await push(page, api)).toMatchObject([{ status: 11001, message: 'session error' }, 1008])
  })

  test('may read the answers, for they name its origin', async () => {
    const { api, page } = await visit('localhost')
    expect(await page.evaluate(`fetch(${JSON.stringify(`${api}/android/nothing/`)}, { credentials: 'include' }).then((response) => response.status)`)).toBe(404)
  })
})
