/** The log of one sandbox in memory. Any number of followers may share it. */
import type { SandboxContent } from '../../sandbox-state.js'
import type { EntryHead, JournalEntry, JournalStatus } from '../../journal.js'
import { type Files, NO_FILES } from '../../files.js'
import { Base } from '../base.js'
import { Holding, mustFit, type Weights } from '../holding.js'
import { atOnce } from '../../slices.js'
import { isLarge } from '../../whole.js'
import type { Attempt, Awaitable, Begun, Commit, Follower, House, Loaded, NewEntry, NoRoom, Point, SandboxLog, Verdict } from '../engine.js'
import type { StoredBase, StoredCommit, StoredSandbox } from '../file/layout.js'
import { MemoryCommit, RecalledCommit } from './commit.js'
import { MemoryJournal } from './journal.js'
import { HeldFiles } from './held-files.js'
import type { Keeper, KeptSandbox } from './keeper.js'
import type { Shelf } from './shelf.js'

/** So many commits a log keeps at the most, however little they wrote. */
const MOST_COMMITS = 10_000

/** What a sandbox takes up by being there: its log, its replica, the objects that belong to both. Counted as records. */
export const SANDBOX_BYTES = 10 * 1024

/** What a log keeps that memory is set aside for. */
export type Trimmable = 'journal' | 'history'

/** What a log tells its engine. */
export interface LogOwner {
  readonly house: House
  /** The sandbox is being used. */
  readonly used: () => void
  /** The files of all sandboxes. */
  readonly shelf: Shelf
  /** Files take up so much that there is no room for what is to come: history that holds some may make it, here or elsewhere. @returns whether anything went */
  readonly makeRoom: () => boolean
  /** All logs together take up more than they may. */
  readonly exceeded: (kind: Trimmable) => void
  /** Its name, for the keeper; null where nothing outlives the process. */
  readonly kept: { readonly keeper: Keeper; readonly name: string } | null
}

export class MemoryLog implements SandboxLog {
  readonly followers = new Set<Follower>()
  readonly journal: MemoryJournal
  readonly #owner: LogOwner
  #generation: number
  #version: number
  #requests: number
  #era: number
  #base: Base
  /** The newest commit that is folded into the base. */
  #baseVersion: number
  #isWhole: boolean
  #hasTurnedOver = false
  #commits: (MemoryCommit | RecalledCommit)[]
  /** Where the oldest commit stands; those before have been trimmed. */
  #head = 0
  #bytes = 0
  /** What the commits may take up. */
  readonly #most: number
  /** What the ledger knows of the journal. */
  #journalBytes = 0
  readonly #holding: Holding
  #files: HeldFiles
  #isEnded = false
  /** Whether it was made by its name, or is kept on a disk. */
  isKept = false
  /** Resolves when followers have been told of everything up to now; null where they are told at once. */
  #told: Promise<void> | null = null

  constructor(stored: KeptSandbox, owner: LogOwner) {
    const { generation, base, commits, entries, lastEntry } = stored
    this.#owner = owner
    this.journal = new MemoryJournal(owner.house.journalLimit, owner.house.budget.limitOfOne('journal'), entries, lastEntry)
    this.#most = owner.house.budget.limitOfOne('history')
    this.#base = new Base(base.content, owner.house.keyOf)
    this.#baseVersion = base.version
    this.#isWhole = base.isWhole
    this.#generation = generation
    this.#commits = commits.map((commit) => new RecalledCommit(commit))
    this.#version = Math.max(commits.at(-1)?.version ?? 0, base.newest)
    this.#requests = Math.max(base.content.control.requests, ...commits.map(({ request }) => request ?? 0), entries.at(-1)?.requests ?? 0)
    this.#era = base.content.control.era
    this.#holding = new Holding(owner.house.budget, owner.house.keyOf)
    owner.house.budget.add('records', SANDBOX_BYTES)
    this.#holding.begin(base.content)
    this.#files = new HeldFiles(owner.shelf, owner.house, base.content, NO_FILES)
    for (const commit of this.#commits) {
      this.#grow(commit.bytes)
      this.#holding.change(commit.system, commit.changes, (collection, key) => commit.isOfWorld(collection, key), false)
      this.#files.commit(commit.system, commit.changes, NO_FILES)
    }
    this.#countJournal()
    // Files that only history named went at once, while what is on a disk goes further back.
    while (this.#files.lacks && this.trim());
  }

  get generation(): number {
    return this.#generation
  }

  /** Whether anything of it differs from a new one, but for what was only read. */
  get isChanged(): boolean {
    return this.#version > 0 || this.#hasTurnedOver
  }

  begin(): Begun {
    this.#requests++
    return this.look()
  }

  look(): Begun {
    this.#owner.used()
    return { generation: this.#generation, requests: this.#requests }
  }

  commit(attempt: Attempt): Awaitable<Verdict> {
    if (attempt.generation !== this.#generation) return 'over'
    if (attempt.base !== this.#version && this.#isTouched(attempt)) return this.#told === null ? 'conflict' : this.#told.then(() => 'conflict')
    if (!this.#isEnded) this.#hold(attempt)
    const commit = new MemoryCommit(++this.#version, attempt)
    this.#commits.push(commit)
    this.#grow(commit.bytes)
    const { kept } = this.#owner
    const told = kept === null ? null : this.#afterKept(kept.keeper.commit(kept.name, this.#generation, commit), () => {
      this.#tell(commit)
    })
    if (told === null) this.#tell(commit)
    while ((this.#commits.length - this.#head > MOST_COMMITS || this.#bytes > this.#most) && this.trim());
    return told === null ? 'committed' : told.then(() => 'committed')
  }

  #tell(commit: Commit): void {
    for (const follower of this.followers) follower.committed(commit)
  }

  load(): Awaitable<Loaded> {
    return this.#told === null ? this.#loaded() : this.#told.then(() => this.#loaded())
  }

  past(): Awaitable<Loaded> {
    return this.load()
  }

  #loaded(): Loaded {
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

  replace(content: SandboxContent, kept?: Point, files: Files = NO_FILES): Awaitable<number> {
    const weighing = this.#holding.weigh(content)
    return isLarge(content) ? this.#owner.house.pace.inSlices(weighing).then((weights) => this.#replace(content, weights, kept, files)) : this.#replace(content, atOnce(weighing), kept, files)
  }

  #replace(content: SandboxContent, weights: Weights, kept: Point | undefined, files: Files): Awaitable<number> {
    const before = this.#files
    if (files.size > 0) this.#refuse(() => before.refusalInstead(files))
    // It may have been deleted meanwhile, and takes up nothing any more.
    if (!this.#isEnded) this.#holding.replace(weights)
    this.#generation++
    this.#hasTurnedOver = true
    this.#requests = content.control.requests
    this.#era = content.control.era
    if (kept === undefined || kept.version < this.#baseVersion) {
      this.#forget(this.#commits.length)
      this.#base = new Base(content, this.#owner.house.keyOf)
      this.#baseVersion = this.#version
      this.#isWhole = kept === undefined
      this.journal.clear()
    } else {
      const after = this.#commits.findIndex(({ version }) => version > kept.version)
      if (after !== -1) for (const { bytes } of this.#commits.splice(after)) this.#grow(-bytes)
      this.journal.remove(({ id }) => id > kept.entry)
    }
    this.#refile(files)
    this.#countJournal()
    const generation = this.#generation
    const tell = () => {
      for (const follower of this.followers) follower.turnedOver(kept?.entry ?? 0)
    }
    const { kept: keeping } = this.#owner
    const told = keeping === null ? null : this.#afterKept(keeping.keeper.keep(keeping.name, this.stored(), this.journal), tell)
    if (told === null) tell()
    // Not before: what is on a disk must not miss them.
    before.end()
    return told === null ? generation : told.then(() => generation)
  }

  /** @returns all of it, as it can be kept */
  stored(): StoredSandbox {
    const commits = this.#commits.slice(this.#head).map((commit) => storedCommit(commit))
    return { generation: this.#generation, base: this.#storedBase(), commits, lastEntry: this.journal.count }
  }

  readonly isCalledElsewhere = false

  append(entry: NewEntry, generation: number): void {
    if (generation !== this.#generation) return
    const dropped = this.journal.add(entry, this.#requests)
    this.#owner.kept?.keeper.appended(this.#owner.kept.name)
    if (dropped.length > 0) this.#dropped(dropped)
    for (const follower of this.followers) if (follower.listens) follower.journalled(this.journal.latest())
    // It may have to make room as soon as all have been told.
    this.#countJournal()
  }

  file(hash: string): Uint8Array | undefined {
    return this.#owner.shelf.get(hash)
  }

  /** Everybody is told at once. */
  attend(): void {
    return
  }

  announce(text: string): void {
    for (const follower of this.followers) follower.announced(text)
  }

  close(follower: Follower): void {
    this.followers.delete(follower)
  }

  heads(): readonly EntryHead[] {
    return this.journal.heads()
  }

  entries(ids?: readonly number[]): readonly JournalEntry[] {
    return this.journal.entries(ids)
  }

  status(): JournalStatus {
    const { size, count } = this.journal
    return { size, limit: this.#owner.house.journalLimit, last: count }
  }

  remove(fits: (entry: EntryHead) => boolean): number {
    const removed = this.journal.remove(fits)
    const { kept } = this.#owner
    kept?.keeper.remove(kept.name, removed)
    this.#countJournal()
    for (const follower of this.followers) follower.journalled({ type: 'cleared' })
    return removed.length
  }

  /** The sandbox is gone. Calls under way may still end in it, seen by nobody else. */
  end(): void {
    const { budget } = this.#owner.house
    budget.give('records', SANDBOX_BYTES)
    this.#holding.end()
    this.#files.end()
    budget.give('history', this.#bytes)
    budget.give('journal', this.#journalBytes)
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
    this.#base.fold(oldest.system, oldest.changes, (collection, key) => oldest.isOfWorld(collection, key))
    this.#files.fold(oldest.system, oldest.changes)
    this.#baseVersion = oldest.version
    this.#isWhole = false
    this.#forget(this.#head + 1)
    const { kept } = this.#owner
    kept?.keeper.fold(kept.name, this.#generation, this.#baseVersion, () => this.#storedBase())
    return true
  }

  /**
   * Makes room for others.
   * @returns whether there was anything to let go of
   */
  letGo(kind: Trimmable): boolean {
    if (kind === 'history') return this.trim()
    const dropped = this.journal.dropOldest()
    if (dropped.length === 0) return false
    this.#dropped(dropped)
    this.#countJournal()
    return true
  }

  /**
   * Lets history go until a file goes with it that it alone held.
   * @returns whether one did
   */
  letGoOfFiles(): boolean {
    const before = this.#files.spare
    if (before <= 0) return false
    while (this.#files.spare === before && this.trim());
    return this.#files.spare < before
  }

  /** The oldest entries had to go. History goes back as far as the journal: to what the oldest entry came upon. */
  #dropped(ids: readonly number[]): void {
    const { kept } = this.#owner
    kept?.keeper.drop(kept.name, ids)
    const version = this.journal.oldestVersion ?? this.#version
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
    this.#count('history', bytes)
  }

  /** @throws NoRoom when there is none for the changes, or for the files that they name */
  #hold(attempt: Attempt): void {
    const { scope, changes, files, namesFiles } = attempt
    if (files.size > 0) this.#refuse(() => this.#files.refusal(files))
    this.#holding.change(scope.system, changes, (collection, key) => scope.isOfWorld(collection, key), mustFit(attempt))
    if (namesFiles) this.#files.commit(scope.system, changes, files)
  }

  /** @throws NoRoom when there is none for the files, even if history makes room */
  #refuse(refusal: () => NoRoom | null): void {
    let reason = refusal()
    while (reason !== null && (this.letGoOfFiles() || this.#owner.makeRoom())) reason = refusal()
    if (reason !== null) throw reason
  }

  /** The files of what the log holds now. */
  #refile(files: Files): void {
    if (this.#isEnded) return
    this.#files = new HeldFiles(this.#owner.shelf, this.#owner.house, this.#base.content(), files)
    for (const commit of this.#commits.slice(this.#head)) this.#files.commit(commit.system, commit.changes, files)
  }

  /** Says what the journal has come to take up since this was last said. */
  #countJournal(): void {
    const grown = this.journal.bytes - this.#journalBytes
    this.#journalBytes += grown
    this.#count('journal', grown)
  }

  #count(kind: Trimmable, bytes: number): void {
    if (this.#isEnded) return
    const { house: { budget }, exceeded } = this.#owner
    if (budget.add(kind, bytes) && bytes > 0) exceeded(kind)
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

  #storedBase(): StoredBase {
    const content = this.#base.content()
    return { version: this.#baseVersion, newest: this.#version, isWhole: this.#isWhole, content: { ...content, control: { ...content.control, era: this.#era } } }
  }

  /**
   * Tells followers of something that outlives the process once it, and all before it, cannot be lost.
   * @returns when they have been told
   */
  #afterKept(kept: Promise<void>, tell: () => void): Promise<void> {
    const told = kept.then(tell)
    this.#told = told
    // Whoever waits hears of a failure; when all is told, others need not wait any more.
    told.then(
      () => {
        if (this.#told === told) this.#told = null
      },
      () => undefined,
    )
    return told
  }
}

function storedCommit(commit: Commit): StoredCommit {
  const { version, system, request, changes } = commit
  return { version, system, request, changes, touched: [...commit.touched()] }
}
