/** How many bytes the files of all sandboxes may take up together. */
import { expect, test } from 'vitest'
import { Budget } from '../../src/core/budget.js'
import { runningClock } from '../../src/core/clock.js'
import { HeldFiles } from '../../src/core/engine/memory/held-files.js'
import { Shelf } from '../../src/core/engine/memory/shelf.js'

const MIB = 1024 * 1024

test('files are refused where those of all sandboxes would be more than may be; one that is there already takes up nothing, however full it is', () => {
  const budget = new Budget(16 * MIB)
  const shelf = new Shelf(budget, null)
  const house = { keyOf: () => 1, fileOf: (_system: string, _collection: string, doc: object) => ('hash' in doc ? String(doc.hash) : undefined) }
  const control = { clock: runningClock, requests: 0, seed: '1', era: 1, systems: {}, faults: [], nextFault: 1 }
  const files = (hash: string, bytes: number) => new Map([[hash, new Uint8Array(bytes)]])
  /** A sandbox that has one file, or none. */
  const holding = (...given: readonly [hash: string, bytes: number][]) => new HeldFiles(shelf, house, { control, origin: { boot: 0, scale: 0 }, stores: { shop: { pictures: { put: given.map(([hash]) => ({ hash })), deleted: [] } } } }, new Map(given.flatMap(([hash, bytes]) => [...files(hash, bytes)])))
  holding(['a', 2 * MIB])
  holding(['b', MIB])
  const another = holding()
  expect(another.refusal(files('c', MIB))).toBeNull()
  expect(another.refusal(files('c', MIB + 1))?.message).toBe('The files of all sandboxes may take up 4 MiB, and this would be more. Delete or reset some sandboxes, or start the server with a larger --max-memory.')
  expect(another.refusal(files('a', 2 * MIB))).toBeNull()
  // As where a folder is opened with less memory than it was filled with.
  holding(['d', 2 * MIB])
  expect(budget.used('files')).toBe(5 * MIB)
  expect([another.refusal(files('a', 2 * MIB)), another.refusal(files('c', 1))?.name]).toEqual([null, 'NoRoom'])
})
