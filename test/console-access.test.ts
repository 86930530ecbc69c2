/** That everybody can use the console: axe finds nothing, nothing is wider than the screen, keys are enough, and it loads quickly. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { barriers } from './support/axe.js'
import { hasBrowser, PHONE, serveConsole, WIDE } from './support/console.js'

const { reader, app } = await serveConsole()
const json = (body: object, method = 'POST') => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const PANELS = ['/', '/__console/calls', '/__console/calls/2', '/__console/calls/4', '/__console/people', '/__console/sms', '/__console/clock', '/__console/faults', '/__console/records/job/coupons', '/__console/push', '/__console/backends', '/__console/state']

/** What the browser itself counts as movement that nobody asked for. */
const WATCH_MOVES = `
  window.moved = []
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) window.moved.push(value.toFixed(4) + ' ' + sources.map(({ node }) => node?.className ?? node?.nodeName ?? '').join(', '))
  }).observe({ type: 'layout-shift', buffered: true })`

beforeAll(async () => {
  const admin = '/__admin/sandboxes/default'
  await app('/live/auth/code?mobile=13800003001')
  await app('/live/auth/login', json({ mobile: '13800003001', auth_code: '000000' }))
  await app('/live/auth/login', json({ mobile: '13800003001', auth_code: '123456' }))
  await app('/live/auth/cod')
  await app(`${admin}/faults`, json({ system: 'live', operationId: 'liveLogin', fault: { kind: 'error', error: 'API_INVALID_AUTH_CODE' }, times: 1, probability: 1 }))
  await app(`${admin}/maintenance`, json({ system: 'trid' }, 'PUT'))
  await app(`${admin}/sessions`, json({ system: 'edu', user: '13800001002' }))
})

describe.skipIf(!hasBrowser).each([
  { name: 'wide and light', settings: { viewport: WIDE, colorScheme: 'light' as const, locale: 'en-US' } },
  { name: 'on a phone, dark, in Chinese', settings: { viewport: PHONE, colorScheme: 'dark' as const, locale: 'zh-CN' } },
])('$name', ({ settings }) => {
  test.each(PANELS)('%s has no barrier', async (path) => {
    const page = await reader(path, settings)
    await page.locator('.reading .time').waitFor()
    await page.locator('main :is(.sheet, .rows, .grid td, .detail-body):visible').first().waitFor()
    expect(await barriers(page)).toEqual([])
  })
})

/** What opens above a page, by what is pressed for it. */
const ABOVE = [
  { what: 'a user', path: '/__console/people', press: '.tr .name' },
  { what: 'a credential', path: '/__console/people', press: '.tr .buttons button' },
  { what: 'a rewind', path: '/__console/calls/2', press: '.detail-body .buttons button >> nth=-3' },
  { what: 'a fork', path: '/__console/calls/2', press: '.detail-body .buttons button >> nth=-2' },
  { what: 'a record', path: '/__console/records/job/coupons', press: '.acts button' },
  { what: 'a question', path: '/__console/state', press: 'button.danger' },
]

describe.skipIf(!hasBrowser).each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each(ABOVE)('$what above $path has no barrier', async ({ path, press }) => {
    const page = await reader(path, { viewport: PHONE, colorScheme })
    await page.locator(press).first().click()
    await page.locator('dialog :is(.deed, .credentials, .gone, .moment, .record-form)').first().waitFor()
    expect(await barriers(page)).toEqual([])
  })
})

test('the script weighs less than a picture', () => {
  const script = gzipSync(readFileSync(new URL('../dist/console/console.js', import.meta.url)))
  expect(script.length).toBeLessThan(120 * 1024)
})

describe.skipIf(!hasBrowser)('by keys alone', () => {
  test('a call is found, opened and answered with its error the next time', async () => {
    const page = await reader('/')
    await page.locator('.reading .time').waitFor()
    const focused = () => page.evaluate('document.activeElement?.textContent ?? ""')
    while (!String(await focused()).startsWith('Calls')) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('row').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('invalid_auth')
    await page.getByText('1 of 4 calls').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.getByRole('region', { name: 'Call 2' }).waitFor()
    while (!String(await focused()).startsWith('Answer the next one so')) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('The next liveLogin is answered with API_INVALID_AUTH_CODE').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Call 2' }).waitFor({ state: 'detached' })
  })
})

describe.skipIf(!hasBrowser).each([{ width: WIDE }, { width: PHONE }])('$width.width pixels wide', ({ width }) => {
  test.each(PANELS)('nothing on %s moves by itself, neither as it loads nor when a call comes', async (path) => {
    const page = await reader(path, { viewport: width }, WATCH_MOVES)
    await page.locator('main :is(.sheet, .rows, .grid td, .detail-body):visible').first().waitFor()
    const beat = page.waitForResponse(/\/sandboxes\/default$/)
    await app('/live/users/my')
    await (await beat).finished()
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
    expect(await page.evaluate('moved')).toEqual([])
  })
})
