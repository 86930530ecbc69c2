import { expect, test } from 'vitest'
import { at, kindOf, serveControl } from './support/control.js'

const { box, admin } = await serveControl(['edu', 'job', 'live'])

test('what ends on the way is listed before the clock is advanced, the earliest first', async () => {
  const here = box()
  await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
  await here.call('/live/auth/code?mobile=13800003001')
  await here.admin('POST', '/sessions', { system: 'edu', user: '13800001002', realm: 's', device: { label: 'iPad' } })
  expect((await here.admin('GET', '/clock/expiring?until=2026-01-31T08:31:00Z')).json).toEqual({ expiring: [], total: 0 })
  const soon = await here.admin('GET', '/clock/expiring?until=2026-02-28T08:30:00Z&limit=2')
  expect(at(soon, 'expiring.0')).toMatchObject({ kind: 'smsCode', system: 'live', id: '13800003001', label: '13800003001', user: null, collection: null })
  expect(at(soon, 'expiring.1')).toMatchObject({ kind: 'accessToken', system: 'edu', label: 'iPad', user: '5e0000000000000000001002' })
  expect(at(soon, 'total')).toBe(2)
  await here.sessions.kick({ system: 'edu', user: '5e0000000000000000001002' })
  expect((await here.admin('GET', '/clock/expiring?until=2026-02-28T08:30:00Z')).json).toMatchObject({ expiring: [{ kind: 'smsCode' }], total: 1 })
  expect(kindOf(await here.admin('GET', '/clock/expiring?until=tomorrow'))).toBe('invalid-request')
})

test('of a session with two tokens both ends are told, of one that never ends none', async () => {
  const here = box()
  await here.admin('POST', '/clock/freeze', { at: '2026-01-31T08:30:00Z' })
  for (const user of [{ system: 'edu', user: '13800001002', realm: 's' }, { system: 'job', user: '2' }]) await here.admin('POST', '/sessions', user)
  const ends = at(await here.admin('GET', '/clock/expiring?until=2036-01-31T08:30:00Z&limit=1000'), 'expiring') as { kind: string; system: string; id: string; user: string; at: string }[] // as the contract has it
  const sessions = await here.sessions.list({ state: 'active' })
  const expected = sessions.flatMap(({ system, id, user, accessExpiresAt, refreshExpiresAt }) => [
    ...(accessExpiresAt === null ? [] : [{ kind: 'accessToken', system, id, user, at: accessExpiresAt }]),
    ...(refreshExpiresAt === null ? [] : [{ kind: 'refreshToken', system, id, user, at: refreshExpiresAt }]),
  ])
  expect(expected.map(({ system, kind }) => `${system} ${kind}`)).toEqual(['edu accessToken', 'edu refreshToken'])
  expect(ends.filter(({ kind }) => kind.endsWith('Token'))).toMatchObject(expected.sort((a, b) => a.at.localeCompare(b.at)))
})

test('records end as well, where their schema says when', async () => {
  const here = box()
  const [first] = JSON.parse((await here.admin('GET', '/db/job/coupons')).text) as { id: number; memId: number | null; title: string; expiresAt: number }[] // records, as the schema of coupons says
  const until = new Date((first?.expiresAt ?? 0) + 1).toISOString()
  await here.admin('PUT', '/clock', { now: new Date((first?.expiresAt ?? 0) - 1000).toISOString() })
  expect((await here.admin('GET', `/clock/expiring?until=${until}&limit=1`)).json).toMatchObject({ expiring: [{ kind: 'record', system: 'job', collection: 'coupons', id: String(first?.id), label: first?.title, user: first?.memId === null ? null : String(first?.memId) }] })
})

test('which systems know bans is told with each', async () => {
  expect(at(await admin('GET', '/systems'), 'systems')).toMatchObject([{ id: 'edu', hasBans: true }, { id: 'job', hasBans: true }, { id: 'live', hasBans: false }])
})

test('a system says beforehand what a call is answered when something befalls its credential', async () => {
  const { json } = await admin('GET', '/systems/live')
  expect(json?.['outcomes']).toContainEqual({ condition: 'kickedOut', error: 'API_UNAUTHORIZED', code: 4010, status: 200 })
})

test('collections say what their fields are', async () => {
  const collections = (await box().admin('GET', '/db/job')).json?.['collections']
  expect(collections).toContainEqual(expect.objectContaining({ name: 'coupons', unique: [['code']], fields: expect.objectContaining({ questId: { types: ['integer'], reference: 'tasks' }, memId: { types: ['integer', 'null'], reference: 'users' } }) as unknown }))
  expect(collections).toContainEqual(expect.objectContaining({ name: 'withdrawals', unique: [] }))
})
