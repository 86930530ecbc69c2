/** The world: what a system holds at the start. Loaded and indexed once, shared by all sandboxes, never changed. */
import {
  type Collection,
  compileCollection,
  type Index,
  type IndexKey,
  indexKeyOf,
  keyOf,
  lowerBound,
  type Order,
  type Source,
} from './collection.js'
import type { Files } from '../files.js'
import { type AnyCollection, type Doc, type Key, StoreError } from './types.js'

/** One collection of a world. */
class WorldCollection implements Source {
  readonly revision = 0
  readonly #docs = new Map<Key, Doc>()
  readonly #indexes = new Map<string, Map<IndexKey, Doc[]>>()
  readonly #orders = new Map<string, Doc[]>()

  constructor(collection: Collection, records: readonly Doc[]) {
    for (const record of records) {
      const key = keyOf(collection, record)
      if (this.#docs.has(key)) throw new StoreError('keyTaken', `${collection.name} holds two records with ${collection.key} ${String(key)}`)
      this.#docs.set(key, freezeDeep(record))
    }
    for (const index of collection.indexes) this.#indexes.set(index.name, fileUnder(collection, index, records))
    for (const order of collection.orders.values()) {
      this.#orders.set(order.name, records.filter((doc) => order.where(doc)).sort(order.compare))
    }
  }

  get(key: Key): Doc | undefined {
    return this.#docs.get(key)
  }

  lookup(index: Index, at: IndexKey): readonly Doc[] {
    return this.#indexes.get(index.name)?.get(at) ?? []
  }

  scan(): Iterable<Doc> {
    return this.#docs.values()
  }

  get size(): number {
    return this.#docs.size
  }

  count(order: Order): number {
    return this.#sorted(order).length
  }

  slice(order: Order, offset: number, limit: number): readonly Doc[] {
    return this.#sorted(order).slice(offset, offset + limit)
  }

  rank(order: Order, doc: Doc): number {
    const sorted = this.#sorted(order)
    return lowerBound(sorted.length, (position) => {
      const other = sorted[position]
      return other !== undefined && order.compare(other, doc) < 0
    })
  }

  #sorted(order: Order): readonly Doc[] {
    return this.#orders.get(order.name) ?? []
  }
}

/** All collections of a system at the start. */
export interface World {
  readonly collections: ReadonlyMap<string, { readonly collection: Collection; readonly source: Source }>
  /** The clock reading that relative times of the fixtures were counted from. */
  readonly boot: number
  /** The files that its records name. */
  readonly files: Files
}

/**
 * @param definitions the collections that a system declares
 * @param records collection -> its records; relative times already resolved
 * @param boot the clock reading that they were resolved against
 * @param files the files that they name
 * @returns the world, indexed
 * @throws StoreError when records stand in an undeclared collection, or a key or unique value occurs twice
 */
export function buildWorld(
  definitions: Readonly<Record<string, AnyCollection>>,
  records: Readonly<Record<string, readonly Doc[]>>,
  boot: number,
  files: Files = new Map(),
): World {
  for (const name of Object.keys(records)) {
    if (definitions[name] === undefined) throw new StoreError('unknownCollection', `no collection is called ${name}`)
  }
  const collections = new Map<string, { collection: Collection; source: Source }>()
  for (const [name, definition] of Object.entries(definitions)) {
    const collection = compileCollection(name, definition)
    collections.set(name, { collection, source: new WorldCollection(collection, records[name] ?? []) })
  }
  return { collections, boot, files }
}

function fileUnder(collection: Collection, index: Index, records: readonly Doc[]): Map<IndexKey, Doc[]> {
  const filed = new Map<IndexKey, Doc[]>()
  for (const record of records) {
    const at = indexKeyOf(index, record)
    if (at === undefined) continue
    const bucket = filed.get(at)
    if (bucket === undefined) filed.set(at, [record])
    else if (index.unique) throw new StoreError('valueTaken', `${collection.name} holds two records with the same ${index.name}: ${String(at)}`)
    else bucket.push(record)
  }
  return filed
}

/** Freezes a JSON value all the way down, so that no handler can change what sandboxes share. */
export function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    // Names of the places of a list would be texts, made for nothing.
    if (Array.isArray(value)) for (const part of value) freezeDeep(part)
    else {
      for (const name in value) {
        const part = value[name]
        if (typeof part === 'object' && part !== null) freezeDeep(part)
      }
    }
  }
  return value
}
