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
  expect((JSON.parse(text) as { put: object }).put).toMatchObject({ users: [{ id: 5000, nickname: 'real', mobile: '19900000001' }] })
  // The owner of the channel was told without his number, so that he has no place; what names him has none either.
  expect(stdout).toMatch(/liveListChannels +\/channels\/\* +its owner_id names 7 of users, which is neither recorded nor in the world/)
  expect(text).not.toContain('Real channel')
  await stub.close()
  await real.close()

  // What was written is a scenario like any other.
  const other = await createStub({ systems: ['live'], fixtures: folder })
  const another = await other.sandbox({ scenario: 'seen' })
  expect(await another.db('live').get('users', 5000)).toMatchObject({ nickname: 'real' })
  const { headers: own } = await another.sessions.issue({ system: 'live', user: '5000' })
  for (const path of ['/live/users/my', '/live/channels/live']) expect([path, (await another.fetch(path, { headers: own })).status]).toEqual([path, 200])
  await other.close()
})

test('a record stands with those that it names, and whoever stands in the way of the world\'s own is left out with all that names him', async () => {
  const record = async (ownerMobile: string) => {
    const real = await startLiveBackend(ownerMobile)
    const stub = await createStub({ systems: ['live'], backends: { live: real.url } })
    const box = await stub.sandbox()
    await box.fetch(`/live/auth/code?mobile=${PHONE}`)
    const login = await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
    const { api_key } = (await login.json()) as { api_key: string }
    await box.fetch('/live/channels/live', { headers: { authorization: Buffer.from(api_key).toString('base64') } })
    const [recording] = await box.backends.recording('live', true)
    await stub.close()
    await real.close()
    return { put: recording?.scenario.put ?? {}, reasons: recording?.left.map(({ pointer, reason }) => `${pointer}: ${reason}`) }
  }
  const stranger = await record('13812345679')
  expect(stranger.put['channels']).toMatchObject([{ id: 71, owner_id: 7 }])
  expect(stranger.put['users']).toContainEqual(expect.objectContaining({ id: 7, nickname: 'Real owner' }))
  // A number of the world, which belongs to somebody else there.
  const twin = await record('13800003001')
  expect(twin.put['channels']).toBeUndefined()
  expect(twin.reasons).toContain('/channels/*/owner: it cannot stand beside id 1 of the world, which has what only one may have')
  expect(twin.reasons).toContain('/channels/*: its owner_id names 7 of users, which is neither recorded nor in the world')
})
