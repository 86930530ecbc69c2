/** Records that were seen at a real backend, as a scenario that a stub can be given. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { startLiveBackend } from './backends/live.js'
import { understudy } from './support/cli.js'

const PHONE = '13812345678'
const folder = await mkdtemp(join(tmpdir(), 'understudy-record-'))
afterAll(() => rm(folder, { recursive: true }))

test('users and lists that fit a schema are written down without secrets, and what does not fit is named', async () => {
  await cp(new URL('../fixtures', import.meta.url), folder, { recursive: true })
  const real = await startLiveBackend()
  const stub = await createStub({ systems: ['live'], backends: { live: real.url } })
  const box = await stub.sandbox('default')
  await box.fetch(`/live/auth/code?mobile=${PHONE}`)
  const login = await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
  const { api_key } = (await login.json()) as { api_key: string }
  const headers = { authorization: Buffer.from(api_key).toString('base64') }
  await box.fetch('/live/users/my', { headers })
  await box.fetch('/live/channels/live', { headers })

  const { code, stdout, stderr } = await understudy(['ctl', '--url', stub.url, 'record', 'scenario', 'seen', '--fixtures', folder])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('liveListChannels')
  expect(stdout).toContain('/channels/*/owner')
  const text = await readFile(join(folder, 'live/scenarios/seen.json'), 'utf8')
  for (const secret of [PHONE, api_key]) expect(text).not.toContain(secret)
  expect(JSON.parse(text)).toMatchObject({
    put: {
      users: [{ id: 5000, nickname: 'real', mobile: '19900000001' }],
      channels: [{ id: 71, title: 'Real channel', owner_id: 7 }],
    },
  })
  await stub.close()
  await real.close()

  // What was written is a scenario like any other.
  const other = await createStub({ systems: ['live'], fixtures: folder })
  const another = await other.sandbox({ scenario: 'seen' })
  expect(await another.db('live').get('channels', 71)).toMatchObject({ title: 'Real channel' })
  await other.close()
})
