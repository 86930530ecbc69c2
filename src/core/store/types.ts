/**
 * The store's one interface. Operations, sessions, SMS codes and the control plane see no other door to what a sandbox keeps.
 * It is asynchronous throughout, so that an engine may keep its state outside this process.
 */

/** The value of a record's key field. */
export type Key = string | number

/** How a record names a file (`core/files.ts`). */
export interface FileName {
  /** SHA-256 of its bytes, in 64 hexadecimal digits. */
  readonly hash: string
  readonly size: number
}

/** A stored record. It is frozen: change it through a transaction. */
export type Doc = Readonly<Record<string, unknown>>

/** Collections by name, each with the type of its records. */
export type RecordMap = object
export type CollectionName<Rs extends RecordMap> = keyof Rs & string
type Field<R> = keyof R & string
/** A field, or a part of one that holds an object: `previous.token`. */
type IndexField<R> = Field<R> | `${Field<R>}.${string}`
/** Values by which records are looked up: one for each field of an index. */
export type Lookup<R> = Partial<R> & { readonly [part: `${string}.${string}`]: Key }

/** How the records of a collection are found and kept apart. */
export interface CollectionDefinition<R> {
  /** The field that identifies a record. */
  readonly key: Field<R>
  /** Fields that together occur once. A record with null in one of them is left out. */
  readonly unique?: readonly (readonly IndexField<R>[])[]
  /** Fields by which records are found, several at a time. */
  readonly index?: readonly (readonly IndexField<R>[])[]
  /** Named orders for lists whose pages must not cost more as the world grows. */
  readonly order?: Readonly<Record<string, Ordering<R>>>
  /** Whether each record names a file, by its fields `hash` and `size` (`core/files.ts`). */
  readonly namesFiles?: boolean
}

/** A kept order of a collection. Ties are broken by the key, in the same direction as the last field. */
export interface Ordering<R> {
  /** Fields, most significant first; a minus in front turns one round. */
  readonly by: readonly (Field<R> | `-${Field<R>}`)[]
  /** Which records belong to the list; all when left out. */
  where?: (record: R) => boolean
}

export type StateDefinition<Rs extends RecordMap> = { readonly [C in CollectionName<Rs>]: CollectionDefinition<Rs[C]> }

/** A collection whose records are of some type that is not known here. */
export type AnyCollection = CollectionDefinition<never>

/** A part of a list and the length of the whole. */
export interface Page<R> {
  readonly items: readonly R[]
  readonly total: number
}

/** What there is to know of a collection without reading it. */
export interface Measure {
  /** How many records there are. */
  readonly count: number
  /** Where it is what it was, none of the records has changed meanwhile. */
  readonly version: number
}

export interface Window {
  readonly offset: number
  readonly limit: number
}

/** A record as it was and as it is; null where there was or is none. */
export interface Change {
  readonly collection: string
  readonly key: Key
  readonly before: Doc | null
  readonly after: Doc | null
}

/** All reads and writes of one request. It sees its own writes; others see them once it has committed. */
export interface Transaction<Rs extends RecordMap> {
  /** @returns the record with this key, or undefined */
  get<C extends CollectionName<Rs>>(collection: C, key: Key): Promise<Rs[C] | undefined>
  /**
   * @param fields a value for each field of a declared unique index
   * @returns the one record that has them, or undefined
   * @throws StoreError when no such index is declared
   */
  find<C extends CollectionName<Rs>>(collection: C, fields: Lookup<Rs[C]>): Promise<Rs[C] | undefined>
  /**
   * @param fields a value for each field of a declared plain index
   * @returns all records that have them, those of the world first
   * @throws StoreError when no such index is declared
   */
  findAll<C extends CollectionName<Rs>>(collection: C, fields: Lookup<Rs[C]>): Promise<readonly Rs[C][]>
  /** @returns a page of a declared order; its cost does not grow with the world */
  page<C extends CollectionName<Rs>>(collection: C, order: string, window: Window): Promise<Page<Rs[C]>>
  /** @returns all records that fit, those of the world first; reads the whole collection */
  list<C extends CollectionName<Rs>>(collection: C, where?: (record: Rs[C]) => boolean): Promise<readonly Rs[C][]>
  /** @returns a part of what `list` gives and how long the whole is; costs as much as it reaches into it */
  part<C extends CollectionName<Rs>>(collection: C, window: Window): Promise<Page<Rs[C]>>
  /** @returns what is known without reading the collection */
  measure(collection: CollectionName<Rs>): Promise<Measure>
  /**
   * @returns the record as stored
   * @throws StoreError when the key or a unique value is taken
   */
  insert<C extends CollectionName<Rs>>(collection: C, record: Rs[C]): Promise<Rs[C]>
  /**
   * @param patch the fields to change; the key is not among them
   * @returns the record as stored
   * @throws StoreError when there is no such record, or a unique value is taken
   */
  update<C extends CollectionName<Rs>>(collection: C, key: Key, patch: Partial<Rs[C]>): Promise<Rs[C]>
  /** Inserts the record, or replaces the one with its key. */
  put<C extends CollectionName<Rs>>(collection: C, record: Rs[C]): Promise<Rs[C]>
  /** @returns whether there was such a record */
  delete(collection: CollectionName<Rs>, key: Key): Promise<boolean>
  /**
   * Keeps a file, as long as a record that is kept names it.
   * @returns the fields by which a record names it
   */
  addFile(bytes: Uint8Array): FileName
  /** @returns the bytes of a file that a record names; undefined where none of this hash is kept */
  file(hash: string): Promise<Uint8Array | undefined>
  /** @returns the next number of a named sequence that begins with `first` */
  next(sequence: string, first: number): Promise<number>
}

/** What a sandbox keeps of one system. */
export interface Store<Rs extends RecordMap> {
  /**
   * Runs `work` as one transaction, and again when another one that committed meanwhile changed what it had read.
   * @returns what `work` returned and the records that it changed
   * @throws what `work` throws; then nothing is kept
   */
  transact<T>(work: (tx: Transaction<Rs>) => Promise<T>): Promise<{ readonly value: T; readonly changes: readonly Change[] }>
  /** @returns what differs from the world, as plain JSON */
  export(): Promise<StoreExport>
}

/** The difference between a sandbox and its world. */
export type StoreExport = Readonly<Record<string, { readonly put: readonly Doc[]; readonly deleted: readonly Key[] }>>

export type StoreErrorKind = 'unknownCollection' | 'unknownIndex' | 'keyTaken' | 'valueTaken' | 'noRecord' | 'keyChanged' | 'contention'

/** A use of the store that cannot be carried out. */
export class StoreError extends Error {
  readonly kind: StoreErrorKind
  constructor(kind: StoreErrorKind, message: string) {
    super(message)
    this.name = 'StoreError'
    this.kind = kind
  }
}
