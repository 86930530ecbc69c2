/** The session cookie of a real backend, in a real browser that knows the stub alone. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { startImBackend } from './backends/im.js'
import { hasBrowser, openBrowser } from './support/browser.js'
import { text } from './support/push.js'

const hello = text('r-1', 'r-2', 'hello')

/** Opens the push channel as a page does, starts it and says hello. @returns the first frames that came over it, fewer where it was closed before */
function push(page: Page, base: string, first: number): Promise<unknown> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const frames = []
    const socket = new WebSocket(${JSON.stringify(`${base.replace('http', 'ws')}/android/websocket/`)})
    const say = (message) => socket.send(JSON.stringify({ status: 1, pushId: frames[0]?.pushId ?? '', message }))
    socket.onopen = () => say('start')
    socket.onclose = () => resolve(frames)
    socket.onerror = () => reject(new Error('no connection'))
    socket.onmessage = ({ data }) => {
      frames.push(JSON.parse(data))
      if (frames.length === 1) say([${JSON.stringify(hello)}])
      if (frames.length === ${String(first)}) socket.close()
    }
  })`)
}

test.skipIf(!hasBrowser)('a page of another origin logs in at the real backend and is known on both sides of the seam', async () => {
  const real = await startImBackend()
  const stub = await createStub({ systems: ['im'], backends: { im: real.url } })
  const box = await stub.sandbox()
  const base = box.baseUrl('im')
  const frontEnd = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><title>front end</title>')
  })
  await new Promise<void>((resolve) => frontEnd.listen(0, '127.0.0.1', resolve))
  const browser = await openBrowser()
  try {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${String((frontEnd.address() as AddressInfo).port)}/`) // it listens on TCP
    const call = (path: string, init: object = {}): Promise<unknown> =>
      page.evaluate(`fetch(${JSON.stringify(base + path)}, ${JSON.stringify({ credentials: 'include', ...init })}).then(async (response) => [response.headers.get('understudy-source'), (await response.json()).status])`)
    expect(await call('/android/login/', { method: 'POST', body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) })).toEqual(['real', 1])
    // Set for the backend's own host, by https and below its own path; kept by the browser for the stub's, where the page does not see it.
    const [cookie, ...others] = await context.cookies(`${base}/android/`)
    expect([cookie, others]).toMatchObject([{ name: 'sessionid', value: expect.stringMatching(/^real0+1$/) as string, domain: '127.0.0.1', path: `${new URL(base).pathname}/android`, httpOnly: true, secure: false }, []])
    expect(await context.cookies(real.url)).toEqual([])
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await call('/android/user_contacts/')).toEqual(['real', 1])
    // The push channel shows it, too, and the backend knows its own cookie again.
    expect(await push(page, base, 3)).toEqual([{ status: 1, pushId: 'p-r1', message: 'ok' }, { status: 1, pushId: 'p-r1', message: 'ok' }, { status: 1, pushId: 'p-r1', message: [{ ...hello, createTime: '2026-01-05T12:00:00' }] }])
    expect(real.push.handshakes.map((headers) => headers.cookie)).toEqual([`sessionid=${cookie?.value ?? ''}`])
    await box.backends.set('im', { url: real.url, mode: 'stub' })
    expect(await push(page, base, 1)).toMatchObject([{ status: 1, pushId: 'p-4001' }])
    expect(await call('/android/user_contacts/')).toEqual(['stub', 1])
    await box.backends.set('im', { url: real.url })
    expect(await call('/android/out/')).toEqual(['real', 1])
    expect(await call('/android/user_contacts/')).toEqual(['real', 11001])
    expect(await push(page, base, 1)).toEqual([{ status: 11001, pushId: '', message: 'session error' }])
  } finally {
    await browser.close()
    frontEnd.close()
    await stub.close()
    await real.close()
  }
})

test.skipIf(!hasBrowser)('a page that a real backend answers with drives nothing here, though the stub hands it out', async () => {
  const HOSTILE = `<!doctype html><title>asleep</title><script>
    document.title = 'runs'
    fetch('/__admin/sandboxes/default/backends').then((answer) => answer.text()).then((text) => { document.title = text }, () => { document.title = 'refused' })
    fetch('/__admin/sandboxes/stolen', { method: 'PUT' })
  </script><img src="/__admin/sandboxes/default/reset"><form method="post" action="/__admin/sandboxes/default/reset"></form>`
  const backend = createServer((request, response) => {
    const type = new URL(request.url ?? '', 'http://backend').searchParams.get('mobile') ?? ''
    response.writeHead(200, type === '' ? {} : { 'content-type': type, 'content-security-policy': 'default-src *' }).end(HOSTILE)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String((backend.address() as AddressInfo).port)}` } }) // it listens on TCP
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const reached: string[] = []
    page.on('response', (answer) => {
      if (answer.url().includes('/__admin')) reached.push(`${String(answer.status())} ${answer.url()}`)
    })
    for (const type of ['text/html', 'application/xhtml+xml', 'image/svg+xml', '', 'application/json, text/html', 'application/json;text/html']) {
      await page.goto(`${stub.url}/live/auth/code?mobile=${encodeURIComponent(type)}`, { waitUntil: 'load' }).catch(() => null) // some are taken for a file
      expect(['asleep', ''], type).toContain(await page.title())
    }
    expect(reached.filter((one) => one.startsWith('2'))).toEqual([])
    const known = await (await fetch(`${stub.url}/__admin/sandboxes`)).text()
    expect(known).not.toContain('stolen')
  } finally {
    await browser.close()
    await stub.close()
    await new Promise((resolve) => backend.close(resolve))
  }
})
