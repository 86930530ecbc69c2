/** Records that were seen at a real backend, each once, as many as a scenario is to have. */
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'
import { namesOf } from './standing.js'

/** So many are kept of one system, of so many characters of JSON in all. */
const MOST = 10_000
const MOST_CHARACTERS = 16 * 1024 * 1024

/** A record, and where it was seen. */
export interface SeenRecord {
  readonly record: Doc
  readonly operationId: string
  readonly pointer: string
}

interface Kept {
  readonly seen: SeenRecord
  readonly characters: number
}

export class RecordedRecords {
  readonly #system: System
  readonly #collections = new Map<string, Map<string, Kept>>()
  /** By what only one record may have: the key of the one that has it. */
  readonly #owners = new Map<string, string>()
  #count = 0
  #characters = 0

  constructor(system: System) {
    this.#system = system
  }

  /** Whether nothing is kept. */
  get isEmpty(): boolean {
    return this.#count === 0
  }

  /**
   * Keeps a record in the place of those that cannot stand beside it: what was seen last holds, also where it is the same one by another key, as a user is
   * whose login told no id.
   * @returns false when there is no room for it
   */
  put(collection: string, seen: SeenRecord): boolean {
    const key = this.#keyOf(collection, seen.record)
    const characters = JSON.stringify(seen.record).length
    const before = this.#collections.get(collection)?.get(key)
    if ((before === undefined && this.#count === MOST) || this.#characters + characters - (before?.characters ?? 0) > MOST_CHARACTERS) return false
    for (const name of this.#namesOf(collection, seen.record)) {
      const owner = this.#owners.get(name)
      if (owner !== undefined && owner !== key) this.#drop(collection, owner)
    }
    this.#let(collection, before?.seen.record)
    const records = this.#collections.get(collection) ?? new Map<string, Kept>()
    this.#collections.set(collection, records.set(key, { seen, characters }))
    for (const name of this.#namesOf(collection, seen.record)) this.#owners.set(name, key)
    this.#count += before === undefined ? 1 : 0
    this.#characters += characters - (before?.characters ?? 0)
    return true
  }

  /** @returns whether there is a record with its key, or with what only one may have */
  has(collection: string, record: Doc): boolean {
    return this.#collections.get(collection)?.has(this.#keyOf(collection, record)) === true || this.#namesOf(collection, record).some((name) => this.#owners.has(name))
  }

  /** @returns all, those of one collection together */
  * all(): Generator<readonly [collection: string, seen: SeenRecord]> {
    for (const [collection, records] of this.#collections) for (const { seen } of records.values()) yield [collection, seen]
  }

  #drop(collection: string, key: string): void {
    const records = this.#collections.get(collection)
    const gone = records?.get(key)
    if (gone === undefined) return
    this.#let(collection, gone.seen.record)
    records?.delete(key)
    this.#count--
    this.#characters -= gone.characters
  }

  #let(collection: string, record: Doc | undefined): void {
    if (record !== undefined) for (const name of this.#namesOf(collection, record)) this.#owners.delete(name)
  }

  #namesOf(collection: string, record: Doc): readonly string[] {
    return namesOf(this.#system, collection, record).map((name) => `${collection} ${name}`)
  }

  #keyOf(collection: string, record: Doc): string {
    return String(record[this.#system.state[collection]?.key ?? ''])
  }
}
