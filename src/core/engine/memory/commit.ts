/** A commit that stays in this process: nothing of it is copied, and its names are worked out when somebody asks. */
import type { Change, Key } from '../../store/types.js'
import type { Attempt, Commit, Scope } from '../engine.js'
import type { StoredCommit } from '../file/layout.js'
import { WeighedChange } from '../weigh.js'

export class MemoryCommit implements Commit {
  readonly version: number
  readonly system: string
  readonly changes: readonly Change[]
  readonly request: number | null
  readonly #scope: Scope
  /** What it adds to the memory that the log takes up. */
  readonly bytes: number
  #touched: ReadonlySet<string> | null = null

  constructor(version: number, { changes, request, scope }: Attempt) {
    this.version = version
    this.changes = changes
    this.request = request
    this.system = scope.system
    this.#scope = scope
    let bytes = 0
    for (const change of changes) bytes += WeighedChange.after(change)
    this.bytes = bytes
  }

  touched(): ReadonlySet<string> {
    return (this.#touched ??= this.#scope.touched(this.changes))
  }

  isOfWorld(collection: string, key: Key): boolean {
    return this.#scope.isOfWorld(collection, key)
  }
}

/** A commit of an earlier process: its names stand beside it, for nobody here can work them out. */
export class RecalledCommit implements Commit {
  readonly version: number
  readonly system: string
  readonly changes: readonly Change[]
  readonly request: number | null
  readonly bytes: number
  readonly #touched: ReadonlySet<string>

  constructor({ version, system, changes, request, touched }: StoredCommit) {
    this.version = version
    this.system = system
    this.changes = changes
    this.request = request
    this.bytes = changes.reduce((sum, change) => sum + WeighedChange.after(change), 0)
    this.#touched = new Set(touched)
  }

  touched(): ReadonlySet<string> {
    return this.#touched
  }

  /** The worlds are not known here: what is deleted stays on record as deleted. */
  isOfWorld(): boolean {
    return true
  }
}
