/** The promise of the sandboxes: 200 of them on one server tell different stories at once, and each sees its own world only. */
import { afterAll, expect, test } from 'vitest'
import { type Box, createStub } from '../src/index.js'

const STORIES = 200
const stub = await createStub({ systems: ['live'] })
afterAll(() => stub.close())

const phoneOf = (story: number) => `1390000${String(story).padStart(4, '0')}`
const send = (box: Box, mobile: string) => box.client('live').GET('/auth/code', { params: { query: { mobile } } })
const login = async (box: Box, mobile: string, auth_code: string) => (await box.client('live').POST('/auth/login', { body: { mobile, auth_code } })).data

/** Four ways a login can go. Each ends with what the box must then hold. */
const plots: readonly ((box: Box, mobile: string) => Promise<{ calls: number; sessions: number; codes: string[] }>)[] = [
  async (box, mobile) => {
    await send(box, mobile)
    expect(await login(box, mobile, '123456')).toMatchObject({ code: 2000, mobile })
    return { calls: 2, sessions: 1, codes: ['123456'] }
  },
  async (box, mobile) => {
    await box.sms.source('sequence')
    await send(box, mobile)
    await send(box, mobile)
    expect(await login(box, mobile, '100001')).toMatchObject({ code: 4011 })
    expect(await login(box, mobile, '100002')).toMatchObject({ code: 2000, mobile })
    return { calls: 4, sessions: 1, codes: ['100002'] }
  },
  async (box, mobile) => {
    await send(box, mobile)
    await box.clock.advance('PT11M')
    expect(await login(box, mobile, '123456')).toMatchObject({ code: 4011 })
    return { calls: 2, sessions: 0, codes: ['123456'] }
  },
  async (box, mobile) => {
    await box.faults.next('live', 'liveLogin', { error: 'API_BAD_REQUEST' })
    expect(await login(box, mobile, '123456')).toMatchObject({ code: 4000 })
    await box.maintenance.on('live')
    expect((await send(box, mobile)).response.status).toBe(503)
    return { calls: 2, sessions: 0, codes: [] }
  },
]

test(`${STORIES} sandboxes run different stories at once, each sees its own world only`, async () => {
  const boxes = await Promise.all(Array.from({ length: STORIES }, () => stub.sandbox()))
  expect(new Set(boxes.map(({ name }) => name)).size).toBe(STORIES)

  const expected = await Promise.all(
    boxes.map((box, story) => {
      const plot = plots[story % plots.length]
      if (plot === undefined) throw new Error('there are plots')
      return plot(box, phoneOf(story))
    }),
  )

  // Only after all have come to their end, so that whatever leaked has had its chance.
  await Promise.all(
    boxes.map(async (box, story) => {
      const [calls, sessions, messages, users, faults] = await Promise.all([
        box.requests.count(), box.sessions.list(), box.sms.list(), box.db('live').list('users', { mobile_like: '^1390000' }), box.faults.list(),
      ])
      const mine = expected[story]
      expect({ calls, sessions: sessions.length, codes: messages.map(({ code }) => code) }, box.name).toEqual(mine)
      expect(new Set(messages.map(({ phone }) => phone)), box.name).toEqual(new Set(mine?.codes.length === 0 ? [] : [phoneOf(story)]))
      expect(users.map(({ mobile }) => mobile), box.name).toEqual(mine?.sessions === 1 ? [phoneOf(story)] : [])
      expect(faults).toHaveLength(story % plots.length === 3 ? 1 : 0)
    }),
  )
})

test('the same story in a sandbox of the same name gives the same answers, byte for byte', async () => {
  const other = await createStub({ systems: ['live'] })
  const tell = async (box: Box) => {
    await box.clock.freeze('2026-01-31T08:30:00Z')
    await send(box, phoneOf(1))
    return JSON.stringify([await login(box, phoneOf(1), '123456'), await login(box, phoneOf(1), '123456')])
  }
  try {
    expect(await tell(await other.sandbox('story'))).toBe(await tell(await stub.sandbox('story')))
  } finally {
    await other.close()
  }
})
