/** Something about each record of a sandbox, by system, collection and key. */
import type { Key } from '../store/types.js'

export class Shelves<T> {
  readonly #systems = new Map<string, Map<string, Map<Key, T>>>()

  /** @returns what is noted about the records of a collection; to be changed in place */
  of(system: string, collection: string): Map<Key, T> {
    let collections = this.#systems.get(system)
    if (collections === undefined) this.#systems.set(system, (collections = new Map<string, Map<Key, T>>()))
    let shelf = collections.get(collection)
    if (shelf === undefined) collections.set(collection, (shelf = new Map<Key, T>()))
    return shelf
  }

  /** @returns all of it: by system, and there by collection */
  get systems(): ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<Key, T>>> {
    return this.#systems
  }
}
