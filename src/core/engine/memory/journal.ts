/**
 * The journal of a sandbox in memory. A busy server makes thousands of entries a second, and as objects they would last just long enough
 * to cost the garbage collector most. So of each only what entries are chosen by is an object; headers are JSON and bodies the bytes that
 * they were, outside the heap, and an entry is put together when somebody wants to read it. Changes are those that the log has anyway.
 */
import type { EntryEvent, EntryHead, JournalEntry } from '../../journal.js'
import type { NewEntry } from '../engine.js'
import { Pieces } from './pieces.js'
import { pack, read, type EntryRow, rowOf } from './rows.js'

const NONE: readonly number[] = []

/** Entries as they can be kept elsewhere. */
export interface Packed {
  /** Oldest first. */
  readonly ids: readonly number[]
  readonly bytes: Buffer
}

export class MemoryJournal {
  readonly #limit: number
  readonly #most: number
  #pieces = new Pieces()
  /** The entries from `#first` on, oldest first; those before it have gone. */
  #rows: (EntryRow | undefined)[] = []
  #first = 0
  #rowBytes = 0
  #count = 0

  /**
   * @param limit so many entries are kept; the oldest go first
   * @param most so many bytes they may take up; the last one stays, however large it is
   * @param entries what it begins with, oldest first
   * @param last the id of the last entry, whether it is among them or not
   */
  constructor(limit: number, most: number, entries: readonly JournalEntry[] = [], last = 0) {
    this.#limit = limit
    this.#most = most
    for (const entry of entries.slice(-limit)) this.#push(rowOf(entry, entry.id, entry.requests, this.#pieces))
    this.#count = last
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#rows.length - this.#first
  }

  /** What the entries take up, in bytes. */
  get bytes(): number {
    return this.#pieces.bytes + this.#rowBytes
  }

  /** The number of the latest entry, whether it is still kept or not. */
  get count(): number {
    return this.#count
  }

  /** @returns the version that the oldest entry saw; undefined when none is kept */
  get oldestVersion(): number | undefined {
    return this.#rows[this.#first]?.version
  }

  /**
   * Puts an entry on record under the next id.
   * @returns the ids of those that had to go for it
   */
  add(entry: NewEntry, requests: number): readonly number[] {
    this.#push(rowOf(entry, ++this.#count, requests, this.#pieces))
    if (this.size <= this.#limit && this.bytes <= this.#most) return NONE
    const dropped: number[] = []
    while (this.size > this.#limit || (this.bytes > this.#most && this.size > 1)) dropped.push(...this.dropOldest())
    return dropped
  }

  /** @returns what tells of the latest entry, which is still kept; it holds nothing that the journal does not */
  latest(): EntryEvent {
    return new Latest(this.#rows.at(-1) as EntryRow, this) // one has just been added
  }

  /** @returns the entry of a row; null when it is kept no longer */
  whole(row: EntryRow): JournalEntry | null {
    let [low, high] = [this.#first, this.#rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#rows[middle]?.id ?? 0) < row.id) low = middle + 1
      else high = middle
    }
    return this.#rows[low] === row ? read(row) : null
  }

  /** @returns the id of the oldest entry, which is kept no longer; nothing where there was none */
  dropOldest(): readonly number[] {
    const row = this.#rows[this.#first]
    if (row === undefined) return NONE
    this.#rows[this.#first++] = undefined
    this.#forget(row)
    if (this.size === 0) this.clear()
    else if (this.#first * 2 > this.#rows.length) {
      this.#rows = this.#rows.slice(this.#first)
      this.#first = 0
    }
    return [row.id]
  }

  /** @returns what entries are chosen by, of all that are kept, oldest first */
  heads(): readonly EntryHead[] {
    return this.#kept()
  }

  /** @returns the entries of these ids that are kept, oldest first; all when left out */
  entries(ids?: readonly number[]): readonly JournalEntry[] {
    if (ids === undefined) return this.#kept().map((row) => read(row))
    const wanted = new Set(ids)
    return this.#kept().filter(({ id }) => wanted.has(id)).map((row) => read(row))
  }

  /** @returns those after this one that are kept, in one; null where there are none */
  packed(after: number): Packed | null {
    let from = this.#rows.length
    while (from > this.#first && (this.#rows[from - 1]?.id ?? 0) > after) from--
    const rows = this.#rows.slice(from) as EntryRow[] // from there on none has gone
    return rows.length === 0 ? null : { ids: rows.map(({ id }) => id), bytes: pack(rows) }
  }

  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns their ids
   */
  remove(fits: (entry: EntryHead) => boolean): readonly number[] {
    const removed: number[] = []
    const left: EntryRow[] = []
    for (const row of this.#kept()) {
      if (fits(row)) {
        removed.push(row.id)
        this.#forget(row)
      } else left.push(row)
    }
    this.#rows = left
    this.#first = 0
    if (left.length === 0) this.clear()
    return removed
  }

  /** Forgets all entries. */
  clear(): void {
    this.#pieces = new Pieces()
    this.#rows = []
    this.#first = 0
    this.#rowBytes = 0
  }

  #kept(): readonly EntryRow[] {
    return this.#rows.slice(this.#first) as EntryRow[] // from there on none has gone
  }

  #push(row: EntryRow): void {
    this.#rows.push(row)
    this.#rowBytes += row.weight
  }

  #forget({ piece, weight }: EntryRow): void {
    this.#pieces.release(piece)
    this.#rowBytes -= weight
  }
}

/** Made for every call while somebody listens, and kept while it waits to be sent. */
class Latest implements EntryEvent {
  readonly type = 'entry'
  readonly head: EntryRow
  readonly #journal: MemoryJournal
  #entry: JournalEntry | null = null

  constructor(head: EntryRow, journal: MemoryJournal) {
    this.head = head
    this.#journal = journal
  }

  get entry(): JournalEntry | null {
    return (this.#entry ??= this.#journal.whole(this.head))
  }
}
