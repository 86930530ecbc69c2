/** The log of one sandbox in memory. Any number of followers may share it. */
import type { SandboxContent } from '../../sandbox-state.js'
import type { JournalEntry, JournalStatus } from '../../journal.js'
import { Base } from '../base.js'
import type { Attempt, Begun, Follower, House, Loaded, NewEntry, Point, Verdict } from '../engine.js'
import { MemoryCommit } from './commit.js'
import { MemoryJournal } from './journal.js'

/** So many commits a log keeps, and so many bytes of what they wrote: as far back as that a sandbox can be stepped. */
export interface LogLimits {
  readonly commits: number
  readonly bytes: number
}

/** What a log tells its engine. */
export interface LogOwner {
  readonly house: House
  readonly limits: LogLimits
  /** The sandbox is being used. */
  readonly used: () => void
  /** Its log has grown, or shrunk, by so many bytes. */
  readonly grew: (bytes: number) => void
}

export class MemoryLog {
  readonly followers = new Set<Follower>()
  readonly #owner: LogOwner
  readonly #journal: MemoryJournal
  #generation = 1
  #version = 0
  #requests: number
  #era: number
  #base: Base
  /** The newest commit that is folded into the base. */
  #baseVersion = 0
  #isWhole = true
  #commits: MemoryCommit[] = []
  /** Where the oldest commit stands; those before have been trimmed. */
  #head = 0
  #bytes = 0
  #isEnded = false

  constructor(content: SandboxContent, owner: LogOwner) {
    this.#owner = owner
    this.#journal = new MemoryJournal(owner.house.journalLimit)
    this.#base = new Base(content, owner.house.keyOf)
    this.#requests = content.control.requests
    this.#era = content.control.era
  }

  begin(): Begun {
    this.#requests++
    return this.look()
  }

  look(): Begun {
    this.#owner.used()
    return { generation: this.#generation, requests: this.#requests }
  }

  commit(attempt: Attempt): Verdict {
    if (attempt.generation !== this.#generation) return 'over'
    if (attempt.base !== this.#version && this.#isTouched(attempt)) return 'conflict'
    const commit = new MemoryCommit(++this.#version, attempt)
    this.#commits.push(commit)
    this.#grow(commit.bytes)
    const { commits, bytes } = this.#owner.limits
    while ((this.#commits.length - this.#head > commits || this.#bytes > bytes) && this.trim());
    for (const follower of this.followers) follower.committed(commit)
    return 'committed'
  }

  load(): Loaded {
    const { control, origin, stores } = this.#base.content()
    return {
      generation: this.#generation,
      requests: this.#requests,
      version: this.#version,
      content: { control: { ...control, era: this.#era }, origin, stores },
      commits: this.#commits.slice(this.#head),
      isWhole: this.#isWhole,
    }
  }

  replace(content: SandboxContent, kept?: Point): number {
    this.#generation++
    this.#requests = content.control.requests
    this.#era = content.control.era
    if (kept === undefined || kept.version < this.#baseVersion) {
      this.#forget(this.#commits.length)
      this.#base = new Base(content, this.#owner.house.keyOf)
      this.#baseVersion = this.#version
      this.#isWhole = kept === undefined
      this.#journal.clear()
    } else {
      const after = this.#commits.findIndex(({ version }) => version > kept.version)
      if (after !== -1) for (const { bytes } of this.#commits.splice(after)) this.#grow(-bytes)
      this.#journal.remove(({ id }) => id > kept.entry)
    }
    for (const follower of this.followers) follower.turnedOver(kept?.entry ?? 0)
    return this.#generation
  }

  append(entry: NewEntry, generation: number): void {
    if (generation !== this.#generation) return
    const added = this.#journal.add({ ...entry, requests: this.#requests })
    if (added.hasTrimmed) this.#trimBefore(this.#journal.oldestVersion ?? this.#version)
    for (const follower of this.followers) if (follower.listens) follower.journalled({ type: 'entry', entry: added.entry })
  }

  entries(): readonly JournalEntry[] {
    return this.#journal.all()
  }

  status(): JournalStatus {
    const { size, count } = this.#journal
    return { size, limit: this.#owner.house.journalLimit, last: count }
  }

  remove(fits: (entry: JournalEntry) => boolean): number {
    const count = this.#journal.remove(fits)
    for (const follower of this.followers) follower.journalled({ type: 'cleared' })
    return count
  }

  /** The sandbox is gone. Calls under way may still end in it, seen by nobody else. */
  end(): void {
    this.#owner.grew(-this.#bytes)
    this.#isEnded = true
    for (const follower of this.followers) follower.ended()
  }

  /**
   * Folds the oldest commit into the base.
   * @returns whether there was one
   */
  trim(): boolean {
    const oldest = this.#commits[this.#head]
    if (oldest === undefined) return false
    this.#base.fold(oldest.system, oldest.changes, (collection, key) => oldest.scope.isOfWorld(collection, key))
    this.#baseVersion = oldest.version
    this.#isWhole = false
    this.#forget(this.#head + 1)
    return true
  }

  /** History goes back as far as the journal: to what the oldest entry came upon. */
  #trimBefore(version: number): void {
    for (let oldest = this.#commits[this.#head]; oldest !== undefined && oldest.version < version; oldest = this.#commits[this.#head]) this.trim()
  }

  /** Lets go of the commits before this place. */
  #forget(until: number): void {
    for (let at = this.#head; at < until; at++) this.#grow(-(this.#commits[at]?.bytes ?? 0))
    this.#head = until
    if (this.#head * 2 < this.#commits.length) return
    this.#commits = this.#commits.slice(this.#head)
    this.#head = 0
  }

  #grow(bytes: number): void {
    this.#bytes += bytes
    if (!this.#isEnded) this.#owner.grew(bytes)
  }

  #isTouched({ base, reads, scope }: Attempt): boolean {
    if (base < this.#baseVersion) return true
    for (let at = this.#commits.length - 1; at >= this.#head; at--) {
      const commit = this.#commits[at]
      if (commit === undefined || commit.version <= base) return false
      if (commit.system === scope.system && reads.some((name) => commit.touched().has(name))) return true
    }
    return false
  }
}
