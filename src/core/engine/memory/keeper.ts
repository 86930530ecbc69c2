/** What an engine that works in this process may have behind it, so that what it does outlives the process. */
import type { Files } from '../../files.js'
import type { JournalEntry } from '../../journal.js'
import type { StoredBase, StoredSandbox } from '../file/layout.js'
import type { Commit, House } from '../engine.js'
import type { MemoryJournal } from './journal.js'
import type { FileKeeping } from './shelf.js'

/** A sandbox as it was kept. */
export interface KeptSandbox extends StoredSandbox {
  /** Of its journal, oldest first. */
  readonly entries: readonly JournalEntry[]
}

/** What was kept when the process last ended. */
export interface Kept {
  /** The moment from which relative times of the worlds are counted. */
  readonly boot: number
  readonly namesMadeUp: number
  /** By name, the least recently used first. */
  readonly sandboxes: ReadonlyMap<string, KeptSandbox>
  readonly files: Files
}

export interface Keeper extends FileKeeping {
  /** @throws Error that says by name what is in the way */
  start(house: House): Promise<Kept>
  /** Keeps what there is for another house from now on. */
  adopt(house: House): Promise<void>
  madeUp(names: number): void
  /** @returns the generation that a new sandbox of this name begins with: 1, unless one of the same name is still on its way out */
  firstGeneration(sandbox: string): number
  /**
   * Keeps a generation whole, in the place of the one before, with the entries that its journal has.
   * @returns a promise that resolves once nothing of it can be lost
   */
  keep(sandbox: string, stored: StoredSandbox, journal: MemoryJournal): Promise<void>
  /** This is the journal of a sandbox that was kept; entries that come are fetched from it. */
  follow(sandbox: string, journal: MemoryJournal): void
  /** @returns a promise that resolves once the commit cannot be lost; commits become safe in the order of the calls */
  commit(sandbox: string, generation: number, commit: Commit): Promise<void>
  /** Commits have been folded into the base. It is worked out only where it is written down. */
  fold(sandbox: string, generation: number, version: number, base: () => StoredBase): void
  /** The journal has a new entry. It is fetched a little later, so that the last ones may be lost. */
  appended(sandbox: string): void
  /** The oldest entries had to go: these. */
  drop(sandbox: string, ids: readonly number[]): void
  /** These entries were removed, wherever they stood. */
  remove(sandbox: string, ids: readonly number[]): void
  delete(sandbox: string, generation: number): void
  /** @returns null when all is well, otherwise why nothing can be kept any more */
  readonly complaint: string | null
  stop(): Promise<void>
}
