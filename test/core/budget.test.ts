import { describe, expect, test } from 'vitest'
import { Budget, budgetKinds, parseMemory } from '../../src/core/budget.js'

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
