/** The journal of a sandbox: what was asked and answered, whether it kept the contract, and which records it changed. */
import type { ReplyHeaders } from './reply.js'
import type { CallHeaders } from './stage/call.js'
import type { Change } from './store/types.js'
import { TextQueue } from './text-queue.js'

/** So much of a body is kept. */
const MOST_BODY = 64 * 1024

/** As much of a body as is kept, and its full size in bytes. */
export interface KeptBody {
  readonly size: number
  readonly content: string
  /** What makes bytes of the content again; in Latin-1 each character is a byte. */
  readonly encoding: 'utf8' | 'latin1'
}

/** @returns the body as the journal keeps it; null when it is empty */
export function keep(body: string | Uint8Array): KeptBody | null {
  if (body.length === 0) return null
  const size = Buffer.byteLength(body)
  if (typeof body === 'string' && size <= MOST_BODY) return { size, content: body, encoding: 'utf8' }
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return { size, content: bytes.toString('latin1', 0, Math.min(size, MOST_BODY)), encoding: 'latin1' }
}

/** One call, as it passed through the pipeline; texts for people are made when somebody asks. */
export interface JournalEntry {
  /** Counts from 1 in each sandbox. */
  readonly id: number
  /** The sandbox's clock, in milliseconds since 1970. */
  readonly at: number
  /** Real milliseconds from the first step to the answer. */
  readonly duration: number
  readonly system: string
  /** Null where no operation was found. */
  readonly operation: string | null
  /** Whether a browser sent it by itself, to ask if a page may call. */
  readonly preflight: boolean
  readonly method: string
  /** Path and query below the system's base. */
  readonly url: string
  readonly requestHeaders: CallHeaders
  readonly requestBody: KeptBody | null
  readonly status: number
  readonly responseHeaders: ReplyHeaders
  readonly responseBody: KeptBody | null
  /** The user behind the credential, or the one who logged in; null where nobody is known. */
  readonly user: string | null
  /** CONSTANT_NAME of the failure; null on success and outside the dialect. */
  readonly error: string | null
  /** Ids of the fault rules that acted, and `prefer`. */
  readonly faults: readonly string[]
  /** Where the answer breaks the contract. */
  readonly violations: readonly string[]
  readonly changes: readonly Change[]
}

/** What listeners are told: a call came, entries were removed, the sandbox was reset, or the journal ends with its sandbox. */
export type JournalEvent =
  | { readonly type: 'entry'; readonly entry: JournalEntry }
  | { readonly type: 'cleared' }
  | { readonly type: 'reset' }
  | { readonly type: 'ended' }

/**
 * A bounded list of entries that tells listeners what happens to it. Entries are kept as JSON: a busy server makes thousands a second,
 * and as objects they would last just long enough to cost the garbage collector most.
 */
export class Journal {
  readonly #limit: number
  #texts = new TextQueue()
  #count = 0
  readonly #listeners = new Set<(event: JournalEvent) => void>()

  /** @param limit so many entries are kept; the oldest go first */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The entries kept, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#texts.all().map(unpack)
  }

  /** The id of the last entry; 0 before the first. */
  get lastId(): number {
    return this.#count
  }

  /** How many entries can be kept. */
  get capacity(): number {
    return this.#limit
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#texts.size
  }

  /** Whether anybody waits for what comes. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Puts an entry on record under the next id. */
  add(entry: Omit<JournalEntry, 'id'>): void {
    const numbered = { id: ++this.#count, ...entry }
    this.#texts.push(JSON.stringify(numbered))
    if (this.#texts.size > this.#limit) this.#texts.shift()
    if (this.#listeners.size > 0) this.#tell({ type: 'entry', entry: numbered })
  }

  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns how many there were
   */
  remove(fits: (entry: JournalEntry) => boolean = () => true): number {
    const kept = new TextQueue()
    for (const text of this.#texts.all()) if (!fits(unpack(text))) kept.push(text)
    const count = this.#texts.size - kept.size
    this.#texts = kept
    this.#tell({ type: 'cleared' })
    return count
  }

  /** Forgets everything because the sandbox begins anew. Ids go on counting, so that nobody takes a new entry for an old one. */
  reset(): void {
    this.#texts = new TextQueue()
    this.#tell({ type: 'reset' })
  }

  /** Tells listeners that nothing will come any more. */
  end(): void {
    this.#tell({ type: 'ended' })
    this.#listeners.clear()
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: JournalEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #tell(event: JournalEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}

function unpack(text: string): JournalEntry {
  return JSON.parse(text) as JournalEntry // written by `add`
}
