/** The reference pages, in a browser that can reach nothing but the server. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Stub } from '../src/client/stub.js'
import { type RunningServer, startServer } from '../src/server.js'
import { loadSystems } from '../src/systems/load.js'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome'].find(existsSync)
const { CI } = process.env
// On a developer's machine without a browser these stories are left out; the gate runs them or fails.
const browserTest = test.skipIf(executablePath === undefined && (CI === undefined || CI === ''))

const systems = await loadSystems([])
const problems: string[] = []
let server: RunningServer
let stub: Stub
let browser: Browser | undefined
let contexts: BrowserContext[] = []

beforeAll(async () => {
  server = await startServer({ systems, report: (problem) => problems.push(problem) })
  stub = await connect(server.url)
  if (executablePath === undefined && (CI === undefined || CI === '')) return
  const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
  browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ['--no-sandbox', ...quiet, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] })
})
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()))
  contexts = []
})
afterAll(async () => {
  await browser?.close()
  await server.close()
  expect(problems).toEqual([])
})

/** A fresh reader: a page without cookies, and all that it asked for and complained about. */
async function reader(origin = server.url) {
  if (browser === undefined) throw new Error('no browser')
  const context = await browser.newContext()
  contexts.push(context)
  const page = await context.newPage()
  const outside: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => {
    if (!['data:', 'blob:'].includes(new URL(request.url()).protocol) && new URL(request.url()).origin !== origin) outside.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  const open = async (path: string) => {
    await page.goto(`${origin}${path}`)
    await page.locator('.opblock').first().waitFor()
  }
  return { page, outside, complaints, open }
}

async function logIn(page: Page, user: string) {
  await page.locator('#login-button').click()
  await page.locator(`#readers button[data-user="${user}"]`).click()
  await page.locator('#reader').waitFor()
  await page.locator('.opblock').first().waitFor()
}

async function logOut(page: Page) {
  await page.locator('#reader').click()
  await page.locator('#logout').click()
  await page.locator('#reader').waitFor({ state: 'hidden' })
}

/** The entry of an operation, opened. */
async function entry(page: Page, operation: string): Promise<Locator> {
  const block = page.locator('.opblock', { has: page.locator('.opblock-summary-operation-id', { hasText: new RegExp(`^${operation}$`) }) })
  if (!(await block.locator('.opblock-body').isVisible())) await block.locator('.opblock-summary-control').click()
  return block
}

/** Presses "Try it out" and "Execute". @returns what the page shows as the body of the answer */
async function tryOut(page: Page, operation: string): Promise<unknown> {
  const block = await entry(page, operation)
  await block.locator('.try-out__btn:not(.cancel)').click()
  await block.locator('button.execute').click()
  return JSON.parse(await block.locator('.live-responses-table .response-col_description .highlight-code code').first().innerText())
}

/** A protected operation of each system, what its success looks like, and a user of the world who may call it. */
const stories = [
  { system: 'edu', user: '5e0000000000000000001101', operation: 'eduGetMyInfo', success: { code: 900, info: { userID: '5e0000000000000000001101' } } },
  { system: 'im', user: 'u-4001', operation: 'imListFriends', success: { status: 1 } },
  { system: 'job', user: '2', operation: 'jobGetBalance', success: { code: 0, ok: true } },
  { system: 'live', user: '1', operation: 'liveGetMe', success: { code: 2000 } },
  { system: 'trid', user: '13800005001', operation: 'tridRegister', success: { error_no: 0, success: true } },
]

test('every story is about a system that is served', () => {
  expect(systems.map(({ id }) => id)).toEqual(expect.arrayContaining(stories.map(({ system }) => system)))
})

describe.each(stories)('$system', ({ system, user, operation, success }) => {
  const contract = systems.find(({ id }) => id === system)?.contract

  browserTest('shows every operation without a word of complaint and without asking anybody else', async () => {
    const { page, open, complaints, outside } = await reader()
    await open(`/docs/${system}`)
    const shown = await page.locator('.opblock-summary-operation-id').allInnerTexts()
    expect(shown.sort()).toEqual(Object.keys(contract?.operations ?? {}).sort())
    const block = await entry(page, operation)
    const { errors = [], provenance = '' } = contract?.operations[operation] ?? {}
    const table = block.locator('.opblock-description table').first()
    await table.waitFor() // the texts of a list are read as they are at the moment
    const constants = await table.locator('tbody td:nth-child(3)').allInnerTexts()
    expect(constants).toEqual(errors)
    expect(await block.locator('.opblock-description').innerText()).toContain(provenance)
    expect(complaints).toEqual([])
    expect(outside).toEqual([])
  })

  browserTest('a reader logs in with a click, tries a protected operation, and is a stranger in the next sandbox', async () => {
    const { page, open, complaints, outside } = await reader()
    await open(`/docs/${system}?sandbox=${system}-first`)
    await logIn(page, user)
    expect(await tryOut(page, operation)).toMatchObject(success)
    expect(complaints).toEqual([])

    await page.locator('[popovertarget="sandbox-panel"]').click()
    await page.locator('#sandbox-panel input').fill(`${system}-second`)
    await page.locator('#sandbox-panel button.main').click()
    await page.waitForURL(({ search }) => search === `?sandbox=${system}-second`)
    // What was open is open again.
    await page.locator('.opblock.is-open').waitFor()
    expect(await page.locator('#reader').isVisible()).toBe(false)
    const journal = async (box: string) => (await (await stub.sandbox(`${system}-${box}`)).requests.list()).map(({ operationId }) => operationId)
    // What carries its token in the body has an example of the world's, which is good in every sandbox.
    const answer = await tryOut(page, operation)
    if (contract?.operations[operation]?.auth === 'required') expect(answer).not.toMatchObject(success)
    expect(await journal('first')).toEqual([operation])
    expect(await journal('second')).toEqual([operation])
    expect(outside).toEqual([])
  })
})

browserTest('whoever has logged out is a stranger', async () => {
  const { page, open } = await reader()
  await open('/docs/live?sandbox=logged-out')
  await logIn(page, '1')
  expect(await tryOut(page, 'liveGetMe')).toMatchObject({ code: 2000 })
  await logOut(page)
  await open('/docs/live?sandbox=logged-out')
  expect(await tryOut(page, 'liveGetMe')).toMatchObject({ code: 4010 })
})

browserTest('a cookie is taken away at logout', async () => {
  const { page, open } = await reader()
  await open('/docs/im?sandbox=cookies')
  await logIn(page, 'u-4001')
  expect(await page.context().cookies(`${server.url}/@cookies/im/`)).toMatchObject([{ name: 'sessionid', path: '/@cookies/im' }])
  expect(await page.context().cookies(`${server.url}/@others/im/`)).toEqual([])
  await logOut(page)
  expect(await page.context().cookies(`${server.url}/@cookies/im/`)).toEqual([])
})

browserTest('operations are found by path, name or summary', async () => {
  const { page, open } = await reader()
  await open('/docs/job')
  await page.locator('#find').fill('balance')
  await expect.poll(() => page.locator('.opblock-summary-operation-id').allInnerTexts()).toEqual(['jobGetBalance'])
})

browserTest('a server that is open to others asks for its token before it lists users', async () => {
  const guarded = await startServer({ systems, adminToken: 'a-long-secret', report: (problem) => problems.push(problem) })
  try {
    const { page, open } = await reader(guarded.url)
    await open('/docs/live?sandbox=guarded')
    await page.locator('#notice').waitFor()
    await page.locator('[popovertarget="token-panel"]').click()
    await page.locator('#token-panel input').fill('a-long-secret')
    await page.locator('#token-panel button').click()
    await page.locator('.opblock').first().waitFor()
    await logIn(page, '1')
    expect(await tryOut(page, 'liveGetMe')).toMatchObject({ code: 2000 })
  } finally {
    await guarded.close()
  }
})

browserTest('without a control plane the pages can be read and nothing is offered that would not work', async () => {
  const bare = await startServer({ systems, admin: false, report: (problem) => problems.push(problem) })
  try {
    const { page, open, complaints } = await reader(bare.url)
    await open('/docs/live?sandbox=bare')
    expect(await page.locator('#login-button').count()).toBe(0)
    expect(await page.locator('.bar').innerText()).toContain('bare')
    expect(await tryOut(page, 'liveSendCode')).toMatchObject({ code: 2000 })
    expect(complaints).toEqual([])
    expect((await fetch(`${bare.url}/__admin/sandboxes/bare/sessions`, { method: 'POST' })).status).toBe(404)
  } finally {
    await bare.close()
  }
})

describe('over HTTP', () => {
  const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init)

  test('the list of systems names each with its title', async () => {
    const response = await get('/docs')
    const html = await response.text()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const { id, contract } of systems) {
      expect(html).toContain(`href="/docs/${id}"`)
      expect(html).toContain(contract.title.split(' · ')[1])
    }
    expect(html).not.toMatch(/https?:\/\//)
  })

  test('they have their name to themselves, whatever is asked behind it; what only begins with it is none of theirs', async () => {
    for (const path of ['/docs', '/docs/', '/docs?lang=en', '/docs/live?lang=en']) expect([path, (await get(path)).headers.get('content-type')]).toEqual([path, 'text/html; charset=utf-8'])
    for (const path of ['/docsearch', '/docs-of-mine/live', '/__administration']) {
      const response = await get(path)
      expect([path, response.status, (await response.json() as { type: string }).type]).toEqual([path, 404, 'urn:understudy:problem:no-such-system']) // a problem
    }
    for (const path of ['/__admin', '/__admin?x=1']) expect([path, (await (await get(path)).json() as { type: string }).type]).toEqual([path, 'urn:understudy:problem:no-such-path']) // a problem
  })

  test('the document is aimed at the sandbox asked for', async () => {
    const document = await (await get('/docs/live/openapi.json?sandbox=alice')).json() as { servers: unknown; openapi: string } // a document, or the assertions fail
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers).toMatchObject([{ url: '/@alice/live' }])
    expect((await stub.sandboxes()).map(({ name }) => name)).not.toContain('alice')
  })

  test.each([
    ['/docs/nobody', 404, 'edu, im, job, live, trid'],
    ['/docs/nobody/openapi.json', 404, 'edu, im, job, live, trid'],
    ['/docs/live?sandbox=%3Cscript%3E', 400, 'sandbox name'],
    ['/docs/assets/package.json', 404, 'no file'],
    ['/docs/assets/..%2f..%2fpackage.json', 404, 'no file'],
    ['/docs/live/openapi.json/more', 404, 'no page'],
    ['/docs/%', 400, 'could not be read'],
  ])('%s is refused in words', async (path, status, words) => {
    const response = await get(path)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.text()).toContain(words)
  })

  test('the pages have no door of their own to users and logins', async () => {
    expect((await get('/docs/live/users')).status).toBe(404)
    expect((await get('/docs/live/login', { method: 'POST' })).status).toBe(404)
  })
})
