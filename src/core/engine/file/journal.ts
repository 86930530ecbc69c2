/**
 * The journal of one generation as it stands in the folder. A busy server makes thousands of entries a second, most of which soon have to
 * go again; so they are fetched from memory some at a time, as they are held there, and go out many in one record. No call waits for them.
 * A record goes when none of its entries is kept any more; until then it is noted beside it which have gone.
 */
import type { JournalEntry } from '../../journal.js'
import type { MemoryJournal } from '../memory/journal.js'
import type { Write } from './disk.js'
import { keys, type StoredJournal } from './layout.js'

/** One record of the folder. */
interface Chunk {
  readonly first: number
  readonly last: number
  /** Entries that were not removed. */
  left: number
}

/** The journal in memory. */
export type Source = Pick<MemoryJournal, 'packed' | 'count'>

export class KeptJournal {
  readonly #name: string
  readonly #generation: number
  /** Oldest first. */
  #chunks: Chunk[] = []
  /** Where entries come from; null until it is known. */
  #source: Source | null = null
  /** The last entry that is in the folder. */
  #written = 0
  /** All entries before this one have gone. */
  #oldest = 0
  /** Later ones that have gone as well, and stand in a record with others. */
  #gone = new Set<number>()
  /** Whether the folder does not know yet which have gone. */
  #isNews = false

  constructor(name: string, generation: number) {
    this.#name = name
    this.#generation = generation
  }

  /** Says where entries come from that are not in the folder yet. */
  follow(source: Source): void {
    this.#source = source
  }

  /**
   * Takes up a record that was read from the folder.
   * @returns those of its entries that are kept
   */
  recall(entries: readonly JournalEntry[], { oldest, gone, last }: StoredJournal): readonly JournalEntry[] {
    const [first, final] = [entries[0], entries.at(-1)]
    if (first === undefined || final === undefined) return []
    const removed = new Set(gone)
    const kept = entries.filter(({ id }) => id >= oldest && !removed.has(id))
    this.#chunks.push({ first: first.id, last: final.id, left: kept.length })
    for (const { id } of entries) if (removed.has(id)) this.#gone.add(id)
    this.#oldest = oldest
    this.#written = Math.max(last, final.id)
    return kept
  }

  /** The oldest entries have gone: these. */
  drop(ids: readonly number[]): void {
    this.#oldest = (ids.at(-1) ?? 0) + 1
    this.#release(ids)
  }

  /** Some entries have gone, wherever they stood. */
  remove(ids: readonly number[]): void {
    for (const id of this.#release(ids)) this.#gone.add(id)
  }

  /** @returns what is to be written so that the folder says the same */
  flush(): Write[] {
    const writes: Write[] = []
    const packed = this.#source?.packed(this.#written) ?? null
    const [first, last] = [packed?.ids[0], packed?.ids.at(-1)]
    if (packed !== null && first !== undefined && last !== undefined) {
      writes.push({ type: 'put', key: keys.entries(this.#name, this.#generation, first), value: packed.bytes, valueEncoding: 'buffer' })
      this.#chunks.push({ first, last, left: packed.ids.length })
      this.#written = last
    }
    const isOver = (chunk: Chunk) => chunk.left === 0 || chunk.last < this.#oldest
    for (const chunk of this.#chunks) if (isOver(chunk)) writes.push({ type: 'del', key: keys.entries(this.#name, this.#generation, chunk.first) })
    this.#chunks = this.#chunks.filter((chunk) => !isOver(chunk))
    if (this.#isNews) writes.push({ type: 'put', key: keys.journal(this.#name, this.#generation), value: JSON.stringify(this.#stored()) })
    this.#isNews = false
    return writes
  }

  #stored(): StoredJournal {
    const stands = (id: number) => id >= this.#oldest && this.#chunks.some(({ first, last }) => first <= id && id <= last)
    this.#gone = new Set([...this.#gone].filter(stands))
    return { oldest: this.#oldest, gone: [...this.#gone], last: this.#source?.count ?? this.#written }
  }

  /** @returns those of the entries that stand in the folder; they are not counted any more. In order, as they have come */
  #release(ids: readonly number[]): readonly number[] {
    let at = 0
    this.#isNews = true
    return ids.filter((id) => {
      while ((this.#chunks[at]?.last ?? Infinity) < id) at++
      const chunk = this.#chunks[at]
      if (chunk === undefined || chunk.first > id) return false
      chunk.left--
      return true
    })
  }
}
