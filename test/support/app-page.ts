/** The page of an app beside the console: in the same browser, on another origin. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { PHONE, WIDE } from './console.js'

/** How each story is told: in both sizes and both languages. */
export const ways = [
  { way: 'wide, in English', settings: { viewport: WIDE, locale: 'en-US' } },
  { way: 'on a phone, in Chinese', settings: { viewport: PHONE, locale: 'zh-CN' } },
]

/** The login of a user of live whose code has been sent. */
export const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: '13800003001', auth_code: '123456' }) }

/** The login of alice, a user of im, in a browser that keeps her cookie. */
export const imLogin = { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{"phone":"13800004001","password":"abc12345"}' } as const

type Call = Awaited<ReturnType<ReturnType<typeof serveApp>>>['call']

/** Logs in to live. @returns the headers of further calls */
export async function logIn(call: Call) {
  await call('/live/auth/code?mobile=13800003001')
  const { api_key: key } = await call('/live/auth/login', login)
  return { headers: { authorization: Buffer.from(String(key)).toString('base64') } }
}

/**
 * Serves the page of an app, an empty one, until the test file ends; a port of its own makes it another origin.
 * @returns a function that opens it beside a page of the console, for calls to a sandbox of the stub
 */
export function serveApp({ url }: { readonly url: string }) {
  const frontEnd = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end('<!doctype html><title>app</title>')
  })
  beforeAll(() => new Promise<void>((resolve) => {
    frontEnd.listen(0, '127.0.0.1', resolve)
  }))
  afterAll(() => {
    frontEnd.close()
  })
  return async (page: Page, sandbox: string) => {
    const other = await page.context().newPage()
    await other.goto(`http://127.0.0.1:${String((frontEnd.address() as AddressInfo).port)}/`) // a TCP server that listens has one
    const base = `${url}/@${sandbox}`
    /** @returns the answer as the app reads it; the name of what was thrown when none came */
    const call = (path: string, init: { method?: string; body?: string; headers?: Record<string, string>; credentials?: 'include' } = {}) => other.evaluate(
      async ({ url: address, options }): Promise<Record<string, unknown>> => {
        try {
          const text = await (await fetch(address, options)).text()
          return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown> // every answer of the systems is an object
        } catch (error) {
          return { thrown: String(error) }
        }
      },
      { url: base + path, options: init },
    )
    return { call, page: other }
  }
}
