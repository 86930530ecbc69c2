/**
 * The journal of a sandbox in memory. Entries are kept as JSON: a busy server makes thousands a second, and as objects they would
 * last just long enough to cost the garbage collector most.
 */
import type { JournalEntry } from '../../journal.js'
import { TextQueue } from '../../text-queue.js'

const NONE: readonly number[] = []

export class MemoryJournal {
  readonly #limit: number
  readonly #most: number
  #texts = new TextQueue()
  /** The version that each entry saw, in the same order. */
  #versions: number[] = []
  /** The id of each entry, likewise. */
  #ids: number[] = []
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
    for (const entry of entries.slice(-limit)) this.#push(entry, JSON.stringify(entry))
    this.#count = last
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#texts.size
  }

  /** What the entries take up, in bytes. */
  get bytes(): number {
    return this.#texts.bytes
  }

  /** The number of the latest entry, whether it is still kept or not. */
  get count(): number {
    return this.#count
  }

  /** @returns the version that the oldest entry saw; undefined when none is kept */
  get oldestVersion(): number | undefined {
    return this.#versions[0]
  }

  /**
   * Puts an entry on record under the next id.
   * @returns the entry, and the ids of those that had to go for it
   */
  add(entry: Omit<JournalEntry, 'id'>): { readonly entry: JournalEntry; readonly dropped: readonly number[] } {
    const numbered = { id: ++this.#count, ...entry }
    this.#push(numbered, JSON.stringify(numbered))
    if (this.#texts.size <= this.#limit && this.#texts.bytes <= this.#most) return { entry: numbered, dropped: NONE }
    const dropped: number[] = []
    while (this.#texts.size > this.#limit || (this.#texts.bytes > this.#most && this.#texts.size > 1)) dropped.push(...this.dropOldest())
    return { entry: numbered, dropped }
  }

  /** @returns the id of the oldest entry, which is kept no longer; nothing where there was none */
  dropOldest(): readonly number[] {
    const id = this.#ids.shift()
    this.#texts.shift()
    this.#versions.shift()
    return id === undefined ? NONE : [id]
  }

  /** @returns the entries that are kept, oldest first */
  all(): readonly JournalEntry[] {
    return this.#texts.all().map((text) => JSON.parse(text) as JournalEntry) // written by `add`
  }

  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns their ids
   */
  remove(fits: (entry: JournalEntry) => boolean): readonly number[] {
    const texts = this.#texts.all()
    this.clear()
    const removed: number[] = []
    for (const text of texts) {
      const entry = JSON.parse(text) as JournalEntry // as above
      if (fits(entry)) removed.push(entry.id)
      else this.#push(entry, text)
    }
    return removed
  }

  /** Forgets all entries. */
  clear(): void {
    this.#texts = new TextQueue()
    this.#versions = []
    this.#ids = []
  }

  #push({ id, version }: JournalEntry, text: string): void {
    this.#texts.push(text)
    this.#versions.push(version)
    this.#ids.push(id)
  }
}
