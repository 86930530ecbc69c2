import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alphabets, Ids } from '../../src/core/ids.js'

test('one seed gives one row of ids, another seed another', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const row = (seed: string) => {
        const ids = new Ids(seed)
        return [ids.hex(48), ids.text('letters', 20), ids.below(1000), ids.fraction()]
      }
      expect(row(a)).toEqual(row(a))
      if (a !== b) expect(row(a)[0]).not.toBe(row(b)[0])
    }),
  )
})

test('a seed gives what it always gave: what somebody has written down still fits', () => {
  const ids = new Ids('1/live/users')
  expect([ids.hex(24), ids.text('letters', 12), ids.below(1000)]).toEqual(['902d8fda41286977a4c8b6be', 'jaQbOtkMqaCF', 195])
})

test('seeds that differ in a number give no equal tokens in a million digits', () => {
  const tokens = new Set(Array.from({ length: 20_000 }, (_, i) => new Ids(`1/live/${String(i)}`).hex(48)))
  expect(tokens.size).toBe(20_000)
})

test('every character of an alphabet comes up about as often as the others', () => {
  const ids = new Ids('spread')
  for (const name of ['hex', 'letters', 'lowerAlphanumeric'] as const) {
    const counts = new Map<string, number>()
    const length = 20_000
    for (const character of ids.text(name, length)) counts.set(character, (counts.get(character) ?? 0) + 1)
    const expected = length / alphabets[name].length
    expect(counts.size).toBe(alphabets[name].length)
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(expected * 0.75)
      expect(count).toBeLessThan(expected * 1.25)
    }
  }
})
