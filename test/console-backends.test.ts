/** A real backend is put beside the stub from the console, and where it is not what the contract says is read there. */
import { describe, expect, test } from 'vitest'
import { startLiveBackend } from './backends/live.js'
import { ways } from './support/app-page.js'
import { closedAfterEach } from './support/closing.js'
import { hasBrowser, serveConsole } from './support/console.js'

const { reader, app } = await serveConsole()
const closing = closedAfterEach()

describe.skipIf(!hasBrowser).each(ways)('$way', ({ settings }) => {
  const zh = settings.locale === 'zh-CN'
  const say = (en: string, chinese: string) => (zh ? chinese : en)

  test('it answers, but for the exceptions; what differs is listed; then it is taken away', async () => {
    const real = await startLiveBackend()
    closing.push(() => real.close())
    const name = zh ? 'bridge-zh' : 'bridge-en'
    /** @returns who answered; null where there is nobody but the stub */
    const source = async (path: string) => (await app(`/@${name}/live${path}`)).headers.get('understudy-source')
    expect(await source('/auth/code?mobile=13800003009')).toBeNull()

    const page = await reader(`/__console/@${name}/backends`, settings)
    await page.getByText(say('No system has a real backend.', '没有系统接有真实后端。')).waitFor()
    const card = page.getByRole('form', { name: say('Real backend of live', 'live 的真实后端') })
    await card.getByLabel(say('Base URL of the real backend', '真实后端的地址')).fill(real.url)
    await card.getByRole('button', { name: say('Use it', '接上') }).click()
    await card.getByRole('button', { name: say('Take it away', '去掉') }).waitFor()
    expect(await source('/auth/code?mobile=13800003009')).toBe('real')

    const same = card.getByLabel(say('It keeps the same records as the stub', '装有与替身相同的记录'))
    expect(await same.count()).toBe(0)
    await card.getByRole('combobox', { name: say('Who answers', '由谁应答'), exact: true }).selectOption('compare')
    await same.check()
    await card.getByRole('button', { name: say('Apply', '应用') }).click()
    await card.getByRole('button', { name: say('Discard', '放弃') }).waitFor({ state: 'detached' })
    const kept = async () => (await (await app(`/__admin/sandboxes/${name}/backends/live`)).json()) as { sameData?: true; mode: string } // as control.yaml says
    expect(await kept()).toMatchObject({ mode: 'compare', sameData: true })
    await same.uncheck()
    await card.getByRole('combobox', { name: say('Who answers', '由谁应答'), exact: true }).selectOption('real')
    await card.getByRole('button', { name: say('Apply', '应用') }).click()
    await card.getByRole('button', { name: say('Discard', '放弃') }).waitFor({ state: 'detached' })
    expect(await kept()).not.toHaveProperty('sameData')

    const exception = card.getByLabel(say('Operation, tag or socket', '接口、标签或推送通道'))
    await exception.fill('liveSendCode')
    await exception.press('Enter')
    expect(await source('/auth/code?mobile=13800003009')).toBe('real')
    await card.getByRole('button', { name: say('Apply', '应用') }).click()
    await card.getByRole('button', { name: say('Discard', '放弃') }).waitFor({ state: 'detached' })
    expect(await source('/auth/code?mobile=13800003009')).toBe('stub')

    real.depart({ kind: 'wrongCode', at: '/users/my' })
    for (let i = 0; i < 2; i++) expect(await source('/users/my')).toBe('real')
    await page.getByRole('link', { name: 'liveGetMe' }).waitFor()
    const finding = page.locator('details', { hasText: say('undocumented code', '未列出的状态码') })
    await finding.locator('summary').click()
    await finding.getByText('GET /users/my').last().waitFor()
    await expect.poll(() => finding.locator('figure').count()).toBe(2)
    expect(await finding.locator('figcaption').first().innerText()).toContain(say('is no code of the contract', '契约中没有状态码'))
    await page.getByRole('button', { name: say('Forget them', '清除') }).click()
    await page.getByText(say('The real backend has not been asked yet.', '还没有问过真实后端。')).waitFor()

    await card.getByRole('button', { name: say('Take it away', '去掉') }).click()
    await page.getByText(say('No system has a real backend.', '没有系统接有真实后端。')).waitFor()
    expect(await source('/users/my')).toBeNull()
  })
})
