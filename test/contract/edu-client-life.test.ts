/** The client of edu over hours, days and a month, under a clock that the test moves: no call is lost, no token refreshed twice, no end overheard. */
import { describe, expect, test } from 'vitest'
import type { OperationId } from '../../src/client/contracts.js'
import { createEduClient, type EduClient, type EduTokens, type KickedOut } from '../../src/contract/edu.js'
import { memoryTokens } from '../../src/contract/clients/shared.js'
import { edu } from '../../src/systems/edu/index.js'
import '../../src/testing/vitest.js'
import { PASSWORD, userID } from '../support/edu.js'
import { type Box, serve } from '../support/serve.js'

const { box } = await serve(edu, { journal: 100_000 })

const S1 = '13800001001'
const HOUR = 3_600_000
const APP = { client: '1.0.2.3', platform: 'ios', u: '490154203237518', w: '00:00:5e:00:53:01' } as const
const REFRESHES = ['eduRefreshAccess', 'eduRefreshRefresh'] as const

interface Setting {
  readonly device?: string
  /** Milliseconds that the client's clock is behind the server's. */
  readonly behind?: number
  readonly kept?: EduTokens
  readonly fetch?: (request: Request) => Promise<Response>
}

/** Tokens that a refresh replaces die at once. */
const NO_GRACE = { accessTokenGraceMs: 0 }

/** A box with a clock that clients can read without waiting. */
async function stage(settings: Readonly<Record<string, number>> = {}) {
  const app = await box()
  await app.settings.set('edu', settings)
  let time = (await app.clock.now()).milliseconds
  return {
    app,
    async advance(duration: string) {
      time = (await app.clock.advance(duration)).milliseconds
    },
    client({ device = 'iPhone 15', behind = 0, kept, ...more }: Setting = {}) {
      const kicks: KickedOut[] = []
      const tokens = memoryTokens<EduTokens>()
      if (kept !== undefined) void tokens.set(kept)
      const client = createEduClient({ baseUrl: app.url, userType: 's', app: APP, tokens, now: () => time - behind, refreshAhead: HOUR / 12, onKickedOut: (by) => kicks.push(by), ...more })
      const login = () => good(client.POST('/rest/{userType}/login', { body: { phone: S1, passwd: PASSWORD, device } }))
      return { client, kicks, tokens, login }
    },
    /** How often each operation was called, and how often it was refused. */
    async count(operationId: OperationId<'edu'>) {
      const calls = await app.requests.list({ operationId, limit: 10_000 })
      return { calls: calls.length, refused: calls.filter(({ error }) => error !== null).length }
    },
  }
}

/** @returns what a call succeeded with */
async function good<T>(call: Promise<{ readonly data?: T; readonly error?: unknown }>): Promise<T> {
  const { data, error } = await call
  if (data === undefined) throw new Error(`refused: ${JSON.stringify(error)}`)
  return data
}

/** A moment that others wait for. */
function moment() {
  let come = () => {}
  const hasCome = new Promise<void>((resolve) => {
    come = resolve
  })
  return { come: () => { come() }, hasCome }
}

/** @returns a fetch that treats the first call for the profile in a way of its own */
function holdFirst(treat: (send: () => Promise<Response>) => Promise<Response>): (request: Request) => Promise<Response> {
  let seen = 0
  return (request) => {
    const send = () => fetch(request)
    return request.url.endsWith('/info') && seen++ === 0 ? treat(send) : send()
  }
}

const get = (client: EduClient) => client.GET('/rest/{userType}/info')
const me = (client: EduClient) => good(get(client))
const many = (client: EduClient, count = 20) => Promise.all(Array.from({ length: count }, () => me(client)))
const refusedCalls = async (app: Box) => (await app.requests.list({ limit: 10_000 })).filter(({ error }) => error !== null).map(({ operationId, error }) => `${String(operationId)} ${String(error)}`)

describe('refreshing in time', () => {
  test('nothing is refreshed before the buffer begins, and then once, however many calls are made', async () => {
    const { client: make, advance, count, app } = await stage()
    const { client, login } = make()
    await login()
    await advance('PT1H54M59.999S')
    await many(client)
    expect((await count('eduRefreshAccess')).calls).toBe(0)
    await advance('PT0.001S')
    await many(client)
    expect((await count('eduRefreshAccess')).calls).toBe(1)
    expect((await count('eduGetMyInfo')).calls).toBe(40)
    expect(await refusedCalls(app)).toEqual([])
  })

  test('a month on one login: calls in every hour, no call lost, no token refreshed twice', async () => {
    const { client: make, advance, count, app } = await stage()
    const { client, kicks, login } = make()
    await login()
    const days = 31
    for (let hour = 0; hour < days * 24; hour += 1) {
      await advance('PT1H')
      await Promise.all([me(client), me(client)])
    }
    // At one hour there is an hour left; at two none: every second hour brings one refresh.
    expect(await count('eduRefreshAccess')).toEqual({ calls: days * 12, refused: 0 })
    // Each refresh token is traded when its last day begins, after 29 days; 31 days hold one of those.
    expect(await count('eduRefreshRefresh')).toEqual({ calls: 1, refused: 0 })
    expect(await count('eduGetMyInfo')).toEqual({ calls: days * 48, refused: 0 })
    expect((await count('eduLogin')).calls).toBe(1)
    expect([await refusedCalls(app), kicks]).toEqual([[], []])
  })

  test('after a long sleep the first call refreshes both tokens before it goes out', async () => {
    const { client: make, advance, count, app } = await stage()
    const { client, login } = make()
    await login()
    await advance('P29DT12H')
    await many(client)
    expect(await Promise.all(REFRESHES.map((operation) => count(operation)))).toEqual([{ calls: 1, refused: 0 }, { calls: 1, refused: 0 }])
    expect(await refusedCalls(app)).toEqual([])
    await advance('P29D')
    await me(client)
    expect(await refusedCalls(app)).toEqual([])
  })

  test('a restart goes on with the tokens that were kept, without a login', async () => {
    const { client: make, advance, count } = await stage()
    const first = make()
    await first.login()
    const kept = JSON.parse(JSON.stringify(await first.tokens.get())) as EduTokens // what was just written
    await advance('P3D')
    const { client } = make({ kept })
    expect(await me(client)).toMatchObject({ info: { userID: userID('001') } })
    expect([(await count('eduLogin')).calls, (await count('eduRefreshAccess')).calls]).toEqual([1, 1])
  })
})

describe('when a token is not good after all', () => {
  test('a client whose clock is late is told 899, refreshes once and makes every call once more', async () => {
    const { client: make, advance, count } = await stage()
    const first = make({ behind: 0 })
    await first.login()
    const kept = await first.tokens.get()
    if (!kept) throw new Error('nobody is logged in')
    // The phone's clock was set back by half an hour: it believes that there is time left.
    await advance('PT2H')
    const late = make({ behind: HOUR / 2, kept })
    const answers = await many(late.client)
    expect(answers).toHaveLength(20)
    expect(await count('eduRefreshAccess')).toEqual({ calls: 1, refused: 0 })
    expect((await count('eduGetMyInfo')).calls - (await count('eduGetMyInfo')).refused).toBe(20)
    expect((await count('eduGetMyInfo')).refused).toBeLessThanOrEqual(20)
    expect(late.kicks).toEqual([])
  })

  test('a call on its way while a refresh replaces its token is made once more, not lost', async () => {
    const { client: make, advance, count } = await stage(NO_GRACE)
    const refreshed = moment()
    const { client, kicks, login } = make({ fetch: holdFirst((send) => refreshed.hasCome.then(send)) })
    await login()
    const early = me(client)
    await advance('PT1H56M')
    await me(client)
    refreshed.come()
    expect(await early).toMatchObject({ code: 900 })
    expect(await count('eduGetMyInfo')).toEqual({ calls: 3, refused: 1 })
    expect((await count('eduRefreshAccess')).calls).toBe(1)
    expect(kicks).toEqual([])
  })

  test('a call that is refused while a refresh is still under way waits for it', async () => {
    const { client: make, advance, count } = await stage(NO_GRACE)
    const [committed, refused] = [moment(), moment()]
    const early = holdFirst(async (send) => {
      await committed.hasCome
      const answer = await send()
      refused.come()
      return answer
    })
    const { client, login } = make({
      fetch: async (request) => {
        const answer = await early(request)
        if (!request.url.endsWith('/accessToken')) return answer
        committed.come() // done at the server, but the answer is held up
        await refused.hasCome
        return answer
      },
    })
    await login()
    const first = me(client)
    await advance('PT1H56M')
    expect(await Promise.all([first, me(client)])).toMatchObject([{ code: 900 }, { code: 900 }])
    expect((await count('eduRefreshAccess')).calls).toBe(1)
    expect(await count('eduGetMyInfo')).toEqual({ calls: 3, refused: 1 })
  })

  test('a call that another login has ended does not wait for a refresh that is still under way', async () => {
    const { client: make, advance } = await stage()
    const [asked, answered, displaced] = [moment(), moment(), moment()]
    const early = holdFirst((send) => displaced.hasCome.then(send))
    const mine = make({
      fetch: async (request) => {
        if (!request.url.endsWith('/accessToken')) return early(request)
        asked.come()
        await answered.hasCome
        return fetch(request)
      },
    })
    await mine.login()
    const first = get(mine.client)
    await advance('PT1H56M')
    const late = get(mine.client)
    await asked.hasCome
    await make({ device: 'iPad' }).login()
    displaced.come()
    expect((await first).error).toMatchObject({ code: 903, nextDevice: 'iPad' })
    expect([mine.kicks.map(({ device }) => device), await mine.tokens.get()]).toEqual([['iPad'], null])
    answered.come()
    expect((await late).error).toMatchObject({ code: 903 })
    expect(mine.kicks).toHaveLength(1)
  })

  test('a second try that somebody else answers is no answer, and the login goes on', async () => {
    const { client: make, advance } = await stage(NO_GRACE)
    const refreshed = moment()
    let tries = 0
    const { client, tokens, kicks, login } = make({
      fetch: async (request) => {
        if (request.url.endsWith('/info') && ++tries === 1) await refreshed.hasCome
        return tries === 3 ? new Response('<form>…</form>', { headers: { 'content-type': 'text/html' } }) : fetch(request)
      },
    })
    await login()
    const early = get(client)
    await advance('PT1H56M')
    await me(client)
    refreshed.come()
    expect((await early).error).toMatchObject({ name: 'NoAnswer', condition: 'notOurs' })
    expect([tries, kicks, await tokens.get()]).toMatchObject([3, [], { accessToken: expect.any(String) as unknown }])
    expect(await me(client)).toMatchObject({ code: 900 })
  })

  test('with a grace of the server there is nothing to repeat', async () => {
    const { client: make, advance, count } = await stage()
    const refreshed = moment()
    const { client, login } = make({ fetch: holdFirst((send) => refreshed.hasCome.then(send)) })
    await login()
    const early = me(client)
    await advance('PT1H56M')
    await me(client)
    refreshed.come()
    await early
    expect(await count('eduGetMyInfo')).toEqual({ calls: 2, refused: 0 })
  })

  test('the second try is the last, and what it brings is heard: a login in between is a kick-out', async () => {
    const { client: make, advance, count } = await stage(NO_GRACE)
    const theirs = make({ device: 'iPad' })
    const [refreshed, displaced] = [moment(), moment()]
    let tries = 0
    const mine = make({
      fetch: async (request) => {
        if (request.url.endsWith('/info') && ++tries === 1) await refreshed.hasCome
        else if (tries === 3) {
          await theirs.login()
          displaced.come()
        }
        return fetch(request)
      },
    })
    await mine.login()
    const early = get(mine.client)
    await advance('PT1H56M')
    await me(mine.client)
    refreshed.come()
    expect((await early).error).toMatchObject({ code: 903, nextDevice: 'iPad' })
    await displaced.hasCome
    expect([tries, (await count('eduRefreshAccess')).calls, mine.kicks.length, await mine.tokens.get()]).toEqual([3, 1, 1, null])
  })

  test('other refusals are handed on as they are, without a second try', async () => {
    const { client: make, count } = await stage()
    const { client, login, tokens } = make()
    await login()
    const refused = client.POST('/rest/{userType}/info', { body: { nick: 1 as never } })
    expect((await refused).error).toEqual({ code: 904, msg: '参数缺失或者格式错误' })
    expect((await count('eduUpdateMyInfo')).calls).toBe(1)
    expect(await tokens.get()).not.toBeNull()
  })

  test('a server that is broken during a refresh costs the call, not the login', async () => {
    const { client: make, advance, app } = await stage()
    const { client, login } = make()
    await login()
    await advance('PT2H')
    await app.outages.set(['internal'])
    await expect(get(client)).toFailWith('INTERNAL_ERROR', { system: 'edu' })
    await app.outages.set([])
    expect(await me(client)).toMatchObject({ code: 900 })
  })
})

describe('the end of a session', () => {
  test('a second phone logs in: ten calls of the first find out, its owner is told once by whom, and may log in again', async () => {
    const { client: make, advance, app } = await stage()
    const [mine, theirs] = [make({ device: '小米 14 Pro' }), make({ device: 'iPad' })]
    await mine.login()
    await advance('PT30M')
    await theirs.login()
    const at = (await app.clock.now()).now
    const calls = await Promise.all(Array.from({ length: 10 }, () => get(mine.client)))
    for (const { error } of calls) expect(error).toMatchObject({ code: 903 })
    expect(mine.kicks).toEqual([{ device: 'iPad', at }])
    expect(await mine.tokens.get()).toBeNull()
    await expect(get(mine.client)).toFailWith('UNAUTHENTICATED', { system: 'edu' })

    await mine.login()
    await me(mine.client)
    expect((await get(theirs.client)).error).toMatchObject({ code: 903, nextDevice: '小米 14 Pro' })
    expect([mine.kicks.length, theirs.kicks.length]).toEqual([1, 1])
  })

  test('who was displaced while asleep learns it from the refresh', async () => {
    const { client: make, advance, count } = await stage()
    const [mine, theirs] = [make(), make({ device: 'iPad' })]
    await mine.login()
    await theirs.login()
    await advance('PT8H')
    const calls = await Promise.all(Array.from({ length: 10 }, () => get(mine.client)))
    expect(calls.every(({ error }) => error !== undefined)).toBe(true)
    expect(mine.kicks).toMatchObject([{ device: 'iPad' }])
    expect(await count('eduRefreshAccess')).toEqual({ calls: 1, refused: 1 })
    expect((await count('eduGetMyInfo')).calls).toBe(0)
  })

  test('the check finds it out without a call of any use', async () => {
    const { client: make } = await stage()
    const [mine, theirs] = [make(), make({ device: 'iPad' })]
    await mine.login()
    const check = async () => mine.client.GET('/rest/{userType}/checkToken', { params: { query: { access_token: String((await mine.tokens.get())?.accessToken) } } })
    expect((await check()).data).toMatchObject({ code: 900 })
    await theirs.login()
    await expect(check()).toFailWith('UNAUTHENTICATED')
    expect(mine.kicks).toMatchObject([{ device: 'iPad' }])
  })

  test('after more than 30 days away only a new login helps, and nobody is blamed', async () => {
    const { client: make, advance } = await stage()
    const { client, kicks, login, tokens } = make()
    await login()
    await advance('P30D')
    expect((await get(client)).error).toEqual({ code: 903, msg: expect.any(String) as string })
    expect([await tokens.get(), kicks]).toEqual([null, []])
    await login()
    await me(client)
  })

  test('a ban is no reason to refresh or to forget the login', async () => {
    const { client: make, count, app } = await stage()
    const { client, kicks, login } = make()
    await login()
    await app.sessions.ban({ system: 'edu', user: userID('001') })
    await expect(get(client)).toFailWith('USER_BANNED', { system: 'edu' })
    expect([(await count('eduRefreshAccess')).calls, kicks]).toEqual([0, []])
  })

  test('a logout forgets the tokens', async () => {
    const { client: make, count } = await stage()
    const { client, login } = make()
    await login()
    await good(client.POST('/rest/{userType}/logout'))
    await expect(get(client)).toFailWith('UNAUTHENTICATED', { system: 'edu' })
    expect(await count('eduGetMyInfo')).toEqual({ calls: 1, refused: 1 }) // without a token
  })
})
