/** The journal of a sandbox: what was asked and answered, whether it kept the contract, and which records it changed. */
import type { IncomingHttpHeaders } from 'node:http'
import type { ReplyHeaders } from './reply.js'
import type { Change } from './store/types.js'

/** One call. It holds what passed through the pipeline as it was; texts for people are made when somebody asks. */
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
  readonly method: string
  /** Path and query below the system's base. */
  readonly url: string
  readonly requestHeaders: IncomingHttpHeaders
  readonly requestBody: Uint8Array | null
  readonly status: number
  readonly responseHeaders: ReplyHeaders
  readonly responseBody: string | Uint8Array
  /** The user behind the credential, or the one who logged in; null where nobody is known. */
  readonly user: string | null
  /** CONSTANT_NAME of the failure; null on success and outside the dialect. */
  readonly error: string | null
  /** Where the answer breaks the contract. */
  readonly violations: readonly string[]
  readonly changes: readonly Change[]
}

/** A bounded list of entries that tells listeners of every new one. */
export class Journal {
  readonly #limit: number
  #entries: JournalEntry[] = []
  #count = 0
  readonly #listeners = new Set<(entry: JournalEntry) => void>()

  /** @param limit so many entries are kept; the oldest go first */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The entries kept, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  /** Puts an entry on record under the next id. */
  add(entry: Omit<JournalEntry, 'id'>): void {
    const numbered = { id: ++this.#count, ...entry }
    this.#entries.push(numbered)
    if (this.#entries.length > this.#limit) this.#entries.shift()
    for (const listener of this.#listeners) listener(numbered)
  }

  /** Forgets all entries; ids go on counting. */
  clear(): void {
    this.#entries = []
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }
}
