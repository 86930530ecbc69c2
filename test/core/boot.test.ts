import { describe, expect, test } from 'vitest'
import { resolveBoot } from '../../src/core/store/boot.js'

const BOOT = Date.UTC(2026, 2, 1, 18, 30, 15, 250)

describe('a time in a fixture', () => {
  test('is counted from boot, in milliseconds unless it says otherwise', () => {
    expect(resolveBoot({ at: { $boot: '-PT1H' }, list: [{ $boot: 'P1D' }] }, BOOT)).toEqual({ at: BOOT - 3_600_000, list: [BOOT + 86_400_000] })
  })

  test.each([
    ['datetime', '2026-03-02 02:30:15'],
    ['date', '2026-03-02'],
    ['slash', '2026/03/02'],
    ['iso', '2026-03-01T18:30:15.250Z'],
    ['seconds', Math.floor(BOOT / 1000)],
  ])('as %s', (as, expected) => {
    expect(resolveBoot({ $boot: 'PT0S', as }, BOOT)).toBe(expected)
  })

  test.each([
    [{ $boot: '10 days ago' }, '$boot must be a duration'],
    [{ $boot: 5 }, '$boot must be a duration'],
    [{ $boot: 'P1D', as: 'toString' }, '"as" must be one of datetime, date, slash, iso, seconds'],
    [{ $boot: 'P1D', zone: 'UTC' }, 'only "as" may stand beside $boot'],
  ])('%j is refused', (marker, message) => {
    expect(() => resolveBoot({ at: marker }, BOOT)).toThrow(message)
  })
})

test('everything else in a fixture stays as it is', () => {
  const fixture = { text: 'P1D', none: null, list: [1, true, { deep: ['x'] }] }
  expect(resolveBoot(fixture, BOOT)).toEqual(fixture)
})
