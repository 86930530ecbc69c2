/**
 * What stands in the folder of an engine `file`: one LevelDB database, whose values are JSON, but for those of files and journals.
 *
 * | key | value |
 * | --- | --- |
 * | `house` | what wrote the folder, and what it needs: {@link StoredHouse} |
 * | `s/<sandbox>` | the head of a sandbox: {@link StoredHead} |
 * | `d/<sandbox>/<generation>/base` | what its log begins with: {@link StoredBase} |
 * | `d/<sandbox>/<generation>/c/<version>` | a commit: {@link StoredCommit} |
 * | `d/<sandbox>/<generation>/j/<id>` | entries of its journal, from this one on, as they are held in memory: `pack` in `memory/rows.ts` |
 * | `d/<sandbox>/<generation>/journal` | which of them have gone: {@link StoredJournal}; left out where none has |
 * | `f/<hash>` | the bytes of a file, as they are; one of which no record tells is a remnant as well |
 *
 * The generation of the head is the one that counts. Another is a remnant: it was on its way out when the process ended.
 */
import type { SandboxContent } from '../../sandbox-state.js'
import type { Change } from '../../store/types.js'

/** Counts up when a folder of before cannot be read any more. */
export const FORMAT = 4

export interface StoredHouse {
  readonly format: number
  /** What the folder was written for, by name: seed, contract and fixtures of each system. */
  readonly identity: Readonly<Record<string, string>>
  /** The moment from which relative times of its worlds are counted. */
  readonly boot: number
  readonly namesMadeUp: number
}

export interface StoredHead {
  readonly generation: number
  /** The id of the last journal entry when the generation began or entries were removed; later ones may be kept themselves. */
  readonly lastEntry: number
  /** Grows with every use of any sandbox, so that the order of use is kept. */
  readonly used: number
}

export interface StoredBase {
  /** The newest commit that is in the content. */
  readonly version: number
  /** The newest of all when this was written: commits after it follow each other without gaps. */
  readonly newest: number
  readonly isWhole: boolean
  readonly content: SandboxContent
}

export interface StoredCommit {
  readonly version: number
  readonly system: string
  readonly request: number | null
  readonly changes: readonly Change[]
  readonly touched: readonly string[]
}

export interface StoredJournal {
  /** All entries before this one have gone. */
  readonly oldest: number
  /** Later ones that have gone. */
  readonly gone: readonly number[]
  /** The id of the last one, kept or not. */
  readonly last: number
}

/** One generation of a sandbox, whole. */
export interface StoredSandbox {
  readonly generation: number
  readonly base: StoredBase
  /** Those after the base, oldest first. */
  readonly commits: readonly StoredCommit[]
  /** The id of the last entry of its journal, kept or not. */
  readonly lastEntry: number
}

export const HOUSE = 'house'

/** Digits of a number in a key, so that keys stand in the order of their numbers. */
const DIGITS = 16
const padded = (number: number) => String(number).padStart(DIGITS, '0')
const folder = (sandbox: string, generation: number) => `d/${sandbox}/${padded(generation)}/`

export const keys = {
  files: 'f/',
  file: (hash: string) => `f/${hash}`,
  heads: 's/',
  head: (sandbox: string) => `s/${sandbox}`,
  sandboxes: 'd/',
  sandbox: (sandbox: string) => `d/${sandbox}/`,
  generation: folder,
  base: (sandbox: string, generation: number) => `${folder(sandbox, generation)}base`,
  commits: (sandbox: string, generation: number) => `${folder(sandbox, generation)}c/`,
  commit: (sandbox: string, generation: number, version: number) => `${folder(sandbox, generation)}c/${padded(version)}`,
  allEntries: (sandbox: string, generation: number) => `${folder(sandbox, generation)}j/`,
  entries: (sandbox: string, generation: number, first: number) => `${folder(sandbox, generation)}j/${padded(first)}`,
  journal: (sandbox: string, generation: number) => `${folder(sandbox, generation)}journal`,
}

/** Bounds of keys. */
export interface Range {
  readonly gte: string
  readonly lt: string
}

/** @returns the bounds of all keys that begin so; names of sandboxes are ASCII, so nothing stands above DEL */
export function startingWith(prefix: string): Range {
  return { gte: prefix, lt: `${prefix}\u007f` }
}
