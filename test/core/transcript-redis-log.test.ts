/** The log of one sandbox in Redis, as two processes follow it: what each of them asks of Redis, what comes of it, and what its follower is told. */
import { test } from 'vitest'
import { CONTROL } from '../../src/core/engine/engine.js'
import type { RedisLog } from '../../src/core/engine/redis/log.js'
import { Away } from '../../src/core/engine/redis/port.js'
import * as scripts from '../../src/core/engine/redis/scripts.js'
import { named, noRedis, OwnRedis } from '../support/redis.js'
import { contentOf, entryOf, LONG, put, scopeOf, twoProcesses } from '../support/two-processes.js'
import { WrittenDown } from '../support/written-down.js'

const [HASH, OTHER] = ['a'.repeat(64), 'b'.repeat(64)]
/** So many bytes of files one sandbox may have, in whole groups of base64. */
const ROOM = 4 * 1024 * 1024 + 2

const away = (message = 'the line is dead') => () => new Away(message, true)

test.skipIf(noRedis !== null)(named('one sandbox, two processes'), async () => {
  const redis = await OwnRedis.start()
  try {
    const told = new WrittenDown()
    const { one, two, direct, keys, named: byName, trouble, attempt, step, stands, refresh, hears, close } = await twoProcesses(redis, 'box', told)
    const [a, b] = [one.log, two.log]
    await step('one knows nothing', () => [a.isSpare, a.awaited(), a.isCalledElsewhere, a.name, a.keys])
    await step('one begins', () => a.begin())
    await stands()
    await step('two looks', () => b.look())
    await step('both are spare', () => [a.isSpare, b.isSpare])
    await refresh()
    await step('one changes', () => a.commit(attempt({ reads: ['items/1', 'items/1'], changes: [put(3), { collection: 'items', key: 9, before: { id: 9 }, after: null }, { collection: 'items', key: 2, before: { id: 2 }, after: null }], files: new Map([[HASH, Buffer.from('file')]]), namesFiles: true })))
    await stands()
    await step('one is not spare, two does not know yet', () => [a.isSpare, b.isSpare])
    await step('two has read what was changed', () => b.commit(attempt({ reads: ['items/1', 'items/3'], changes: [put(4)] })))
    await step('two has read something else, and of another system the same', () => b.commit(attempt({ reads: ['items/5'], changes: [put(5)], request: null })))
    await step('one changes the control state', () => a.commit(attempt({ system: CONTROL, scope: scopeOf(CONTROL), changes: [{ collection: 'control', key: 'nextFault', before: { value: 4 }, after: { value: 5 } }] })))
    await step('two loads', () => b.load())
    await step('two looks back', () => b.past())
    await step('a file', () => b.file(HASH))
    await step('no file', () => b.file(OTHER))
    await step('one loads', () => a.load())
    await step('one of another generation', () => a.commit(attempt({ generation: 5, changes: [put(6)] })))
    await step('one goes on', () => a.begin())
    await step('and looks', () => a.look())

    await step('nobody has called', () => a.status())
    for (const url of ['/a', '/b']) await step(`one writes down ${url}`, () => a.append(entryOf(url), attempt().generation))
    await step('two writes down one of before', () => b.append(entryOf('/old'), 5))
    await step('two writes down', () => b.append(entryOf('/c'), attempt().generation))
    await step('how much is there', async () => [await a.status(), await b.status()])
    await step('heads', () => b.heads())
    await step('all', async () => (await b.entries()).map(({ id, url, requestHeaders }) => [id, url, requestHeaders]))
    await step('some', async () => (await b.entries([1, 3])).map(({ id, url }) => [id, url]))
    await step('some that are not there', async () => (await b.entries([3, 7])).map(({ id }) => id))
    await step('none', () => b.entries([]))
    await step('one more than may be', () => a.append(entryOf('/d'), attempt().generation))
    await stands()
    await step('some are removed', () => b.remove(({ url }) => url !== '/c'))
    await step('one hears of it', () => a.look())
    await step('which are left', () => a.heads())
    await step('two listens', () => {
      two.state.listens = true
      b.attend(true)
      return b.awaited()
    })
    await step('two catches up', () => b.catchUp())
    await step('what it waits for', () => b.awaited())
    await step('one calls and changes', async () => {
      await a.append(entryOf('/e'), attempt().generation)
      await a.commit(attempt({ changes: [put(6)] }))
      await a.append(entryOf('/f'), attempt().generation)
      await a.announce('hello')
    })
    await step('two hears', () => hears(b))
    await step('two hears nothing', () => hears(b))
    await step('two listens no more', () => {
      two.state.listens = false
      b.attend(false)
      return b.awaited()
    })
    await step('two announces', () => b.announce('there'))

    await refresh()
    await step('much is written', async () => {
      for (const id of [10, 11, 12]) await b.commit(attempt({ changes: [put(id, LONG)] }))
    })
    await step('one is told of it once, however often it asks', () => Promise.all([a.look(), a.begin(), a.commit(attempt({ changes: [put(13)] }))]))
    await step('much is written, and more', async () => {
      for (const id of [20, 21]) await b.commit(attempt({ changes: [put(id, LONG)] }))
    })
    await step('one has met it', () => a.commit(attempt({ reads: ['items/20'], changes: [put(14)] })))
    await step('two writes', () => b.commit(attempt({ changes: [put(22, LONG)] })))
    await step('one has not', () => a.commit(attempt({ reads: ['items/30'], changes: [put(15)] })))
    await step('two writes again', () => b.commit(attempt({ changes: [put(23, LONG)] })))
    await step('one loads', async () => Object.keys(await a.load()))

    await refresh()
    trouble.push({ script: 'COMMIT', error: away(), isBefore: true, times: 1 })
    await step('a commit that does not arrive', () => a.commit(attempt({ reads: ['items/40'], changes: [put(40)] })))
    await refresh()
    trouble.push({ script: 'COMMIT', error: away(), isBefore: false, times: 1 })
    await step('a commit that arrives', () => a.commit(attempt({ reads: ['items/41'], changes: [put(41)] })))
    await step('two hears of both', () => b.look())
    await refresh()
    trouble.push({ script: 'COMMIT', error: away(), isBefore: true, times: 1, then: () => direct.send(keys.meta, ['HSET', keys.meta, 'gen', '7']) })
    await step('a commit that does not arrive before it is over', () => a.commit(attempt({ changes: [put(42)] })))
    await direct.send(keys.meta, ['HSET', keys.meta, 'gen', String(attempt().generation)])
    trouble.push({ script: 'COMMIT', error: away(), isBefore: true, times: 1, then: () => direct.send(keys.meta, ['HINCRBY', keys.meta, 'ver', '1']) })
    await step('a commit of which nobody knows any more', () => a.commit(attempt({ changes: [put(43)] })))
    await direct.send(keys.meta, ['HINCRBY', keys.meta, 'ver', '-1'])
    trouble.push({ script: 'COMMIT', error: () => new Error('a bug'), isBefore: true, times: 1 })
    await step('a script that is wrong', () => a.commit(attempt({ changes: [put(44)] })))
    await step('after all that', () => a.commit(attempt({ changes: [put(45)] })))
    for (const script of ['LOOK', 'LOAD', 'REPLACE', 'TELL', 'REMOVE', 'HEADS', 'ENTRIES', 'STATUS', 'NEWS'] as const) {
      trouble.push({ script, error: () => new Away('for a moment'), isBefore: true, times: 1 })
      const work: Readonly<Record<typeof script, () => unknown>> = { LOOK: () => a.look(), LOAD: async () => Object.keys(await a.load()), REPLACE: () => a.replace(contentOf([1])), TELL: () => a.announce('again'), REMOVE: () => a.remove(() => true), HEADS: () => a.heads(), ENTRIES: () => a.entries(), STATUS: () => a.status(), NEWS: async () => { await refresh(); await b.commit(attempt({ changes: [put(50, LONG)] })); await a.look() } }
      await step(`${script} is done again where the line was dead for a moment`, work[script])
      trouble.length = 0
    }
    byName.add('box')
    await step('close', () => { b.close() })
    await told.isThatOf('redis-log')
    await close()
  } finally {
    await redis.close()
  }
})

test.skipIf(noRedis !== null)(named('generations of one sandbox, and what is left of them'), async () => {
  const redis = await OwnRedis.start()
  try {
    const told = new WrittenDown()
    const { one, two, direct, keys, named: byName, attempt, step, stands, refresh, hears, close } = await twoProcesses(redis, 'box', told)
    const [a, b] = [one.log, two.log]
    const pause = () => new Promise((resolve) => setTimeout(resolve, 2))
    const remove = () => direct.run(scripts.DELETE, [keys.meta, keys.docs, keys.log, keys.journal, keys.files], ['{"sign":"ended"}'])
    byName.add('box')
    await step('one looks at what is made by its name', () => a.look())
    await step('it is not spare', () => a.isSpare)
    two.state.listens = true
    await step('two catches up', () => b.catchUp())
    await refresh()
    for (const [i, url] of ['/a', '/b', '/c'].entries()) {
      await step(`one calls ${url}`, async () => {
        await refresh()
        await a.begin()
        await a.commit(attempt({ changes: [put(10 + i), put(1, url)] }))
        await a.append({ ...entryOf(url), version: attempt().base + 1 }, attempt().generation)
      })
    }
    await step('two hears', () => hears(b))
    await refresh()
    const third = attempt().base
    await step('one steps back', () => a.replace(contentOf([1, 10, 11]), { version: third - 1, entry: 2 }))
    await stands()
    await step('two hears of that', () => hears(b))
    await step('two has something from before', () => b.commit(attempt({ changes: [put(50)] })))
    await step('two writes down what is from before', () => b.append(entryOf('/late'), attempt().generation))
    await step('one looks back', () => a.past())
    await step('two writes down what is of now', async () => { await refresh(); await b.append(entryOf('/now'), attempt().generation) })
    await step('one resets', () => a.replace(contentOf([3], { era: 4, requests: 0 })))
    await stands()
    await step('two looks', () => b.look())
    await step('two has nothing to look back at', () => b.past())
    await refresh()
    await step('one takes a file in', () => a.replace(contentOf([4]), undefined, new Map([[OTHER, Buffer.from('other')]])))
    await step('one steps back to where it began', () => a.replace(contentOf([4]), { version: attempt().base + 1, entry: 0 }))
    await stands()
    await step('a file that is more than may be', () => a.replace(contentOf([5]), undefined, new Map([[HASH, new Uint8Array(ROOM + 1)]])))
    await refresh()
    await step('by a change as well', () => a.commit(attempt({ changes: [put(6)], files: new Map([[HASH, new Uint8Array(ROOM + 1)]]), namesFiles: true })))
    await step('as much as may be', () => a.commit(attempt({ changes: [put(6)], files: new Map([[HASH, new Uint8Array(ROOM)]]), namesFiles: true })))
    await step('records that are more than may be', () => a.commit(attempt({ changes: [put(7, 'y'.repeat(5 * 1024 * 1024))] })))
    await step('in the place of all as well', () => a.replace({ ...contentOf([]), stores: { shop: { items: { put: [{ id: 1, text: 'y'.repeat(5 * 1024 * 1024) }], deleted: [] } } } }))
    await step('what is old goes from history', async () => {
      await refresh()
      for (const id of [60, 61, 62]) await a.commit(attempt({ changes: [put(id, 'z'.repeat(200 * 1024))] }))
    })
    await step('one looks back, not to the beginning', async () => {
      const { commits, isWhole } = await a.past()
      return [commits.length, isWhole]
    })
    await step('two is told that some are missing', async () => { await b.load().then(Object.keys); return b.awaited() })
    await step('it is deleted', remove)
    await step('two hears of it', () => hears(b))
    await pause()
    await step('one calls another of the same name', () => a.begin())
    await step('two, that knew the first', () => b.begin())
    await step('that is deleted as well', remove)
    await step('nobody hears what is announced', () => a.announce('nobody'))
    await step('nothing to look back at', async () => Object.keys(await a.past()))
    await pause()
    await step('deleted', remove)
    await step('one puts something in its place', () => a.replace(contentOf([8]), { version: 5, entry: 0 }))
    await pause()
    await step('deleted once more', remove)
    await step('one catches up', () => a.catchUp())
    await step('there is none, and two has none', () => b.status())
    await step('nothing is removed', () => b.remove(() => true))
    await told.isThatOf('redis-generations')
    await close()
  } finally {
    await redis.close()
  }
})

test.skipIf(noRedis !== null)(named('a Redis that has come back with less, or without what was in between'), async () => {
  const redis = await OwnRedis.start()
  try {
    const told = new WrittenDown()
    const { one, two, direct, keys, attempt, step, refresh, asked, forget, hears, close } = await twoProcesses(redis, 'box', told)
    const [a, b] = [one.log, two.log]
    const change = async (log: RedisLog, id: number, text?: string) => {
      await refresh()
      return log.commit(attempt({ changes: [put(id, text)] }))
    }
    const set = (field: string, value: number) => direct.send(keys.meta, ['HSET', keys.meta, field, String(value)])
    const back = async (count: number) => {
      await refresh()
      await direct.send(keys.log, ['XTRIM', keys.log, 'MAXLEN', '0'])
      await direct.send(keys.log, ['DEL', keys.log])
      await set('ver', attempt().base - count)
    }
    await step('both load', async () => [Object.keys(await a.load()), Object.keys(await b.load())])
    await step('changes', async () => { for (const id of [1, 2, 3]) await change(a, id) })
    await step('two has heard', () => b.look())
    await back(2)
    await step('two looks', () => b.look())
    await step('one has something that rests on more', () => a.commit(attempt({ changes: [put(4)] })))
    await step('and goes on', () => change(a, 5))
    await direct.send(keys.log, ['XTRIM', keys.log, 'MAXLEN', '0'])
    await step('two missed one', () => b.look())
    await change(a, 6, LONG)
    await step('two asks part by part', () => b.look())
    await change(a, 6, LONG)
    await change(a, 7, LONG)
    await refresh()
    await direct.send(keys.log, ['XDEL', keys.log, `${String(attempt().base - 1)}-0`])
    await step('and misses one of them', () => b.commit({ ...attempt({ changes: [put(8)] }), base: attempt().base }))
    await refresh()
    await step('one resets', () => a.replace(contentOf([])))
    await step('two', () => b.look())
    const { generation } = attempt()
    await back(1)
    await set('gen', generation)
    await step('the reset is undone', () => b.look())
    await step('for one, too', () => a.catchUp())
    two.state.listens = true
    await step('two listens', async () => { await b.catchUp(); return b.awaited() })
    await step('one changes', () => change(a, 9))
    await step('two hears', () => hears(b))
    await direct.send(keys.meta, ['DEL', keys.meta, keys.docs, keys.log, keys.journal, keys.files])
    await step('it is not there at all', () => b.catchUp())
    await step('one loads', async () => Object.keys(await a.load()))
    await step('it ends', () => { a.end() })
    await step('calls in a row', async () => {
      for (let i = 0; i < 99; i++) await b.begin()
      forget()
    })
    await step('another may call', () => b.isCalledElsewhere)
    await step('one more', () => b.begin())
    await step('nobody else calls', () => b.isCalledElsewhere)
    await refresh()
    await step('its line waits, and goes with the next', async () => {
      two.state.listens = false
      const arrived = b.append(entryOf('/waits'), attempt().generation)
      await b.begin()
      await arrived
    })
    await step('but for one who listens', async () => {
      two.state.listens = true
      await b.append(entryOf('/now'), attempt().generation)
    })
    await step('a look counts for nobody', async () => { await b.look(); return b.isCalledElsewhere })
    await step('a line that waits goes before a reset', async () => {
      two.state.listens = false
      const arrived = b.append(entryOf('/last'), attempt().generation)
      await b.replace(contentOf([1]))
      await arrived
    })
    await refresh()
    await step('before a look at where it stands', async () => {
      const arrived = b.append(entryOf('/before'), attempt().generation)
      await b.catchUp()
      await arrived
    })
    await step('forty at once: who waits in line for his turn has met another by then', async () => {
      const verdicts = await Promise.all(Array.from({ length: 40 }, () => b.commit(attempt({ reads: ['items/70'], changes: [put(70)] }))))
      const counts = [verdicts.filter((one) => one === 'committed').length, verdicts.filter((one) => one === 'conflict').length, asked('COMMIT')]
      forget()
      return counts
    })
    await step('forty that have nothing to do with each other', async () => {
      await refresh()
      const verdicts = await Promise.all(Array.from({ length: 40 }, (_, i) => b.commit(attempt({ reads: [`items/${String(i)}`], changes: [put(100 + i)] }))))
      const counts = [verdicts.filter((one) => one === 'committed').length, asked('COMMIT')]
      forget()
      return counts
    })
    await step('a line that waits goes at the end', async () => {
      const arrived = b.append(entryOf('/end'), attempt().generation)
      b.close()
      await arrived
    })
    await step('another calls', async () => { await direct.send(keys.meta, ['HINCRBY', keys.meta, 'req', '1']); await b.look(); return b.isCalledElsewhere })
    await told.isThatOf('redis-back')
    await close()
  } finally {
    await redis.close()
  }
})
