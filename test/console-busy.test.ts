/** The console while apps, tests and other people are at work in the same sandbox: nothing that is being done in it is undone by what comes. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { ways } from './support/app-page.js'
import { hasBrowser, serveConsole } from './support/console.js'

const { reader, app } = await serveConsole()
const json = (body: object, method = 'POST') => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const SEND_CODE = '/live/auth/code?mobile=13800003001'

/** @returns what waits until the page has drawn what it asks for next */
async function drawn(page: Page, asks: RegExp): Promise<() => Promise<void>> {
  const answer = page.waitForResponse(asks)
  return async () => {
    await (await answer).finished()
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  }
}

/** Goes to the middle of it and presses, without letting go. */
async function press(page: Page, wanted: ReturnType<Page['locator']>): Promise<void> {
  await wanted.hover()
  await page.mouse.down()
}

describe.skipIf(!hasBrowser).each(ways)('$way', ({ settings }) => {
  const zh = settings.locale === 'zh-CN'
  const say = (en: string, chinese: string) => (zh ? chinese : en)
  const box = (name: string) => `${name}-${zh ? 'zh' : 'en'}`

  test('a call that is pressed is the one that opens, though others come before it is let go', async () => {
    const name = box('pressed')
    for (let i = 0; i < 6; i++) await app(`/@${name}${SEND_CODE}`)
    const page = await reader(`/__console/@${name}/calls`, settings)
    const rows = page.getByRole('grid').getByRole('row')
    await expect.poll(() => rows.count()).toBe(6)
    await press(page, rows.filter({ has: page.locator('.time') }).nth(1).locator('.time'))
    const index = await page.evaluate<string>("document.querySelector('.call:hover').ariaRowIndex")
    const look = await drawn(page, new RegExp(`/sandboxes/${name}$`))
    for (let i = 0; i < 3; i++) await app(`/@${name}/live/users/my`)
    await look()
    expect(await rows.count()).toBe(6)
    await page.mouse.up()
    await page.getByRole('region', { name: say(`Call ${String(7 - Number(index))}`, `请求 ${String(7 - Number(index))}`), exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => rows.count()).toBe(9)
  })

  test('a user who is pressed is the one who opens, though another logs in before and takes the place', async () => {
    const name = box('taken')
    const logIn = (mobile: string) => app(`/__admin/sandboxes/${name}/sessions`, json({ system: 'live', user: mobile }))
    for (const mobile of ['13800003001', '13800003002']) await logIn(mobile)
    const page = await reader(`/__console/@${name}/people`, settings)
    const first = page.locator('.tr:not(.th)').first()
    const more = first.getByRole('button', { name: say('More for', '更多') })
    const label = String(await more.getAttribute('aria-label'))
    await press(page, more)
    const look = await drawn(page, /\/users\?/)
    await logIn('13800003003')
    await app(`/@${name}${SEND_CODE}`)
    await look()
    await page.mouse.up()
    const mobile = /\d{11}/.exec(label)?.[0] ?? ''
    await page.getByRole('dialog', { name: mobile }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => more.getAttribute('aria-label')).not.toBe(label)
  })

  test('an address that is typed for a real backend stays when somebody else sets one, and so does its card', async () => {
    const name = box('typed')
    const backend = (system: string) => `/__admin/sandboxes/${name}/backends/${system}`
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/backends`, settings)
    const card = (system: string) => page.getByRole('form', { name: say(`Real backend of ${system}`, `${system} 的真实后端`) })
    const field = card('live').getByLabel(say('Base URL of the real backend', '真实后端的地址'))
    const titles = () => page.locator('.backends h2').allInnerTexts()
    await field.waitFor()
    const order = await titles()
    await field.fill('http://127.0.0.1:9/typed')
    await card('live').getByRole('combobox', { name: say('Who answers', '由谁应答'), exact: true }).selectOption('compare')
    await field.focus()
    const look = await drawn(page, /\/backends$/)
    await app(backend('live'), json({ url: 'http://127.0.0.1:9/theirs', mode: 'stub' }, 'PUT'))
    await app(backend('trid'), json({ url: 'http://127.0.0.1:9/trid', mode: 'real' }, 'PUT'))
    await app(`/@${name}/live/no`)
    await look()
    await card('live').getByRole('button', { name: say('Take it away', '去掉') }).waitFor()
    expect(await field.inputValue()).toBe('http://127.0.0.1:9/typed')
    expect(await page.evaluate('document.activeElement.value')).toBe('http://127.0.0.1:9/typed')
    expect(await titles()).toEqual(order)
    await field.press('Enter')
    await card('live').getByRole('button', { name: say('Discard', '放弃') }).waitFor({ state: 'detached' })
    expect(await (await app(backend('live'))).json()).toMatchObject({ url: 'http://127.0.0.1:9/typed', mode: 'compare' })
    // What was applied is theirs to change again.
    await app(backend('live'), json({ url: 'http://127.0.0.1:9/later', mode: 'stub' }, 'PUT'))
    await app(`/@${name}/live/no`)
    await expect.poll(() => field.inputValue()).toBe('http://127.0.0.1:9/later')
  })

  test('the menu of sandboxes begins in its field, and nothing in it changes places while others are used', async () => {
    const name = box('switch')
    for (const one of [`${name}-a`, `${name}-b`, name]) await app(`/@${one}/live/no`)
    const page = await reader(`/__console/@${name}/sms`, settings)
    await page.locator('button.switch').focus()
    await page.keyboard.press('Enter')
    await page.locator('#sandboxes li').first().waitFor()
    await page.keyboard.type(name)
    const names = () => page.locator('#sandboxes li .grow').allInnerTexts()
    await expect.poll(names).toHaveLength(3)
    const before = await names()
    const look = await drawn(page, /\/sandboxes$/)
    for (const one of [before[2] ?? '', before[1] ?? '', `${name}-new`, name]) await app(`/@${one}/live/no`)
    await look()
    await expect.poll(names).toEqual([...before, `${name}-new`])
    await page.keyboard.press('Escape')
    expect(await page.evaluate('document.activeElement.className')).toBe('switch')
  })

  test('words for a maintenance are there still when one that somebody else announced is over', async () => {
    const name = box('announced')
    const maintenance = `/__admin/sandboxes/${name}/maintenance`
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const card = page.locator('li.card', { has: page.getByRole('heading', { name: 'trid' }) })
    await card.locator('summary').click()
    await card.getByLabel('Server-Status').fill('back at nine')
    await app(maintenance, json({ system: 'trid' }, 'PUT'))
    await app(`/@${name}/live/no`)
    await card.getByRole('button', { name: say('End maintenance', '结束维护') }).waitFor()
    await app(`${maintenance}?system=trid`, { method: 'DELETE' })
    await app(`/@${name}/live/no`)
    await card.getByLabel('Server-Status').waitFor()
    expect(await card.getByLabel('Server-Status').inputValue()).toBe('back at nine')
  })
})
