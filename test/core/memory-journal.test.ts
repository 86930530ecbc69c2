import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryJournal } from '../../src/core/engine/memory/journal.js'
import { Pieces } from '../../src/core/engine/memory/pieces.js'
import { pack, read, rowOf, unpack } from '../../src/core/engine/memory/rows.js'
import type { NewEntry } from '../../src/core/engine/engine.js'
import { cut, keep } from '../../src/core/journal.js'

const body = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => keep(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => keep(bytes)),
  fc.integer({ min: 1, max: 70_000 }).map((length) => keep('语'.repeat(length))),
)
const call = fc.record({ url: fc.webPath(), requestBody: body, responseBody: body, status: fc.constantFrom(200, 404), requestHeaders: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }) })
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), call }) },
  { weight: 2, arbitrary: fc.constant({ do: 'drop' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), status: fc.constantFrom(200, 404) }) },
)

function entryOf(part: Partial<NewEntry>): NewEntry {
  return {
    at: 1.7e12, duration: 0.25, system: 'shop', operation: 'buy', method: 'GET', url: '/', requestHeaders: {}, requestBody: null, status: 200, responseHeaders: { 'x-many': ['a', 'b'] }, responseBody: null,
    user: '1', error: null, faults: [], violations: [], changes: [], preflight: false, version: 3, ...part,
  }
}

describe('the journal in memory', () => {
  test('holds what a list would hold, whatever is put in and taken out, and reads it as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const journal = new MemoryJournal(20, 1e9)
        let list: (NewEntry & { id: number; requests: number })[] = []
        let id = 0
        for (const one of steps) {
          if (one.do === 'add') {
            const entry = entryOf(one.call)
            const dropped = journal.add(entry, id)
            list.push({ ...entry, id: ++id, requests: id - 1 })
            expect(dropped).toEqual(list.splice(0, Math.max(0, list.length - 20)).map((gone) => gone.id))
          } else if (one.do === 'drop') expect(journal.dropOldest()).toEqual(list.splice(0, 1).map((gone) => gone.id))
          else {
            const fits = ({ status }: { readonly status: number }) => status === one.status
            expect(journal.remove(fits)).toEqual(list.filter(fits).map((gone) => gone.id))
            list = list.filter((entry) => !fits(entry))
          }
          expect([journal.size, journal.count]).toEqual([list.length, id])
        }
        expect(journal.entries()).toEqual(list)
        expect(journal.heads().map((head) => [head.id, head.url])).toEqual(list.map((entry) => [entry.id, entry.url]))
        const bodies = list.flatMap(({ requestBody, responseBody }) => [requestBody, responseBody]).reduce((sum, kept) => sum + (kept === null ? 0 : Buffer.byteLength(kept.content, kept.encoding)), 0)
        expect(journal.bytes).toBeGreaterThanOrEqual(bodies)
        journal.remove(() => true)
        expect(journal.bytes).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  test('keeps its bound in bytes however many calls pass through it, and takes up little more than what it holds', () => {
    const most = 300 * 1024
    const journal = new MemoryJournal(1_000_000, most)
    for (let i = 0; i < 5000; i++) {
      journal.add(entryOf({ url: `/${String(i)}`, responseBody: keep('x'.repeat((i * 37) % 3000)) }), i)
      expect(journal.bytes).toBeLessThanOrEqual(most)
    }
    expect(journal.entries().map(({ url }) => url)).toEqual(Array.from({ length: journal.size }, (_, i) => `/${String(5000 - journal.size + i)}`))
    const held = journal.entries().reduce((sum, { responseBody }) => sum + (responseBody?.size ?? 0), 0)
    expect(journal.bytes).toBeLessThan(2 * held)
    expect(held).toBeGreaterThan(100 * 1024)
  })

  test('may take up all that it may have, and not a byte more', () => {
    const sample = new MemoryJournal(10, 1e9)
    for (let i = 0; i < 3; i++) sample.add(entryOf({}), i)
    const kept = (most: number) => {
      const journal = new MemoryJournal(10, most)
      for (let i = 0; i < 3; i++) journal.add(entryOf({}), i)
      return journal.size
    }
    expect([kept(sample.bytes), kept(sample.bytes - 1)]).toEqual([3, 2])
  })

  test('tells of an entry only as long as it keeps it', () => {
    const journal = new MemoryJournal(10, 1e9)
    const events = ['/a', '/b', '/c'].map((url) => {
      journal.add(entryOf({ url, responseBody: keep(url) }), 1)
      return journal.latest()
    })
    journal.dropOldest()
    expect(events.map(({ entry }) => entry?.responseBody?.content)).toEqual([undefined, '/b', '/c'])
    const last = journal.latest()
    journal.remove(() => true)
    journal.add(entryOf({ url: '/d', responseBody: keep('/d') }), 1)
    expect([last.entry, journal.latest().entry?.url]).toEqual([null, '/d'])
  })

  test('hands out what has come since, in one', () => {
    const journal = new MemoryJournal(10, 1e9)
    expect(journal.packed(0)).toBeNull()
    for (let i = 0; i < 5; i++) journal.add(entryOf({ url: `/${String(i)}` }), i)
    journal.dropOldest()
    expect([0, 1, 2, 3, 4, 5, 6].map((after) => journal.packed(after)?.ids ?? null)).toEqual([[2, 3, 4, 5], [2, 3, 4, 5], [3, 4, 5], [4, 5], [5], null, null])
    expect(unpack(journal.packed(3)?.bytes ?? Buffer.alloc(0)).map(({ url }) => url)).toEqual(['/3', '/4'])
  })

  test('keeps the last call in any case', () => {
    const journal = new MemoryJournal(10, 1000)
    for (let i = 0; i < 3; i++) journal.add(entryOf({ responseBody: keep('x'.repeat(5000)) }), i)
    expect(journal.entries().map(({ id }) => id)).toEqual([3])
  })
})

test('entries that are kept in one are read from it as they were, wherever each of them has stood', () => {
  const [first, second] = [new Pieces(), new Pieces()]
  const rows = (pieces: Pieces, name: string) => [1, 2, 3].map((id) => rowOf(entryOf({ url: `/${name}`, responseBody: keep(`${name} ${String(id)}`) }), id, id, pieces))
  const [a, b] = [rows(first, 'a'), rows(second, 'b')]
  const orders = [[...a, ...b], [...b, ...a], [a[0], a[2]], [a[0], b[1], a[2]], [a[2], a[1], a[0]], [b[1]], []]
  for (const order of orders) {
    const chosen = order.filter((row) => row !== undefined)
    expect(unpack(pack(chosen))).toEqual(chosen.map((row) => read(row)))
  }
})

describe('what is too long for an entry', () => {
  const file = { id: 1, name: 'a.png', content: 'x'.repeat(5_000_000) }

  test('is cut and says how long it was; the rest stays as it is', () => {
    const short = cut({ url: '/', violations: [], changes: [{ collection: 'files', key: 1, before: null, after: file }] })
    expect(short?.changes).toEqual([{ collection: 'files', key: 1, before: null, after: { id: 1, name: 'a.png', content: `${'x'.repeat(1024)}… (5000000 characters)` } }])
    expect(short).not.toHaveProperty('changesLeftOut')
    expect(cut({ url: '/', violations: [], changes: [{ collection: 'files', key: 1, before: null, after: { ...file, content: 'x'.repeat(5000) } }] })).toBeNull()
  })

  test('is left out from the end where cutting is not enough, and counted', () => {
    const changes = Array.from({ length: 5000 }, (_, key) => ({ collection: 'items', key, before: null, after: { key, name: `item ${String(key)}` } }))
    const short = cut({ url: `/${'u'.repeat(20_000)}`, violations: Array.from({ length: 300 }, String), changes })
    const kept = short?.changes?.length ?? 0
    expect(kept).toBeGreaterThan(100)
    expect(short?.changes).toEqual(changes.slice(0, kept))
    expect(short?.changesLeftOut).toBe(5000 - kept)
    expect([short?.violations?.length, short?.violations?.at(-1)]).toEqual([101, 'and 200 more'])
    expect(short?.url).toBe(`/${'u'.repeat(16 * 1024 - 1)}… (20001 characters)`)
  })
})
