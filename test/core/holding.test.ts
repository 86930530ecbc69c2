import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { Holding } from '../../src/core/engine/holding.js'

const MIB = 1024 * 1024
const stored = (text: string) => [{ collection: 'notes', key: 1, before: null, after: { id: 1, text } }]

test('the records of a sandbox take up all that one sandbox may have, and not a byte more', () => {
  const budget = new Budget(32 * MIB)
  const most = budget.limitOfOne('records')
  const holding = new Holding(budget, (_system, _collection, doc) => Number(doc['id']))
  const write = (length: number) => {
    holding.change('shop', stored('x'.repeat(length)), () => false, true)
  }
  write(MIB)
  const besideText = budget.used('records') - MIB
  const longest = most - besideText
  expect(() => {
    write(longest + 1)
  }).toThrow(/^The records of one sandbox may take up 4 MiB, and this would be more\./)
  expect(budget.used('records')).toBe(MIB + besideText)
  write(longest)
  expect(budget.used('records')).toBe(most)
  // What takes up less than before always fits.
  write(longest - 1)
  expect(budget.used('records')).toBe(most - 1)
})

test('where one sandbox has room and all together have none, it is said that it is all of them', () => {
  const budget = new Budget(32 * MIB)
  budget.add('records', budget.limit('records'))
  const holding = new Holding(budget, () => 1)
  expect(() => {
    holding.change('shop', stored('x'), () => false, true)
  }).toThrow(/^The records of all sandboxes may take up 8 MiB, and this would be more\./)
})

test('all together take up all that they may have, and not a byte more', () => {
  const budget = new Budget(32 * MIB)
  const holding = new Holding(budget, () => 1)
  const add = () => {
    holding.change('shop', stored('x'), () => false, true)
  }
  add()
  const bytes = budget.used('records')
  holding.end()
  budget.add('records', budget.limit('records') - bytes + 1)
  expect(add).toThrow('The records of all sandboxes')
  budget.give('records', 1)
  add()
  expect(budget.used('records')).toBe(budget.limit('records'))
})
