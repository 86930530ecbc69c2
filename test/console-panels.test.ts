/** What the panels do, seen by an app on another origin: each story drives the console and looks at the app. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { encode } from 'uqr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, PHONE, serveConsole, WIDE } from './support/console.js'

const { server, reader, app } = await serveConsole()

/** Serves the page of an app, an empty one; a port of its own makes it another origin. */
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

/** The app's page, in the same browser as the console. */
async function appBeside(page: Page, sandbox: string) {
  const other = await page.context().newPage()
  await other.goto(`http://127.0.0.1:${String((frontEnd.address() as AddressInfo).port)}/`) // a TCP server that listens has one
  const base = `${server.url}/@${sandbox}`
  /** @returns the answer as the app reads it; the name of what was thrown when none came */
  const call = (path: string, init: { method?: string; body?: string; headers?: Record<string, string>; credentials?: 'include' } = {}) => other.evaluate(
    async ({ url, options }): Promise<Record<string, unknown>> => {
      try {
        const text = await (await fetch(url, options)).text()
        return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown> // every answer of the systems is an object
      } catch (error) {
        return { thrown: String(error) }
      }
    },
    { url: base + path, options: init },
  )
  return { call, page: other }
}

const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: '13800003001', auth_code: '123456' }) }

const imLogin = { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{"phone":"13800004001","password":"abc12345"}' } as const

/** Logs in to live. @returns the headers of further calls */
async function logIn(call: Awaited<ReturnType<typeof appBeside>>['call']) {
  await call('/live/auth/code?mobile=13800003001')
  const { api_key: key } = await call('/live/auth/login', login)
  return { headers: { authorization: Buffer.from(String(key)).toString('base64') } }
}

const ways = [
  { way: 'wide, in English', settings: { viewport: WIDE, locale: 'en-US' } },
  { way: 'on a phone, in Chinese', settings: { viewport: PHONE, locale: 'zh-CN' } },
]

describe.skipIf(!hasBrowser).each(ways)('$way', ({ settings }) => {
  const zh = settings.locale === 'zh-CN'
  const say = (en: string, chinese: string) => (zh ? chinese : en)
  const box = (name: string) => `${name}-${zh ? 'zh' : 'en'}`

  test('somebody is kicked out of the app by another phone', async () => {
    const name = box('kick')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/people`, settings)
    const { call } = await appBeside(page, name)
    const as = await logIn(call)
    expect(await call('/live/users/my', as)).toMatchObject({ code: 2000 })
    await page.bringToFront()
    await page.getByRole('button', { name: say('More for 13800003001: kick out, expire, ban', '更多：13800003001 挤下线、到期、封禁') }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('API_UNAUTHORIZED').first().waitFor()
    await dialog.getByRole('button', { name: say('Kick out', '挤下线'), exact: true }).click()
    await page.getByText(say('13800003001 was kicked out by iPhone 15', '13800003001 已被 iPhone 15 挤下线')).waitFor()
    expect(await call('/live/users/my', as)).toMatchObject({ code: 4010 })
  })

  test('log in as somebody, without a code', async () => {
    const name = box('as')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}`, settings)
    const { call } = await appBeside(page, name)
    await page.bringToFront()
    await page.getByRole('button', { name: say('Log in as 13800003002', '登录为 13800003002') }).click()
    const header = await page.getByRole('dialog').locator('code').first().innerText()
    expect(await call('/live/users/my', { headers: { authorization: header.replace('authorization: ', '') } })).toMatchObject({ code: 2000, user: { mobile: '13800003002' } })
  })

  test('a fault is armed, and the app shows the error', async () => {
    const name = box('fault')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const { call } = await appBeside(page, name)
    await page.bringToFront()
    const form = page.getByRole('form', { name: say('Arm a fault', '布置故障') })
    const operation = form.getByRole('combobox', { name: say('Operation', '接口'), exact: true })
    await operation.fill('liveLogin')
    await operation.press('Tab')
    await form.getByRole('combobox', { name: say('Error', '错误'), exact: true }).selectOption('API_INVALID_AUTH_CODE')
    await form.getByRole('button', { name: say('Arm', '布置'), exact: true }).click()
    await page.getByText(say('fired 0 of 0', '0 次中触发 0 次')).waitFor()
    await call('/live/auth/code?mobile=13800003001')
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 4011 })
    await page.getByText(say('fired 1 of 1', '1 次中触发 1 次')).waitFor()
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 2000 })
  })

  test('the network goes and comes back by one click', async () => {
    const name = box('network')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const { call } = await appBeside(page, name)
    await page.bringToFront()
    const offline = page.getByRole('button', { name: say('Offline for 20 s', '离线 20 秒') })
    await offline.click()
    await page.locator('button[aria-pressed=true]', { hasText: '20' }).waitFor()
    expect(await call('/live/auth/code?mobile=13800003001')).toHaveProperty('thrown')
    await offline.click()
    await page.getByText(say('Nothing goes wrong on purpose.', '没有布置故障。')).waitFor()
    expect(await call('/live/auth/code?mobile=13800003001')).toMatchObject({ code: 2000 })

    // Left alone it ends by itself, on the sandbox's clock.
    await offline.click()
    await page.getByText(say('s left', '还剩')).first().waitFor()
    expect(await call('/live/auth/code?mobile=13800003001')).toHaveProperty('thrown')
    await app(`/__admin/sandboxes/${name}/clock/advance`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"by":"20s"}' })
    expect(await call('/live/auth/code?mobile=13800003001')).toMatchObject({ code: 2000 })
    await page.locator('button[aria-pressed=false]', { hasText: '20' }).waitFor()
  })

  test('a system goes into maintenance and comes back', async () => {
    const name = box('maintenance')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const { call } = await appBeside(page, name)
    await page.bringToFront()
    const card = page.locator('li.card', { hasText: /^live/ })
    await card.getByText(say('Maintenance', '维护'), { exact: true }).click()
    const preview = card.getByRole('figure', { name: say('What an app will get', '应用将得到的响应') })
    await preview.getByText('HTTP 503').waitFor()
    await card.getByLabel(say('HTTP status', 'HTTP 状态')).fill('500')
    await preview.getByText('HTTP 500').waitFor()
    await preview.getByText('server-status: maintenance').waitFor()
    await card.getByRole('button', { name: say('Begin maintenance', '开始维护') }).click()
    await card.getByText('Server-Status: maintenance').waitFor()
    expect(await call('/live/auth/code?mobile=13800003001')).not.toMatchObject({ code: 2000 })
    await card.getByRole('button', { name: say('End maintenance', '结束维护') }).click()
    await page.getByText(say('live is back', 'live 已恢复服务')).waitFor()
    expect(await call('/live/auth/code?mobile=13800003001')).toMatchObject({ code: 2000 })
  })

  test('a sandbox is forked before a call and rewound to before it, and the app is where it was', async () => {
    const name = box('rewind')
    await app(`/@${name}/live/auth/code?mobile=13800003001`)
    const page = await reader(`/__console/@${name}/calls`, settings)
    const { call } = await appBeside(page, name)
    await call('/live/auth/login', login)
    await call('/live/auth/code?mobile=13800003002')
    await page.bringToFront()
    await page.getByRole('row').filter({ hasText: 'liveLogin' }).click()
    await page.getByRole('button', { name: say('Fork here…', '由此分出…') }).click()
    await page.getByRole('dialog').getByLabel(say('before it, to try it again', '请求之前，以便重试')).check()
    await page.getByRole('dialog').getByLabel(say('Name', '名称')).fill(`${name}-fork`)
    await page.getByRole('dialog').getByRole('button', { name: say('Fork', '分出'), exact: true }).click()
    await page.waitForURL(({ pathname }) => pathname === `/__console/@${name}-fork`)
    const fork = await appBeside(page, `${name}-fork`)
    expect(await fork.call('/live/auth/login', login)).toMatchObject({ code: 2000 })
    await page.bringToFront()

    await page.goBack()
    await page.getByRole('button', { name: say('Rewind to before it…', '退回到此前…') }).click()
    await page.getByRole('dialog').getByText(say('2 calls', '2 次请求')).waitFor()
    await page.getByRole('dialog').getByText('live/smsCodes').waitFor()
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 4011 })
    await page.getByRole('dialog').getByRole('button', { name: say('Rewind', '退回'), exact: true }).click()
    // The question that the browser asked beforehand came before the call.
    await page.getByText(say('2 calls', '2 条'), { exact: true }).waitFor()
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 2000 })
  })

  test('the clock jumps past the life of a code and of a token, which is said beforehand', async () => {
    const name = box('clock')
    await app(`/@${name}/live/auth/code?mobile=13800003001`)
    const page = await reader(`/__console/@${name}/clock`, settings)
    const { call } = await appBeside(page, name)
    await call('/im/android/login/', imLogin)
    const own = () => call('/im/android/user_contacts/', { credentials: 'include' })
    expect(await own()).toMatchObject({ status: 1 })
    await page.bringToFront()
    await page.getByRole('button', { name: say('+30 d', '+30 天') }).click()
    const ending = page.getByRole('listitem')
    await ending.filter({ hasText: say('SMS code', '验证码') }).filter({ hasText: '13800003001' }).waitFor()
    await ending.filter({ hasText: say('access token', '访问令牌') }).filter({ hasText: 'u-4001' }).waitFor()
    expect(await own()).toMatchObject({ status: 1 })
    await page.getByRole('button', { name: say('Jump 30 d ahead', '快进 30 天') }).click()
    await page.locator('.reading .offset').waitFor()
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 4011 })
    expect(await own()).toMatchObject({ status: 11001 })
  })

  test('a code arrives in the inbox, and the next one is counted', async () => {
    const name = box('sms')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/sms`, settings)
    const row = page.getByRole('row').filter({ hasText: 'live' })
    await row.getByRole('button', { name: say('counted from 100001', '从 100001 起编号') }).click()
    await row.locator('button[aria-pressed=true]', { hasText: '100001' }).waitFor()
    await app(`/@${name}/live/auth/code?mobile=13800003003`)
    await page.locator('.sms.valid', { hasText: '13800003003' }).getByText('100001').waitFor()
  })

  test('a record is edited, and the app reads it once it is saved; what breaks the schema or a unique index says which', async () => {
    const name = box('records')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/records/live/users`, settings)
    const { call } = await appBeside(page, name)
    const as = await logIn(call)
    await page.bringToFront()
    await page.getByRole('button', { name: say('Edit 1', '编辑 1'), exact: true }).click()
    await page.getByRole('dialog').getByLabel(/^nickname/).fill('Somebody else')
    await page.getByRole('button', { name: say('Stage', '暂存') }).click()
    expect(await call('/live/users/my', as)).not.toMatchObject({ user: { nickname: 'Somebody else' } })
    await page.getByRole('button', { name: say('Save 1', '保存 1 处') }).click()
    await page.getByText(say('1 saved', '已保存 1 条')).waitFor()
    expect(await call('/live/users/my', as)).toMatchObject({ user: { nickname: 'Somebody else' } })
    await page.getByRole('button', { name: say('Edit 1', '编辑 1'), exact: true }).click()
    await page.getByRole('dialog').getByLabel(/^mobile/).fill('12')
    await page.getByRole('button', { name: say('Stage', '暂存') }).click()
    await page.getByRole('button', { name: say('Save 1', '保存 1 处') }).click()
    await page.getByText('The record breaks the schema of live/users').first().waitFor()
    await page.getByRole('button', { name: say('Discard', '放弃') }).click()
    await page.getByRole('button', { name: say('Edit 1', '编辑 1'), exact: true }).click()
    await page.getByRole('dialog').getByLabel(/^mobile/).fill('13800003002')
    await page.getByRole('button', { name: say('Stage', '暂存') }).click()
    await page.getByRole('button', { name: say('Save 1', '保存 1 处') }).click()
    await page.getByText('another record of users has the same mobile').first().waitFor()
    await page.getByRole('button', { name: say('Discard', '放弃') }).click()
    expect(await call('/live/users/my', as)).toMatchObject({ user: { mobile: '13800003001' } })
  })

  test('a packet arrives at an app that is connected', async () => {
    const name = box('push')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/push`, settings)
    const { call, page: phone } = await appBeside(page, name)
    await call('/im/android/login/', imLogin)
    // As a text: this file is checked without the types of a browser.
    const arrived = phone.evaluate(`new Promise((resolve) => {
      const frames = []
      const socket = new WebSocket(${JSON.stringify(`${server.url.replace('http', 'ws')}/@${name}/im/android/websocket/`)})
      socket.onopen = () => socket.send(JSON.stringify({ status: 1, pushId: '', message: 'start' }))
      socket.onmessage = ({ data }) => { if (frames.push(JSON.parse(data)) === 2) resolve(frames[1]) }
    })`)
    await page.bringToFront()
    await page.getByText(say('user u-4001', '用户 u-4001')).first().waitFor()
    await page.getByRole('button', { name: say('Send', '发送'), exact: true }).click()
    await page.getByText(say('Delivered', '已送达')).waitFor()
    expect(await arrived).toMatchObject({ status: 1, message: [{ fromId: 'u-4002', info: [{ content: '周六上午图书馆见？' }] }] })
  })

  test('a scenario is applied, a snapshot saved and dropped back', async () => {
    const name = box('state')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/state`, settings)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: say('Save as a file', '保存为文件') }).click()
    const file = await (await saved).path()
    await page.getByRole('button', { name: say('Apply busy-channels', '套用 busy-channels') }).click()
    await page.getByText(say('busy-channels is applied', '已套用 busy-channels')).waitFor()
    const channels = async () => ((await (await app(`/__admin/sandboxes/${name}/db/live/channels`)).json()) as unknown[]).length // as control.yaml says
    expect(await channels()).toBeGreaterThan(30)
    await page.locator('input[type=file]').setInputFiles(file)
    const question = page.getByRole('dialog')
    await question.getByText(say('1 call', '1 次请求')).waitFor()
    expect(await channels()).toBeGreaterThan(30)
    await question.getByRole('button', { name: say('Restore', '恢复'), exact: true }).click()
    await expect.poll(channels).toBe(2)
  })

  test('a phone is pointed at the QR code of a sandbox, and finds the base URL', async () => {
    const name = box('qr')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/state`, settings)
    await page.getByRole('group', { name: say('System', '系统') }).getByRole('button', { name: 'live', exact: true }).click()
    const url = `${server.url}/@${name}/live`
    const code = page.getByRole('img', { name: say(`QR code of ${url}`, `${url} 的二维码`), exact: true })
    const { data, size } = encode(url, { border: 2 })
    const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${String(x)} ${String(y)}`] : [])))
    expect(await code.getAttribute('viewBox')).toBe(`0 0 ${String(size)} ${String(size)}`)
    // Each module is where the code has it as it is painted, whatever shape paints it.
    const painted = await page.evaluate(`(() => {
      const path = document.querySelector('.qr path')
      const at = path.ownerSVGElement.createSVGPoint()
      const places = []
      for (at.y = .5; at.y < ${String(size)}; at.y++) for (at.x = .5; at.x < ${String(size)}; at.x++) if (path.isPointInFill(at)) places.push((at.x - .5) + ' ' + (at.y - .5))
      return places
    })()`)
    expect(painted).toEqual(dark)
    expect(await page.evaluate("['rect', 'path'].map((shape) => getComputedStyle(document.querySelector('.qr ' + shape)).fill)")).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)'])
  })

  test('a sandbox is reset after a question that names what goes, and a fork keeps it; by keys alone', async () => {
    const name = box('question')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/state`, settings)
    const { call } = await appBeside(page, name)
    const as = await logIn(call)
    await page.bringToFront()
    const button = page.getByRole('button', { name: say(`Reset ${name}`, `重置 ${name}`), exact: true })
    await button.focus()
    await page.keyboard.press('Enter')
    const question = page.getByRole('dialog', { name: say(`Reset ${name}?`, `重置 ${name}？`) })
    // One of them is the question that the browser asked before the login.
    await question.getByText(say('4 calls', '4 次请求')).waitFor()
    // Enter at once, or Escape, leaves everything as it is.
    await page.keyboard.press('Enter')
    await question.waitFor({ state: 'detached' })
    // The focus is back where it was, so that the keyboard goes on from there.
    await page.keyboard.press('Enter')
    await question.waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe(say(`Reset ${name}`, `重置 ${name}`))
    expect(await call('/live/users/my', as)).toMatchObject({ code: 2000 })
    await page.bringToFront()
    await button.click()
    await question.getByRole('checkbox').press('Space')
    await question.getByRole('button', { name: say('Reset', '重置'), exact: true }).press('Enter')
    await page.getByText(say(`keeps ${name} as it was`, `保留了 ${name} 的原样`)).waitFor()
    await page.getByText(say(`${name} is as at the start`, `${name} 已重置`)).waitFor()
    expect(await call('/live/users/my', as)).not.toMatchObject({ code: 2000 })
  })
})
