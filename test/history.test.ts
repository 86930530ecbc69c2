import { describe, expect, test } from 'vitest'
import { createStub } from '../src/index.js'
import { at, type Box, kindOf, serveControl } from './support/control.js'

const { box } = await serveControl(['live', 'trid'])
const { box: brief } = await serveControl(['live'], { journal: 3 })

const code = ({ call }: Box, mobile: string) => call(`/live/auth/code?mobile=${mobile}`)
const login = ({ call }: Box, mobile: string) => call('/live/auth/login', { method: 'POST', body: { mobile, auth_code: '123456' } })
const numbers = async ({ admin }: Box) => (at(await admin('GET', '/requests'), 'requests') as { id: number }[]).map(({ id }) => id) // its contract says so
const NEW = ['13800003801', '13800003802', '13800003803']

/** Sends codes to three new users and logs them in, so that each odd call is a code and each even one a login. */
async function story(here: Box): Promise<void> {
  await here.admin('POST', '/clock/freeze')
  for (const mobile of NEW) {
    await code(here, mobile)
    await login(here, mobile)
  }
}

const users = async (here: Box) => (await here.db('live').list('users')).length

describe('history', () => {
  test('lists calls and changes through the control plane in order', async () => {
    const here = box()
    await story(here)
    await here.admin('POST', '/clock/advance', { by: 'PT1H' })
    await code(here, '13800003001')
    const answer = await here.admin('GET', '/history')
    const rows = (at(answer, 'history') as { kind: string; call: { id: number; operationId: string } | null; changed: string[] }[]).map(({ kind, call, changed }) => [kind, call?.id ?? null, call?.operationId ?? null, changed.length > 0])
    expect(rows).toEqual([
      ['control', null, null, true],
      ['call', 1, 'liveSendCode', true], ['call', 2, 'liveLogin', true], ['call', 3, 'liveSendCode', true], ['call', 4, 'liveLogin', true], ['call', 5, 'liveSendCode', true], ['call', 6, 'liveLogin', true],
      ['control', null, null, true],
      ['call', 7, 'liveSendCode', true],
    ])
    expect([at(answer, 'history.1.changed'), at(answer, 'history.7.changed')]).toEqual([['live/smsCodes/13800003801'], ['control/clock']])
    expect(at(answer, 'reach')).toEqual({ first: 1, last: 7, isWhole: true })
    expect(at(await here.admin('GET', '/history?limit=1'), 'history.0.call.id')).toBe(7)
  })

  test('goes back as far as the journal, and says so beyond', async () => {
    const here = brief()
    await story(here)
    expect(at(await here.admin('GET', '/history'), 'reach')).toEqual({ first: 4, last: 6, isWhole: false })
    for (const to of [0, 3, 99]) {
      const refused = await here.admin('POST', '/rewind', { to })
      expect([refused.status, kindOf(refused)]).toEqual([422, 'out-of-history'])
      expect(at(refused, 'detail')).toContain('the calls 4 to 6')
    }
    expect((await here.admin('POST', '/rewind', { to: 4 })).status).toBe(200)
    expect(await numbers(here)).toEqual([4])
  })
})

describe('looking back', () => {
  test('records, sessions and users can be read as they were after a call, and nothing changes', async () => {
    const here = box()
    await story(here)
    const live = here.db('live')
    const before = await users(here)
    const loggedIn = (await box().sessions.list()).length
    const counted = async (call: number) => [
      (await live.list('users', {}, { at: call })).length,
      at(await here.admin('GET', `/users?system=live&at=${String(call)}`), 'total'),
      (at(await here.admin('GET', `/sessions?at=${String(call)}`), 'sessions') as unknown[]).length,
    ]
    for (const [call, more] of [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2], [6, 3]] as const) expect(await counted(call)).toEqual([before - 3 + more, before - 3 + more, loggedIn + more])
    const [third] = await live.list('users', { mobile: NEW[2] ?? '' })
    expect(await live.list('users', { mobile: NEW[2] ?? '' }, { at: 5 })).toEqual([])
    expect(await live.get('users', third?.id ?? 0, { at: 6 })).toMatchObject({ mobile: NEW[2] })
    expect((await here.admin('GET', `/db/live/users/${String(third?.id)}?at=5`)).status).toBe(404)
    expect(await users(here)).toBe(before)
    const gone = await here.admin('GET', '/sessions?at=99')
    expect([gone.status, kindOf(gone)]).toEqual([422, 'out-of-history'])
    expect((await here.admin('GET', '/db/live/users?at=x')).status).toBe(400)
  })
})

describe('stepping back', () => {
  test('makes everything as it was after the call; the next calls have new numbers', async () => {
    const here = box()
    await story(here)
    const before = await users(here)
    expect((await here.admin('POST', '/rewind', { to: 2 })).json).toMatchObject({ requests: 2, journal: 2 })
    expect(await users(here)).toBe(before - 2)
    expect(at(await here.admin('GET', '/sessions?system=live'), 'sessions')).toHaveLength(1)
    expect(await numbers(here)).toEqual([2, 1])
    await code(here, '13800003001')
    expect(await numbers(here)).toEqual([7, 2, 1])
    expect(at(await here.admin('GET', '/history'), 'reach')).toEqual({ first: 1, last: 7, isWhole: true })
    expect((await here.admin('POST', '/rewind', { to: 7 })).status).toBe(200)
    expect((await here.admin('POST', '/rewind', { to: 0 })).json).toMatchObject({ requests: 0, journal: 0, frozen: false })
    expect(at(await here.admin('GET', '/sessions?system=live'), 'sessions')).toEqual([])
  })

  test('brings ids of records back as they were, and new tokens', async () => {
    const here = box()
    await story(here)
    const shown = async () => at(await here.admin('GET', '/users?system=live'), 'users')
    const token = async () => at(await here.admin('GET', `/sessions?system=live&secrets=true&user=${NEW[2] ?? ''}`), 'sessions.0.accessToken')
    const [known, old] = [await shown(), await token()]
    await here.admin('POST', '/rewind', { to: 4 })
    await code(here, NEW[2] ?? '')
    await login(here, NEW[2] ?? '')
    expect(await shown()).toEqual(known)
    expect(await token()).not.toBe(old)
  })

  test('what is not there is not made', async () => {
    const here = box()
    expect((await here.admin('GET', '/history')).status).toBe(404)
    expect((await here.admin('POST', '/rewind', { to: 0 })).status).toBe(404)
    expect((await here.admin('POST', '/rewind', { to: -1 })).status).toBe(400)
    expect((await here.admin('GET', '')).status).toBe(404)
  })
})

describe('a fork', () => {
  test('begins as the other was at the call, and each goes its own way', async () => {
    await using stub = await createStub({ systems: ['live'] })
    const alice = await stub.sandbox('alice')
    for (const mobile of NEW) {
      await alice.client('live').GET('/auth/code', { params: { query: { mobile } } })
      await alice.client('live').POST('/auth/login', { body: { mobile, auth_code: '123456' } })
    }
    const qa = await stub.sandbox({ name: 'qa', fork: { sandbox: 'alice', at: 4 } })
    expect(await qa.sessions.list()).toHaveLength(2)
    expect((await qa.info()).requests).toBe(4)
    expect((await qa.history()).reach).toEqual({ first: null, last: null, isWhole: true })
    const copy = await stub.sandbox({ fork: { sandbox: 'alice' } })
    await alice.rewind(0)
    expect([await alice.sessions.list(), await copy.sessions.list(), await qa.sessions.list()].map(({ length }) => length)).toEqual([0, 3, 2])
    await expect(stub.sandbox({ name: 'late', fork: { sandbox: 'alice', at: 5 } })).rejects.toThrow('cannot go back to call 5')
    await expect(stub.sandbox({ fork: { sandbox: 'nobody' } })).rejects.toThrow('no sandbox "nobody"')
    expect((await stub.sandboxes()).map(({ name }) => name)).not.toContain('late')
  })
})
