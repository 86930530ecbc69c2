/**
 * What every engine must be able to do. An engine is good when it passes this: `testEngine('mine', make)` in a test file. The tests
 * see sandboxes only, as the rest of the house does, each through two handles that stand for two processes.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import type { Engine, NewEntry } from '../../src/core/engine/engine.js'
import { fire } from '../../src/core/faults/fire.js'
import type { FaultRule } from '../../src/core/faults/rule.js'
import type { Sandbox } from '../../src/core/sandbox.js'
import type { Sandboxes } from '../../src/core/sandboxes.js'
import type { Store, StoreError } from '../../src/core/store/types.js'
import type { System } from '../../src/core/system.js'
import type { Turn } from '../../src/core/turn.js'
import { anyProgram, type Item, MARK, Model, type Records, runMarked, tick, type Tx, WORLD } from './engine-programs.js'
import { type MadeUpHouse, sandboxesOn } from './sandboxes.js'

/** One place where sandboxes are kept, empty at first. */
export interface EnginePlace {
  /** @returns an engine that reaches the sandboxes of this place: the same one again, or another as another process would have it */
  join(): Engine
  /** Clears everything away. */
  close(): Promise<void>
}

const MIB = 1024 * 1024
const LARGE = 2 * MIB - 10
const shop = { state: { pictures: { key: 'name', namesFiles: true }, items: { key: 'id', unique: [['name']], index: [['value']], order: { byValue: { by: ['value'] } } } }, records: { items: WORLD.map((item) => ({ ...item })) } } as const

/** @param runs how many random histories are tried */
export function testEngine(name: string, make: () => Promise<EnginePlace> | EnginePlace, { runs = 100 } = {}): void {
  const places: EnginePlace[] = []
  afterEach(async () => {
    for (const place of places.splice(0)) await place.close()
  })

  async function open(house: Partial<MadeUpHouse> = {}) {
    const place = await make()
    places.push(place)
    const join = (): Promise<Sandboxes> => sandboxesOn(place.join(), { systems: { shop }, ...house })
    const [here, there] = [await join(), await join()]
    const [one, two] = [here.open('s'), there.open('s')]
    return { join, here, there, one, two, both: [one, two] as const }
  }

  describe(`engine ${name}`, () => {
    test('transactions come out as if they had been carried out one after the other, whoever made them', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyProgram, { minLength: 1, maxLength: 8 }), async (programs) => {
          const { one, two, both } = await open()
          const order: number[] = []
          one.watch((_system, changes) => order.push(...changes.flatMap(({ collection, key }) => (collection === 'items' && Number(key) >= MARK ? [Number(key) - MARK] : []))))
          await one.look()
          const results = await Promise.all(programs.map((program, i) => storeOf(both[i % 2] ?? one).transact((tx) => runMarked(tx, program, i)).then(({ value }) => value)))
          await one.look()
          const model = new Model()
          expect([...order].sort()).toEqual(programs.map((_, i) => i).sort())
          for (const i of order) expect(results[i]).toEqual(await runMarked(model as unknown as Tx, programs[i] ?? [], i)) // it has what programs use
          for (const sandbox of both) expect(byId((await storeOf(sandbox).transact((tx) => tx.list('items'))).value)).toEqual(byId([...model.items.values()]))
          expect((await two.content()).stores).toEqual((await one.content()).stores)
        }),
        { numRuns: runs },
      )
    })

    test('no change of the control state is lost, whoever makes it', async () => {
      const { both } = await open()
      await Promise.all(Array.from({ length: 30 }, (_, i) => (both[i % 2] ?? both[0]).control.change((state) => ({ ...state, nextFault: state.nextFault + 1 }))))
      for (const sandbox of both) expect((await sandbox.content()).control.nextFault).toBe(31)
    })

    test('what is announced has been heard here when it is answered, with all that came before; in a sandbox that is gone nobody is told, and nothing fails', async () => {
      const { one, two, there } = await open()
      const heard: string[] = []
      one.hear((text) => heard.push(text))
      await one.look()
      await two.announce('theirs')
      await one.announce('mine')
      expect(heard).toEqual(['theirs', 'mine'])
      await there.delete('s')
      await one.announce('late')
    })

    test('files that are to take the place of all others are refused where they are more than one sandbox may have', async () => {
      const { one } = await open({ budget: new Budget(32 * MIB) })
      const files = new Map(['a', 'b', 'c'].map((letter, i) => [letter.repeat(64), new Uint8Array(LARGE).fill(i)]))
      const before = await one.content()
      const withFiles = (hashes: readonly string[]) => one.replace({ ...before, stores: { shop: { pictures: { put: hashes.map((hash) => ({ name: hash.slice(0, 1), hash, size: LARGE })), deleted: [] } } } }, new Map([...files].filter(([hash]) => hashes.includes(hash))))
      const hashes = [...files.keys()]
      await expect(withFiles(hashes)).rejects.toThrow('The files of one sandbox may take up 4 MiB')
      expect((await one.content()).stores).toEqual(before.stores)
      await withFiles(hashes.slice(1))
      expect((await storeOf(one).transact((tx) => tx.file('c'.repeat(64)))).value?.length).toBe(LARGE)
    })

    test('records stand in one order for whoever made them and for whoever comes later, also one that comes again', async () => {
      const { one, join } = await open()
      await storeOf(one).transact((tx) => tx.insert('items', { id: 100, name: 'first', value: 0 }))
      await storeOf(one).transact((tx) => tx.delete('items', 1))
      const late = (await join()).open('s')
      await late.look()
      await storeOf(one).transact((tx) => tx.insert('items', { id: 1, name: 'again', value: 0 }))
      const [here, there] = await Promise.all([one, late].map(async (sandbox) => (await storeOf(sandbox).transact(async (tx) => [await tx.list('items'), await tx.findAll('items', { value: 0 })])).value.map((found) => found.map(({ id }) => id))))
      expect(there).toEqual(here)
      expect(here?.[1]?.slice(-2)).toEqual([100, 1])
    })

    test('what may occur once occurs once', async () => {
      const { both } = await open()
      const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => storeOf(both[i % 2] ?? both[0]).transact(async (tx) => {
        await tick(i % 3)
        await tx.insert('items', { id: 100 + i, name: 'only', value: 0 })
      })))
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ kind: 'valueTaken' } satisfies Partial<StoreError>)
    })

    test('nothing is lost of what fifty do at once', async () => {
      const { both, one } = await open()
      await Promise.all(Array.from({ length: 50 }, (_, i) => storeOf(both[i % 2] ?? one).transact(async (tx) => {
        const item = await tx.get('items', 1)
        await tick(i % 4)
        await tx.update('items', 1, { value: (item?.value ?? 0) + 1 })
      })))
      for (const sandbox of both) expect((await storeOf(sandbox).transact((tx) => tx.get('items', 1))).value?.value).toBe(50)
    })

    test('sequences and requests are counted without a gap and without a double', async () => {
      const { both, one } = await open()
      const numbers = await Promise.all(Array.from({ length: 30 }, (_, i) => storeOf(both[i % 2] ?? one).transact((tx) => tx.next('orders', 100)).then(({ value }) => value)))
      expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, i) => 100 + i))
      const turns = await Promise.all(Array.from({ length: 30 }, async (_, i) => (await (both[i % 2] ?? one).begin()).state.requests))
      expect(turns.sort((a, b) => a - b)).toEqual(turns.map((_, i) => 1 + i))
    })

    test('a fault that is to fire seven times fires seven times', async () => {
      const { both, one } = await open()
      const rule: FaultRule = { id: 'fault-1', system: '*', operationId: '*', fault: { kind: 'status', status: 503 }, times: 7, probability: 1, matched: 0, fired: 0 }
      await one.control.change((state) => ({ ...state, faults: [rule] }))
      const struck = await Promise.all(Array.from({ length: 40 }, async (_, i) => {
        const turn = await (both[i % 2] ?? one).begin()
        await tick(i % 3)
        let fired = 0
        await turn.change((before) => {
          const after = fire(before, { id: 'shop' } as System, 'buy', 0) // of a system it asks for the name
          fired = after.fired.length
          return after.state
        })
        return fired
      }))
      expect(struck.reduce((sum, fired) => sum + fired, 0)).toBe(7)
      for (const sandbox of both) expect((await sandbox.control.read()).faults).toMatchObject([{ times: 0, fired: 7, matched: 7 }])
    })

    test('control state is one for all', async () => {
      const { one, two } = await open()
      await one.control.change((state) => ({ ...state, clock: { offset: 5, frozenAt: 7 }, systems: { ...state.systems, shop: { smsSource: 'sequence', settings: { a: 1 }, outages: ['x'], maintenance: { status: 'soon', httpStatus: null } } } }))
      expect(await two.control.read()).toMatchObject({ clock: { offset: 5, frozenAt: 7 }, systems: { shop: { smsSource: 'sequence', outages: ['x'] } } })
      await two.control.change((state) => ({ ...state, faults: [], clock: { ...state.clock, frozenAt: null } }))
      expect((await one.content()).control).toEqual((await two.content()).control)
    })

    test.each(['reset', 'replace'] as const)('a %s is a barrier for whatever is under way anywhere', async (turn) => {
      const { one, two, both } = await open()
      const empty = await one.content()
      await storeOf(one).transact((tx) => tx.update('items', 1, { value: 1 }))
      const turnOver = () => (turn === 'reset' ? one.reset() : one.replace(empty))
      for (const sandbox of both) {
        const old = await sandbox.begin()
        let runs = 0
        const refused = storeOf(old).transact(async (tx) => {
          await tx.put('items', { id: 50, name: 'ghost', value: 0 })
          await turnOver()
        })
        await expect(refused).rejects.toThrow('reset meanwhile')
        expect(old.isOver).toBe(true)
        await expect(old.change((state) => ({ ...state, faults: [] }))).rejects.toThrow('reset meanwhile')
        record(old, entry('ghost'))
        const { value } = await storeOf(sandbox).transact(async (tx) => {
          if (++runs === 1) await turnOver()
          return tx.put('items', { id: 60 + runs, name: 'real', value: 0 })
        })
        expect([runs, value.id]).toEqual([2, 62])
      }
      void one.journal.append(entry('late'), 1) // from somebody who has not heard of it yet
      for (const sandbox of both) {
        expect((await storeOf(sandbox).transact((tx) => tx.list('items'))).value.map(({ id }) => id)).toEqual([1, 2, 3, 62])
        expect(await sandbox.journal.read()).toEqual([])
      }
      expect((await two.control.read()).era).toBe(turn === 'reset' ? 5 : 1)
    })

    test('a handle that comes late sees what all others see, however much of the log has gone', async () => {
      const { join, one, two } = await open({ journalLimit: 3 })
      for (let i = 0; i < 40; i++) {
        const turn = await (i % 2 === 0 ? one : two).begin()
        await storeOf(turn).transact(async (tx) => {
          await tx.put('items', { id: 10 + (i % 7), name: `x${String(i)}`, value: i })
          if (i % 5 === 0) await tx.delete('items', 1 + (i % 3))
          if (i % 3 === 0) await tx.delete('items', 10 + (i % 4))
        })
        record(turn, entry(String(i)))
      }
      const late = (await join()).open('s')
      const everything = (sandbox: Sandbox) => storeOf(sandbox).transact(async (tx) => ({ all: byId(await tx.list('items')), page: await tx.page('items', 'byValue', { offset: 0, limit: 5 }), found: await tx.find('items', { name: 'x39' }) }))
      const { value } = await everything(one)
      for (const other of [late, two]) expect((await everything(other)).value).toEqual(value)
      for (const { put, deleted } of (await Promise.all([one, two, late].map((other) => other.content()))).map(({ stores }) => stores['shop']?.['items'] ?? expect.fail())) expect([byId(put as unknown as Item[]), [...deleted].sort()]).toEqual([value.all, [1, 2, 3]])
      expect((await late.control.read()).requests).toBe(40)
      await storeOf(late).transact((tx) => tx.update('items', 14, { value: -1 }))
      expect((await storeOf(one).transact((tx) => tx.get('items', 14))).value?.value).toBe(-1)
    })

    test('the journal keeps its order and its bound; ids go on counting', async () => {
      const { one, two } = await open({ journalLimit: 5 })
      const heard: string[] = []
      two.journal.subscribe((event) => heard.push(event.type === 'entry' ? event.head.url : event.type))
      for (let i = 1; i <= 8; i++) record(await one.begin(), entry(String(i)))
      const kept = await two.journal.read()
      expect(kept.map(({ id, url, requests }) => [id, url, requests])).toEqual([4, 5, 6, 7, 8].map((n) => [n, String(n), n]))
      expect(await one.journal.status()).toEqual({ size: 5, limit: 5, last: 8 })
      expect(await two.journal.remove(({ id }) => id % 2 === 0)).toBe(3)
      record(await one.begin(), entry('9'))
      // It has its number, though the sandbox is reset right after it.
      await one.reset()
      record(await one.begin(), entry('10'))
      await until(async () => (await two.journal.read()).length === 1)
      expect((await two.journal.read()).map(({ id, url }) => [id, url])).toEqual([[10, '10']])
      await until(() => Promise.resolve(heard.length >= 12))
      expect(heard).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', 'cleared', '9', 'reset', '10'])
    })

    test('entries of the journal are chosen by what is small of them, the newest first, and read one by one', async () => {
      const { one, two } = await open({ journalLimit: 5 })
      for (let i = 1; i <= 8; i++) record(await one.begin(), { ...entry(String(i)), status: i % 2 === 0 ? 200 : 500, requestHeaders: { n: String(i) } })
      const even = await two.journal.newest(({ status }) => status === 200, 2)
      expect(even.entries.map(({ id, requestHeaders }) => [id, requestHeaders['n']])).toEqual([[8, '8'], [6, '6']])
      expect([even.total, even.oldest]).toEqual([3, 4])
      expect((await two.journal.heads()).map(({ id, url, status }) => [id, url, status])).toEqual([[4, '4', 200], [5, '5', 500], [6, '6', 200], [7, '7', 500], [8, '8', 200]])
      expect((await two.journal.entry(7))?.requestHeaders).toEqual({ n: '7' })
      expect(await two.journal.entry(3)).toBeUndefined()
      expect(await two.journal.newest(({ status }) => status === 404, 10)).toEqual({ entries: [], total: 0, oldest: 4 })
      await one.journal.remove()
      expect(await two.journal.newest(() => true, 10)).toEqual({ entries: [], total: 0, oldest: null })
    })

    test('whoever has heard the journal to its end has missed nothing of it, and of what came since just that', async () => {
      const { one, two } = await open()
      for (let i = 1; i <= 4; i++) record(await one.begin(), entry(String(i)))
      const missed = async (after: number | null) => {
        const feed = await two.journal.follow(after)
        feed.stop()
        return [feed.after, feed.missed.map(({ id }) => id)]
      }
      expect([await missed(4), await missed(2), await missed(0), await missed(null)]).toEqual([[4, []], [2, [3, 4]], [0, [1, 2, 3, 4]], [4, []]])
    })

    test('files are kept apart from records, each once, as long as a record names them that can be seen', async () => {
      const budget = new Budget(32 * MIB)
      const { here, there, one, two } = await open({ budget })
      const show = async (sandbox: Sandbox, name: string) => {
        const { value } = await storeOf(sandbox).transact(async (tx) => tx.file((await tx.get('pictures', name))?.hash ?? ''))
        return value === undefined ? null : `${String(value[0])} × ${String(value.length)}`
      }
      const draw = (sandbox: Sandbox, name: string, fill: number, length = MIB) => storeOf(sandbox).transact((tx) => tx.put('pictures', { name, ...tx.addFile(new Uint8Array(length).fill(fill)) }))
      const { changes } = await draw(one, 'a', 1)
      expect(JSON.stringify(changes).length).toBeLessThan(300)
      await draw(one, 'b', 1)
      expect([await show(two, 'a'), await show(two, 'b'), await show(two, 'c')]).toEqual([`1 × ${String(MIB)}`, `1 × ${String(MIB)}`, null])
      // A sandbox may have 4 MiB: one content counts once, and what was replaced makes room.
      for (let i = 2; i <= 9; i++) await draw(two, 'a', i)
      await draw(one, 'c', 20, LARGE)
      await expect(draw(one, 'd', 21)).rejects.toThrow('The files of one sandbox may take up 4 MiB')
      expect([await show(two, 'a'), await show(one, 'b'), await show(two, 'c'), await show(two, 'd')]).toEqual([`9 × ${String(MIB)}`, `1 × ${String(MIB)}`, `20 × ${String(LARGE)}`, null])
      // What another sandbox begins with it keeps, whatever becomes of the first.
      const { content, files } = await two.whole()
      expect(JSON.stringify(content).length).toBeLessThan(5000)
      await there.open('fork').replace(content, files)
      await one.reset()
      expect([await show(two, 'a'), await show(here.open('fork'), 'a'), await show(here.open('fork'), 'c')]).toEqual([null, `9 × ${String(MIB)}`, `20 × ${String(LARGE)}`])
      await here.delete('fork')
      expect(budget.used('files')).toBe(0)
    })

    test('what was uploaded is there again where a sandbox is stepped back to', async () => {
      const { one, two } = await open({ budget: new Budget(32 * MIB) })
      const paint = (fill: number) => two.during(async (turn) => {
        await turn.store('shop').transact((tx) => (tx as unknown as Tx).put('pictures', { name: 'a', ...(tx as unknown as Tx).addFile(new Uint8Array(100).fill(fill)) })) // of the shop above
        record(turn, entry(String(fill)))
      }, true)
      for (const fill of [1, 2, 3]) await paint(fill)
      for (const _turn of [1, 2]) expect(await one.rewind(2)).toBe(true)
      const { value } = await storeOf(one).transact(async (tx) => tx.file((await tx.get('pictures', 'a'))?.hash ?? ''))
      expect([value?.[0], (await two.content()).stores['shop']]).toMatchObject([2, { pictures: { put: [{ name: 'a' }], deleted: [] } }])
    })

    test('a sandbox that began with records of its own, and without some of the world, has them again when it is stepped back to where it began', async () => {
      const { one, two } = await open()
      await storeOf(one).transact(async (tx) => {
        await tx.put('items', { id: 10, name: 'ten', value: 10 })
        await tx.delete('items', 1)
      })
      await one.replace(await one.content())
      const begun = (await two.content()).stores
      for (const value of [11, 12]) {
        await two.during(async (turn) => {
          await storeOf(turn).transact((tx) => tx.put('items', { id: 10, name: 'ten', value }))
          record(turn, entry(String(value)))
        }, true)
      }
      expect(await one.rewind(0)).toBe(true)
      expect([(await one.content()).stores, (await two.content()).stores]).toEqual([begun, begun])
      expect(begun).toMatchObject({ shop: { items: { put: [{ id: 10, name: 'ten', value: 10 }], deleted: [1] } } })
    })

    test('a step back puts each record where it stood, for whoever comes later as well', async () => {
      const { one, two, join } = await open()
      const commit = (url: string, work: (tx: Tx) => Promise<unknown>) => one.during(async (turn) => {
        await turn.store('shop').transact((tx) => work(tx as unknown as Tx)) // of the shop above
        record(turn, entry(url))
      }, true)
      const listed = async (place: typeof one) => (await storeOf(place).transact(async (tx) => tx.list('items'))).value.map(({ id }) => id)
      for (const id of [12, 10, 11]) await commit(`add ${String(id)}`, (tx) => tx.put('items', { id, name: null, value: 0 }))
      const before = await listed(two)
      await commit('move 12', async (tx) => {
        await tx.delete('items', 12)
        await tx.delete('items', 2)
      })
      await commit('and back', (tx) => tx.put('items', { id: 12, name: null, value: 0 }))
      expect(await listed(two)).toEqual([1, 3, 10, 11, 12])
      expect(await two.rewind(3)).toBe(true)
      expect([await listed(one), await listed(two), await listed((await join()).open('s'))]).toEqual([before, before, before])
      expect(before).toEqual([1, 2, 3, 12, 10, 11])
    })

    test('what one commits another is told of, once and in order', async () => {
      const { one, two } = await open()
      const told: unknown[] = []
      two.watch((system, changes) => told.push(...changes.map(({ key, after }) => [system, key, after?.['value']])))
      await two.look()
      for (let i = 1; i <= 5; i++) await storeOf(one).transact((tx) => tx.update('items', 2, { value: i }))
      await until(() => Promise.resolve(told.length >= 5))
      expect(told).toEqual([1, 2, 3, 4, 5].map((i) => ['shop', 2, i]))
    })

    test('names are never given twice, and a sandbox that is deleted is new when it is used again', async () => {
      const { here, there } = await open()
      const names = [await here.freeName(), await there.freeName()]
      for (const given of names) await here.open(given).look()
      const [first = ''] = names
      const waiting: string[] = []
      here.open(first).journal.subscribe(({ type }) => waiting.push(type))
      await storeOf(here.open(first)).transact((tx) => tx.delete('items', 1))
      expect(await here.delete(first)).toBe(true)
      expect(await here.delete(first)).toBe(false)
      await until(() => Promise.resolve(waiting.length > 0))
      expect(waiting).toEqual(['ended'])
      expect(await there.find(first)).toBeUndefined()
      names.push(await there.freeName(), await here.freeName())
      expect(new Set(names).size).toBe(4)
      expect((await storeOf(here.open(first)).transact((tx) => tx.list('items'))).value).toHaveLength(3)
      expect(await here.names()).toContain(first)
    })

    test('past the cap the sandbox goes that nobody has used for longest and nobody is using', async () => {
      const { here } = await open({ most: 3 })
      for (const one of ['a', 'b', 'a', 'c', 'd']) await here.open(one).begin()
      expect(await here.names()).toEqual(['a', 'c', 'd'])
      here.open('a').enter()
      await here.open('e').begin()
      expect(await here.names()).toEqual(['a', 'd', 'e'])
    })
  })
}

function storeOf(place: { store(system: string): unknown }): Store<Records> {
  return place.store('shop') as Store<Records> // the one system that is played here, with the records declared above
}

function byId(items: readonly Item[]): readonly Item[] {
  return [...items].sort((a, b) => a.id - b.id)
}

function entry(url: string): NewEntry {
  return {
    at: 0, duration: 0, system: 'shop', operation: 'buy', method: 'GET', url, requestHeaders: {}, requestBody: null, status: 200, responseHeaders: {}, responseBody: null,
    user: null, error: null, faults: [], violations: [], changes: [], preflight: false, version: 0,
  }
}

const record = (turn: Turn, call: NewEntry) => { void turn.record({ ...call, version: turn.version }) }


/** Waits for what another process is told of in its own time. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await tick(1)
}
