/** The panel of records with many of them: it reads a page, finds on the stub, and reads nothing again that has not changed. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hasBrowser, serveConsole } from './support/console.js'

const { reader, app } = await serveConsole()
const json = (body: object, method: string) => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Makes a sandbox with 123 users of live. */
async function crowd(name: string): Promise<void> {
  const users = Array.from({ length: 120 }, (_, i) => ({ mobile: String(13900000000 + i), nickname: `Guest ${String(i)}`, bio: '', avatar: '', gender: null }))
  await app(`/@${name}/live/no`)
  await Promise.all(users.map((user) => app(`/__admin/sandboxes/${name}/db/live/users`, json(user, 'POST'))))
}

/** Resolves when the page has looked again and drawn what it found. */
async function nextBeat(page: Page, name: string): Promise<void> {
  const looked = page.waitForResponse((response) => response.url().endsWith(`/sandboxes/${name}/db/live`))
  await app(`/@${name}/live/users/my`)
  await (await looked).finished()
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
}

describe.skipIf(!hasBrowser)('many records', () => {
  test('come by the page and are found by the stub, with true counts; a list that has not changed is not read again', async () => {
    await crowd('many')
    const page = await reader('/__console/@many/records/live/users')
    const reads: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/db/live/users?')) reads.push(new URL(request.url()).search)
    })
    await page.getByText('123 records').waitFor()
    expect(await page.locator('.grid tbody tr').count()).toBe(50)
    await page.getByText('1 / 3').waitFor()
    await page.getByRole('searchbox').fill('13800003002')
    await page.getByText('1 of 123 records').waitFor()
    await page.getByRole('cell', { name: '13800003002' }).waitFor()

    const before = reads.length
    await nextBeat(page, 'many')
    await nextBeat(page, 'many')
    expect(reads.length).toBe(before)

    // Edits stay while the list behind them becomes another.
    await page.getByRole('button', { name: 'Edit 2', exact: true }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('bio').fill('of mine')
    await app('/__admin/sandboxes/many/db/live/users/2', json({ nickname: 'of another' }, 'PATCH'))
    await nextBeat(page, 'many')
    await form.getByRole('button', { name: 'Stage' }).click()
    await page.getByRole('cell', { name: 'of another' }).waitFor()
    await page.getByRole('cell', { name: 'of mine' }).waitFor()
    expect(reads.length).toBe(before + 1)

    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: 'On', exact: true }).click()
    await page.getByText('2 / 3').waitFor()
    await page.getByRole('button', { name: 'Save 1' }).click()
    await page.getByText('1 saved').waitFor()
    const saved = await app('/__admin/sandboxes/many/db/live/users/2')
    expect(await saved.json()).toMatchObject({ bio: 'of mine', nickname: 'of another' })
  })

  test('a list that could not be read is read as soon as it can be', async () => {
    await crowd('later')
    const page = await reader('/__console/@later/overview')
    await page.route('**/db/live/users?*', (route) => route.fulfill({ status: 404, json: { type: 'x', title: 'Not found', status: 404, detail: 'Not yet' } }))
    await page.getByRole('link', { name: 'Records' }).click()
    await page.getByRole('combobox', { name: 'System' }).selectOption('live')
    await page.getByText('Not yet').waitFor()
    await page.unroute('**/db/live/users?*')
    await nextBeat(page, 'later')
    await page.getByText('123 records').waitFor()
  })
})
