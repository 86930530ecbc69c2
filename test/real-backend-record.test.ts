/** Records that were seen at a real backend, as a scenario that a stub can be given. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { startBackend } from './backends/backend.js'
import { startEduBackend } from './backends/edu.js'
import { startImBackend } from './backends/im.js'
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
  // A scenario that is there is somebody's work.
  const again = ['ctl', '--url', stub.url, 'record', 'scenario', 'seen', '--fixtures', folder]
  const refused = await understudy(again)
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toContain('live/scenarios/seen.json is there already, so nothing was written')
  expect((await understudy([...again, '--force'])).code).toBe(0)
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

test('secrets of the calls are replaced wherever they stand, and phone numbers however they are written', async () => {
  const key = 'PLANTED-key-of-the-backend-42'
  const user = { id: 77, mobile: PHONE, nickname: `+86${PHONE}`, bio: `my key ${key}; call 138 1234 5678, １３８１２３４５６７８ or 0086-138-1234-5678`, avatar: `https://x.example/a.png?token=PLANTED-elsewhere&of=${Buffer.from(key).toString('base64')}&tel=${PHONE}`, gender: 1 }
  const real = await startBackend(
    ({ path }) => {
      const told = path === '/auth/login' ? { api_key: key, mobile: PHONE } : path === '/users/my' ? { user } : path === '/channels/live' ? { count: 0, channels: [], [`of ${PHONE}`]: { id: 1, seen: PHONE } } : {}
      return { json: { code: 2000, desc: 'ok', ...told } }
    },
    { status: 404, json: {} },
  )
  const stub = await createStub({ systems: ['live'], backends: { live: real.url } })
  const box = await stub.sandbox()
  await box.fetch(`/live/auth/code?mobile=${PHONE}`)
  await box.fetch('/live/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile: PHONE, auth_code: '123456' }) })
  const headers = { authorization: Buffer.from(key).toString('base64') }
  await box.fetch('/live/users/my', { headers })
  await box.fetch('/live/channels/live', { headers })
  const [recording] = await box.backends.recording('live')
  expect(recording?.scenario.put['users']).toEqual([
    { id: 77, mobile: '19900000001', nickname: '+8619900000001', bio: 'my key ***; call 199 0000 0001, １９９０００００００１ or 0086-199-0000-0001', avatar: 'https://x.example/a.png?token=***&of=***&tel=19900000001', gender: 1 },
  ])
  expect(recording?.left.map(({ pointer }) => pointer)).toContain('/of 19900000001')
  const text = JSON.stringify(recording)
  for (const planted of ['PLANTED', Buffer.from(key).toString('base64'), PHONE, '1234']) expect(text).not.toContain(planted)
  expect(JSON.stringify(await box.backends.recording('live', true))).toContain(key)
  await stub.close()
  await real.close()
})

test('refusals, answers outside any operation and answers without a body are no records', async () => {
  const user = { id: 77, mobile: PHONE, nickname: 'Refused', bio: '', avatar: '', gender: 1 }
  const real = createServer((request, response) => {
    request.resume()
    if (request.url === '/channels/live') response.writeHead(204).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ code: request.url === '/users/my' ? 4010 : 2000, desc: 'as said', user }))
  })
  await new Promise<void>((resolve) => real.listen(0, '127.0.0.1', resolve))
  const { port } = real.address() as AddressInfo // it listens on TCP
  const stub = await createStub({ systems: ['live'], backends: { live: `http://127.0.0.1:${String(port)}` } })
  const box = await stub.sandbox()
  for (const path of ['/users/my', '/no/such', '/channels/live']) await box.fetch(`/live${path}`)
  expect((await box.requests.list()).map(({ operationId, source, error }) => [operationId, source, error])).toEqual([['liveListChannels', 'real', null], [null, 'stub', 'API_BAD_REQUEST'], ['liveGetMe', 'real', 'API_UNAUTHORIZED']])
  expect(await box.backends.recording('live')).toEqual([])
  await stub.close()
  await new Promise((resolve) => real.close(resolve))
})

test('where there is nothing to write there is no file, which is said and seen by the exit code', async () => {
  const real = await startImBackend()
  const stub = await createStub({ systems: ['im'], backends: { im: real.url } })
  const record = () => understudy(['ctl', '--url', stub.url, 'record', 'scenario', 'nothing', '--fixtures', folder])
  const unasked = await record()
  expect(unasked.code).toBe(2)
  expect(unasked.stdout).toContain('nothing was seen of a real backend in this sandbox, so nothing was written')
  const box = await stub.sandbox('default')
  await box.fetch('/im/android/login/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone: '13900009999', password: 'abc12345' }) })
  expect((await record()).code).toBe(2)
  await box.fetch('/im/android/login/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) })
  const unplaced = await record()
  expect(unplaced.code).toBe(2)
  expect(unplaced.stdout).toContain('im: no record could be placed, so no file was written')
  expect(unplaced.stdout).toContain('who logged in is not placed: no answer told the id that the user has, or told one of another form')
  expect(existsSync(join(folder, 'im/scenarios/nothing.json'))).toBe(false)
  await stub.close()
  await real.close()
})

test('a password is replaced by one of the form that its field asks for, so that whoever is recorded can log in', async () => {
  const user = { userID: 'feed00000000000000000009', userType: 's', phone: PHONE, passwd: 'A1'.repeat(32), nick: 'Real', name: '', intro: '', avatar: '', school: '', version: '', grade: '', banned: false }
  const real = await startBackend(({ path }) => (path === '/rest/s/teachers' ? { json: { code: 900, list: [user] } } : null), { status: 404, json: { code: 911, msg: '' } })
  const stub = await createStub({ systems: ['edu'], backends: { edu: real.url } })
  const box = await stub.sandbox()
  await box.fetch('/edu/rest/s/teachers')
  const [recording] = await box.backends.recording('edu')
  const [recorded] = recording?.scenario.put['users'] ?? []
  expect(recorded).toMatchObject({ userID: user.userID, phone: '19900000001' })
  expect(recorded?.['passwd']).toBe(createHash('sha256').update('recorded-secret').digest('hex').toUpperCase())
  await stub.close()
  await real.close()
})

test('who logged in has of his login all that it tells', async () => {
  const info = { userID: 'feed00000000000000000009', phone: PHONE, nick: 'Real', intro: '', avatar: '', has_passwd: true, school: '实验小学', version: '人教版', grade: '三年级', access_token: 'a'.repeat(48), access_token_expire: 7_200_000, refresh_token: 'b'.repeat(48), refresh_token_expire: 2_592_000_000 }
  const real = await startBackend(({ path }) => (path === '/rest/s/login' ? { json: { code: 900, info } } : null), { status: 404, json: { code: 911, msg: '' } })
  const stub = await createStub({ systems: ['edu'], backends: { edu: real.url } })
  const box = await stub.sandbox()
  await box.fetch('/edu/rest/s/login', { method: 'POST', headers: { 'content-type': 'application/json', client: 'a', platform: 'android', channel: 'c', u: 'u', w: '1' }, body: JSON.stringify({ phone: PHONE, passwd: 'abc12345', device: 'Phone' }) })
  expect(await box.db('edu').get('users', info.userID)).toMatchObject({ school: '实验小学', version: '人教版', grade: '三年级', phone: PHONE, passwd: null })
  await stub.close()
  await real.close()
})

test('who logged in is written as answers told, never as the stub knows him, and what was filled in is listed', async () => {
  const real = await startEduBackend()
  const stub = await createStub({ systems: ['edu'], backends: { edu: real.url } })
  const box = await stub.sandbox()
  // The stub has somebody else of this number, with a password and a school.
  await box.fetch('/edu/rest/s/login', { method: 'POST', headers: { 'content-type': 'application/json', client: 'a', platform: 'android', channel: 'c', u: 'u', w: '1' }, body: JSON.stringify({ phone: '13800001001', passwd: 'abc12345', device: 'Phone' }) })
  const [recording] = await box.backends.recording('edu')
  expect(recording?.scenario.put['users']).toEqual([
    { userID: 'feed00000000000000000001', userType: 's', phone: '19900000001', passwd: null, nick: 'Real student', name: '', intro: '', avatar: '', school: '', version: '', grade: '', banned: false },
  ])
  expect(recording?.left).toContainEqual({ operationId: 'eduLogin', pointer: '', reason: 'users feed00000000000000000001: filled in, as no answer told them: passwd, name, school, version, grade, banned' })
  await stub.close()
  await real.close()
})
