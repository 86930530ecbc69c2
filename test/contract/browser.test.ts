/** The sample app in a real browser, on a page of another origin than the stub's. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { bundle } from '../../scripts/bundle.js'
import { readSeen } from '../../scripts/try-package.js'
import { createStub } from '../../src/stub.js'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

test.skipIf(!existsSync(CHROMIUM))('an app in Chromium logs in to all five systems, by header, form, cookie and body, is kicked out, and gets messages pushed', async () => {
  const { code } = await bundle("export * from './test/sample-app/stories.ts'")
  const pages = createServer(({ url }, response) => {
    const isScript = url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? code : '<!doctype html><title>app</title>')
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  const { port } = pages.address() as AddressInfo // a TCP server that listens has one
  const stub = await createStub()
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    const box = await stub.sandbox()
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${String(port)}/`)
    const { offline, ...online } = readSeen()
    const seen: Record<string, unknown> = {}
    for (const story of ['live', 'edu', 'job', 'im', 'trid'] as const) seen[story] = await page.evaluate(`import('/app.js').then((app) => app.${story}(${JSON.stringify(box.baseUrl(story))}))`)
    expect(seen).toEqual(online)
    expect(await page.evaluate("import('/app.js').then((app) => app.offline())")).toEqual(offline)
    const push = (baseUrl: string) => page.evaluate(`import('/app.js').then((app) => app.push(${JSON.stringify(baseUrl)}))`)
    expect(await push(box.baseUrl('im'))).toEqual(['p-4001', '记得带书', ''])
    await page.context().clearCookies()
    expect(await push(box.baseUrl('im'))).toEqual(['log in again: 请先登录'])
    expect(await push('http://127.0.0.1:1')).toEqual([expect.stringContaining('网络')])
  } finally {
    await browser.close()
    await stub.close()
    pages.close()
  }
})
