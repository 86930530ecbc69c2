/** Records in an order, as json-server's lodash has it, but in slices: it would sort all of them in one piece. */
import type { Pace } from '../core/slices.js'

/** What records are sorted by. */
export interface SortField {
  readonly valueIn: (record: object) => Primitive
  readonly isDescending: boolean
}

/** What can be compared. */
export type Primitive = string | number | boolean | null | undefined

interface Keyed {
  readonly record: object
  /** Where it stood; of two that are alike the first stays first. */
  readonly place: number
  readonly values: readonly Primitive[]
}

type Compare = (one: Keyed, other: Keyed) => number

/** So many are sorted in one piece, and then merged. */
const RUN = 100
/** So many values are compared in one piece, where it cannot be known in which order. */
const COMPARED_AT_ONCE = 20_000
/** Ends a sort of the engine that is to go on later. */
const LATER = new Error('goes on later')

/** @returns the records sorted by one field after another */
export async function sortRecords(pace: Pace, records: readonly object[], fields: readonly SortField[]): Promise<readonly object[]> {
  const keyed = await pace.map(records.entries(), ([place, record]): Keyed => ({ record, place, values: fields.map(({ valueIn }) => valueIn(record)) }))
  const isOrdered = await pace.inSlices(areOrdered(keyed, fields.length))
  const compare: Compare = (one, other) => {
    for (let i = 0; i < fields.length; i++) {
      const order = compareValues(one.values[i], other.values[i])
      if (order !== 0) return fields[i]?.isDescending === true ? -order : order
    }
    return one.place - other.place
  }
  const sorted = await pace.inSlices(isOrdered ? mergeSort(keyed, compare) : sortAsTheEngine(keyed, compare, Math.ceil(COMPARED_AT_ONCE / fields.length)))
  return sorted.map(({ record }) => record)
}

/** What is missing comes last, and null before it. A text and a number are compared as numbers, as the language has it. */
function compareValues(one: Primitive, other: Primitive): number {
  if (one === other) return 0
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1
  if (one === null || other === null) return one === null ? 1 : -1
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : 1
  return Math.sign(Number(one) - Number(other)) || 0
}

/**
 * Texts among themselves have an order, and so have numbers with true and false. Of "10", 9.5 and "9" each is before the next, and the last
 * before the first.
 * @returns whether any two records have an order that a third does not contradict
 */
function* areOrdered(keyed: readonly Keyed[], fields: number): Generator<void, boolean> {
  for (let i = 0; i < fields; i++) {
    const types = new Set<string>()
    for (const { values } of keyed) {
      const value = values[i]
      if (value !== null && value !== undefined) types.add(typeof value)
      yield
    }
    if (types.has('string') && types.size > 1) return false
  }
  return true
}

function* mergeSort(keyed: readonly Keyed[], compare: Compare): Generator<void, readonly Keyed[]> {
  let runs: (readonly Keyed[])[] = []
  for (let start = 0; start < keyed.length; start += RUN) {
    runs.push(keyed.slice(start, start + RUN).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const merged: (readonly Keyed[])[] = []
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* merge(runs[i] ?? [], runs[i + 1] ?? [], compare))
    runs = merged
  }
  return runs[0] ?? []
}

function* merge(first: readonly Keyed[], second: readonly Keyed[], compare: Compare): Generator<void, readonly Keyed[]> {
  const merged: Keyed[] = []
  let at = 0
  for (const one of first) {
    for (let other = second[at]; other !== undefined && compare(other, one) < 0; other = second[++at]) {
      merged.push(other)
      yield
    }
    merged.push(one)
    yield
  }
  return merged.concat(second.slice(at))
}

/**
 * Where values contradict each other, what comes out depends on which are compared, and only the engine's own sort knows. It is broken off, and
 * begun anew in the next slice, where it is told what was found out before: so it comes to the same place, quickly.
 * @param atOnce so many comparisons are new each time
 */
function* sortAsTheEngine(keyed: readonly Keyed[], compare: Compare, atOnce: number): Generator<void, readonly Keyed[]> {
  const told: number[] = []
  for (;;) {
    const end = told.length + atOnce
    let asked = 0
    try {
      return [...keyed].sort((one, other) => {
        const known = told[asked++]
        if (known !== undefined) return known
        if (told.length === end) throw LATER
        const order = Math.sign(compare(one, other))
        told.push(order)
        return order
      })
    } catch (error) {
      if (error !== LATER) throw error
    }
    yield
  }
}
