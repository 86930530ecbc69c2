/** The finer points of the panels: what is said before a button is pressed, and what is there when one looks closely. */
import { describe, expect, test } from 'vitest'
import { imLogin, login, logIn, serveApp, ways } from './support/app-page.js'
import { hasBrowser, serveConsole } from './support/console.js'

const { server, reader, app } = await serveConsole()
const appBeside = serveApp(server)
/** What a browser without a screen has none of: notifications, and another window before this one. */
const BACKGROUND = `
  window.isAway = false
  window.told = []
  Object.defineProperty(Document.prototype, 'hidden', { get: () => window.isAway })
  window.Notification = class {
    static permission = 'default'
    static requestPermission = async () => 'granted'
    constructor(title, { body }) { window.told.push([title, body]) }
    close() {}
  }`

/** A page looks again after a second, and this machine has others to serve. */
const PATIENT = { timeout: 20_000 }

const json = (body: object, method = 'POST') => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

describe.skipIf(!hasBrowser).each(ways)('$way', ({ settings }) => {
  const zh = settings.locale === 'zh-CN'
  const say = (en: string, chinese: string) => (zh ? chinese : en)
  const box = (name: string) => `${name}-${zh ? 'zh' : 'en'}`

  test('of many users a page is read; the stub finds one of them, and says beforehand what becomes of a refresh', async () => {
    const name = box('crowd')
    const admin = `/__admin/sandboxes/${name}`
    for (let i = 0; i < 60; i++) await app(`${admin}/db/live/users`, json({ mobile: `139000000${String(i).padStart(2, '0')}`, nickname: `Guest ${String(i)}`, bio: '', avatar: '', gender: null }))
    const student = { system: 'edu', user: '13800001002', realm: 's', device: { label: 'iPad' } }
    const { session } = (await (await app(`${admin}/sessions`, json(student))).json()) as { session: { refreshToken: string } } // as control.yaml says
    const page = await reader(`/__console/@${name}/calls`, settings)
    const read: number[] = []
    page.on('response', (response) => {
      if (response.url().includes('/users?')) void response.json().then(({ users }: { users: unknown[] }) => read.push(users.length), () => undefined)
    })
    const { call } = await appBeside(page, name)
    await page.bringToFront()
    await page.getByRole('link', { name: say('People', '用户'), exact: true }).click()
    // Who is logged in stands before all others.
    await page.locator('.tr:not(.th)').first().getByText('iPad').waitFor()
    await page.getByRole('button', { name: say('On', '下一页') }).click()
    await page.getByText(/^2 \/ \d/).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('guest 0059')
    await page.getByText(say('1 user', '1 位用户'), { exact: true }).waitFor()
    expect(Math.max(...read)).toBe(50)
    await page.getByRole('searchbox').fill('')
    await page.locator('.tr:not(.th)').first().getByText('iPad').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    const refresh = dialog.locator('.deed', { has: page.getByRole('button', { name: say('Expire refresh', '刷新令牌到期') }) })
    await refresh.getByText('UNAUTHENTICATED').waitFor()
    await refresh.getByText('903').waitFor()
    await dialog.locator('.deed', { has: page.getByRole('button', { name: say('Expire access', '访问令牌到期') }) }).getByText('ACCESS_TOKEN_EXPIRED').waitFor()
    await dialog.getByText(say('Who is logged in is kicked out', '已登录的客户端被挤下线')).waitFor()
    await refresh.getByRole('button').click()
    await page.getByText(say('The refresh token has expired', '刷新令牌已到期')).waitFor()
    expect(await call(`/edu/rest/s/accessToken`, { ...json({ refresh_token: session.refreshToken }), headers: { 'content-type': 'application/json', client: '1.0.2.3', platform: 'ios', u: '1', w: '1' } })).toMatchObject({ code: 903 })
  })

  test('a code that comes while the page is in the background is told by the browser, whatever panel is open', async () => {
    const name = box('told')
    await app(`/@${name}/live/auth/code?mobile=13800003009`)
    const page = await reader(`/__console/@${name}/sms`, settings, BACKGROUND)
    await page.getByRole('button', { name: say('Notify me', '浏览器通知') }).click()
    await page.getByRole('link', { name: say('Clock', '时钟'), exact: true }).click()
    await page.getByRole('heading', { name: say('Jump', '跳转') }).waitFor()
    const looked = page.waitForResponse(/\/sms\?limit=20/)
    await page.evaluate("window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))")
    await (await looked).finished()
    await app(`/@${name}/live/auth/code?mobile=13800003003`)
    await expect.poll(() => page.evaluate('told'), PATIENT).toEqual([['123456 · 13800003003', `live · ${name}`]])
    await page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
  })

  test('a record is added with menus for what has choices; a relation leads to the one record that it names; what is staged waits while one looks elsewhere', async () => {
    const name = box('relations')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/records/live/channels`, settings)
    await page.getByRole('button', { name: say('Edit 1', '编辑 1'), exact: true }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByLabel(/^status/).locator('option').allInnerTexts()).toEqual(['0', '1'])
    await dialog.getByLabel(/^title/).fill('Another title')
    await dialog.getByRole('button', { name: say('Stage', '暂存') }).click()
    const row = page.getByRole('row').filter({ hasText: 'Another title' })
    const owner = row.getByRole('link')
    const key = await owner.innerText()
    await owner.click()
    await page.waitForURL(({ pathname, search }) => pathname.endsWith('/records/live/users') && search === `?key=${key}`)
    await page.getByText(say('1 record', '1 条记录'), { exact: true }).waitFor()
    expect(await page.locator('.grid tbody tr td:first-child').allInnerTexts()).toEqual([key])
    await page.getByRole('button', { name: say(`Remove the filter id ${key}`, `移除筛选 id ${key}`) }).click()
    await page.getByText(say('1 record', '1 条记录'), { exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /^channels/ }).click()
    await page.getByRole('row').filter({ hasText: 'Another title' }).waitFor()
    const saved = async () => (await (await app(`/__admin/sandboxes/${name}/db/live/channels/1`)).json()) as { title: string } // as control.yaml says
    expect((await saved()).title).not.toBe('Another title')
    await page.getByRole('button', { name: say('Save 1', '保存 1 处') }).click()
    await page.getByText(say('1 saved', '已保存 1 条')).waitFor()
    expect((await saved()).title).toBe('Another title')
  })

  test('a packet waits for a user who is not connected, and is read where it went; the connection is closed with the code that was chosen', async () => {
    const name = box('mailbox')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/push`, settings)
    const { call, page: phone } = await appBeside(page, name)
    await page.bringToFront()
    const form = page.getByRole('form', { name: say('Send a packet', '发送推送') })
    await form.getByRole('combobox', { name: say('To', '接收者') }).selectOption('u-4001')
    await form.getByRole('button', { name: say('Send', '发送'), exact: true }).click()
    await page.getByText(say('In the mailbox, for when the user comes', '已放入收件箱，等用户上线')).waitFor()
    await call('/im/android/login/', imLogin)
    // As a text: this file is checked without the types of a browser.
    const over = phone.evaluate(`new Promise((resolve) => {
      const frames = []
      const socket = new WebSocket(${JSON.stringify(`${server.url.replace('http', 'ws')}/@${name}/im/android/websocket/`)})
      socket.onopen = () => socket.send(JSON.stringify({ status: 1, pushId: '', message: 'start' }))
      socket.onmessage = ({ data }) => { frames.push(JSON.parse(data)) }
      socket.onclose = ({ code }) => { resolve({ code, frames }) }
    })`)
    const packet = page.locator('.packets li', { hasText: say('to the app', '发给应用') }).first()
    await packet.locator('summary').click()
    await packet.getByText('周六上午图书馆见？').waitFor()
    await page.getByRole('combobox', { name: say('Close socket-', '断开 socket-') }).selectOption({ label: say('1012 the server restarts', '1012 服务器重启') })
    await page.getByText(say('The connection is closed', '连接已断开')).waitFor()
    expect(await over).toMatchObject({ code: 1012, frames: [{}, { message: [{ fromId: 'u-4002' }] }] })
    await page.getByText(say('Nobody is connected.', '没有连接。')).waitFor()
  })

  test('calls are filtered by their tags and held while paused; one says what it changed, hides its secrets until asked, and fails so again', async () => {
    const name = box('closely')
    await app(`/@${name}/live/auth/cod`)
    const page = await reader(`/__console/@${name}/calls`, settings)
    const { call } = await appBeside(page, name)
    const as = await logIn(call)
    await call('/live/users/my', { ...as, ...json({ nickname: 'Called otherwise' }), headers: { ...as.headers, 'content-type': 'application/json' } })
    await call('/live/auth/login', login)
    await page.bringToFront()
    const list = page.getByRole('grid')
    await list.getByRole('button', { name: 'API_INVALID_AUTH_CODE' }).click()
    expect(new URL(page.url()).search).toBe('?error=API_INVALID_AUTH_CODE')
    await expect.poll(() => list.getByRole('row').count(), PATIENT).toBe(1)
    await list.getByRole('row').press('Enter')
    const detail = page.locator('.detail')
    await detail.getByText(say('Check 2 of 2', '2 项检查中的第 2 项')).waitFor()
    await detail.getByRole('button', { name: say('Answer the next one so', '下一次也这样回答') }).click()
    await page.getByText(say('The next liveLogin is answered with API_INVALID_AUTH_CODE', '下一次 liveLogin 将返回 API_INVALID_AUTH_CODE')).waitFor()
    await call('/live/auth/code?mobile=13800003001')
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 4011 })
    expect(await call('/live/auth/login', login)).toMatchObject({ code: 2000 })
    await page.bringToFront()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: say('Remove the filter error', '移除筛选 错误') }).click()

    await list.getByRole('row').filter({ hasText: 'liveUpdateMe' }).click()
    const diff = detail.locator('.diff tr', { hasText: 'nickname' })
    await diff.getByText('Called otherwise').waitFor()
    await detail.locator('details', { hasText: say('headers', '个首部') }).first().locator('summary').click()
    await detail.getByText('***').first().waitFor()
    await detail.getByRole('button', { name: say('Show secrets', '显示敏感内容') }).click()
    await detail.getByText(as.headers.authorization).first().waitFor()
    await page.keyboard.press('Escape')

    // On a phone the oldest call lies below what is seen, and what is not seen is not there.
    await page.locator('.rows').evaluate((rows: { scrollTop: number; scrollHeight: number }) => { rows.scrollTop = rows.scrollHeight })
    await list.getByRole('row').filter({ hasText: /\/auth\/cod(?!e)/ }).press('Enter')
    await detail.getByText(say('No operation answers this. Closest are:', '没有接口对应此请求，最接近的是：')).waitFor()
    await detail.getByRole('link', { name: 'liveSendCode' }).waitFor()
    await page.keyboard.press('Escape')

    const before = await list.getByRole('row').count()
    await page.getByRole('button', { name: say('Pause', '暂停') }).click()
    await call('/live/auth/code?mobile=13800003007')
    await page.bringToFront()
    await page.getByRole('button', { name: say('Go on (1 new)', '继续（新 1 条）') }).or(page.getByRole('button', { name: say('Go on (2 new)', '继续（新 2 条）') })).waitFor()
    expect(await list.getByRole('row').count()).toBe(before)
    await page.getByRole('button', { name: say('Go on', '继续') }).click()
    await expect.poll(() => list.getByRole('row').count(), PATIENT).toBeGreaterThan(before)
  })

  test('an outside service goes out of order by a tick, and a setting is changed', async () => {
    const name = box('outage')
    await app(`/@${name}/live/no`)
    const page = await reader(`/__console/@${name}/faults`, settings)
    const { call } = await appBeside(page, name)
    const send = () => call('/edu/rest/s/smscode', { ...json({ phone: '13800001777' }), headers: { 'content-type': 'application/json', 'client': '1.0.2.3', 'platform': 'ios', 'u': '1', 'w': '1' } })
    await page.bringToFront()
    const card = page.locator('li.card', { hasText: /^edu/ })
    await card.getByLabel('smsOperator').check()
    await expect.poll(send, PATIENT).toMatchObject({ code: 602 })
    await page.bringToFront()
    await card.getByLabel('smsOperator').uncheck()
    await expect.poll(send, PATIENT).toMatchObject({ code: 900 })
    await page.bringToFront()
    const grace = card.getByLabel('accessTokenGraceMs')
    await grace.fill('0')
    // What others do in the sandbox meanwhile is seen, and leaves what is being typed as it is.
    await app(`/__admin/sandboxes/${name}/outages`, json({ system: 'edu', out: ['smsOperator'] }, 'PUT'))
    await expect.poll(() => card.getByLabel('smsOperator').isChecked(), PATIENT).toBe(true)
    expect(await grace.inputValue()).toBe('0')
    await grace.press('Tab')
    const settled = async () => ((await (await app(`/__admin/sandboxes/${name}/settings`)).json()) as { settings: { system: string; settings: object }[] }).settings.find(({ system }) => system === 'edu')?.settings // as control.yaml says
    await expect.poll(settled, PATIENT).toMatchObject({ accessTokenGraceMs: 0 })
    await app(`/__admin/sandboxes/${name}/settings`, json({ system: 'edu', settings: { accessTokenGraceMs: 7000 } }, 'PUT'))
    await expect.poll(() => grace.inputValue(), PATIENT).toBe('7000')
    await app(`/__admin/sandboxes/${name}/settings`, json({ system: 'edu', settings: { accessTokenGraceMs: 60_000 } }, 'PUT'))
    await expect.poll(() => grace.inputValue(), PATIENT).toBe('60000')
    await grace.fill('')
    await grace.blur()
    await expect.poll(() => grace.inputValue(), PATIENT).toBe('60000')

    await page.getByRole('link', { name: say('Clock', '时钟'), exact: true }).click()
    const moment = page.getByLabel(say('to', '到'), { exact: true })
    await moment.fill('')
    await app(`/__admin/sandboxes/${name}/clock/freeze`, json({}))
    await page.getByRole('button', { name: say('Let it run', '继续走') }).waitFor()
    expect(await moment.inputValue()).toBe('')
    await moment.fill('2031-02-03T04:05:06')
    await page.getByRole('button', { name: say('Set to 2031-02-03 04:05:06', '拨到 2031-02-03 04:05:06') }).click()
    await page.locator('.big-time', { hasText: '04:05:06' }).waitFor()
  })

  test('a snapshot is dropped on the page and restored once it is confirmed; what is no snapshot is told', async () => {
    const name = box('dropped')
    await app(`/@${name}/live/auth/code?mobile=13800003008`)
    const snapshot = await (await app(`/__admin/sandboxes/${name}/snapshot`)).text()
    await app(`/__admin/sandboxes/${name}/reset`, { method: 'POST' })
    const page = await reader(`/__console/@${name}/state`, settings)
    const drop = async (text: string) => {
      // As a text: this file is checked without the types of a browser.
      const dataTransfer = await page.evaluateHandle(`(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(text)}], 'bug.json')); return data })()`)
      await page.locator('.drop').dispatchEvent('drop', { dataTransfer })
    }
    await drop('{')
    await page.getByText(say('bug.json is no JSON, so it is no snapshot.', 'bug.json 不是 JSON，因此不是快照。')).waitFor()
    await drop(snapshot)
    await page.getByRole('dialog').getByRole('button', { name: say('Restore', '恢复'), exact: true }).click()
    await page.getByText(say('bug.json is restored', '已恢复 bug.json')).waitFor()
    await page.getByRole('link', { name: say('SMS', '短信'), exact: true }).click()
    await page.locator('.sms', { hasText: '13800003008' }).waitFor()
  })
})
