/** The console as a whole: how it is served, what it may do, and that it stays with the stub. */
import { describe, expect, test } from 'vitest'
import { startServer } from '../src/server.js'
import { loadSystems } from '../src/systems/load.js'
import { hasBrowser, serveConsole } from './support/console.js'

const { reader, app } = await serveConsole()
const html = { headers: { accept: 'text/html,*/*' } }

describe('the page', () => {
  test('is at the root for browsers, and below /__console for everybody; nothing else may be loaded or framed', async () => {
    for (const [path, init] of [['/', html], ['/__console', {}], ['/__console/@alice/calls/7', {}]] as const) {
      const response = await app(path, init)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
      expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    }
    expect((await app('/')).status).toBe(404)
    expect((await app('/__console', { method: 'POST' })).status).toBe(405)
  })

  test('names its parts by version, and those are kept', async () => {
    const page = await (await app('/__console')).text()
    const [script = ''] = /\/__console\/console\.js\?\w+/.exec(page) ?? []
    expect((await app(script)).headers.get('cache-control')).toContain('immutable')
  })
})

describe.skipIf(!hasBrowser)('the calls', () => {
  test('appear by themselves, are searched, and one is opened by keys alone', async () => {
    const page = await reader('/__console/calls')
    await page.getByText('No calls yet.').waitFor()
    await app('/live/auth/code?mobile=13800003001')
    await app('/live/no/such')
    await page.getByRole('row').nth(1).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('sendcode')
    await page.getByText('1 of 2 calls').waitFor()
    expect(new URL(page.url()).search).toBe('?q=sendcode')
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.getByRole('region', { name: 'Call 1' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/__console/calls/1')
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Call 1' }).waitFor({ state: 'detached' })
  })

  test('are those of the sandbox that the address names', async () => {
    await app('/@elsewhere/live/auth/code?mobile=13800003001')
    const page = await reader('/__console/@elsewhere/calls', { locale: 'zh-CN' })
    await page.getByText('1 条').waitFor()
    expect(await page.title()).toBe('请求 · elsewhere · Understudy')
    await app('/__admin/sandboxes/elsewhere', { method: 'DELETE' })
    await page.getByText('没有沙箱“elsewhere”').waitFor()
    await page.getByRole('button', { name: '建立' }).click()
    await page.getByText('还没有请求').waitFor()
  })
})

describe.skipIf(!hasBrowser)('a long journal', () => {
  test('is read in pages while one scrolls or searches, and says how long it is', async () => {
    const stub = await startServer({ systems: await loadSystems(['live']), journal: 1200 })
    try {
      await fetch(`${stub.url}/live/no/such`)
      for (let sent = 1; sent < 1200; sent += 109) await Promise.all(Array.from({ length: 109 }, async () => (await fetch(`${stub.url}/live/auth/code?mobile=13800003001`)).text()))
      const page = await reader(`${stub.url}/__console/sms`)
      await page.getByText('No code has been sent yet.').or(page.locator('.sms').first()).waitFor()
      const answers: number[] = []
      page.on('response', (response) => {
        if (response.url().includes('/requests/lines?')) void response.json().then(({ lines }: { lines: unknown[] }) => answers.push(lines.length), () => undefined)
      })
      await page.goto(`${stub.url}/__console/calls`)
      await page.getByText('the newest 500 of 1,200 calls · older ones come as you scroll').waitFor()
      await page.locator('.rows').evaluate((rows: { scrollTop: number; scrollHeight: number }) => { rows.scrollTop = rows.scrollHeight })
      await page.getByText('the newest 1,000 of 1,200 calls').waitFor()
      await page.getByRole('searchbox').fill('no/such')
      await page.getByText('1 of 1,200 calls').waitFor()
      await page.getByRole('row').filter({ hasText: 'no operation' }).waitFor()
      await page.getByRole('searchbox').fill('')
      await page.getByText('1,200 calls', { exact: true }).waitFor()
      expect(answers).toEqual([500, 500, 200])
      await page.goto('about:blank')
    } finally {
      await stub.close()
    }
  })
})

describe.skipIf(!hasBrowser)('a stub that was away', () => {
  test('is found again by the page, which says so meanwhile and keeps its filter', async () => {
    const systems = await loadSystems(['live'])
    const { port, url, close } = await startServer({ systems })
    await fetch(`${url}/live/auth/code?mobile=13800003001`)
    const page = await reader(`${url}/__console/calls?q=sendcode`)
    await page.getByRole('row').first().waitFor()
    await close()
    await page.getByText('The stub does not answer.').waitFor()
    const next = await startServer({ systems, port })
    try {
      await page.getByText('The stub does not answer.').waitFor({ state: 'detached' })
      await page.getByText('No call fits the filters.').or(page.getByText('No calls yet.')).waitFor()
      await fetch(`${url}/live/auth/code?mobile=13800003002`)
      await fetch(`${url}/live/no/such`)
      await page.getByText('1 of 2 calls').waitFor()
      expect(new URL(page.url()).search).toBe('?q=sendcode')
    } finally {
      await page.goto('about:blank')
      await next.close()
    }
  })
})
