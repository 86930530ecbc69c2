/**
 * The journal of a sandbox in memory. Entries are kept as JSON: a busy server makes thousands a second, and as objects they would
 * last just long enough to cost the garbage collector most.
 */
import type { JournalEntry } from '../../journal.js'
import { TextQueue } from '../../text-queue.js'

export class MemoryJournal {
  readonly #limit: number
  #texts = new TextQueue()
  /** The version that each entry saw, in the same order. */
  #versions: number[] = []
  #count = 0

  /** @param limit so many entries are kept; the oldest go first */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#texts.size
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
   * @returns the entry, and whether the oldest one had to go for it
   */
  add(entry: Omit<JournalEntry, 'id'>): { readonly entry: JournalEntry; readonly hasTrimmed: boolean } {
    const numbered = { id: ++this.#count, ...entry }
    this.#texts.push(JSON.stringify(numbered))
    this.#versions.push(entry.version)
    const hasTrimmed = this.#texts.size > this.#limit
    if (hasTrimmed) {
      this.#texts.shift()
      this.#versions.shift()
    }
    return { entry: numbered, hasTrimmed }
  }

  /** @returns the entries that are kept, oldest first */
  all(): readonly JournalEntry[] {
    return this.#texts.all().map((text) => JSON.parse(text) as JournalEntry) // written by `add`
  }

  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns how many there were
   */
  remove(fits: (entry: JournalEntry) => boolean): number {
    const before = this.size
    const texts = this.#texts.all()
    this.#texts = new TextQueue()
    this.#versions = []
    for (const text of texts) {
      const entry = JSON.parse(text) as JournalEntry // as above
      if (fits(entry)) continue
      this.#texts.push(text)
      this.#versions.push(entry.version)
    }
    return before - this.size
  }

  /** Forgets all entries. */
  clear(): void {
    this.#texts = new TextQueue()
    this.#versions = []
  }
}
