/** The records of a system in a sandbox. */
import type { CollectionName, RecordsOf, SystemId } from './contracts.js'
import { take, type Target } from './control.js'

/** Conditions in json-server's dialect: `{ nickname_like: '小', _sort: 'id', _limit: 10 }`. */
export type RecordQuery = Readonly<Record<string, string | number | boolean>>

/** Which moment is looked at. */
export interface When {
  /** The number of a call in the journal: what there was after it; 0 for the beginning. Now when left out. */
  readonly at?: number
}

/**
 * Reads and writes records; the stub holds every one against its schema, from which the types here come.
 * It is for setting the stage and for looking behind it: what an app sees goes through the system's own operations.
 */
export class Database<Id extends SystemId> {
  readonly #target: Target
  readonly #system: Id

  constructor(target: Target, system: Id) {
    this.#target = target
    this.#system = system
  }

  /** @returns the collections with their keys, unique fields and sizes; where the version is what it was, no record has changed */
  async collections(when: When = {}): Promise<{ name: string; key: string; unique: string[][]; count: number; version: number }[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/db/{system}', { params: { path: { ...path, system: this.#system }, query: when } }))).collections
  }

  /** @returns the records that fit, all when nothing is asked for */
  list<C extends CollectionName<Id>>(collection: C, query: RecordQuery = {}, when: When = {}): Promise<RecordsOf<Id>[C][]> {
    return typed(take(this.#find(collection, { ...query, ...when })))
  }

  /**
   * Reads a page of the records that fit. However many there are, no more travel.
   * @param page its number, from 1, and how many records a page has, 50 when left out
   * @returns the records, and how many fit in all
   */
  async page<C extends CollectionName<Id>>(collection: C, { number = 1, size = 50 }: { readonly number?: number; readonly size?: number } = {}, query: RecordQuery = {}, when: When = {}): Promise<{ records: RecordsOf<Id>[C][]; total: number }> {
    const call = this.#find(collection, { ...query, ...when, _page: number, _limit: size })
    return { records: await typed<RecordsOf<Id>[C][]>(take(call)), total: Number((await call).response.headers.get('x-total-count') ?? 0) }
  }

  /** @returns the record with this key */
  get<C extends CollectionName<Id>>(collection: C, key: string | number, when: When = {}): Promise<RecordsOf<Id>[C]> {
    const { control } = this.#target
    return typed(take(control.GET('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: this.#record(collection, key), query: when } })))
  }

  /** Adds a record. @returns it as stored; a numeric key that was left out is in it */
  create<C extends CollectionName<Id>>(collection: C, record: Partial<RecordsOf<Id>[C]>): Promise<RecordsOf<Id>[C]> {
    const { control } = this.#target
    const call = control.POST('/sandboxes/{sandbox}/db/{system}/{collection}', { params: { path: this.#collection(collection) }, body: fieldsOf(record) })
    return typed(take(call))
  }

  /** Puts a whole record in the place of the one with this key. @returns it as stored */
  replace<C extends CollectionName<Id>>(collection: C, key: string | number, record: RecordsOf<Id>[C] & object): Promise<RecordsOf<Id>[C]> {
    const { control } = this.#target
    const call = control.PUT('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: this.#record(collection, key) }, body: fieldsOf(record) })
    return typed(take(call))
  }

  /** Changes fields of a record. @returns it as stored */
  update<C extends CollectionName<Id>>(collection: C, key: string | number, fields: Partial<RecordsOf<Id>[C]>): Promise<RecordsOf<Id>[C]> {
    const { control } = this.#target
    const call = control.PATCH('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: this.#record(collection, key) }, body: fieldsOf(fields) })
    return typed(take(call))
  }

  /** Deletes one record, and no other with it. */
  async delete(collection: CollectionName<Id>, key: string | number): Promise<void> {
    const { control } = this.#target
    await take(control.DELETE('/sandboxes/{sandbox}/db/{system}/{collection}/{key}', { params: { path: this.#record(collection, key) } }))
  }

  #find(collection: string, query: RecordQuery) {
    const conditions = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
    return this.#target.control.GET('/sandboxes/{sandbox}/db/{system}/{collection}', {
      params: { path: this.#collection(collection), query: { query: conditions } },
      // Each condition is a query parameter of its own.
      querySerializer: () => new URLSearchParams(conditions).toString(),
    })
  }

  #collection(collection: string) {
    return { ...this.#target.path, system: this.#system, collection }
  }

  #record(collection: string, key: string | number) {
    return { ...this.#collection(collection), key: String(key) }
  }
}

function fieldsOf(record: object): Record<string, unknown> {
  return { ...record }
}

/** The control plane's contract knows records as objects only; the server has held them against the schema of `T`. */
function typed<T>(records: Promise<unknown>): Promise<T> {
  return records as Promise<T>
}
