/** Console and reference pages under one roof: one header, one look, one language at a time, and ways from each to the other. */
import { describe, expect, test } from 'vitest'
import { hasBrowser, PHONE, serveConsole, WIDE } from './support/console.js'
import { barriers } from './support/axe.js'

const { reader, app } = await serveConsole()
const json = (body: object) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

describe.skipIf(!hasBrowser)('one roof', () => {
  test('language and look that were chosen in the console hold in the reference, a call leads to its operation and the operation to its calls', async () => {
    await app('/@roof/live/auth/login', json({ mobile: '13800003001', auth_code: '000000' }))
    await app('/@roof/live/auth/code?mobile=13800003001')
    const page = await reader('/__console/@roof/calls/1')
    await page.getByRole('button', { name: '中文' }).click()
    await page.getByRole('button', { name: '外观：跟随系统' }).click()
    await page.getByRole('button', { name: '外观：浅色' }).click()
    await page.getByRole('region', { name: '请求 1' }).getByRole('link', { name: '接口文档' }).click()

    const operation = page.locator('.opblock.is-open')
    await operation.getByText('错误，按检查顺序').waitFor()
    expect(new URL(page.url())).toMatchObject({ pathname: '/docs/live', hash: '#/auth/liveLogin' })
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await page.locator('.bar').innerText()).toContain('roof')
    await operation.getByRole('button', { name: '试一试' }).waitFor()
    // The heading above the tags is for screen readers.
    expect(await page.locator('h2.hidden').boundingBox()).toMatchObject({ width: 1, height: 1 })
    const words = await operation.locator('.opblock-summary, .opblock-description').allInnerTexts()
    expect(words.join(' ')).not.toMatch(/ · |Errors in the order|Log in with/)

    await operation.getByRole('link', { name: '控制台中此接口的请求' }).click()
    await page.getByText('2 条中的 1 条').waitFor()
    expect(new URL(page.url())).toMatchObject({ pathname: '/__console/@roof/calls', search: '?operation=liveLogin' })

    await page.getByRole('link', { name: 'live', exact: true }).click()
    await page.getByRole('link', { name: 'English' }).click()
    await page.getByText('The backend of the marketing department').waitFor()
    await page.getByRole('link', { name: 'Calls', exact: true }).click()
    await page.getByText('2 calls').waitFor()
  })

  test.each([
    { path: '/docs', settings: { viewport: WIDE, colorScheme: 'light' as const, locale: 'en-US' } },
    { path: '/docs', settings: { viewport: PHONE, colorScheme: 'dark' as const, locale: 'zh-CN' } },
    { path: '/docs/live#/auth/liveLogin', settings: { viewport: WIDE, colorScheme: 'light' as const, locale: 'zh-CN' } },
    { path: '/docs/live#/auth/liveLogin', settings: { viewport: PHONE, colorScheme: 'dark' as const, locale: 'en-US' } },
  ])('$path at $settings.viewport.width, $settings.colorScheme, has no barrier', async ({ path, settings }) => {
    const page = await reader(path, settings)
    await page.locator('main :is(.cards, .opblock.is-open .opblock-description table)').first().waitFor()
    expect(await barriers(page)).toEqual([])
  })
})

describe('the language of a reference page', () => {
  const titles = async (path: string, accept?: string) => (await (await app(path, accept === undefined ? {} : { headers: { 'accept-language': accept } })).text()).match(/Marketing live streaming|市场部直播/g)

  test.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', '市场部直播'],
    ['en-GB, zh;q=0.5', 'Marketing live streaming'],
    ['fr;q=0.2, zh-TW;q=0.7', '市场部直播'],
    ['de', 'Marketing live streaming'],
  ])('is what the browser prefers: %s', async (accept, title) => {
    expect(await titles('/docs', accept)).toEqual([title])
  })

  test('is what the address asks for before that, and its links ask for it too', async () => {
    expect(await titles('/docs?lang=zh', 'en')).toEqual(['市场部直播'])
    expect(await (await app('/docs?lang=zh&sandbox=alice')).text()).toContain('href="/docs/live?sandbox=alice&#38;lang=zh"')
    expect(await (await app('/docs?lang=zh&sandbox=alice')).text()).toContain('href="/__console/@alice/calls"')
    expect(await titles('/docs?lang=fr', 'zh')).toEqual(['市场部直播'])
  })

  test('is that of its document, down to the meaning of each code', async () => {
    const texts = async (language: string) => JSON.stringify(await (await app(`/docs/live/openapi.json?lang=${language}`)).json())
    const [zh, en] = [await texts('zh'), await texts('en')]
    expect(zh).toContain('获取短信验证码')
    expect(zh).not.toContain('Request an SMS code')
    expect(en).toContain('Request an SMS code')
    expect(en).not.toContain('获取短信验证码')
    expect(zh).toContain('错误的手机验证码')
    expect(en).not.toContain('错误的手机验证码')
  })
})
