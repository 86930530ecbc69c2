/** A call that is copied from the console runs where it is put: in a shell, in a script, and as a test in a sandbox that knows nothing of this one. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, serveConsole } from './support/console.js'
import { Project } from './support/project.js'

const { server, reader, app } = await serveConsole()
const project = await Project.make()
afterAll(() => project.remove())

const json = (body: object) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const EDU = { client: '1.0.2.3', platform: 'ios', u: '1', w: '1' }
/** What was called, and how its test is called. */
const CALLS: string[] = []

/** Makes a call, and notes under which name it is copied. */
async function call(name: string, path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  CALLS.push(name)
  const text = await (await app(path, init)).text().catch(() => '')
  return text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : {} // every answer of the systems is an object
}
const admin = (path: string, body: object) => app(`/__admin/sandboxes/default${path}`, json(body))

beforeAll(async () => {
  await call('liveSendCode succeeds', '/live/auth/code?mobile=13800003001')
  const { api_key: key } = await call('liveLogin succeeds', '/live/auth/login', json({ mobile: '13800003001', auth_code: '123456' }))
  const live = { authorization: Buffer.from(String(key)).toString('base64') }
  await call('liveGetMe succeeds', '/live/users/my', { headers: live })
  await call('liveUpdateMe succeeds', '/live/users/my', { method: 'POST', headers: { ...live, 'content-type': 'application/json' }, body: JSON.stringify({ bio: 'It\'s `me` ${now} \\ "here"' }) })
  await call('liveLogin fails with API_INVALID_AUTH_CODE', '/live/auth/login', json({ mobile: '13800003001', auth_code: '000000' }))
  await admin('/sessions/kick', { system: 'live', user: '1', by: { label: 'iPhone' } })
  await call('liveGetMe fails with API_UNAUTHORIZED', '/live/users/my', { headers: live })
  const { info } = await call('eduLogin succeeds', '/edu/rest/s/login', { ...json({ phone: '13800001001', passwd: 'abc12345' }), headers: { ...EDU, 'content-type': 'application/json' } })
  const { access_token: access, refresh_token: refresh } = info as Record<string, unknown> // as the contract has it
  const edu = { ...EDU, auth: Buffer.from(`access_token=${String(access)}`).toString('base64') }
  await call('eduGetMyInfo succeeds', '/edu/rest/s/info', { headers: edu })
  await call('eduRefreshAccess succeeds', '/edu/rest/s/accessToken', { ...json({ refresh_token: refresh }), headers: { ...EDU, 'content-type': 'application/json' } })
  await call('imLogin succeeds', '/im/android/login/', json({ phone: '13800004001', password: 'abc12345' }))
  await call('jobLogin succeeds', '/job/login', { method: 'POST', body: new URLSearchParams({ username: '13800002002', password: 'abc12345' }) })
  await call('tridRegister succeeds', '/trid/index.php?r=user/register', { method: 'POST', body: JSON.stringify({ type: 'register', tel: '13800005001', token: '1'.repeat(48), username: 'zly', password: '123456a' }) })
  await admin('/faults', { system: 'live', operationId: 'liveSendCode', fault: { kind: 'status', status: 503 }, times: 1, probability: 1 })
  await call('liveSendCode is answered with HTTP 503', '/live/auth/code?mobile=13800003002')
  await admin('/faults', { system: 'live', operationId: 'liveSendCode', fault: { kind: 'drop' }, times: 1, probability: 1 })
  await call('liveSendCode is dropped', '/live/auth/code?mobile=13800003002').catch(() => undefined)
})

/** Opens a call and copies it by one of its buttons. */
async function copied(page: Page, id: number, button: string): Promise<string> {
  await page.goto(`${server.url}/__console/calls/${String(id)}`)
  const detail = page.getByRole('region', { name: `Call ${String(id)}` })
  await detail.getByRole('button', { name: button, exact: true }).click()
  await page.getByText(/^Copied/).waitFor()
  return page.evaluate('navigator.clipboard.readText()')
}

describe.skipIf(!hasBrowser)('what is copied', () => {
  const permissions = ['clipboard-read', 'clipboard-write']

  test('as a test passes, whatever the call needed: a login, a code, a fault', { timeout: 180_000 }, async () => {
    const page = await reader('/__console/calls', { permissions })
    const texts: string[] = []
    for (const [i] of CALLS.entries()) texts.push(await copied(page, i + 1, 'test'))
    for (const [i, text] of texts.entries()) await project.write(`copied-${String(i + 1)}.test.ts`, text)
    const all = texts.join('\n')
    expect(all).not.toMatch(/[0-9a-f]{32}/)
    for (const [i, name] of CALLS.entries()) expect(texts[i]).toContain(`test('${name}'`)
    const { code, stdout, stderr } = await project.vitest('copied-')
    expect(code, stdout + stderr + all).toBe(0)
    expect(stdout).toMatch(new RegExp(`Tests +${String(CALLS.length)} passed`))
  })

  test.each(['curl', 'fetch'])('as %s says that its secrets are masked, and runs as it was when they are shown', async (way) => {
    await admin('/sessions', { system: 'live', user: '13800003002' })
    const { headers } = (await (await admin('/sessions', { system: 'live', user: '13800003002' })).json()) as { headers: Record<string, string> } // as control.yaml says
    await app('/live/users/my', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ bio: `It's {a} "bio", ${way}` }) })
    const { journal } = (await (await app('/__admin/sandboxes/default')).json()) as { journal: number } // as control.yaml says
    const page = await reader('/__console/calls', { permissions })
    expect(await copied(page, journal, way)).toContain('***')
    await page.getByText('Secrets in it are masked').waitFor()
    await page.getByRole('button', { name: 'Show secrets' }).click()
    await page.locator('.detail-body[aria-busy=false]', { hasNotText: '***' }).waitFor()
    await page.getByRole('button', { name: way, exact: true }).click()
    await page.getByText('Copied', { exact: true }).waitFor()
    const text: string = await page.evaluate('navigator.clipboard.readText()')
    const script = way === 'curl' ? ['bash', '-c', `${text} -s`] : [process.execPath, '--input-type=module', '-e', `${text}\nconsole.log(await response.text())`]
    const { stdout, stderr } = await project.run(script[0] ?? '', script.slice(1))
    expect(JSON.parse(stdout), stderr + text).toMatchObject({ code: 2000, user: { bio: `It's {a} "bio", ${way}` } })
  })
})
