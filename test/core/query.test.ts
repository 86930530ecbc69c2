import { parse } from 'node:querystring'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery } from '../../src/core/pipeline/query.js'

const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '&', '=', '%', '4', '+', 'é', '__proto__'), maxLength: 30 })

test('a query is taken apart as Node does it, of several values the last one counts', () => {
  fc.assert(
    fc.property(text, (search) => {
      const query = parseQuery(search)
      const expected = Object.entries(parse(search, '&', '=', { maxKeys: 0 })).map(([name, value]) => [name, typeof value === 'object' ? value.at(-1) : value] as const)
      expect(query.names.length).toBe(expected.length)
      for (const [name, value] of expected) expect(query.get(name)).toBe(value)
      expect(new Map(Object.entries(query.all))).toEqual(new Map(expected))
    }),
    { numRuns: 2000 },
  )
})
