/** The session cookie of a real backend, in a real browser that knows the stub alone. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { startImBackend } from './backends/im.js'
import { hasBrowser, openBrowser } from './support/browser.js'

test.skipIf(!hasBrowser)('a page of another origin logs in at the real backend and is known on both sides of the seam', async () => {
  const real = await startImBackend()
  const stub = await createStub({ systems: ['im'], backends: { im: real.url } })
  const box = await stub.sandbox()
  const frontEnd = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><title>front end</title>')
  })
  await new Promise<void>((resolve) => frontEnd.listen(0, '127.0.0.1', resolve))
  const browser = await openBrowser()
  try {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`http://127.0.0.1:${String((frontEnd.address() as AddressInfo).port)}/`) // it listens on TCP
    const call = (path: string, init: object = {}): Promise<unknown> =>
      page.evaluate(`fetch(${JSON.stringify(box.baseUrl('im') + path)}, ${JSON.stringify({ credentials: 'include', ...init })}).then(async (response) => [response.headers.get('understudy-source'), (await response.json()).status])`)
    expect(await call('/android/login/', { method: 'POST', body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) })).toEqual(['real', 1])
    expect(await call('/android/user_contacts/')).toEqual(['real', 1])
    await box.backends.set('im', { url: real.url, mode: 'stub' })
    expect(await call('/android/user_contacts/')).toEqual(['stub', 1])
    await box.backends.set('im', { url: real.url })
    expect(await call('/android/out/')).toEqual(['real', 1])
    expect(await call('/android/user_contacts/')).toEqual(['real', 11001])
  } finally {
    await browser.close()
    frontEnd.close()
    await stub.close()
    await real.close()
  }
})
