/** The console while apps, tests and other people are at work in the same sandbox: nothing that is being done in it is undone by what comes. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { startServer } from '../src/server.js'
import { loadSystems } from '../src/systems/load.js'
import { ways } from './support/app-page.js'
import { closedAfterEach } from './support/closing.js'
import { hasBrowser, serveConsole } from './support/console.js'

const { server, reader, app } = await serveConsole()
const closing = closedAfterEach()
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

  test('services are put out of order by one tick after the other, faster than the stub answers, and no new record is saved twice', async () => {
    const name = box('quick')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const card = page.locator('li.card', { has: page.getByRole('heading', { name: 'edu' }) })
    await page.route('**/outages', (route) => new Promise((go) => setTimeout(go, 200)).then(() => route.continue()))
    for (const service of ['internal', 'database', 'smsOperator']) await card.getByLabel(service).click()
    const out = async () => ((await (await app(`/__admin/sandboxes/${name}/outages`)).json()) as { outages: { out: string[] }[] }).outages[0]?.out // as control.yaml says
    await expect.poll(out).toEqual(['internal', 'database', 'smsOperator'])
    for (const service of ['internal', 'database', 'smsOperator']) expect(await card.getByLabel(service).isChecked()).toBe(true)

    await page.goto(new URL(`/__console/@${name}/records/live/users`, server.url).href)
    for (const mobile of ['13911112222', '13800003001']) {
      await page.getByRole('button', { name: say('Add', '新增'), exact: true }).click()
      await page.getByRole('dialog').getByLabel(/^mobile/).fill(mobile)
      await page.getByRole('dialog').getByLabel(/^nickname/).fill('Guest')
      await page.getByRole('dialog').getByRole('button', { name: say('Stage', '暂存') }).click()
    }
    const sent: string[] = []
    await page.route('**/db/live/users', async (route) => {
      sent.push(String(route.request().postData()))
      // Another edit is staged while these are saved.
      if (sent.length === 1) {
        await page.getByRole('button', { name: say('Edit 2', '编辑 2'), exact: true }).click()
        await page.getByRole('dialog').getByRole('button', { name: say('Delete', '删除'), exact: true }).click()
      }
      await route.continue()
    })
    await page.getByRole('button', { name: say('Save 2', '保存 2 处') }).dblclick()
    await page.getByText(say('1 saved', '已保存 1 条')).waitFor()
    expect(sent).toHaveLength(2)
    await page.getByRole('button', { name: say('Save 2', '保存 2 处') }).waitFor()
    await page.locator('.complaint', { hasText: '13800003001' }).waitFor()
    await page.locator('tr.deleted').waitFor()
  })

  test('a call that a reset has taken away is told so, and what a rewind takes away is counted until it is done', async () => {
    const name = box('taken-back')
    for (let i = 0; i < 3; i++) await app(`/@${name}${SEND_CODE}`)
    const page = await reader(`/__console/@${name}/calls/3`, settings)
    await page.getByRole('button', { name: say('Rewind to before it…', '退回到此前…') }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(say('1 call', '1 次请求'), { exact: true }).waitFor()
    await app(`/@${name}${SEND_CODE}`)
    await dialog.getByText(say('2 calls', '2 次请求'), { exact: true }).waitFor()
    await dialog.getByRole('button', { name: say('Close', '关闭') }).click()
    await app(`/__admin/sandboxes/${name}/reset`, { method: 'POST' })
    await page.locator('.detail .empty').waitFor()
    expect(await page.locator('.detail-body').count()).toBe(0)
  })

  test('what is no operation is not taken for all of them; another panel begins at its top', async () => {
    const name = box('unknown')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const form = page.getByRole('form', { name: say('Arm a fault', '布置故障') })
    const operation = form.getByRole('combobox', { name: say('Operation', '接口'), exact: true })
    await operation.fill('liveLogn')
    await operation.press('Enter')
    expect(await page.evaluate<string>('document.activeElement.validationMessage')).toBe(say('No operation is called so.', '没有这个名称的接口。'))
    await operation.fill('liveLogin')
    await operation.press('Enter')
    await page.locator('.armed li', { hasText: 'liveLogin' }).waitFor()
    expect(await page.locator('.armed li').count()).toBe(1)
    await page.getByRole('link', { name: 'live', exact: true }).waitFor()
    const top = () => page.evaluate<number>("document.querySelector('main').scrollTop")
    await page.evaluate("document.querySelector('main').scrollTop = 300")
    expect(await top()).toBe(300)
    await page.getByRole('link', { name: say('People', '用户'), exact: true }).click()
    await page.locator('.tr .name').first().waitFor()
    expect(await top()).toBe(0)
  })

  test('a sandbox that was deleted is found again when an app makes it', async () => {
    const name = box('again')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const lasting = page.getByLabel(say('For how long', '持续'))
    await lasting.fill('77s')
    await app(`/__admin/sandboxes/${name}`, { method: 'DELETE' })
    const make = page.getByRole('button', { name: say('Make it', '建立') })
    await make.waitFor()
    // The page has not looked yet when somebody else has made it.
    await page.route('**/__admin/health', (route) => new Promise((go) => setTimeout(go, 1000)).then(() => route.continue()))
    await app(`/@${name}/live/no`)
    await make.click()
    await lasting.waitFor()
    await page.unroute('**/__admin/health')
    await app(`/__admin/sandboxes/${name}`, { method: 'DELETE' })
    await make.waitFor()
    await app(`/@${name}/live/no`)
    await lasting.waitFor()
    expect(await lasting.inputValue()).toBe('77s')
    expect(await page.locator('.notice').count()).toBe(0)
  })

  test('a token that the stub does not take is said to be wrong, is not lost, and may be given again', async () => {
    const stub = await startServer({ systems: await loadSystems(['live']), adminToken: 'the-right-token-0123' })
    closing.push(() => stub.close())
    const page = await reader(`${stub.url}/__console/clock`, settings)
    const field = page.getByLabel(say('Token', '令牌'), { exact: true })
    await field.fill('the-wrong-token')
    for (let i = 0; i < 2; i++) {
      const asked = page.waitForResponse(/\/systems$/)
      await page.keyboard.press('Enter')
      await (await asked).finished()
      await page.getByText(say('The stub does not take the token', '服务不接受此标签页的令牌')).waitFor()
      expect(await field.inputValue()).toBe('the-wrong-token')
    }
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('the-right-token-0123')
    await page.keyboard.press('Enter')
    await page.locator('.big-time').waitFor()
    await page.goto('about:blank')
  })

  test('the focus stays with a call, a form or a button, and goes to no other one', async () => {
    const name = box('focus')
    for (let i = 0; i < 3; i++) await app(`/@${name}${SEND_CODE}`)
    const page = await reader(`/__console/@${name}/calls`, settings)
    const focused = () => page.evaluate<string>("document.activeElement.dataset.call ?? document.activeElement.getAttribute('role') ?? document.activeElement.textContent")
    await page.locator('[data-call="3"]').press('Enter')
    await page.getByRole('region', { name: say('Call 3', '请求 3') }).getByRole('button', { name: say('Close', '关闭') }).press('Enter')
    await expect.poll(focused).toBe('3')
    // So many come that its row is seen no longer, and is written over.
    const look = await drawn(page, new RegExp(`/sandboxes/${name}$`))
    await Promise.all(Array.from({ length: 60 }, () => app(`/@${name}/live/users/my`)))
    await look()
    await expect.poll(focused).toBe('grid')

    await page.getByRole('link', { name: say('Faults', '故障') }).first().click()
    const card = page.locator('li.card', { has: page.getByRole('heading', { name: 'trid' }) })
    await card.locator('summary').press('Enter')
    await card.getByRole('button', { name: say('Begin maintenance', '开始维护') }).press('Enter')
    await expect.poll(focused).toBe(say('End maintenance', '结束维护'))
    await page.keyboard.press('Enter')
    await expect.poll(focused).toBe(say('Maintenance', '维护'))
  })
})
