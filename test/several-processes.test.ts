/**
 * Several stubs on one Redis, in processes of their own: what is promised in docs/scale.md. Without a `redis-server` these are skipped; a
 * Redis that the tests did not start is never used.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APPEND } from '../src/core/engine/redis/journal-scripts.js'
import { COMMIT, DELETE, LOAD, LOOK, type Script } from '../src/core/engine/redis/scripts.js'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import { createStub } from '../src/stub.js'
import { type Answer, type Box, boxOf, send } from './support/box.js'
import { logIn, phones } from './support/im.js'
import { dataOf, DEAL_PASSWORD, enter, MERCHANT, STUDENT } from './support/job.js'
import { StubProcess } from './support/processes.js'
import { Proxy } from './support/proxy.js'
import { Client, text } from './support/push.js'
import { named, noRedis, OwnRedis } from './support/redis.js'
import { tally, times, until } from './support/several.js'

const PROCESSES = 4

function raise(): never {
  throw new Error('no stub has been started')
}

describe.skipIf(noRedis !== null)(named('several processes on one Redis'), () => {
  let redis: OwnRedis
  let stubs: StubProcess[] = []
  const flags = () => ['--engine', redis.url, 'live', 'job', 'im']
  beforeAll(async () => {
    redis = await OwnRedis.start()
    stubs = await times(PROCESSES, () => StubProcess.start(flags()))
  }, 180_000)
  afterAll(async () => {
    await Promise.all(stubs.map((stub) => stub.stop()))
    await redis.close()
  })

  /** @returns the same sandbox as each process serves it */
  function boxes(name: string, system: string): (i: number) => Box {
    const all = stubs.map((stub) => stub.box(name, system))
    return (i) => {
      const box = all[i % all.length]
      if (box === undefined) throw new Error('no process has been started')
      return box
    }
  }

  describe('what is limited stays limited, whoever is asked', () => {
    test('of a hundred who claim a task with nine left, nine get it and ninety-one get 21', async () => {
      const at = boxes('claims', 'job')
      const records = at(0).db('job')
      const model = await records.get('users', STUDENT)
      for (let id = 5001; id <= 5100; id++) await at(id).db('job').create('users', { ...model, id, username: `1390000${String(id)}`, phone: null })
      const students = await times(100, (i) => enter(at(i), `1390000${String(5001 + i)}`))
      expect(tally(await Promise.all(students.map((student) => student.post('/api/user/quest/assign/1'))))).toEqual({ 0: 9, 21: 91 })
      for (let i = 0; i < PROCESSES; i++) expect(dataOf(await at(i).call('/api/quest/1'))).toMatchObject({ leftAmt: 0 })
    })

    test('fifty logins of one user at once all succeed and leave one token that is good', async () => {
      const at = boxes('logins', 'job')
      const callers = await times(50, (i) => enter(at(i), STUDENT))
      expect(tally(await Promise.all(callers.map((one) => one.get('/api/user/certi/status'))))).toEqual({ 0: 1, 7: 49 })
    })

    test('withdrawals at once never take out more than there is', async () => {
      const at = boxes('withdrawals', 'job')
      const { token } = await enter(at(0), MERCHANT)
      const headers = { 'App-Token': token }
      const withdraw = (i: number, amt: string) => at(i).call('/api/user/acc/withdraw', { method: 'POST', headers, body: new URLSearchParams({ amt, dealPwd: DEAL_PASSWORD, payType: '0' }) })
      expect(tally(await times(40, (i) => withdraw(i, '33.33')))).toEqual({ 0: 30, 18: 10 }) // 1000 / 33.33
      expect(dataOf(await at(1).call('/api/user/acc/balance', { headers }))).toBe(0.1)
    })

    test('a fault that is to strike once strikes once', async () => {
      const at = boxes('faults', 'live')
      await at(0).faults.next('live', 'liveSendCode', { error: 'API_BAD_REQUEST' })
      const answers = await times(20, (i) => at(i).call(`/auth/code?mobile=1380000${String(3100 + i)}`))
      expect(tally(answers)).toEqual({ 2000: 19, 4000: 1 })
    })
  })

  describe('what is done in one process is known in all', () => {
    test('a clock that stands still stands still everywhere, at the same moment', async () => {
      const at = boxes('clock', 'live')
      const { now } = await at(0).clock.freeze()
      for (let i = 0; i < PROCESSES; i++) expect((await at(i).clock.now()).now).toBe(now)
    })

    test('a message that is written by one arrives at a socket that another holds', async () => {
      const at = boxes('push', 'im')
      const [alice, bob] = [await Client.start(at(0), phones.alice), await Client.start(at(1), phones.bob)]
      for (let i = 0; i < 5; i++) {
        await alice.say(text('u-4001', 'u-4002', `hello ${String(i)}`))
        expect(await bob.contents()).toEqual([`hello ${String(i)}`])
      }
      await at(2).sockets.push({ system: 'im', user: phones.bob, packet: { ...text('u-4001', 'u-4002', 'by hand') } })
      expect(await bob.contents()).toEqual(['by hand'])
      await Promise.all([alice.hangUp(), bob.hangUp()])
    })

    test('a mailbox that is taken in one displaces its holder in another, and the last who took it has it', async () => {
      const at = boxes('mailbox', 'im')
      const cookie = await logIn(at(0), phones.alice)
      const open = async (i: number) => {
        const client = await Client.connect(at(i), cookie)
        expect(await client.ask({ status: 1, pushId: '', message: 'start' })).toMatchObject({ status: 1 })
        return client
      }
      let holder = await open(0)
      for (let i = 1; i <= 4; i++) {
        const next = await open(i)
        expect((await holder.closed).code).toBe(4001)
        holder = next
      }
      await holder.hangUp()
      const crowd = await Promise.all([0, 1, 2, 3].map(open))
      const ends = new Set(crowd)
      await Promise.race([Promise.all(crowd.map(async (one) => {
        await one.closed
        ends.delete(one)
      })), until(() => Promise.resolve(ends.size === 1))])
      await at(1).sockets.push({ system: 'im', user: phones.alice, packet: { ...text('u-4002', 'u-4001', 'who is it?') } })
      expect(await [...ends][0]?.contents()).toEqual(['who is it?'])
    })

    test('whoever is kicked out in one loses the socket that another holds', async () => {
      const at = boxes('kick', 'im')
      const alice = await Client.start(at(0), phones.alice)
      await at(1).sessions.kick({ system: 'im', user: phones.alice })
      expect((await alice.closed).code).toBe(1008)
    })

    test('a reset in one closes the sockets of all', async () => {
      const at = boxes('reset', 'im')
      const alice = await Client.start(at(0), phones.alice)
      await at(3).reset()
      expect(await alice.closed).toEqual({ code: 1001, reason: 'the sandbox was reset' })
    })

    test('a call to one is what another waits for, and the event stream of a third tells it', async () => {
      const at = boxes('waits', 'live')
      await at(0).call('/channels/live')
      const heard = at(2).requests.stream()[Symbol.asyncIterator]()
      const next = heard.next()
      const waited = at(1).requests.waitFor({ operationId: 'liveSendCode' }, { timeout: 20_000 })
      await until(async () => (await at(1).requests.count()) === 1)
      await at(0).call('/auth/code?mobile=13800003001')
      expect(await waited).toMatchObject({ operationId: 'liveSendCode' })
      await at(3).call('/channels/live')
      expect((await next).value).toMatchObject({ system: 'live' })
      await heard.return(undefined)
      expect((await at(3).requests.list()).map(({ id }) => id)).toEqual([3, 2, 1])
    })

    test('calls that are made one after the other stand in that order, whichever processes they went to', async () => {
      const at = boxes('order', 'live')
      const mobiles = Array.from({ length: 40 }, (_, i) => String(13_800_003_300 + i))
      for (const [i, mobile] of mobiles.entries()) await at(Math.ceil(i / 2)).call(`/auth/code?mobile=${mobile}`)
      const calls = await at(0).requests.list({ limit: 100 })
      expect(calls.map(({ id, request }) => `${String(id)} ${request.url.slice(-11)}`).reverse()).toEqual(mobiles.map((mobile, i) => `${String(i + 1)} ${mobile}`))
    })

    test('a sandbox that was reset, called and stepped back to its beginning has no line in its journal', async () => {
      const at = boxes('stepped-back', 'live')
      for (let i = 0; i < 2; i++) {
        await at(i).call('/auth/code?mobile=13800003000')
        await until(async () => (await at(i).requests.count()) === 1)
        if (i === 0) await at(2).reset()
      }
      expect((await at(3).admin('POST', '/rewind', { to: 0 })).json).toMatchObject({ journal: 0 })
      expect((await at(0).admin('GET', '')).json).toMatchObject({ journal: 0 })
    })

    test('history, a rewind and a fork are the same from everywhere', async () => {
      const at = boxes('history', 'live')
      for (let i = 0; i < 4; i++) await at(i).call(`/auth/code?mobile=1380000320${String(i)}`)
      expect((await at(1).history()).history.map(({ call }) => call?.id)).toEqual([1, 2, 3, 4])
      expect(await at(1).sessions.users('live', { at: 3 })).toEqual(await at(0).sessions.users('live'))
      await at(2).rewind(2)
      expect((await at(3).sms.list()).map(({ phone }) => phone).sort()).toEqual(['13800003200', '13800003201'])
      expect((await at(0).requests.list()).map(({ id }) => id)).toEqual([2, 1])
    })
  })

  describe('a process that is not like the others', () => {
    test('does not start, and says what differs', async () => {
      await expect(StubProcess.start(['--engine', redis.url, '--seed', '2', 'live', 'job', 'im'])).rejects.toThrow('seed (there "1", here "2")')
      await expect(StubProcess.start(['--engine', redis.url, 'live'])).rejects.toThrow('systems (there "im, job, live", here "live")')
    })
  })

  describe('what ends in the midst', () => {
    const numberOf = (i: number) => `139${String(10_000_000 + i)}`

    async function register(box: Box, mobile: string): Promise<string | null> {
      try {
        await box.call(`/auth/code?mobile=${mobile}`)
        const { json } = await box.call('/auth/login', { method: 'POST', body: { mobile, auth_code: '123456' } })
        return typeof json?.['api_key'] === 'string' ? json['api_key'] : null
      } catch {
        return null
      }
    }

    /** Every login that was answered is there, once; of the others nothing or all. */
    async function expectWhole(box: Box, acknowledged: ReadonlyMap<string, string>): Promise<void> {
      const users = await box.db('live').list('users')
      const found = users.map(({ mobile }) => mobile)
      expect(new Set(found).size).toBe(found.length)
      expect(found).toEqual(expect.arrayContaining([...acknowledged.keys()]))
      for (const [mobile, key] of acknowledged) {
        const me = await box.call('/users/my', { headers: { authorization: Buffer.from(key).toString('base64') } })
        expect(me.json, me.text).toMatchObject({ code: 2000, user: { mobile } })
      }
    }

    test('a process that is killed leaves what it had acknowledged to the others', async () => {
      const victim = await StubProcess.start(flags())
      const acknowledged = new Map<string, string>()
      let next = 0
      await times(8, async () => {
        while (acknowledged.size < 12) {
          const mobile = numberOf(++next)
          const key = await register(victim.box('killed', 'live'), mobile)
          if (key === null) return
          acknowledged.set(mobile, key)
          if (acknowledged.size === 12) await victim.kill()
        }
      })
      await expectWhole(boxes('killed', 'live')(0), acknowledged)
    })

    test('a process that is killed while it deletes a sandbox: nobody was told that it is gone, and it is on the list again', async () => {
      const proxy = await Proxy.to(redis.port)
      const url = (port: number) => `redis://127.0.0.1:${String(port)}/0?prefix=dying`
      const victim = await StubProcess.start(['--engine', url(proxy.port), 'live'])
      await victim.box('half', 'live').call('/auth/code?mobile=13800003001')
      const box = await victim.stub.sandbox('half')
      const reached = proxy.hangAt(DELETE.sha)
      const deleting = box.delete().catch(() => 'cut off')
      await reached
      await victim.kill()
      expect(await deleting).toBe('cut off')
      expect(redis.say('ZRANGE', 'dying:{-}:sandboxes', '0', '-1').trim()).toBe('')
      // A minute later.
      redis.say('ZADD', 'dying:{-}:dying', '1', 'half')
      const next = await createStub({ systems: ['live'], engine: redisEngine(url(redis.port)) })
      await until(async () => (await next.sandboxes()).some(({ name }) => name === 'half'))
      expect((await boxOf(next, 'half', '/live').sms.list()).map(({ phone }) => phone)).toEqual(['13800003001'])
      await (await next.sandbox('half')).delete()
      expect((await next.sandboxes()).map(({ name }) => name)).not.toContain('half')
      expect([redis.say('ZRANGE', 'dying:{-}:dying', '0', '-1').trim(), redis.say('EXISTS', 'dying:{half}:meta').trim()]).toEqual(['', '0'])
      await next.close()
      await proxy.close()
    })

    test('Redis that is killed and comes back: stubs refuse in their dialect, say so, and go on by themselves', async () => {
      const at = boxes('away', 'live')
      const acknowledged = new Map<string, string>()
      for (let i = 0; i < 4; i++) {
        const key = await register(at(i), numberOf(1000 + i))
        if (key !== null) acknowledged.set(numberOf(1000 + i), key)
      }
      expect(acknowledged.size).toBe(4)
      const socket = await Client.start(boxes('away-im', 'im')(0), phones.bob)
      await redis.kill()
      const refused = await at(0).call('/channels/live')
      expect(refused.status).toBe(500)
      const ofJob = await boxes('away', 'job')(1).call('/api/job/list')
      expect(ofJob.status).toBe(500)
      const health = await send(`${at(0).url.split('/@')[0] ?? ''}/__admin/health`)
      expect([health.status, health.json?.['type']]).toEqual([503, 'urn:understudy:problem:engine-trouble'])
      await redis.again()
      for (const [i] of stubs.entries()) await until(async () => (await at(i).call('/channels/live')).status !== 500)
      expect(stubs.every(({ isAlive }) => isAlive)).toBe(true)
      await expectWhole(at(2), acknowledged)
      // Whoever was listening hears again.
      const other = await Client.start(boxes('away-im', 'im')(2), phones.alice)
      await other.say(text('u-4001', 'u-4002', 'are you there?'))
      expect(await socket.contents()).toEqual(['are you there?'])
      await Promise.all([socket.hangUp(), other.hangUp()])
    })

    test.each(['commits', 'a reset'])('Redis that comes back with less than it had, by %s: stubs go by what is there', async (what) => {
      const own = await OwnRedis.start()
      const both = await times(2, () => createStub({ systems: ['live'], engine: redisEngine(own.url), report: () => undefined }))
      const at = (i: number) => boxOf(both[i] ?? raise(), 'less', '/live')
      const phonesAt = async (i: number) => (await at(i).sms.list()).map(({ phone }) => phone).sort()
      await at(0).call('/auth/code?mobile=13800003001')
      const goBack = own.remember()
      if (what === 'a reset') await at(0).reset()
      for (const mobile of ['13800003002', '13800003003']) await at(0).call(`/auth/code?mobile=${mobile}`)
      expect(await phonesAt(1)).toEqual(await phonesAt(0))
      await own.kill()
      goBack()
      await own.again()
      await until(async () => (await at(0).call('/channels/live')).status !== 500)
      expect(await phonesAt(0)).toEqual(['13800003001'])
      await at(0).call('/auth/code?mobile=13800003004')
      for (const i of [0, 1]) expect(await phonesAt(i)).toEqual(['13800003001', '13800003004'])
      await Promise.all(both.map((stub) => stub.close()))
      await own.close()
    })

    test.each([true, false])('a connection that breaks behind a commit, which arrives: %s, takes no money twice and none that was not paid out', async (arrives) => {
      const proxy = await Proxy.to(redis.port)
      const stub = await createStub({ systems: ['live', 'job', 'im'], engine: redisEngine(`redis://127.0.0.1:${String(proxy.port)}`), report: () => undefined })
      const name = `broken-${String(arrives)}`
      const merchant = await enter(boxOf(stub, name, '/job'), MERCHANT)
      const answers: Answer[] = []
      for (let i = 0; i < 6; i++) {
        proxy.breakAt(COMMIT.sha, arrives)
        answers.push(await merchant.post('/api/user/acc/withdraw', { amt: '33.33', dealPwd: DEAL_PASSWORD, payType: 0 }))
      }
      expect(proxy.broken).toBe(6)
      // Redis is there all the time, so patience is rewarded: each was carried out once.
      expect(tally(answers)).toEqual({ 0: 6 })
      expect(dataOf(await boxes(name, 'job')(1).call('/api/user/acc/balance', { headers: { 'App-Token': merchant.token } }))).toBe(800.02)
      await stub.close()
      await proxy.close()
    })
  })

  test('a call that has just been answered is found by its number, and counted in the list of sandboxes, whichever process is asked', async () => {
    const [first, second] = stubs
    if (first === undefined || second === undefined) raise()
    for (const [who, asked] of Object.entries({ first, second })) {
      await first.box(`numbered-by-${who}`, 'live').call('/auth/code?mobile=13800003000')
      const answer = await fetch(`${asked.url}/__admin/sandboxes/numbered-by-${who}/requests/1`)
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ id: 1, operationId: 'liveSendCode' })])
      await first.box(`listed-by-${who}`, 'live').call('/auth/code?mobile=13800003000')
      const list = await fetch(`${asked.url}/__admin/sandboxes`)
      expect(await list.json()).toHaveProperty('sandboxes', expect.arrayContaining([expect.objectContaining({ name: `listed-by-${who}`, journal: 1 })]))
    }
  })

  test('a call that reads makes one round trip, one that writes makes two; lines of the journal go together, and ride along where one process alone calls', async () => {
    const proxy = await Proxy.to(redis.port)
    const stub = await createStub({ systems: ['live', 'job', 'im'], engine: redisEngine(`redis://127.0.0.1:${String(proxy.port)}`) })
    const box = boxOf(stub, 'counted', '/live')
    const said = ({ sha }: Script) => proxy.said.split(sha).length - 1
    const roundsOf = async (call: () => Promise<unknown>) => {
      const before = [LOOK, LOAD, COMMIT].map(said)
      await call()
      return [LOOK, LOAD, COMMIT].map((script, i) => said(script) - (before[i] ?? 0))
    }
    await box.call('/auth/code?mobile=13800003000')
    expect(await roundsOf(() => box.call('/channels/live'))).toEqual([1, 0, 0])
    const appended = said(APPEND)
    expect(appended).toBe(2)
    expect(await roundsOf(() => box.call('/auth/code?mobile=13800003001'))).toEqual([1, 0, 1])
    await until(async () => (await box.requests.count()) === 3)
    const before = said(APPEND)
    expect(await roundsOf(() => Promise.all(Array.from({ length: 40 }, () => box.call('/channels/live'))))).toEqual([40, 0, 0])
    await until(async () => (await box.requests.count()) === 43)
    expect(said(APPEND) - before).toBeLessThan(20)
    for (let i = 0; i < 100; i++) await box.call('/channels/live') // nobody else calls, and from now on none waits for its line
    const waited = said(APPEND)
    for (let i = 0; i < 40; i++) await box.call('/channels/live')
    expect(said(APPEND) - waited).toBeLessThan(20)
    await stub.close()
    await proxy.close()
  })
})
