/**
 * Money. Records hold whole fen, the wire holds yuan; only this file turns one into the other, and it never computes with a fraction.
 */

/**
 * @param amount decimal text with at most two places, as the contract's `Amount` has it: `94.5`
 * @returns fen
 */
export function fenOf(amount: string): number {
  const [yuan = '', fraction = ''] = amount.split('.')
  return Number(yuan + fraction.padEnd(2, '0'))
}

/**
 * @param fen a whole number
 * @returns yuan as a number that JSON writes with exactly the digits meant: 9450 as `94.5`.
 * The quotient is the number nearest to that decimal, and JSON writes the shortest decimal that is nearest to a number.
 */
export function yuanOf(fen: number): number {
  return fen / 100
}

/** A tenth of the awards is the platform's fee. */
const ELEVENTHS = 11n
const TENTHS = 10n
const HALF = 5n

/** @returns what publishing takes: award × count × 1.1 in fen, rounded half up. Exact also where the product leaves the range of numbers. */
export function priceOf(awardFen: number, count: number): number {
  return Number((BigInt(awardFen) * BigInt(count) * ELEVENTHS + HALF) / TENTHS)
}
