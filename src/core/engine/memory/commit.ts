/** A commit that stays in this process: nothing of it is copied, and its names are worked out when somebody asks. */
import type { Change } from '../../store/types.js'
import type { Attempt, Commit, Scope } from '../engine.js'
import { weigh } from '../weigh.js'

export class MemoryCommit implements Commit {
  readonly version: number
  readonly changes: readonly Change[]
  readonly request: number | null
  readonly scope: Scope
  /** What it adds to the memory that the log takes up. */
  readonly bytes: number
  #touched: ReadonlySet<string> | null = null

  constructor(version: number, { changes, request, scope }: Attempt) {
    this.version = version
    this.changes = changes
    this.request = request
    this.scope = scope
    let bytes = 0
    for (const { after } of changes) bytes += weigh(after)
    this.bytes = bytes
  }

  get system(): string {
    return this.scope.system
  }

  touched(): ReadonlySet<string> {
    return (this.#touched ??= this.scope.touched(this.changes))
  }
}
