/** Several stubs on one Redis Cluster: what is promised in docs/scale.md holds there as well. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stub } from '../src/client/stub.js'
import { clearRedis } from '../src/core/engine/redis/clear.js'
import { redisEngine } from '../src/core/engine/redis/engine.js'
import { createStub } from '../src/stub.js'
import { type Answer, type Box, boxOf, send } from './support/box.js'
import { dataOf, DEAL_PASSWORD, enter, MERCHANT } from './support/job.js'
import { phones } from './support/im.js'
import { Client, text } from './support/push.js'
import { named, noRedis, OwnRedis } from './support/redis.js'
import { OwnCluster } from './support/redis-cluster.js'
import { tally, times, until } from './support/several.js'

describe.skipIf(noRedis !== null)(named('several stubs on one Redis Cluster'), () => {
  let cluster: OwnCluster
  const stubs: Stub[] = []
  beforeAll(async () => {
    cluster = await OwnCluster.start()
    // One host is enough to find the others.
    const hosts = [cluster.url, `redis://127.0.0.1:${String(cluster.nodes[1]?.port)}/0`]
    for (const url of hosts) stubs.push(await createStub({ systems: ['live', 'job', 'im'], engine: redisEngine(url), report: () => undefined }))
  })
  afterAll(async () => {
    for (const stub of stubs) await stub.close()
    await cluster.close()
  })

  /** @returns the same sandbox as each stub serves it */
  function boxes(name: string, system: string): (i: number) => Box {
    return (i) => {
      const stub = stubs[i % stubs.length]
      if (stub === undefined) throw new Error('no stub has been started')
      return boxOf(stub, name, `/${system}`)
    }
  }

  test('several hosts are one cluster, which has one database; all of it is cleared at once', async () => {
    const alone = await OwnRedis.start()
    const start = (url: string) => createStub({ systems: ['live'], engine: redisEngine(url) })
    await expect(start(`${alone.url},127.0.0.1:${String(cluster.nodes[0]?.port)}`)).rejects.toThrow('is by itself')
    await alone.close()
    await expect(start(`${cluster.url}/1`)).rejects.toThrow('SELECT is not allowed in cluster mode')
    const url = `${cluster.url}/0?prefix=cleared`
    const stub = await start(url)
    for (const name of ['a', 'b', 'c', 'd']) await boxOf(stub, name, '/live').call('/auth/code?mobile=13800003001')
    await expect(clearRedis(url)).rejects.toThrow('1 stub uses the sandboxes')
    await stub.close()
    expect(await clearRedis(url)).toBe(4)
    for (const node of cluster.nodes) expect(node.say('KEYS', 'cleared:*').trim()).toBe('')
  })

  test('sandboxes lie on all nodes, each of them on one, and are listed together', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `spread-${String(i)}`)
    await Promise.all(names.map((name, i) => boxes(name, 'live')(i).call('/auth/code?mobile=13800003001')))
    expect(new Set(names.map((name) => cluster.nodeOf(`understudy:{${name}}:meta`).port)).size).toBe(3)
    for (const stub of stubs) expect((await stub.sandboxes()).map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  })

  test('withdrawals at once never take out more than there is', async () => {
    const at = boxes('withdrawals', 'job')
    const { token } = await enter(at(0), MERCHANT)
    const headers = { 'App-Token': token }
    const withdraw = (i: number) => at(i).call('/api/user/acc/withdraw', { method: 'POST', headers, body: new URLSearchParams({ amt: '33.33', dealPwd: DEAL_PASSWORD, payType: '0' }) })
    expect(tally(await times(40, withdraw))).toEqual({ 0: 30, 18: 10 }) // 1000 / 33.33
    expect(dataOf(await at(1).call('/api/user/acc/balance', { headers }))).toBe(0.1)
  })

  test('a message that is written by one arrives at a socket that another holds, in many sandboxes at once', async () => {
    await times(6, async (i) => {
      const at = boxes(`push-${String(i)}`, 'im')
      const [alice, bob] = [await Client.start(at(0), phones.alice), await Client.start(at(1), phones.bob)]
      await alice.say(text('u-4001', 'u-4002', 'hello'))
      expect(await bob.contents()).toEqual(['hello'])
      await at(0).reset()
      expect(await bob.closed).toEqual({ code: 1001, reason: 'the sandbox was reset' })
      await alice.closed
    })
  })

  test('a sandbox that is moved to another node while it is used goes on as if nothing had been', async () => {
    const at = boxes('moved', 'live')
    const bob = await Client.start(boxes('moved', 'im')(1), phones.bob)
    const alice = await Client.start(boxes('moved', 'im')(0), phones.alice)
    const before = cluster.nodeOf('understudy:{moved}:meta').port
    let isMoving = true
    const answers: Answer[] = []
    const moving = cluster.move('understudy:{moved}:meta').then(() => {
      isMoving = false
    })
    const goesOn = () => isMoving || answers.length < 10
    for (let i = 0; goesOn(); i++) answers.push(await at(i).call(`/auth/code?mobile=139${String(10_000_000 + i)}`))
    await moving
    expect(tally(answers)).toEqual({ 2000: answers.length })
    expect((await at(0).sms.list()).length).toBe(answers.length)
    expect(cluster.nodeOf('understudy:{moved}:meta').port).not.toBe(before)
    await alice.say(text('u-4001', 'u-4002', 'still there?'))
    expect(await bob.contents()).toEqual(['still there?'])
    await Promise.all([alice.hangUp(), bob.hangUp()])
  })

  test('a node that is killed and comes back: its sandboxes are refused in their dialect, and go on where they were', async () => {
    const at = boxes('away', 'live')
    await at(0).call('/auth/code?mobile=13800003001')
    const socket = await Client.start(boxes('away', 'im')(0), phones.bob)
    const node = cluster.nodeOf('understudy:{away}:meta')
    await node.kill()
    expect((await at(0).call('/channels/live')).status).toBe(500)
    const health = await send(`${stubs[1]?.url ?? ''}/__admin/health`)
    expect([health.status, health.json?.['type']]).toEqual([503, 'urn:understudy:problem:engine-trouble'])
    await node.again()
    for (const i of [0, 1]) await until(async () => (await at(i).call('/channels/live')).status !== 500)
    expect((await at(1).sms.list()).map(({ phone }) => phone)).toEqual(['13800003001'])
    const other = await Client.start(boxes('away', 'im')(1), phones.alice)
    await other.say(text('u-4001', 'u-4002', 'are you there?'))
    expect(await socket.contents()).toEqual(['are you there?'])
    await Promise.all([socket.hangUp(), other.hangUp()])
  })

  // The last of all: this node does not come back.
  test('a node that is killed for good while a replica follows it: its sandboxes go on there by themselves', async () => {
    const at = boxes('followed', 'live')
    // The node of the story before may not be known to all again.
    await until(() => Promise.resolve(cluster.nodes.every((one) => one.say('CLUSTER', 'INFO').includes('cluster_state:ok'))))
    await at(0).call('/auth/code?mobile=13800003001')
    const socket = await Client.start(boxes('followed', 'im')(0), phones.bob)
    const node = cluster.nodeOf('understudy:{followed}:meta')
    const replica = await cluster.follow(node)
    await node.kill()
    expect((await at(0).call('/channels/live')).status).toBe(500)
    for (const i of [0, 1]) await until(async () => (await at(i).call('/channels/live')).status !== 500)
    expect(replica.say('ROLE').startsWith('master')).toBe(true)
    expect((await at(1).sms.list()).map(({ phone }) => phone)).toEqual(['13800003001'])
    await at(1).call('/auth/code?mobile=13800003002')
    expect((await at(0).sms.list()).map(({ phone }) => phone).sort()).toEqual(['13800003001', '13800003002'])
    const other = await Client.start(boxes('followed', 'im')(1), phones.alice)
    await other.say(text('u-4001', 'u-4002', 'are you there?'))
    expect(await socket.contents()).toEqual(['are you there?'])
    await Promise.all([socket.hangUp(), other.hangUp()])
  })
})
