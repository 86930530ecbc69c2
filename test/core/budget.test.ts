import { describe, expect, test } from 'vitest'
import { Budget, budgetKinds, parseMemory } from '../../src/core/budget.js'
import { weigh, weighChanges, WeighedChange } from '../../src/core/engine/weigh.js'

const MIB = 1024 * 1024

describe('an amount of memory', () => {
  test.each([
    ['512mb', 512 * MIB], ['512MB', 512 * MIB], ['1.5gb', 1536 * MIB], ['64 mb', 64 * MIB], ['33554432', 32 * MIB], ['33554432b', 32 * MIB], [64 * MIB, 64 * MIB],
  ])('may be written %s', (given, bytes) => {
    expect(parseMemory(given)).toBe(bytes)
  })

  test.each(['', 'much', '512', '31mb', '-512mb', '512tb', '512mb of it', 'NaN', Number.NaN, Number.POSITIVE_INFINITY, -1, '999999999999999gb'])('is not %s', (given) => {
    expect(parseMemory(given)).toBeNull()
  })
})

describe('the ledger', () => {
  test('gives no more than there is, all kinds together no more than the whole, and one sandbox no more than an eighth of a kind', () => {
    const budget = new Budget(64 * MIB)
    const whole = budgetKinds.reduce((sum, kind) => sum + budget.limit(kind), 0)
    expect(whole).toBeLessThanOrEqual(64 * MIB)
    expect(budget.limitOfOne('journal') * 8).toBeLessThanOrEqual(budget.limit('journal'))
    expect(budget.take('journal', budget.limit('journal'))).toBe(true)
    expect(budget.take('journal', 1)).toBe(false)
    expect([budget.used('journal'), budget.excess('journal'), budget.used('history')]).toEqual([budget.limit('journal'), 0, 0])
    budget.give('journal', 10)
    expect([budget.take('journal', 11), budget.take('journal', 10)]).toEqual([false, true])
  })

  test('counts what is there in any case, and says how much of it is too much', () => {
    const budget = new Budget(64 * MIB)
    budget.add('history', budget.limit('history') + 7)
    expect(budget.excess('history')).toBe(7)
    budget.give('history', 8)
    expect(budget.excess('history')).toBe(0)
  })
})

describe('a value weighs', () => {
  test.each([
    ['a share of what holds it', null, 24], ['the same as a number', 1.5, 24], ['or a switch', true, 24],
    ['two bytes for each character', 'ab', 28], ['one where it is long and all of it is Latin', 'é'.repeat(1025), 24 + 1025], ['but not where it is short', 'é'.repeat(1024), 24 + 2048], ['or where one is not', `${'e'.repeat(1025)}字`, 24 + 2052],
    ['what its items weigh', [1, 'ab', []], 24 + 24 + 28 + 24], ['what its fields weigh', { a: 1, b: 'ab', c: null, d: true }, 24 + 24 + 28 + 24 + 24], ['and what is in them, however deep', { a: { b: { c: 'ab' }, d: [{ e: 'ab' }] } }, 24 + 24 + (24 + 28) + (24 + (24 + 28))],
  ])('%s', (_, value, bytes) => {
    expect(weigh(value)).toBe(bytes)
  })

  test('as a change what the record was and is, weighed beforehand or not', () => {
    const [before, after] = [{ id: 'ab' }, { id: 'ab', name: 'abc' }]
    const plain = { collection: 'users', key: 1, before, after }
    const weighed = new WeighedChange('users', 1, before, after)
    for (const change of [plain, weighed]) {
      expect([WeighedChange.after(change), WeighedChange.both(change)]).toEqual([24 + 28 + 30, 24 + 28 + 24 + 28 + 30])
      expect(weighChanges([change, change])).toBe(24 + 2 * (24 + (24 + 10) + 24 + (24 + 28 + 24 + 28 + 30)))
    }
    expect(weighChanges([])).toBe(24)
  })
})
