/** The console in a real browser that can reach nothing but this machine. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type ServerOptions, startServer } from '../../src/server.js'
import { loadSystems } from '../../src/systems/load.js'
import { hasBrowser, openBrowser } from './browser.js'

export { hasBrowser }

export const WIDE = { width: 1280, height: 900 }
export const PHONE = { width: 360, height: 740 }

/** Serves all systems and opens a browser, until the test file ends. */
export async function serveConsole(options: Partial<ServerOptions> = {}) {
  const problems: string[] = []
  const server = await startServer({ systems: await loadSystems([]), report: (problem) => problems.push(problem), ...options })
  let browser: Browser | undefined
  let closing: (() => Promise<void>)[] = []
  beforeAll(async () => {
    if (hasBrowser) browser = await openBrowser()
  })
  afterEach(async () => {
    const open = closing
    closing = []
    await Promise.all(open.map((close) => close()))
  })
  afterAll(async () => {
    await browser?.close()
    await server.close()
    expect(problems).toEqual([])
  })

  /**
   * A reader with a browser of his own, on a page of the console. What the page complains of fails the test.
   * @param path on this server, or the whole address on another one
   * @param beforehand a script that runs before those of the page
   */
  async function reader(path: string, settings: BrowserContextOptions = {}, beforehand = ''): Promise<Page> {
    if (browser === undefined) throw new Error('no browser')
    const context = await browser.newContext({ viewport: WIDE, locale: 'en-US', ...settings })
    context.setDefaultTimeout(20_000)
    const page = await context.newPage()
    if (beforehand !== '') await page.addInitScript(beforehand)
    const address = new URL(path, server.url)
    const complaints: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== address.origin) complaints.push(`asks ${request.url()}`)
    })
    page.on('console', (message) => {
      // A refusal that the page takes and tells, or a server that is away, is the browser's complaint, not the page's.
      const isRefusal = /^Failed to load resource: (?:.* status of 4\d\d|net::ERR_CONNECTION_REFUSED)/.test(message.text())
      if (!isRefusal && (message.type() === 'error' || message.type() === 'warning')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    closing.push(async () => {
      await context.close()
      expect(complaints).toEqual([])
    })
    await page.goto(address.href)
    return page
  }

  /** A call of an app. */
  const app = (path: string, init?: RequestInit) => fetch(server.url + path, init)

  return { server, reader, app }
}
