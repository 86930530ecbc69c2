/** What a log begins with: a sandbox's content into which the oldest commits can be folded, so that a log may be trimmed. */
import { applyControl } from '../control-state.js'
import type { SandboxContent } from '../sandbox-state.js'
import type { Change, Doc, Key, StoreExport } from '../store/types.js'
import { CONTROL, type House } from './engine.js'
import { Shelves } from './shelves.js'

export class Base {
  #control: SandboxContent['control']
  readonly #origin: SandboxContent['origin']
  /** The records that differ from the world; null where one of the world is gone. */
  readonly #records = new Shelves<Doc | null>()

  constructor({ control, origin, stores }: SandboxContent, keyOf: House['keyOf']) {
    this.#control = control
    this.#origin = origin
    for (const [system, store] of Object.entries(stores)) {
      for (const [collection, { put, deleted }] of Object.entries(store)) {
        const records = this.#records.of(system, collection)
        for (const key of deleted) records.set(key, null)
        for (const doc of put) records.set(keyOf(system, collection, doc), doc)
      }
    }
  }

  /** Carries out a commit for good. */
  fold(system: string, changes: readonly Change[], isOfWorld: (collection: string, key: Key) => boolean): void {
    if (system === CONTROL) this.#control = applyControl(this.#control, changes)
    else {
      for (const { collection, key, after } of changes) {
        const records = this.#records.of(system, collection)
        if (after === null && !isOfWorld(collection, key)) records.delete(key)
        else records.set(key, after)
      }
    }
  }

  /** @returns all of it, as plain JSON */
  content(): SandboxContent {
    const stores: Record<string, StoreExport> = {}
    for (const [system, collections] of this.#records.systems) {
      const store: Record<string, StoreExport[string]> = {}
      for (const [collection, records] of collections) {
        const put: Doc[] = []
        const deleted: Key[] = []
        for (const [key, doc] of records) {
          if (doc === null) deleted.push(key)
          else put.push(doc)
        }
        store[collection] = { put, deleted }
      }
      stores[system] = store
    }
    return { control: this.#control, origin: this.#origin, stores }
  }
}
