/** The client of `edu-client.ts` against the stub, under a clock that the test moves. */
import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { IOS, PASSWORD, userID } from './support/edu.js'
import { EduClient, EduError, type KickOut, type Tokens } from './edu-client.js'
import { type Box, serve } from './support/serve.js'

const { box } = await serve(edu, { journal: 100_000 })

const S1 = '13800001001'
const HOUR = 3_600_000
const REFRESHES = ['eduRefreshAccess', 'eduRefreshRefresh']

interface Setting {
  readonly device?: string
  /** Milliseconds that the client's clock is behind the server's. */
  readonly behind?: number
  readonly tokens?: Tokens
  readonly fetch?: typeof fetch
}

/** A box with a clock that clients can read without waiting. */
/** Tokens that a refresh replaces die at once. */
const NO_GRACE = { accessTokenGraceMs: 0 }

async function stage(settings: Readonly<Record<string, number>> = {}) {
  const app = await box()
  await app.settings.set('edu', settings)
  let time = (await app.clock.now()).milliseconds
  return {
    app,
    async advance(duration: string) {
      await app.clock.advance(duration)
      time = (await app.clock.now()).milliseconds
    },
    client({ device = 'iPhone 15', behind = 0, ...more }: Setting = {}) {
      const kicks: KickOut[] = []
      const client = new EduClient({ base: `${app.url}/rest/s`, headers: IOS, device, now: () => time - behind, onKickedOut: (by) => kicks.push(by), ...more })
      return { client, kicks }
    },
    /** How often each operation was called, and how often it was refused. */
    async count(operation: string) {
      const calls = await app.requests.list({ operationId: operation, limit: 10_000 })
      return { calls: calls.length, refused: calls.filter(({ error }) => error !== null).length }
    },
  }
}

/** A moment that others wait for. */
function moment() {
  let come = () => {}
  const hasCome = new Promise<void>((resolve) => {
    come = resolve
  })
  return { come: () => { come() }, hasCome }
}

const urlOf = (input: Parameters<typeof fetch>[0]) => (input instanceof Request ? input.url : input.toString())

/** @returns a fetch that treats the first call for the profile in a way of its own */
function holdFirst(treat: (send: () => Promise<Response>) => Promise<Response>): typeof fetch {
  let seen = 0
  return (input, init) => {
    const send = () => fetch(input, init)
    return urlOf(input).endsWith('/info') && seen++ === 0 ? treat(send) : send()
  }
}

const me = (client: EduClient) => client.call('GET', '/info')
const many = (client: EduClient, count = 20) => Promise.all(Array.from({ length: count }, () => me(client)))
const refusedCalls = async (app: Box) => (await app.requests.list({ limit: 10_000 })).filter(({ error }) => error !== null).map(({ operationId, error }) => `${String(operationId)} ${String(error)}`)

describe('refreshing in time', () => {
  test('nothing is refreshed before the buffer begins, and then once, however many calls are made', async () => {
    const { client: make, advance, count, app } = await stage()
    const { client } = make()
    await client.login(S1, { passwd: PASSWORD })
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
    const { client, kicks } = make()
    await client.login(S1, { passwd: PASSWORD })
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
    const { client } = make()
    await client.login(S1, { passwd: PASSWORD })
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
    const first = make().client
    await first.login(S1, { passwd: PASSWORD })
    const kept: unknown = JSON.parse(JSON.stringify(first.tokens))
    await advance('P3D')
    const { client } = make({ tokens: kept as Tokens }) // what was just written
    expect(await me(client)).toMatchObject({ info: { userID: userID('001') } })
    expect([(await count('eduLogin')).calls, (await count('eduRefreshAccess')).calls]).toEqual([1, 1])
  })
})

describe('when a token is not good after all', () => {
  test('a client whose clock is late is told 899, refreshes once and makes every call once more', async () => {
    const { client: make, advance, count } = await stage()
    const { client } = make({ behind: 0 })
    await client.login(S1, { passwd: PASSWORD })
    const { tokens } = client
    if (tokens === null) throw new Error('nobody is logged in')
    // The phone's clock was set back by half an hour: it believes that there is time left.
    await advance('PT2H')
    const late = make({ behind: HOUR / 2, tokens })
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
    const { client, kicks } = make({ fetch: holdFirst((send) => refreshed.hasCome.then(send)) })
    await client.login(S1, { passwd: PASSWORD })
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
    const { client } = make({
      fetch: async (input, init) => {
        const answer = await early(input, init)
        if (!urlOf(input).endsWith('/accessToken')) return answer
        committed.come() // done at the server, but the answer is held up
        await refused.hasCome
        return answer
      },
    })
    await client.login(S1, { passwd: PASSWORD })
    const first = me(client)
    await advance('PT1H56M')
    expect(await Promise.all([first, me(client)])).toMatchObject([{ code: 900 }, { code: 900 }])
    expect((await count('eduRefreshAccess')).calls).toBe(1)
    expect(await count('eduGetMyInfo')).toEqual({ calls: 3, refused: 1 })
  })

  test('with a grace of the server there is nothing to repeat', async () => {
    const { client: make, advance, count } = await stage()
    const refreshed = moment()
    const { client } = make({ fetch: holdFirst((send) => refreshed.hasCome.then(send)) })
    await client.login(S1, { passwd: PASSWORD })
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
      fetch: async (input, init) => {
        if (urlOf(input).endsWith('/info') && ++tries === 1) await refreshed.hasCome
        else if (tries === 3) {
          await theirs.client.login(S1, { passwd: PASSWORD })
          displaced.come()
        }
        return fetch(input, init)
      },
    })
    await mine.client.login(S1, { passwd: PASSWORD })
    const early = me(mine.client)
    await advance('PT1H56M')
    await me(mine.client)
    refreshed.come()
    await expect(early).rejects.toMatchObject({ code: 903, kickOut: { device: 'iPad' } })
    await displaced.hasCome
    expect([tries, (await count('eduRefreshAccess')).calls, mine.kicks.length, mine.client.tokens]).toEqual([3, 1, 1, null])
  })

  test('other refusals are handed on as they are, without a second try', async () => {
    const { client: make, count } = await stage()
    const { client } = make()
    await client.login(S1, { passwd: PASSWORD })
    const refusal: unknown = await client.call('POST', '/info', { nick: 1 }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(EduError)
    expect(refusal).toMatchObject({ code: 904, message: '904 参数缺失或者格式错误', kickOut: null })
    expect((await count('eduUpdateMyInfo')).calls).toBe(1)
    expect(client.tokens).not.toBeNull()
  })

  test('a server that is broken during a refresh costs the call, not the login', async () => {
    const { client: make, advance, app } = await stage()
    const { client } = make()
    await client.login(S1, { passwd: PASSWORD })
    await advance('PT2H')
    await app.outages.set(['internal'])
    await expect(me(client)).rejects.toMatchObject({ code: 905 })
    await app.outages.set([])
    expect(await me(client)).toMatchObject({ code: 900 })
  })
})

describe('the end of a session', () => {
  test('a second phone logs in: ten calls of the first find out, its owner is told once by whom, and may log in again', async () => {
    const { client: make, advance, app } = await stage()
    const [mine, theirs] = [make({ device: '小米 14 Pro' }), make({ device: 'iPad' })]
    await mine.client.login(S1, { passwd: PASSWORD })
    await advance('PT30M')
    await theirs.client.login(S1, { passwd: PASSWORD })
    const at = (await app.clock.now()).now
    const calls = await Promise.allSettled(Array.from({ length: 10 }, () => me(mine.client)))
    for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: { code: 903 } })
    expect(mine.kicks).toEqual([{ device: 'iPad', at }])
    expect(mine.client.tokens).toBeNull()
    await expect(me(mine.client)).rejects.toMatchObject({ code: 903 })

    await mine.client.login(S1, { passwd: PASSWORD })
    await me(mine.client)
    await expect(me(theirs.client)).rejects.toMatchObject({ code: 903, kickOut: { device: '小米 14 Pro' } })
    expect([mine.kicks.length, theirs.kicks.length]).toEqual([1, 1])
  })

  test('who was displaced while asleep learns it from the refresh', async () => {
    const { client: make, advance, count } = await stage()
    const [mine, theirs] = [make(), make({ device: 'iPad' })]
    await mine.client.login(S1, { passwd: PASSWORD })
    await theirs.client.login(S1, { passwd: PASSWORD })
    await advance('PT8H')
    const calls = await Promise.allSettled(Array.from({ length: 10 }, () => me(mine.client)))
    expect(calls.every(({ status }) => status === 'rejected')).toBe(true)
    expect(mine.kicks).toMatchObject([{ device: 'iPad' }])
    expect(await count('eduRefreshAccess')).toEqual({ calls: 1, refused: 1 })
    expect((await count('eduGetMyInfo')).calls).toBe(0)
  })

  test('the check finds it out without a call of any use', async () => {
    const { client: make } = await stage()
    const [mine, theirs] = [make(), make({ device: 'iPad' })]
    await mine.client.login(S1, { passwd: PASSWORD })
    await mine.client.check()
    await theirs.client.login(S1, { passwd: PASSWORD })
    await expect(mine.client.check()).rejects.toMatchObject({ code: 903 })
    expect(mine.kicks).toMatchObject([{ device: 'iPad' }])
  })

  test('after more than 30 days away only a new login helps, and nobody is blamed', async () => {
    const { client: make, advance } = await stage()
    const { client, kicks } = make()
    await client.login(S1, { passwd: PASSWORD })
    await advance('P30D')
    await expect(me(client)).rejects.toMatchObject({ code: 903, kickOut: null })
    expect([client.tokens, kicks]).toEqual([null, []])
    await client.login(S1, { passwd: PASSWORD })
    await me(client)
  })

  test('a ban is no reason to refresh or to forget the login', async () => {
    const { client: make, count, app } = await stage()
    const { client, kicks } = make()
    await client.login(S1, { passwd: PASSWORD })
    await app.sessions.ban({ system: 'edu', user: userID('001') })
    await expect(me(client)).rejects.toMatchObject({ code: 909 })
    expect([(await count('eduRefreshAccess')).calls, kicks]).toEqual([0, []])
  })

  test('a logout forgets the tokens', async () => {
    const { client: make, count } = await stage()
    const { client } = make()
    await client.login(S1, { passwd: PASSWORD })
    await client.logout()
    await expect(me(client)).rejects.toMatchObject({ code: 903 })
    expect((await count('eduGetMyInfo')).calls).toBe(0)
  })
})
