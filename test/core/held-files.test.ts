/** How many bytes the files of all sandboxes may take up together. */
import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { runningClock } from '../../src/core/clock.js'
import { HeldFiles } from '../../src/core/engine/memory/held-files.js'
import { Shelf } from '../../src/core/engine/memory/shelf.js'

const MIB = 1024 * 1024

const house = { keyOf: (_system: string, _collection: string, doc: object) => ('hash' in doc ? String(doc.hash) : 0), fileOf: (_system: string, _collection: string, doc: object) => ('hash' in doc ? String(doc.hash) : undefined) }
const control = { clock: runningClock, requests: 0, seed: '1', era: 1, systems: {}, faults: [], nextFault: 1 }
const files = (...given: readonly [hash: string, bytes: number][]) => new Map(given.map(([hash, bytes]) => [hash, new Uint8Array(bytes)]))

/** 4 MiB for the files of all sandboxes, 2 for those of one. */
function place() {
  const budget = new Budget(16 * MIB)
  const shelf = new Shelf(budget, null)
  /** @returns a sandbox that has these files */
  const holding = (...given: readonly [hash: string, bytes: number][]) => new HeldFiles(shelf, house, { control, origin: { boot: 0, scale: 0 }, stores: { shop: { pictures: { put: given.map(([hash]) => ({ hash })), deleted: [] } } } }, files(...given))
  return { budget, shelf, holding }
}

test('files are refused where those of all sandboxes would be more than may be; one that is there already takes up nothing, however full it is', () => {
  const { budget, holding } = place()
  holding(['a', 2 * MIB])
  holding(['b', MIB])
  const another = holding()
  expect(another.refusal(files(['c', MIB]))).toBeNull()
  expect(another.refusal(files(['c', MIB + 1]))?.message).toBe('The files of all sandboxes may take up 4 MiB, and this would be more. Delete or reset some sandboxes, or start the server with a larger --max-memory.')
  expect(another.refusal(files(['a', 2 * MIB]))).toBeNull()
  // As where a folder is opened with less memory than it was filled with.
  holding(['d', 2 * MIB])
  expect(budget.used('files')).toBe(5 * MIB)
  expect([another.refusal(files(['a', 2 * MIB])), another.refusal(files(['c', 1]))?.name]).toEqual([null, 'NoRoom'])
})

test('a sandbox that has more than it may, as where a folder is opened with less memory than it was filled with, is refused more, and not what it has', () => {
  const { holding } = place()
  const full = holding(['a', 2 * MIB], ['b', MIB / 2])
  expect([full.refusal(files(['a', 2 * MIB])), full.refusal(files(['c', 1]))?.message]).toEqual([null, expect.stringMatching(/^The files of one sandbox may take up 2 MiB, and this would be more\./)])
})

test('files that take the place of others have their room, but for those that stay or that somebody else holds', () => {
  const { holding } = place()
  holding(['x', 1.5 * MIB], ['shared', MIB / 2])
  holding(['y', MIB])
  const one = holding(['own', MIB], ['shared', MIB / 2])
  // All 4 MiB are taken; half of what this one holds would go with it.
  const instead = (...given: readonly [hash: string, bytes: number][]) => one.refusalInstead(files(...given))?.name ?? null
  expect([instead(['new', MIB]), instead(['new', MIB + 1]), instead(['own', MIB], ['new', 1]), instead(['x', 1.5 * MIB], ['new', MIB / 2]), instead(['new', MIB / 2], ['x', 1.5 * MIB + 1])]).toEqual([null, 'NoRoom', 'NoRoom', null, 'NoRoom'])
})

test('a file of which the bytes are gone is lacking, and its place is nobody\'s', () => {
  const { budget, shelf } = place()
  const lacking = new HeldFiles(shelf, house, { control, origin: { boot: 0, scale: 0 }, stores: { shop: { pictures: { put: [{ hash: 'gone' }, { id: 1 }, { hash: 'there' }], deleted: [] } } } }, files(['there', 5]))
  expect([lacking.lacks, lacking.spare, budget.used('files')]).toEqual([true, 0, 5])
  lacking.end()
  expect([lacking.lacks, budget.used('files')]).toEqual([false, 0])
})
