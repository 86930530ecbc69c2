/**
 * The journal of a sandbox in memory. A busy server makes thousands of entries a second, and as objects they would last just long enough
 * to cost the garbage collector most. So of each only what entries are chosen by is an object; headers are JSON and bodies the bytes that
 * they were, outside the heap, and an entry is put together when somebody wants to read it. Changes are those that the log has anyway.
 */
import { type EntryHead, type JournalEntry, type KeptBody, rareOf } from '../../journal.js'
import type { NewEntry } from '../engine.js'
import { JSON_HEADERS } from '../../reply.js'
import { weighChanges } from '../weigh.js'
import { type Piece, Pieces, write } from './pieces.js'

const NONE: readonly number[] = []

/** What a row takes up in the heap, roughly, but for its URL and what was changed. */
const ROW_BYTES = 320

/** One entry: what it is chosen by, and where the rest of it is. */
interface Row extends EntryHead, Pick<JournalEntry, 'changes' | 'changesLeftOut'> {
  /** What it takes up in the heap. */
  readonly weight: number
  /** Where its bytes are: JSON, request body and response body, one after the other. */
  readonly piece: Piece
  readonly start: number
  readonly json: number
  readonly request: StoredBody | null
  readonly response: StoredBody | null
}

function rowOf(entry: NewEntry, id: number, requests: number, pieces: Pieces): Row {
  const { requestHeaders, responseHeaders, requestBody, responseBody, changes, url } = entry
  // The headers of nearly all answers are one and the same object.
  const headers: StoredHeaders = responseHeaders === JSON_HEADERS ? { requestHeaders } : { requestHeaders, responseHeaders }
  const json = { content: JSON.stringify(headers), encoding: 'utf8' } as const
  const piece = pieces.room(json, requestBody, responseBody)
  const row: Row = {
    id, at: entry.at, duration: entry.duration, system: entry.system, operation: entry.operation, preflight: entry.preflight, method: entry.method, url, status: entry.status,
    user: entry.user, error: entry.error, faults: entry.faults, violations: entry.violations, version: entry.version, requests,
    changes, weight: ROW_BYTES + url.length + (changes.length === 0 ? 0 : weighChanges(changes)),
    piece, start: piece.used, json: write(piece, json), request: store(piece, requestBody), response: store(piece, responseBody),
  }
  const rare = rareOf(entry)
  return rare === null ? row : { ...row, ...rare }
}

/** @returns the entry, whole */
function read({ piece, start, json, request, response, weight: _, ...head }: Row): JournalEntry {
  const requestStart = start + json
  const responseStart = requestStart + (request?.length ?? 0)
  const { requestHeaders, responseHeaders = JSON_HEADERS } = JSON.parse(piece.bytes.toString('utf8', start, requestStart)) as StoredHeaders // written by `rowOf`
  const bodies = { requestBody: recall(piece, requestStart, request), responseBody: recall(piece, responseStart, response) }
  return { ...head, requestHeaders, responseHeaders, ...bodies }
}

/** What of an entry is kept as JSON. */
type StoredHeaders = Pick<JournalEntry, 'requestHeaders'> & Partial<Pick<JournalEntry, 'responseHeaders'>>

/** A body whose content is kept as bytes. */
interface StoredBody extends Omit<KeptBody, 'content'> {
  readonly length: number
}

export class MemoryJournal {
  readonly #limit: number
  readonly #most: number
  #pieces = new Pieces()
  /** The entries from `#first` on, oldest first; those before it have gone. */
  #rows: (Row | undefined)[] = []
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

  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns their ids
   */
  remove(fits: (entry: EntryHead) => boolean): readonly number[] {
    const removed: number[] = []
    const left: Row[] = []
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

  #kept(): readonly Row[] {
    return this.#rows.slice(this.#first) as Row[] // from there on none has gone
  }

  #push(row: Row): void {
    this.#rows.push(row)
    this.#rowBytes += row.weight
  }

  #forget({ piece, weight }: Row): void {
    this.#pieces.release(piece)
    this.#rowBytes -= weight
  }
}

function store(piece: Piece, body: KeptBody | null): StoredBody | null {
  return body === null ? null : { size: body.size, encoding: body.encoding, length: write(piece, body) }
}

function recall({ bytes }: Piece, start: number, body: StoredBody | null): KeptBody | null {
  if (body === null) return null
  const { size, encoding, length } = body
  return { size, content: bytes.toString(encoding, start, start + length), encoding }
}
