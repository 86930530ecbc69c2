/**
 * A layer: what differs from the source below it. A sandbox is a layer over the world, a transaction is a layer over its sandbox.
 * Nothing of the source is copied, so a new layer costs the same over 10 records and over 1,000,000.
 */
import { WeighedChange } from '../engine/weigh.js'
import { type Collection, type Index, type IndexKey, haveSamePlace, indexKeyOf, type Order, type Source } from './collection.js'
import type { Change, Doc, Key } from './types.js'

/** A place in an order of the source below at which this layer takes a record out or puts one in. */
interface Edit {
  /** Position in the order of the source below. */
  readonly at: number
  /** The record put in before that position; null when the one at that position is taken out. */
  readonly put: Doc | null
}

interface EditList {
  readonly revision: string
  readonly edits: readonly Edit[]
  /** How much longer the list is than that of the source below. */
  readonly growth: number
}

/** Index name -> what it files under -> keys. */
type Indexes = Map<string, Map<IndexKey, Filed>>
/** Most places of an index hold one record, so its key stands there by itself. */
type Filed = Key | Set<Key>

/** So many records are looked through one by one. */
const SMALL = 8

const NONE: readonly Doc[] = []

/** The changes to one collection. */
export class Layer implements Source {
  readonly #collection: Collection
  readonly #below: Source
  /** Key -> the record in this layer, or null where it is deleted. */
  readonly #docs = new Map<Key, Doc | null>()
  /** Null while the layer is so small that looking through it costs less than keeping an index of it. */
  #indexes: Indexes | null = null
  /** Order -> what this layer does to it; null until somebody asks for an order. */
  #edits: Map<string, EditList> | null = null
  #revision = 0
  /** How many records there are, as of a revision; null until somebody asks. */
  #counted: { readonly revision: string; readonly size: number } | null = null

  constructor(collection: Collection, below: Source) {
    this.#collection = collection
    this.#below = below
  }

  get revision(): number {
    return this.#revision + this.#below.revision
  }

  /** The keys that this layer changes, with the record or null, in the order of their first change. */
  get entries(): ReadonlyMap<Key, Doc | null> {
    return this.#docs
  }

  /** Adds to the list what this layer changes, against the source below. */
  addChanges(changes: Change[]): void {
    for (const [key, after] of this.#docs) changes.push(new WeighedChange(this.#collection.name, key, this.#below.get(key) ?? null, after))
  }

  get(key: Key): Doc | undefined {
    const own = this.#docs.get(key)
    if (own !== undefined) return own ?? undefined
    return this.#below.get(key)
  }

  /** Writes the record under its key, or deletes what is there when it is null. */
  set(key: Key, doc: Doc | null): void {
    this.#revision++
    const before = this.#docs.get(key)
    if (doc === null && this.#below.get(key) === undefined) this.#docs.delete(key)
    else this.#docs.set(key, doc)
    if (this.#indexes) this.#file(this.#indexes, key, before ?? null, doc)
    else if (this.#docs.size > SMALL) this.#indexes = this.#fileAll()
  }

  lookup(index: Index, at: IndexKey): readonly Doc[] {
    if (this.#docs.size === 0) return this.#below.lookup(index, at)
    const below = this.#below.lookup(index, at)
    const own = this.#lookupOwn(index, at)
    if (below.length === 0) return own
    const untouched = below.filter((doc) => !this.#docs.has(this.#key(doc)))
    return own.length === 0 ? untouched : [...untouched, ...own]
  }

  /** The records of this layer that the index files there. */
  #lookupOwn(index: Index, at: IndexKey): readonly Doc[] {
    if (this.#indexes === null) {
      const found: Doc[] = []
      for (const doc of this.#docs.values()) if (doc && indexKeyOf(index, doc) === at) found.push(doc)
      return found
    }
    const filed = this.#indexes.get(index.name)?.get(at)
    if (filed === undefined) return NONE
    if (filed instanceof Set) return [...filed].map((key) => this.#docs.get(key)).filter((doc) => doc !== undefined && doc !== null)
    const doc = this.#docs.get(filed)
    return doc ? [doc] : NONE
  }

  *scan(): Iterable<Doc> {
    const seen = new Set<Key>()
    for (const doc of this.#below.scan()) {
      const key = this.#key(doc)
      const own = this.#docs.get(key)
      if (own === undefined) yield doc
      else {
        seen.add(key)
        if (own) yield own
      }
    }
    for (const [key, doc] of this.#docs) if (doc && !seen.has(key)) yield doc
  }

  get size(): number {
    const revision = this.#state()
    if (this.#counted?.revision === revision) return this.#counted.size
    let size = this.#below.size
    for (const [key, doc] of this.#docs) size += Number(doc !== null) - Number(this.#below.get(key) !== undefined)
    this.#counted = { revision, size }
    return size
  }

  count(order: Order): number {
    if (this.#docs.size === 0) return this.#below.count(order)
    return this.#below.count(order) + this.#editsOf(order).growth
  }

  rank(order: Order, doc: Doc): number {
    const below = this.#below.rank(order, doc)
    if (this.#docs.size === 0) return below
    let rank = below
    for (const edit of this.#editsOf(order).edits) {
      if (edit.put === null) {
        if (edit.at < below) rank--
      } else if (order.compare(edit.put, doc) < 0) rank++
    }
    return rank
  }

  slice(order: Order, offset: number, limit: number): readonly Doc[] {
    if (this.#docs.size === 0) return this.#below.slice(order, offset, limit)
    const { edits } = this.#editsOf(order)
    const result: Doc[] = []
    const end = offset + limit
    let from = 0 // position in the order below
    let at = 0 // position in this layer's order
    for (const edit of edits) {
      if (at >= end) return result
      this.#take(order, { from, until: edit.at, at, offset, end }, result)
      at += edit.at - from
      from = edit.at
      if (edit.put === null) from++
      else {
        if (at >= offset && at < end) result.push(edit.put)
        at++
      }
    }
    this.#take(order, { from, until: Number.POSITIVE_INFINITY, at, offset, end }, result)
    return result
  }

  /** Copies the part of a run of the order below that lies in the window. */
  #take(order: Order, run: { from: number; until: number; at: number; offset: number; end: number }, result: Doc[]): void {
    const skipped = Math.max(0, run.offset - run.at)
    const length = Math.min(run.until - run.from, run.end - run.at) - skipped
    if (length > 0) result.push(...this.#below.slice(order, run.from + skipped, length))
  }

  #editsOf(order: Order): EditList {
    const revision = this.#state()
    const kept = this.#edits?.get(order.name)
    if (kept?.revision === revision) return kept
    const list = { revision, ...this.#collectEdits(order) }
    this.#edits ??= new Map()
    this.#edits.set(order.name, list)
    return list
  }

  /** What anything that was derived from this layer is valid for. */
  #state(): string {
    return `${String(this.#revision)}/${String(this.#below.revision)}`
  }

  #collectEdits(order: Order): { edits: readonly Edit[]; growth: number } {
    const removals: Edit[] = []
    const puts: Doc[] = []
    for (const [key, doc] of this.#docs) {
      const replaced = this.#below.get(key)
      if (replaced && order.where(replaced)) removals.push({ at: this.#below.rank(order, replaced), put: null })
      if (doc && order.where(doc)) puts.push(doc)
    }
    const additions = puts.sort(order.compare).map((put): Edit => ({ at: this.#below.rank(order, put), put }))
    // What is put in before a position comes before what is taken out at it; the sort is stable.
    const edits = [...additions, ...removals].sort((a, b) => a.at - b.at)
    return { edits, growth: additions.length - removals.length }
  }

  #key(doc: Doc): Key {
    const key = doc[this.#collection.key]
    return typeof key === 'number' ? key : String(key)
  }

  #fileAll(): Indexes {
    const indexes: Indexes = new Map()
    for (const [key, doc] of this.#docs) if (doc) this.#file(indexes, key, null, doc)
    return indexes
  }

  /** Files the record anew where an index has another place for it than before; null: there was, or is, none. */
  #file(indexes: Indexes, key: Key, before: Doc | null, after: Doc | null): void {
    for (const index of this.#collection.indexes) {
      if (before && after && haveSamePlace(index, before, after)) continue
      const from = before ? indexKeyOf(index, before) : undefined
      const to = after ? indexKeyOf(index, after) : undefined
      const places = indexes.get(index.name) ?? new Map<IndexKey, Filed>()
      indexes.set(index.name, places)
      if (from !== undefined) takeOut(places, from, key)
      if (to !== undefined) putIn(places, to, key)
    }
  }
}

function putIn(places: Map<IndexKey, Filed>, at: IndexKey, key: Key): void {
  const filed = places.get(at)
  if (filed === undefined) places.set(at, key)
  else if (filed instanceof Set) filed.add(key)
  else if (filed !== key) places.set(at, new Set([filed, key]))
}

function takeOut(places: Map<IndexKey, Filed>, at: IndexKey, key: Key): void {
  const filed = places.get(at)
  if (filed instanceof Set) filed.delete(key)
  if (filed === key || (filed instanceof Set && filed.size === 0)) places.delete(at)
}
