/**
 * Entries of a journal as they are held: what they are chosen by as objects, the rest as bytes; and many of them in one, as they are kept
 * outside the process. There each stands as it was held, so that nothing is spelled out again.
 */
import { type EntryHead, type JournalEntry, type KeptBody, rareOf } from '../../journal.js'
import type { NewEntry } from '../engine.js'
import { JSON_HEADERS } from '../../reply.js'
import { weighChanges } from '../weigh.js'
import { type Piece, type Pieces, write } from './pieces.js'

/** What a row takes up in the heap, roughly, but for its URL and what was changed. */
const ROW_BYTES = 320

/** One entry: what it is chosen by, and where the rest of it is. */
export interface EntryRow extends EntryHead, Pick<JournalEntry, 'changes' | 'changesLeftOut'> {
  /** What it takes up in the heap. */
  readonly weight: number
  /** Where its bytes are: JSON, request body and response body, one after the other. */
  readonly piece: Piece
  readonly start: number
  readonly json: number
  readonly request: StoredBody | null
  readonly response: StoredBody | null
}

/** @returns the entry as a row, its bytes put into a piece */
export function rowOf(entry: NewEntry, id: number, requests: number, pieces: Pieces): EntryRow {
  const { requestHeaders, responseHeaders, requestBody, responseBody, changes, url } = entry
  // The headers of nearly all answers are one and the same object.
  const headers: StoredHeaders = responseHeaders === JSON_HEADERS ? { requestHeaders } : { requestHeaders, responseHeaders }
  const json = { content: JSON.stringify(headers), encoding: 'utf8' } as const
  const piece = pieces.room(Buffer.byteLength(json.content) + lengthKept(requestBody) + lengthKept(responseBody))
  const row: EntryRow = {
    id, at: entry.at, duration: entry.duration, system: entry.system, operation: entry.operation, preflight: entry.preflight, method: entry.method, url, status: entry.status,
    user: entry.user, error: entry.error, faults: entry.faults, violations: entry.violations, version: entry.version, requests,
    changes, weight: ROW_BYTES + url.length + (changes.length === 0 ? 0 : weighChanges(changes)),
    piece, start: piece.used, json: write(piece, json), request: store(piece, requestBody), response: store(piece, responseBody),
  }
  const rare = rareOf(entry)
  // Added, and not spread into another object, which takes many times as long.
  return rare === null ? row : Object.assign(row, rare)
}

/** @returns the entry, whole */
export function read({ piece, start, json, request, response, weight: _, ...head }: EntryRow): JournalEntry {
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

/** What of a row is no bytes, and how many of them are its own. */
type PackedHead = Omit<EntryRow, 'piece' | 'start' | 'weight'>

/** In front of everything stands how long the heads are. */
const LENGTH = 4

/** @returns the rows in one: their heads as JSON, then the bytes of all */
export function pack(rows: readonly EntryRow[]): Buffer {
  const heads: PackedHead[] = []
  const parts: Buffer[] = []
  // Most stand one behind the other.
  let run: { readonly piece: Piece; readonly start: number; end: number } | null = null
  const close = () => {
    if (run !== null) parts.push(run.piece.bytes.subarray(run.start, run.end))
  }
  for (const row of rows) {
    const { piece, start } = row
    heads.push(headOf(row))
    const end = start + lengthOf(row)
    if (run !== null && run.piece === piece && run.end === start) run.end = end
    else {
      close()
      run = { piece, start, end }
    }
  }
  close()
  const json = Buffer.from(JSON.stringify(heads))
  const length = Buffer.allocUnsafe(LENGTH)
  length.writeUInt32LE(json.length)
  return Buffer.concat([length, json, ...parts])
}

/** @returns the entries that {@link pack} has put into one, oldest first */
export function unpack(packed: Buffer): readonly JournalEntry[] {
  let start = LENGTH + packed.readUInt32LE()
  const heads = JSON.parse(packed.toString('utf8', LENGTH, start)) as readonly PackedHead[] // written by `pack`
  const piece: Piece = { bytes: packed, used: packed.length, wanted: 0 }
  return heads.map((head) => {
    const entry = read({ ...head, piece, start, weight: 0 })
    start += lengthOf(head)
    return entry
  })
}

/** Field by field: to leave out the rest of an object takes many times as long. */
function headOf(row: EntryRow): PackedHead {
  const head: PackedHead = {
    id: row.id, at: row.at, duration: row.duration, system: row.system, operation: row.operation, preflight: row.preflight, method: row.method, url: row.url, status: row.status,
    user: row.user, error: row.error, faults: row.faults, violations: row.violations, version: row.version, requests: row.requests,
    changes: row.changes, json: row.json, request: row.request, response: row.response,
  }
  const rare = rareOf(row)
  return rare === null ? head : Object.assign(head, rare)
}

function lengthOf({ json, request, response }: PackedHead): number {
  return json + (request?.length ?? 0) + (response?.length ?? 0)
}

/** @returns how many bytes of the body are kept */
function lengthKept(body: KeptBody | null): number {
  if (body === null) return 0
  return body.encoding === 'latin1' ? body.content.length : body.size
}

function store(piece: Piece, body: KeptBody | null): StoredBody | null {
  return body === null ? null : { size: body.size, encoding: body.encoding, length: write(piece, body) }
}

function recall({ bytes }: Piece, start: number, body: StoredBody | null): KeptBody | null {
  if (body === null) return null
  const { size, encoding, length } = body
  return { size, content: bytes.toString(encoding, start, start + length), encoding }
}
