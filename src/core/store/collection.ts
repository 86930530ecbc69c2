/** Declared collections made ready for use: index keys, comparators, and what both layers of the store have in common. */
import { isObject } from '../../plain/json.js'
import { type AnyCollection, type Doc, type Key, type Ordering, StoreError } from './types.js'

/** A value under which an index files a record. */
export type IndexKey = string | number | boolean | null

export interface Index {
  /** The field names in alphabetical order, joined by commas; what a query of these fields looks up. */
  readonly name: string
  readonly parts: readonly Part[]
  readonly unique: boolean
}

/** A field that an index looks at: `b` of `a.b` is a part of the record's object `a`. */
interface Part {
  readonly field: string
  /** Where it is to be found in a record; null for a field of the record itself. */
  readonly inside: { readonly outer: string; readonly inner: string } | null
}

export interface Order {
  readonly name: string
  readonly compare: (a: Doc, b: Doc) => number
  readonly where: (doc: Doc) => boolean
}

export interface Collection {
  readonly name: string
  readonly key: string
  readonly indexes: readonly Index[]
  readonly indexByName: ReadonlyMap<string, Index>
  readonly orders: ReadonlyMap<string, Order>
  readonly namesFiles: boolean
}

/** One level of a collection: the world, a sandbox's changes above it, or a transaction's writes above those. */
export interface Source {
  get(key: Key): Doc | undefined
  lookup(index: Index, at: IndexKey): readonly Doc[]
  scan(): Iterable<Doc>
  /** How many records there are. */
  readonly size: number
  /** How many records belong to the order. */
  count(order: Order): number
  /** The records of the order from `offset` on. */
  slice(order: Order, offset: number, limit: number): readonly Doc[]
  /** How many records of the order come before `doc`, whether it is among them or not. */
  rank(order: Order, doc: Doc): number
  /** Grows with every change, so that what was derived from this source can be told to be old. */
  readonly revision: number
}

/**
 * @param name the collection
 * @param definition as declared by a system
 * @returns the definition made ready
 */
export function compileCollection(name: string, definition: AnyCollection): Collection {
  const indexes = [
    ...(definition.unique ?? []).map((fields) => compileIndex(fields, true)),
    ...(definition.index ?? []).map((fields) => compileIndex(fields, false)),
  ]
  const orders = Object.entries(definition.order ?? {}).map(([order, ordering]) => compileOrder(order, ordering, definition.key))
  return {
    name,
    key: definition.key,
    indexes,
    indexByName: new Map(indexes.map((index) => [index.name, index])),
    orders: new Map(orders.map((order) => [order.name, order])),
    namesFiles: definition.namesFiles === true,
  }
}

function compileIndex(fields: readonly string[], unique: boolean): Index {
  const sorted = [...fields].sort()
  return { name: sorted.join(','), parts: sorted.map(compilePart), unique }
}

function compilePart(field: string): Part {
  const dot = field.indexOf('.')
  return { field, inside: dot === -1 ? null : { outer: field.slice(0, dot), inner: field.slice(dot + 1) } }
}

function compileOrder(name: string, ordering: Ordering<never>, key: string): Order {
  const terms = ordering.by.map((term) => (term.startsWith('-') ? { field: term.slice(1), sign: -1 } : { field: term, sign: 1 }))
  terms.push({ field: key, sign: terms.at(-1)?.sign ?? 1 })
  return {
    name,
    compare: (a, b) => {
      for (const { field, sign } of terms) {
        const result = compareValues(a[field], b[field])
        if (result !== 0) return result * sign
      }
      return 0
    },
    // Declared with the type of the collection's records, which are all that it is asked about.
    where: (ordering.where as ((doc: Doc) => boolean) | undefined) ?? everything,
  }
}

const everything = () => true

/** @returns below, at or above 0; null and undefined come first, numbers by value, all else by its text */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined) return -1
  if (b === null || b === undefined) return 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const left = asText(a)
  const right = asText(b)
  if (left === right) return 0
  return left < right ? -1 : 1
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** @returns what the index files the record under, or undefined when it leaves it out */
export function indexKeyOf({ parts, unique }: Index, doc: Doc): IndexKey | undefined {
  const [first] = parts
  if (first !== undefined && parts.length === 1) {
    const value = partOf(doc, first)
    return value === null && unique ? undefined : value
  }
  const values: IndexKey[] = []
  for (const part of parts) values.push(partOf(doc, part))
  if (unique && values.includes(null)) return undefined
  return JSON.stringify(values)
}

/** @returns whether the index files both records in the same place */
export function haveSamePlace({ parts }: Index, one: Doc, other: Doc): boolean {
  for (const part of parts) if (partOf(one, part) !== partOf(other, part)) return false
  return true
}

/** A query has a part of an object under its whole name. What no index can hold counts as nothing. */
function partOf(doc: Doc, { field, inside }: Part): IndexKey {
  let value = doc[field]
  if (value === undefined && inside !== null) {
    const outer = doc[inside.outer]
    value = isObject(outer) ? outer[inside.inner] : undefined
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** @returns the value of the record's key field; throws StoreError when it is neither text nor number */
export function keyOf(collection: Collection, doc: Doc): Key {
  const key = doc[collection.key]
  if (typeof key === 'string' || typeof key === 'number') return key
  throw new StoreError('keyChanged', `a record of ${collection.name} needs a text or a number as its ${collection.key}`)
}

/** @returns the first position in `[0, length)` at which `isBefore` no longer holds; binary search */
export function lowerBound(length: number, isBefore: (position: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
