/** One transaction over the layers of a replica: it notes what it reads, and keeps its writes to itself until it is committed. */
import type { Awaitable } from '../engine/engine.js'
import { haveSamePlace, type Index, type IndexKey, indexKeyOf, keyOf, type Order, type Source, type Collection } from './collection.js'
import { FileBag } from '../files.js'
import { Layer } from './layer.js'
import { type AnyCollection, type Change, type CollectionName, type Doc, type FileName, type Key, type Lookup, type Measure, type Page, type RecordMap, StoreError, type Transaction, type Window } from './types.js'
import { freezeDeep } from './world.js'

/** A collection as a transaction finds it. */
export interface OpenCollection {
  readonly collection: Collection
  readonly source: Source
}

/** Where sequences are kept: a collection that every store has. */
export const SEQUENCES = '_sequences'
const SEQUENCE_KEY = 'name'

/** @returns the field that is the key of a collection, be it one of the system's own or that of sequences */
export function keyFieldOf(definitions: Readonly<Record<string, AnyCollection>>, collection: string): string {
  return collection === SEQUENCES ? SEQUENCE_KEY : (definitions[collection]?.key ?? 'id')
}

/**
 * The names under which reads and writes are compared: `users/3` a record, `users#mobile=138…` a place in an index,
 * `users*` the collection as a whole.
 */
const recordName = (collection: Collection, key: Key) => `${collection.name}/${String(key)}`
const indexName = (collection: Collection, index: Index, at: IndexKey) => `${collection.name}#${index.name}=${String(at)}`
const wholeName = (collection: Collection) => `${collection.name}*`

/** @returns the names of all that these changes touch */
export function namesOf(open: ReadonlyMap<string, OpenCollection>, changes: readonly Change[]): Set<string> {
  const names = new Set<string>()
  for (const { collection: name, key, before, after } of changes) {
    const collection = open.get(name)?.collection
    if (collection === undefined) continue
    names.add(recordName(collection, key)).add(wholeName(collection))
    for (const index of collection.indexes) {
      for (const doc of [before, after]) {
        const at = doc ? indexKeyOf(index, doc) : undefined
        if (at !== undefined) names.add(indexName(collection, index, at))
      }
    }
  }
  return names
}

const NO_CHANGES: readonly Change[] = []

/** What a transaction runs on, as far as layers do not tell it. */
export interface Replica {
  /** @returns the bytes of a file that others have added; undefined where none of this hash are kept */
  file(hash: string): Awaitable<Uint8Array | undefined>
  /** @returns the version at which the collection became what it is, or a later one at which it was found so */
  changedAt(collection: string): number
}

/**
 * Records enter through typed writes or fixtures held to the same schema, so the name of a collection decides the type of what is in it:
 * on that ground alone records become types here, and types records.
 */
export class LayeredTransaction<Rs extends RecordMap> implements Transaction<Rs> {
  /** The version of the store that this transaction began with. */
  readonly version: number
  /** The names of all that was read. */
  readonly reads: string[] = []
  readonly #open: ReadonlyMap<string, OpenCollection>
  /** Collection -> the writes to it; null as long as nothing is written. */
  #layers: Map<string, Layer> | null = null
  readonly #replica: Replica
  /** The files that it has added; null as long as there are none. */
  #added: FileBag | null = null

  constructor(open: ReadonlyMap<string, OpenCollection>, version: number, replica: Replica) {
    this.#open = open
    this.version = version
    this.#replica = replica
  }

  addFile(bytes: Uint8Array): FileName {
    return (this.#added ??= new FileBag()).add(bytes)
  }

  async file(hash: string): Promise<Uint8Array | undefined> {
    return this.added(hash) ?? this.#replica.file(hash)
  }

  /** @returns the bytes of a file that this transaction has added */
  added(hash: string): Uint8Array | undefined {
    return this.#added?.files.get(hash)
  }

  async get<C extends CollectionName<Rs>>(name: C, key: Key): Promise<Rs[C] | undefined> {
    return this.#read(this.#source(name), key) as Rs[C] | undefined
  }

  async find<C extends CollectionName<Rs>>(name: C, fields: Lookup<Rs[C]>): Promise<Rs[C] | undefined> {
    return this.#lookup(name, fields, true)[0]
  }

  async findAll<C extends CollectionName<Rs>>(name: C, fields: Lookup<Rs[C]>): Promise<readonly Rs[C][]> {
    return this.#lookup(name, fields, false)
  }

  async page<C extends CollectionName<Rs>>(name: C, orderName: string, window: Window): Promise<Page<Rs[C]>> {
    const { collection, source } = this.#source(name)
    const order = this.#order(collection, orderName)
    this.reads.push(wholeName(collection))
    const items = source.slice(order, window.offset, window.limit)
    return { items: items as readonly Rs[C][], total: source.count(order) }
  }

  async list<C extends CollectionName<Rs>>(name: C, where: (record: Rs[C]) => boolean = () => true): Promise<readonly Rs[C][]> {
    const { collection, source } = this.#source(name)
    this.reads.push(wholeName(collection))
    const found: Rs[C][] = []
    for (const doc of source.scan()) {
      const record = doc as Rs[C]
      if (where(record)) found.push(record)
    }
    return found
  }

  async part<C extends CollectionName<Rs>>(name: C, { offset, limit }: Window): Promise<Page<Rs[C]>> {
    const { collection, source } = this.#source(name)
    this.reads.push(wholeName(collection))
    const items: Rs[C][] = []
    let at = 0
    for (const doc of source.scan()) {
      if (items.length >= limit) break
      if (at >= offset) items.push(doc as Rs[C])
      at++
    }
    return { items, total: source.size }
  }

  async measure(name: CollectionName<Rs>): Promise<Measure> {
    const { collection, source } = this.#source(name)
    this.reads.push(wholeName(collection))
    return { count: source.size, version: this.#replica.changedAt(name) }
  }

  async insert<C extends CollectionName<Rs>>(name: C, record: Rs[C]): Promise<Rs[C]> {
    const open = this.#source(name)
    const key = keyOf(open.collection, record as Doc)
    if (this.#read(open, key) !== undefined) throw new StoreError('keyTaken', `${recordName(open.collection, key)} exists`)
    return this.#write(open, key, undefined, record)
  }

  async update<C extends CollectionName<Rs>>(name: C, key: Key, patch: Partial<Rs[C]>): Promise<Rs[C]> {
    const open = this.#source(name)
    const before = this.#read(open, key)
    if (before === undefined) throw new StoreError('noRecord', `${recordName(open.collection, key)} does not exist`)
    const record = { ...(before as Rs[C]), ...patch }
    if (keyOf(open.collection, record) !== key) throw new StoreError('keyChanged', `the key of ${recordName(open.collection, key)} cannot be changed`)
    return this.#write(open, key, before, record)
  }

  async put<C extends CollectionName<Rs>>(name: C, record: Rs[C]): Promise<Rs[C]> {
    const open = this.#source(name)
    const key = keyOf(open.collection, record as Doc)
    return this.#write(open, key, this.#read(open, key), record)
  }

  async delete(name: CollectionName<Rs>, key: Key): Promise<boolean> {
    const open = this.#source(name)
    if (this.#read(open, key) === undefined) return false
    this.#layer(open).set(key, null)
    return true
  }

  async next(sequence: string, first: number): Promise<number> {
    const open = this.#source(SEQUENCES)
    const kept = this.#read(open, sequence)?.['value']
    const value = typeof kept === 'number' ? kept + 1 : first
    this.#layer(open).set(sequence, { name: sequence, value })
    return value
  }

  /** @returns the records that committing this transaction would change */
  changes(): readonly Change[] {
    if (this.#layers === null) return NO_CHANGES
    const changes: Change[] = []
    for (const layer of this.#layers.values()) layer.addChanges(changes)
    return changes
  }

  /** @param before the record that it takes the place of */
  #write<R>(open: OpenCollection, key: Key, before: Doc | undefined, record: R): R {
    const doc = record as Doc
    for (const index of open.collection.indexes) {
      // Where the record stays in its place, nobody else has that; where it does not, it is not there itself.
      if (!index.unique || (before !== undefined && haveSamePlace(index, before, doc))) continue
      const at = indexKeyOf(index, doc)
      if (at === undefined) continue
      this.reads.push(indexName(open.collection, index, at))
      if (open.source.lookup(index, at).length > 0) throw new StoreError('valueTaken', `another record of ${open.collection.name} has the same ${index.name}: ${String(at)}`)
    }
    this.#layer(open).set(key, freezeDeep(doc))
    return record
  }

  #read(open: OpenCollection, key: Key): Doc | undefined {
    this.reads.push(recordName(open.collection, key))
    return open.source.get(key)
  }

  #lookup<C extends CollectionName<Rs>>(name: C, fields: Lookup<Rs[C]>, unique: boolean): readonly Rs[C][] {
    const { collection, source } = this.#source(name)
    const doc = fields as Doc
    const names = Object.keys(doc)
    const wanted = names.length === 1 && names[0] !== undefined ? names[0] : names.sort().join(',')
    const index = collection.indexByName.get(wanted)
    if (index === undefined || index.unique !== unique) {
      throw new StoreError('unknownIndex', `${name} has no ${unique ? 'unique' : 'plain'} index of ${wanted}`)
    }
    const at = indexKeyOf(index, doc)
    if (at === undefined) return []
    this.reads.push(indexName(collection, index, at))
    return source.lookup(index, at) as readonly Rs[C][]
  }

  #order(collection: Collection, name: string): Order {
    const order = collection.orders.get(name)
    if (order === undefined) throw new StoreError('unknownIndex', `${collection.name} has no order called ${name}`)
    return order
  }

  /** The collection as this transaction sees it, its own writes included. */
  #source(name: string): OpenCollection {
    const open = this.#open.get(name)
    if (open === undefined) throw new StoreError('unknownCollection', `no collection is called ${name}`)
    const layer = this.#layers?.get(name)
    return layer === undefined ? open : { collection: open.collection, source: layer }
  }

  #layer({ collection, source }: OpenCollection): Layer {
    const layers = (this.#layers ??= new Map<string, Layer>())
    let layer = layers.get(collection.name)
    if (layer === undefined) layers.set(collection.name, (layer = new Layer(collection, source)))
    return layer
  }
}
