/** Queries over very many records that come at once. */
import { expect, test } from 'vitest'
import { queryRecords } from '../src/control/json-query.js'
import { Pace } from '../src/core/slices.js'

const MANY = 5000
const records = Array.from({ length: MANY }, (_, i) => ({ id: i + 1, name: `n${String(MANY - i)}`, tags: ['a'] }))

test('go on one after another, and whoever asks for a page or a key is not behind them', async () => {
  const pace = new Pace()
  const ended: string[] = []
  let [reading, most] = [0, 0]
  const ask = async (query: string) => {
    const { found } = await queryRecords({
      pace, collection: 'items', key: 'id', fields: ['id', 'name', 'tags'],
      part: async ({ offset, limit }) => ({ items: records.slice(offset, offset + limit), total: MANY }),
      withKey: async (key) => records.filter(({ id }) => String(id) === key),
      count: async () => MANY,
      all: async () => {
        most = Math.max(most, ++reading)
        // Others come between before it has been gone through.
        await new Promise((resolve) => setImmediate(resolve))
        return records
      },
    }, { url: `/items?${query}`, headers: {} })
    if (query.startsWith('q=') || query.startsWith('_sort=')) reading--
    ended.push(query)
    return found
  }
  const answers = await Promise.all(['q=n5000', '_sort=name&_limit=1', 'q=n4999', '_page=2&_limit=1', 'id=7'].map(ask))
  expect(answers.map((found) => found.map((one): unknown => Reflect.get(one, 'id')))).toEqual([[1], [5000], [2], [2], [7]])
  // The records themselves, and none that was made of them.
  expect(answers[1]?.[0]).toBe(records.at(-1))
  expect(most).toBe(1)
  expect(new Set(ended.slice(0, 2))).toEqual(new Set(['_page=2&_limit=1', 'id=7']))
})

test('of what can be asked once the last counts', async () => {
  const few = records.slice(0, 40)
  const ask = async (query: string) => (await queryRecords({
    pace: new Pace(), collection: 'items', key: 'id', fields: ['id', 'name', 'tags'], count: async () => 40, all: async () => few,
    part: async ({ offset, limit }) => ({ items: few.slice(offset, offset + limit), total: 40 }), withKey: async (key) => few.filter(({ id }) => String(id) === key),
  }, { url: `/items?${query}`, headers: {} })).found.map((one): unknown => Reflect.get(one, 'id'))
  expect(await ask('q=n4999&q=n5000')).toEqual([1])
  expect(await ask('_sort=id&_sort=name&_limit=1')).toEqual([40])
  expect(await ask('_sort=id&_order=asc&_order=desc&_limit=9&_limit=1')).toEqual([40])
  expect(await ask('_start=1&_start=2&_end=9&_end=4')).toEqual([3, 4])
  expect(await ask('_page=1&_page=3&_limit=2')).toEqual([5, 6])
})
