/**
 * The journal of one generation as it stands in the folder. A busy server makes thousands of entries a second, most of which soon have to
 * go again; so they go out some at a time, many in one record, and no call waits for them. A record goes when none of its entries is kept
 * any more; until then it is noted beside it which have gone.
 */
import type { JournalEntry } from '../../journal.js'
import type { NewEntry } from '../engine.js'
import type { Write } from './disk.js'
import { keys, type StoredJournal } from './layout.js'

/** One record of the folder. */
interface Chunk {
  readonly first: number
  readonly last: number
  /** Entries that were not removed. */
  left: number
}

export class KeptJournal {
  readonly #name: string
  readonly #generation: number
  /** Oldest first. */
  #chunks: Chunk[] = []
  /** Entries that are not in the folder yet: each as JSON, and as bytes, for texts that wait are what the garbage collector has to move. */
  #waiting: { readonly id: number; readonly json: Buffer }[] = []
  #bytes = 0
  /** All entries before this one have gone. */
  #oldest = 0
  /** Later ones that have gone as well, and stand in a record with others. */
  #gone = new Set<number>()
  #last = 0
  /** Whether the folder does not know yet which have gone. */
  #isNews = false

  constructor(name: string, generation: number) {
    this.#name = name
    this.#generation = generation
  }

  /** What waits to be written. */
  get bytes(): number {
    return this.#bytes
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
    this.#last = Math.max(last, final.id)
    return kept
  }

  /** Puts an entry behind the others. */
  add(entry: NewEntry | JournalEntry, id: number, requests: number): void {
    // Spelled out in front of the others: an object with two fields more costs more than the rest of this.
    const json = Buffer.from(`{"id":${String(id)},"requests":${String(requests)},${JSON.stringify(entry).slice(1)}`)
    this.#waiting.push({ id, json })
    this.#bytes += json.length
    this.#last = id
  }

  /** The oldest entries have gone: these. */
  drop(ids: readonly number[]): void {
    this.#oldest = (ids.at(-1) ?? 0) + 1
    this.#release(ids)
  }

  /** Some entries have gone, wherever they stood. */
  remove(ids: readonly number[]): void {
    const removed = new Set(ids)
    this.#waiting = this.#waiting.filter(({ id }) => !removed.has(id))
    for (const id of this.#release(ids)) this.#gone.add(id)
  }

  /** @returns what is to be written so that the folder says the same */
  flush(): Write[] {
    const writes: Write[] = []
    const waiting = this.#waiting.filter(({ id }) => id >= this.#oldest)
    this.#waiting = []
    this.#bytes = 0
    const [first, last] = [waiting[0], waiting.at(-1)]
    if (first !== undefined && last !== undefined) {
      writes.push({ type: 'put', key: keys.entries(this.#name, this.#generation, first.id), value: arrayOf(waiting.map(({ json }) => json)), valueEncoding: 'buffer' })
      this.#chunks.push({ first: first.id, last: last.id, left: waiting.length })
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
    return { oldest: this.#oldest, gone: [...this.#gone], last: this.#last }
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

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')]

/** @returns JSON */
function arrayOf(items: readonly Buffer[]): Buffer {
  return Buffer.concat([...items.flatMap((item, i) => [i === 0 ? OPEN : COMMA, item]), CLOSE])
}
