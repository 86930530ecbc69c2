/**
 * How sandboxes are kept. An engine is a sequencer and a log, not a database: it puts the changes of a sandbox in one order, refuses
 * those that rest on something that has changed meanwhile, and keeps them. Records, indexes, orders and pages are worked out in the
 * process, in a replica that follows the log (`core/generation.ts`), whatever the engine.
 *
 * ## How an engine is written
 *
 * Implement {@link Engine} and {@link SandboxLog}, and run `testEngine` (`test/support/engine.ts`) over it. Every method may answer
 * at once or by a promise; the engine in memory never makes one.
 *
 * A sandbox is, to its engine: a **generation** (counts up at every reset, restored snapshot and rewind), the **content** that the
 * generation began with, the **commits** since, a counter of **requests**, and a **journal**.
 *
 * - `begin` counts a request. Before it answers, its follower has been told of every commit up to now, in order and without gaps, or
 *   of the end of its generation. This is how several processes see one sandbox: a call begins by catching up.
 * - `commit` appends, in one step, unless the generation is over (`over`), or a commit after `base` has touched a name that was read
 *   (`conflict`). Before it answers, the follower has been told of all commits up to and including the new one; after a conflict, of
 *   those that were in the way. Nothing is acknowledged that may yet be lost, and nothing is refused that was appended: an engine
 *   whose connection may break gives each attempt an id of its own, keeps it in the log, and asks for it afterwards.
 * - Names are texts within one system: `users/3` a record, `users#mobile=138…` a place in an index, `users*` the collection as a
 *   whole. What may occur once is guarded by them as well: whoever writes a record has read its places in all unique indexes, and
 *   touches them. An engine compares names and never reads records.
 * - A version is the number of a commit. It counts up through all generations and is never used twice. Versions of a generation
 *   follow each other without gaps.
 * - `replace` begins a generation: the number counts up, content takes the place of everything, and commits of the generation
 *   before are refused from this moment on. Log and journal are emptied, or cut off after the point that is to be kept.
 * - Whoever waits without calling (sockets, event streams) has said so by `attend`, and is told as things happen.
 * - The log may be trimmed: commits are folded into the content that it begins with (see `Base`), so that `load` costs no
 *   more than what is kept. A `base` from before the trimmed part is a conflict. History goes back as far as the log.
 * - Files are kept apart, each once, as bytes under their hash (`core/files.ts`): records name them, and `commit` and `replace` bring the bytes
 *   along. A file is kept as long as a record names it that can be seen, be it by stepping back. What a commit names is there before it is.
 * - `append` puts an entry into the journal, under the next id. It is dropped when its generation is over. Entries stand in the order
 *   in which they were appended by each process, and, where calls wait for theirs (`isCalledElsewhere`), in the order of the calls.
 * - Control state (clock, faults with their counters, outages, maintenance, settings) is changed by commits of the system
 *   {@link CONTROL}. An engine knows nothing about it.
 * - Past the cap only sandboxes go that nobody has changed, made by name (`keep`) or is using; that is reported. Where there is none,
 *   a new one is refused (`NoRoom`). Where others share the place, what nobody has used for days may go as well. What a process no longer follows (`close`) may go. A name that `makeUpName` gave is never given again.
 */
import type { Budget } from '../budget.js'
import type { TimeSource } from '../clock.js'
import type { Files } from '../files.js'
import type { EntryHead, JournalEntry, JournalEvent, JournalStatus } from '../journal.js'
import type { ControlState, SandboxContent } from '../sandbox-state.js'
import type { Pace } from '../slices.js'
import type { Change, Doc, Key } from '../store/types.js'

/** Thrown where something new finds no place: the server has as much as it may have, and what it has is of use to somebody. */
export class NoRoom extends Error {
  /** @param reason what there is no more room for, and what can be done about it: one sentence or two, in ASCII */
  constructor(reason: string) {
    super(reason)
    this.name = 'NoRoom'
  }
}

/** What is there already, or will be. */
export type Awaitable<T> = T | Promise<T>

/** Stands where a commit names its system, for changes of the control state. */
export const CONTROL = ''

/** One change of a sandbox, as it was appended. */
export interface Commit {
  readonly version: number
  /** The system whose records it changed, or {@link CONTROL}. */
  readonly system: string
  readonly changes: readonly Change[]
  /** The number of the request that made it; null when it came through the control plane. */
  readonly request: number | null
  /** @returns the names that it touched; worked out when asked for the first time */
  touched(): ReadonlySet<string>
}

/** Knows the names of a system's records, and its world. */
export interface Scope {
  readonly system: string
  /** @returns the names of all that the changes touch */
  touched(changes: readonly Change[]): ReadonlySet<string>
  /** @returns whether the world has a record of this key; deleting any other leaves nothing to remember */
  isOfWorld(collection: string, key: Key): boolean
}

/** Changes that want to be appended. */
export interface Attempt {
  readonly generation: number
  /** All commits up to this version have been looked at already: none of them touches what was read. */
  readonly base: number
  /** The names of all that was read. */
  readonly reads: readonly string[]
  readonly changes: readonly Change[]
  /** The bytes of the files that the changes name; those that are kept already may be missing. */
  readonly files: Files
  /** Whether records of the changed collections name files at all. */
  readonly namesFiles: boolean
  readonly request: number | null
  readonly scope: Scope
}

export type Verdict = 'committed' | 'conflict' | 'over'

/** What a call begins with. */
export interface Begun {
  readonly generation: number
  /** How many requests have been counted, this one included. */
  readonly requests: number
}

/** A sandbox as an engine has it: what its log begins with, and the commits since. */
export interface Loaded extends Begun {
  /** The newest version; it need not be one of the commits. */
  readonly version: number
  readonly content: SandboxContent
  /** In order. What the content is without them is the beginning of the history. */
  readonly commits: readonly Commit[]
  /** Whether nothing has been trimmed since the generation began, but for what a rewind kept. */
  readonly isWhole: boolean
}

/** What a list shows of a sandbox. */
export interface Overview {
  readonly control: ControlState
  /** Journal entries that are kept. */
  readonly entries: number
}

/** A point of the history, at which a rewind cuts it off. */
export interface Point {
  readonly version: number
  /** The last journal entry that is kept. */
  readonly entry: number
}

/** Is told what happens to a sandbox, whoever did it. Nothing that it does may throw. */
export interface Follower {
  /** @returns what the sandbox begins with, when there is none of its name */
  initial(): SandboxContent
  committed(commit: Commit): void
  /** The generation is over. Entries of the journal were removed; `kept` is the last that stayed. */
  turnedOver(kept: number): void
  journalled(event: Extract<JournalEvent, { type: 'entry' | 'cleared' }>): void
  announced(text: string): void
  /** Some commits were missed for good, so that the replica has to be loaded again. */
  lost(): void
  /** The sandbox was deleted, or the engine stops. */
  ended(): void
  /** Whether anybody waits for journal entries as they come. */
  readonly listens: boolean
  /** Whether nobody in this process calls the sandbox or waits for it. */
  readonly idle: boolean
}

/** An entry that has no number yet. The counter of requests is filled in by the engine as well. */
export type NewEntry = Omit<JournalEntry, 'id' | 'requests'>

export interface SandboxLog {
  /** Counts a request. */
  begin(): Awaitable<Begun>
  /** The same without counting. */
  look(): Awaitable<Begun>
  commit(attempt: Attempt): Awaitable<Verdict>
  /** @returns what is needed to build a replica; commits may be part of the content already */
  load(): Awaitable<Loaded>
  /** @returns the same with all commits that are kept, to look back */
  past(): Awaitable<Loaded>
  /**
   * Begins a new generation.
   * @param kept what stays of log and journal; nothing when left out
   * @param files the bytes of the files that the content names; those that are kept already may be missing
   * @returns its number
   */
  replace(content: SandboxContent, kept?: Point, files?: Files): Awaitable<number>
  /** @returns the bytes of a file that a record names; undefined where none of this hash are kept */
  file(hash: string): Awaitable<Uint8Array | undefined>
  /** Whether other processes may be calling it too. A call is answered after its entry is there then: whoever has heard the answer and calls another process stands behind it. */
  readonly isCalledElsewhere: boolean
  /** @returns a promise where it takes its time to get there; it rejects when the entry was lost */
  append(entry: NewEntry, generation: number): Awaitable<void>
  /** @returns what entries are chosen by, of all that are kept, oldest first. An entry whole does as well, where that costs nothing more */
  heads(): Awaitable<readonly EntryHead[]>
  /** @returns the entries of these ids that are kept, oldest first; all when left out */
  entries(ids?: readonly number[]): Awaitable<readonly JournalEntry[]>
  /** @returns how much the journal holds, and may hold */
  status(): Awaitable<JournalStatus>
  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns how many there were
   */
  remove(fits: (entry: EntryHead) => boolean): Awaitable<number>
  /** Whether somebody waits for what happens, here or elsewhere, without calling; said again whenever that may have changed. */
  attend(isWanted: boolean): void
  /** Tells all followers, this one too, something that is kept nowhere: in the order of commits, and before it answers. */
  announce(text: string): Awaitable<void>
  /** This follower, for which the log was opened, wants to hear no more. */
  close(follower: Follower): void
}

/** What an engine keeps sandboxes of. */
export interface House {
  /** What processes that share sandboxes, or that go on where another stopped, must have in common; worked out when asked for. */
  identity(): Promise<Readonly<Record<string, string>>>
  /** @returns the key of a record */
  readonly keyOf: (system: string, collection: string, doc: Doc) => Key
  /** @returns the hash of the file that a record names; undefined where it names none */
  readonly fileOf: (system: string, collection: string, doc: Doc) => string | undefined
  /** The moment from which relative times of the worlds are counted, unless the engine knows an earlier one. */
  readonly boot: number
  /** Sandboxes that are kept at the most. */
  readonly most: number
  /** Journal entries of a sandbox that are kept at the most. */
  readonly journalLimit: number
  /** Of all who work in this server. */
  readonly pace: Pace
  /** The memory that journals and logs may take up in this process, and what they do take up. */
  readonly budget: Budget
  /** Told what goes wrong behind the back of calls. */
  readonly report: (problem: string) => void
}

export interface Engine {
  /** `memory`, `file`, `redis`: for people. */
  readonly name: string
  /**
   * Called once, before anything else.
   * @returns the moment from which relative times of the worlds are counted
   * @throws Error that says by name what is in the way: another process, another contract, seed or fixtures
   */
  start(house: House): Awaitable<{ readonly boot: number }>
  /** @returns the clock that all processes share; the machine's own when left out */
  time?(machine: TimeSource): TimeSource
  /**
   * Follows a sandbox, which comes into being when it is first used. May let another go.
   * @throws NoRoom when there is none for a new one; an engine that knows only later lets the methods of the log throw it
   */
  open(sandbox: string, follower: Follower): SandboxLog
  /** This sandbox was made by its name: nothing but `delete` lets it go. For engines that let others go. */
  keep?(sandbox: string): Awaitable<void>
  /** @returns whether there is a sandbox of this name */
  has(sandbox: string): Awaitable<boolean>
  /** @returns the names of all sandboxes, the least recently used first */
  names(): Awaitable<readonly string[]>
  /**
   * For engines where following a sandbox costs something; it does not count as use.
   * @returns what a list shows of it, without following it; null when there is none of this name
   */
  overview?(sandbox: string): Awaitable<Overview | null>
  /** @returns a name that no sandbox has: `box-1`, `box-2` and so on; none is given twice, so that a late call to a deleted sandbox reaches no one else's */
  makeUpName(): Awaitable<string>
  /** @returns whether there was one to delete */
  delete(sandbox: string): Awaitable<boolean>
  /**
   * The server was given other worlds, systems or another seed while it runs; what is kept is kept for these from now on.
   * An engine that lacks it cannot do that: others may be at it who know of nothing.
   */
  adopt?(house: House): Awaitable<void>
  /** @returns null when all is well, otherwise what is wrong, for `/__admin/health` */
  complaint?(): Awaitable<string | null>
  /** Writes down what is to be written down, and parts. */
  stop(): Awaitable<void>
}
