/** One transaction over the layers of a replica: it notes what it reads, and keeps its writes to itself until it is committed. */
import type { Awaitable } from '../engine/engine.js'
import { type Index, type IndexKey, indexKeyOf, keyOf, type Order, type Source, type Collection } from './collection.js'
import { FileBag } from '../files.js'
import { Layer } from './layer.js'
import { type AnyCollection, type Change, type CollectionName, type Doc, type FileName, type Key, type Lookup, type Page, type RecordMap, StoreError, type Transaction, type Window } from './types.js'
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

/** Where those files are that others have added. */
export interface FileSource {
  /** @returns the bytes of this hash; undefined where none are kept */
  file(hash: string): Awaitable<Uint8Array | undefined>
}

export class LayeredTransaction<Rs extends RecordMap> implements Transaction<Rs> {
  /** The version of the store that this transaction began with. */
  readonly version: number
  /** The names of all that was read. */
  readonly reads: string[] = []
  readonly #open: ReadonlyMap<string, OpenCollection>
  /** Collection -> the writes to it; null as long as nothing is written. */
  #layers: Map<string, Layer> | null = null
  readonly #files: FileSource
  /** The files that it has added; null as long as there are none. */
  #added: FileBag | null = null

  constructor(open: ReadonlyMap<string, OpenCollection>, version: number, files: FileSource) {
    this.#open = open
    this.version = version
    this.#files = files
  }

  addFile(bytes: Uint8Array): FileName {
    return (this.#added ??= new FileBag()).add(bytes)
  }

  async file(hash: string): Promise<Uint8Array | undefined> {
    return this.added(hash) ?? this.#files.file(hash)
  }

  /** @returns the bytes of a file that this transaction has added */
  added(hash: string): Uint8Array | undefined {
    return this.#added?.files.get(hash)
  }

  get<C extends CollectionName<Rs>>(name: C, key: Key): Promise<Rs[C] | undefined> {
    return settle(() => this.#typed(name, this.#read(this.#source(name), key)))
  }

  find<C extends CollectionName<Rs>>(name: C, fields: Lookup<Rs[C]>): Promise<Rs[C] | undefined> {
    return settle(() => this.#typed(name, this.#lookup(name, fields, true)[0]))
  }

  findAll<C extends CollectionName<Rs>>(name: C, fields: Lookup<Rs[C]>): Promise<readonly Rs[C][]> {
    return settle(() => this.#allTyped(name, this.#lookup(name, fields, false)))
  }

  async page<C extends CollectionName<Rs>>(name: C, orderName: string, window: Window): Promise<Page<Rs[C]>> {
    const { collection, source } = this.#source(name)
    const order = this.#order(collection, orderName)
    this.reads.push(wholeName(collection))
    const items = this.#allTyped(name, source.slice(order, window.offset, window.limit))
    return { items, total: source.count(order) }
  }

  async list<C extends CollectionName<Rs>>(name: C, where: (record: Rs[C]) => boolean = () => true): Promise<readonly Rs[C][]> {
    const { collection, source } = this.#source(name)
    this.reads.push(wholeName(collection))
    const found: Rs[C][] = []
    for (const doc of source.scan()) {
      const record = this.#typed(name, doc)
      if (record !== undefined && where(record)) found.push(record)
    }
    return found
  }

  insert<C extends CollectionName<Rs>>(name: C, record: Rs[C]): Promise<Rs[C]> {
    return settle(() => {
      const open = this.#source(name)
      const doc = toDoc(record)
      const key = keyOf(open.collection, doc)
      if (this.#read(open, key) !== undefined) throw new StoreError('keyTaken', `${recordName(open.collection, key)} exists`)
      return this.#write(name, open, key, doc)
    })
  }

  update<C extends CollectionName<Rs>>(name: C, key: Key, patch: Partial<Rs[C]>): Promise<Rs[C]> {
    return settle(() => {
      const open = this.#source(name)
      const before = this.#read(open, key)
      if (before === undefined) throw new StoreError('noRecord', `${recordName(open.collection, key)} does not exist`)
      const doc = { ...before, ...toDoc(patch) }
      if (keyOf(open.collection, doc) !== key) throw new StoreError('keyChanged', `the key of ${recordName(open.collection, key)} cannot be changed`)
      return this.#write(name, open, key, doc)
    })
  }

  put<C extends CollectionName<Rs>>(name: C, record: Rs[C]): Promise<Rs[C]> {
    return settle(() => {
      const open = this.#source(name)
      const doc = toDoc(record)
      const key = keyOf(open.collection, doc)
      this.#read(open, key)
      return this.#write(name, open, key, doc)
    })
  }

  async delete(name: CollectionName<Rs>, key: Key): Promise<boolean> {
    const open = this.#source(name)
    if (this.#read(open, key) === undefined) return false
    this.#layer(name, open).set(key, null)
    return true
  }

  async next(sequence: string, first: number): Promise<number> {
    const open = this.#source(SEQUENCES)
    const kept = this.#read(open, sequence)?.['value']
    const value = typeof kept === 'number' ? kept + 1 : first
    this.#layer(SEQUENCES, open).set(sequence, { name: sequence, value })
    return value
  }

  /** @returns the records that committing this transaction would change */
  changes(): readonly Change[] {
    if (this.#layers === null) return NO_CHANGES
    const changes: Change[] = []
    for (const layer of this.#layers.values()) layer.addChanges(changes)
    return changes
  }

  #write<C extends CollectionName<Rs>>(name: C, open: OpenCollection, key: Key, doc: Doc): Rs[C] {
    for (const index of open.collection.indexes) {
      const at = index.unique ? indexKeyOf(index, doc) : undefined
      if (at === undefined) continue
      this.reads.push(indexName(open.collection, index, at))
      const holder = open.source.lookup(index, at)[0]
      if (holder !== undefined && keyOf(open.collection, holder) !== key) {
        throw new StoreError('valueTaken', `another record of ${name} has the same ${index.name}: ${String(at)}`)
      }
    }
    this.#layer(name, open).set(key, freezeDeep(doc))
    return this.#typed(name, doc) as Rs[C]
  }

  #read(open: OpenCollection, key: Key): Doc | undefined {
    this.reads.push(recordName(open.collection, key))
    return open.source.get(key)
  }

  #lookup(name: string, fields: object, unique: boolean): readonly Doc[] {
    const { collection, source } = this.#source(name)
    const doc = toDoc(fields)
    const wanted = Object.keys(doc).sort().join(',')
    const index = collection.indexByName.get(wanted)
    if (index === undefined || index.unique !== unique) {
      throw new StoreError('unknownIndex', `${name} has no ${unique ? 'unique' : 'plain'} index of ${wanted}`)
    }
    const at = indexKeyOf(index, doc)
    if (at === undefined) return []
    this.reads.push(indexName(collection, index, at))
    return source.lookup(index, at)
  }

  #order(collection: Collection, name: string): Order {
    const order = collection.orders.get(name)
    if (order === undefined) throw new StoreError('unknownIndex', `${collection.name} has no order called ${name}`)
    return order
  }

  /** The collection as this transaction sees it, its own writes included. */
  #source(name: string): OpenCollection {
    const open = this.#opened(name)
    const layer = this.#layers?.get(name)
    return layer === undefined ? open : { collection: open.collection, source: layer }
  }

  #opened(name: string): OpenCollection {
    const open = this.#open.get(name)
    if (open === undefined) throw new StoreError('unknownCollection', `no collection is called ${name}`)
    return open
  }

  #layer(name: string, open: OpenCollection): Layer {
    const layers = (this.#layers ??= new Map<string, Layer>())
    let layer = layers.get(name)
    if (layer === undefined) layers.set(name, (layer = new Layer(open.collection, open.source)))
    return layer
  }

  /** Records enter through typed writes or fixtures held to the same schema, so the collection's name decides the type. */
  #typed<C extends CollectionName<Rs>>(_collection: C, doc: Doc | undefined): Rs[C] | undefined {
    return doc as Rs[C] | undefined
  }

  #allTyped<C extends CollectionName<Rs>>(_collection: C, docs: readonly Doc[]): readonly Rs[C][] {
    return docs as unknown as readonly Rs[C][] // as above
  }
}

/** What an async function would do, for less: a promise of what `work` returns, or one rejected with what it throws. */
function settle<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    if (error instanceof Error) return Promise.reject(error)
    throw error
  }
}

function toDoc(record: unknown): Doc {
  return record as Doc // an object type without index signature; its keys are texts all the same
}
