/** How the console looks to those who have little room, another script, or long names. */
import { beforeAll, describe, expect, test } from 'vitest'
import { startLiveBackend } from './backends/live.js'
import { closedAfterEach } from './support/closing.js'
import { hasBrowser, PHONE, serveConsole, WIDE } from './support/console.js'

const { reader, app } = await serveConsole()
const closing = closedAfterEach()
const json = (body: object, method = 'POST') => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const admin = '/__admin/sandboxes/default'
const PANELS = ['/', '/__console/calls', '/__console/calls/1', '/__console/calls/3', '/__console/people', '/__console/sms', '/__console/clock', '/__console/faults', '/__console/records/job/coupons', '/__console/push', '/__console/backends', '/__console/state']

beforeAll(async () => {
  await app('/live/auth/code?mobile=13800003001')
  await app('/live/auth/login', json({ mobile: '13800003001', auth_code: '000000' }))
  await app('/live/auth/cod')
  await app('/trid/index.php?r=user/no-such', { method: 'POST' })
  await app(`${admin}/faults`, json({ system: 'live', operationId: 'liveLogin', fault: { kind: 'error', error: 'API_INVALID_AUTH_CODE' }, times: 1, probability: 1 }))
  await app('/live/auth/login', json({ mobile: '13800003001', auth_code: '123456' }))
  await app(`${admin}/outages`, json({ system: 'edu', out: ['smsOperator'] }, 'PUT'))
  await app(`${admin}/maintenance`, json({ system: 'trid' }, 'PUT'))
  await app(`${admin}/sessions`, json({ system: 'edu', user: '13800001002' }))
})

describe.skipIf(!hasBrowser)('on a phone', () => {
  test.each(PANELS)('everything on %s is large enough for a finger', async (path) => {
    const page = await reader(path, { viewport: PHONE, hasTouch: true })
    await page.locator('main :is(.sheet, .rows, .grid td, .detail-body):visible').first().waitFor()
    // A link within a sentence is as high as its line; a box to tick is hit by its label.
    const low = await page.evaluate<string[]>(`[...document.querySelectorAll('button, select, input, textarea, summary, nav a, .facts a, label.check')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches('.hidden, label.check *'))
      .filter((one) => one.getBoundingClientRect().height < 32)
      .map((one) => one.tagName + '.' + one.className + ' ' + one.textContent.slice(0, 30) + ' ' + one.getBoundingClientRect().height)`)
    expect([...new Set(low)]).toEqual([])
  })
})

describe.skipIf(!hasBrowser)('in Chinese', () => {
  test.each(PANELS)('%s has no English sentence', async (path) => {
    const page = await reader(path, { locale: 'zh-CN' })
    await page.locator('main :is(.sheet, .rows, .grid td, .detail-body):visible').first().waitFor()
    const words = await page.evaluate<string>("(() => { const main = document.querySelector('main'); for (const one of main.querySelectorAll('code, pre, .mono, option, .grid')) one.remove(); return main.innerText })()")
    expect(words).toMatch(/\p{Script=Han}/u)
    expect(words.match(/[A-Za-z']{2,} [a-z']{2,} [a-z']{2,}.*/g) ?? []).toEqual([])
  })

  test('why an operation was not meant, and what differs from the contract, is said in it', async () => {
    const real = await startLiveBackend()
    closing.push(() => real.close())
    await app('/@zh/live/auth/cod')
    await app('/@zh/trid/index.php?r=user/no-such', { method: 'POST' })
    const page = await reader('/__console/@zh/calls/1', { locale: 'zh-CN' })
    await page.getByText('路径为 /auth/cod，不是 /auth/code').waitFor()
    await page.goto(page.url().replace(/1$/, '2'))
    await page.getByText('查询参数 r 为 "user/no-such"，不是').first().waitFor()
    await app('/__admin/sandboxes/zh/backends/live', json({ url: real.url, mode: 'real' }, 'PUT'))
    real.depart({ kind: 'wrongCode', at: '/users/my' })
    await app('/@zh/live/users/my')
    await page.getByRole('link', { name: '后端' }).click()
    await page.locator('.drift summary').click()
    expect(await page.locator('.drift figcaption').innerText()).toMatch(/^一例 · [\d: -]+ · 契约中没有状态码 \d+$/)
  })
})

describe.skipIf(!hasBrowser).each([WIDE, PHONE])('$width pixels wide', (viewport) => {
  test('a name of 400 characters and one from right to left disturb nothing beside them', async () => {
    const rename = (id: number, nickname: string) => app(`/__admin/sandboxes/names/db/live/users/${String(id)}`, json({ nickname }, 'PATCH'))
    await app('/@names/live/no')
    await rename(1, 'w'.repeat(400))
    await rename(2, 'محمد علي')
    // A user without a phone number is known by this name.
    const users = (await (await app('/__admin/sandboxes/names/db/edu/users?nick=林间小鹿')).json()) as { userID: string }[] // as control.yaml says
    await app(`/__admin/sandboxes/names/db/edu/users/${users[0]?.userID ?? ''}`, json({ phone: null, nick: '名'.repeat(400) }, 'PATCH'))
    await app('/__admin/sandboxes/names/sessions', json({ system: 'live', user: '1', device: { label: 'D'.repeat(60) } }))
    await app('/__admin/sandboxes/names/sessions', json({ system: 'live', user: '2', device: { label: 'هاتف' } }))
    for (const [path, name] of [['', '名名名'], ['/people', 'محمد علي'], ['/records/live/users', 'محمد علي']] as const) {
      const page = await reader(`/__console/@names${path}`, { viewport })
      await page.getByText(name).first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      const wide = await page.evaluate<string[]>(`[...document.querySelectorAll('main *')]
        .filter((one) => !one.closest('.scroll, .collections, .hidden') && one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.tagName + '.' + one.className)`)
      expect(wide, path).toEqual([])
      if (path !== '/people') continue
      // Nothing lies over what stands beside it.
      const over = await page.evaluate<string[]>(`[...document.querySelectorAll('.tr > *')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)`)
      expect(over).toEqual([])
      await page.getByRole('button', { name: '名名名' }).first().click()
      const [title, close] = [await page.locator('dialog h2').boundingBox(), await page.getByRole('dialog').getByRole('button', { name: 'Close' }).boundingBox()]
      expect(title?.height).toBeLessThan(80)
      expect(close?.y).toBe(title?.y)
    }
  })
})
