/** Queries over records of all kinds: they are answered as json-server itself would, a little at a time. */
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { queryRecords } from '../src/control/json-query.js'
import { Pace } from '../src/core/slices.js'
import { Refusal } from '../src/core/surface/refusal.js'
import { askJsonServer } from './support/ask-json-server.js'

const fields = ['id', 'a', 'b', 'c']

/** @returns what is answered, null where the query is refused */
async function ask(records: readonly object[], query: string) {
  const queried = { pace: new Pace(), collection: 'items', key: 'id', fields, count: async () => records.length, all: async () => records }
  const part = async ({ offset, limit }: { offset: number; limit: number }) => ({ items: records.slice(offset, offset + limit), total: records.length })
  const withKey = async (key: string) => records.filter((record) => String(Reflect.get(record, 'id')) === key)
  try {
    const { found, headers } = await queryRecords({ ...queried, part, withKey }, { url: `/items?${query}`, headers: {} })
    return { found, total: headers['X-Total-Count'] ?? null }
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

const primitive = fc.constantFrom('a', 'B', '周末', '10', '9', ' 9 ', '', 9.5, 10, -1, 0, true, false, null)
const value = fc.oneof(primitive, fc.array(primitive, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'length', 'a.b'), fc.oneof(primitive, fc.record({ a: primitive }, { noNullPrototype: true })), { maxKeys: 3, noNullPrototype: true }))
const item = fc.record({ a: value, b: primitive, c: fc.record({ a: value, b: primitive }, { noNullPrototype: true }), 'a.b': primitive }, { requiredKeys: [], noNullPrototype: true })
const items = fc.array(item, { maxLength: 150 }).map((list) => list.map((one, i) => ({ id: i + 1, ...one })))

const path = fc.constantFrom('id', 'a', 'b', 'c', 'a.b', 'c.a', 'c[a]', 'c["a"]', 'a[0]', 'a.0', 'c.a.a', 'a.length', 'c.b.length', 'a.a.a')
const sortPath = fc.oneof(path, fc.constantFrom('nothing', '', 'a]b', 'constructor', '__proto__', 'c.toString', 'a..b', '.a'))
const given = fc.oneof(fc.constantFrom('a', 'b', '10', '9', '09', '1e1', 'true', '', '[object Object]', '周'), fc.integer({ min: -1, max: 30 }).map(String))
const condition = fc.tuple(path, fc.constantFrom('', '', '_ne', '_gte', '_lte'), given).map(([name, way, text]): [string, string] => [name + way, text])
const sorting = fc.tuple(fc.array(sortPath, { minLength: 1, maxLength: 4 }), fc.array(fc.constantFrom('asc', 'desc', 'DESC', '', 'x'), { maxLength: 4 })).map(([by, orders]): [string, string][] => [['_sort', by.join()], ['_order', orders.join()]])
const number = fc.oneof(fc.integer({ min: -3, max: 40 }).map(String), fc.constantFrom('', 'x', '3x', '1.5'))
const paging = fc.record({ _start: number, _end: number, _page: number, _limit: number }, { requiredKeys: [] }).map((found): [string, string][] => Object.entries(found))
const query = fc.tuple(fc.array(condition, { maxLength: 4 }), fc.oneof(sorting, fc.constant([])), fc.oneof(paging, fc.constant([])), fc.constantFrom('', '', 'a', '9', 'TRUE'))
  .map(([conditions, sorted, paged, text]) => {
    const named: [string, string][] = text === '' ? [] : [['q', text]]
    return new URLSearchParams([...conditions, ...sorted, ...paged, ...named]).toString()
  })

afterEach(() => {
  vi.restoreAllMocks()
})

test('are answered as json-server does it, whatever the records hold', async () => {
  await fc.assert(fc.asyncProperty(items, query, async (records, asked) => {
    const answer = await ask(records, asked)
    // Another is asked in the place of one that is refused.
    fc.pre(answer !== null)
    expect(answer).toEqual(await askJsonServer('items', records, asked))
  }), { numRuns: Number(process.env['UNDERSTUDY_QUERIES'] ?? 120) })
})

/** Many records whose fields are of one type, of several that are compared all the same, and missing in some. */
const MANY = 6000
const many = Array.from({ length: MANY }, (_, i) => {
  const mixed = (i * 7919) % MANY
  return { id: i + 1, a: `n${String(mixed).padStart(5, '0')}`, b: i % 2 === 0 ? String(mixed) : mixed / 2, ...(i % 3 === 0 ? {} : { c: { b: i % 100 } }) }
})

test('are answered as json-server does it also where there are many records', async () => {
  for (const asked of ['_sort=a', '_sort=b&_order=desc', '_sort=c.b,b&_order=desc', 'c.b_gte=3&_sort=c.b,a&_order=desc,desc&_start=-9', 'c.b=7&b_ne=9&_sort=b&_limit=5x', 'c.b=5&c.b=6&_page=2&_limit=7', '_sort=a&_page=x2&_limit=7']) {
    expect(await ask(many, asked), asked).toEqual(await askJsonServer('items', many, asked))
  }
})

/** Whoever looks at the clock finds a millisecond gone. @returns a function that lets more pass */
function holdClock(): (milliseconds: number) => void {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now++)
  return (milliseconds) => {
    now += milliseconds
  }
}

/** @returns how often others came between while the query was answered */
async function turnsOf(records: readonly object[], asked: string, look = (): void => undefined) {
  let [turns, isOver] = [0, false]
  const count = () => {
    turns++
    look()
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await ask(records, asked)
  isOver = true
  return turns
}

test('let others come between while they are sorted, also where texts are compared with numbers', async () => {
  await ask(many, 'b_ne=x')
  holdClock()
  // A slice has 20 looks at the clock, and there is one for each record that is read.
  const reading = MANY / 20
  expect(await turnsOf(many, '_sort=a')).toBeGreaterThan(8 * reading)
  expect(await turnsOf(many, '_sort=b')).toBeGreaterThan(2 * reading)
})

test('let others come between also while a few are held against conditions that take long', async () => {
  const passTime = holdClock()
  let [looked, most] = [0, 0]
  const toString = () => {
    passTime(25)
    looked++
    return 'text'
  }
  const slow = Array.from({ length: 20 }, (_, i) => ({ id: i, a: { toString } }))
  for (const asked of ['a_ne=x', 'a=text&a_gte=b', '_sort=a']) {
    looked = 0
    await turnsOf(slow, asked, () => {
      most = Math.max(most, looked)
      looked = 0
    })
    expect(most, asked).toBeLessThanOrEqual(2)
  }
})
