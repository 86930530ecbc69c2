/** Whoever logs in at a real backend and is nobody to the stub is a user of it from then on: with what the backend said of him, a session of its tokens, and nothing else. */
import { expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { startEduBackend } from './backends/edu.js'
import { startImBackend } from './backends/im.js'
import { startJobBackend } from './backends/job.js'
import { startLiveBackend } from './backends/live.js'
import { startTridBackend } from './backends/trid.js'
import { closedAfterEach } from './support/closing.js'

const closing = closedAfterEach()
const APP = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' }
const json = (body: object, headers = {}) => ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const NOW = '2030-01-01T00:00:00.000Z'
const tel = { tel: '13800005900', time: '1' }

test.each([
  ['edu', startEduBackend, 'users', '5e0000000000000000001001', [['/edu/rest/s/login', json({ phone: '13800001001', passwd: 'abc12345', device: 'iPhone 15' }, APP)]],
    { userID: 'feed00000000000000000001', userType: 's', phone: '13800001001', passwd: null, nick: 'Real student', name: '', intro: '', avatar: '', school: '', version: '', grade: '', banned: false },
    { user: 'feed00000000000000000001', realm: 's', device: { label: 'iPhone 15', platform: 'ios', client: '1.0.2.3' }, accessToken: 'ac0000000000000000000000000000000000000000000001', accessExpiresAt: '2030-01-01T02:00:00.000Z', refreshToken: 'ef0000000000000000000000000000000000000000000001', refreshExpiresAt: '2030-01-31T00:00:00.000Z' }],
  ['im', startImBackend, 'users', 'u-4001', [['/im/android/login/', json({ phone: '13800004001', password: 'abc12345' })]],
    { id: 'u-4100', phone: '13800004001', password: 'not-known-here', username: 'real_alice', avatar: 'media/avatars/android/default.jpg', desc: '', sex: 0, pushId: 'p-4100', isBind: false, modifyAt: '2026/01/05' },
    { user: 'u-4100', realm: '', device: { label: null, platform: null, client: null }, accessToken: 'real0000000000000000000000000001', accessExpiresAt: '2030-01-15T00:00:00.000Z', refreshToken: null, refreshExpiresAt: null }],
  ['job', startJobBackend, 'users', '2', [['/job/login', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'username=13800002002&password=abc12345' }]],
    { id: 2, username: '13800002002', password: 'unknown to the stub', name: '13800002002', phone: null, roles: ['STUDENT'], idCerti: '00', stuCerti: '00', empCerti: '00', companyName: null, collegeId: null, createdAt: 0, valid: true, credits: 0 },
    { user: '2', realm: '', device: { label: null, platform: null, client: null }, accessToken: 'RealTokenNumberBBBBB', accessExpiresAt: null, refreshToken: null, refreshExpiresAt: null }],
  ['live', startLiveBackend, 'users', '1', [['/live/auth/code?mobile=13800003001', {}], ['/live/auth/login', json({ mobile: '13800003001', auth_code: '123456' })]],
    { id: 100, mobile: '13800003001', nickname: '用户3001', bio: '', avatar: '', gender: null },
    { user: '100', realm: '', device: { label: null, platform: null, client: null }, accessToken: 'beef0000000000000000000000000001', accessExpiresAt: null, refreshToken: null, refreshExpiresAt: null }],
  ['trid', startTridBackend, 'tels', null, [['/trid/index.php?r=user/sms-validation-request', json({ type: 'sms_validation_request', ...tel })], ['/trid/index.php?r=user/sms-validation-code', json({ type: 'sms_validation_code', code: '123456', ...tel })]],
    { tel: '13800005900', verified: true, username: null, password: null, huanxin_id: null, huanxin_password: null },
    { user: '13800005900', realm: '', device: { label: null, platform: null, client: null }, accessToken: 'dada00000000000000000000000000000000000000000001', accessExpiresAt: '2030-01-02T00:00:00.000Z', refreshToken: null, refreshExpiresAt: null }],
] as const)('%s', async (system, start, collection, known, calls, person, session) => {
  const real = await start()
  closing.push(() => real.close())
  const stub = await createStub({ systems: [system], backends: { [system]: real.url } })
  closing.push(() => stub.close())
  const box = await stub.sandbox()
  await box.clock.freeze(NOW)
  const people = box.db(system as 'live')
  if (known !== null) await people.delete(collection, known)
  const before = JSON.stringify(await people.list(collection as 'users'))
  for (const [path, init] of calls) await box.fetch(path, init)
  const made = (await people.list(collection as 'users')).filter((one) => !before.includes(JSON.stringify(one)))
  const sessions = (await box.sessions.list({ secrets: true })).filter(({ real: isReal }) => isReal === true)
  expect(made).toEqual([person])
  expect(sessions).toEqual([{ id: expect.any(String) as unknown, system, ...session, state: 'active', issuedAt: NOW, endedAt: null, real: true, displacedBy: null }])
})
