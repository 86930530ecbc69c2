/** Job's money: exact, whatever the amount. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fenOf, priceOf, yuanOf } from '../src/systems/job/money.js'

/** Ten million million yuan; the contract takes amounts below a thousand million. */
const MOST_FEN = 1e15

/** Decimal text of so many fen without any arithmetic on fractions. */
function decimal(fen: number): string {
  const digits = String(fen).padStart(3, '0')
  const fraction = digits.slice(-2).replace(/0+$/, '')
  return fraction === '' ? digits.slice(0, -2) : `${digits.slice(0, -2)}.${fraction}`
}

const anyFen = fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.maxSafeInteger().map((n) => Math.abs(n) % MOST_FEN))

test.each([
  [9450, '94.5'],
  [1, '0.01'],
  [10, '0.1'],
  [0, '0'],
  [500, '5'],
  [29, '0.29'],
  [MOST_FEN, '10000000000000'],
])('%i fen are written as %s', (fen, text) => {
  expect(JSON.stringify(yuanOf(fen))).toBe(text)
})

test('JSON writes any number of fen with exactly the digits meant, and reads them back', () => {
  fc.assert(
    fc.property(anyFen, (fen) => {
      expect(JSON.stringify(yuanOf(fen))).toBe(decimal(fen))
      expect(fenOf(JSON.stringify(yuanOf(fen)))).toBe(fen)
    }),
    { numRuns: 5000 },
  )
})

test('an amount is the same with and without its zeros', () => {
  expect(['5', '5.0', '5.00', '0.05', '0.5', '999999999.99'].map(fenOf)).toEqual([500, 500, 500, 5, 50, 99_999_999_999])
})

test('a tenth on top is rounded half up, and exact for the largest task', () => {
  expect(priceOf(500, 2)).toBe(1100)
  expect(priceOf(15, 1)).toBe(17) // 16.5
  expect(priceOf(11, 1)).toBe(12) // 12.1
  expect(priceOf(14, 1)).toBe(15) // 15.4
  expect(priceOf(99_999_999_999, 10_000)).toBe(1_099_999_999_989_000)
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 99_999_999_999 }), fc.integer({ min: 1, max: 10_000 }), (award, count) => {
      const tenTimes = BigInt(award) * BigInt(count) * 11n
      const price = BigInt(priceOf(award, count))
      expect(price * 10n - tenTimes).toBeGreaterThan(-5n)
      expect(price * 10n - tenTimes).toBeLessThanOrEqual(5n)
    }),
  )
})
