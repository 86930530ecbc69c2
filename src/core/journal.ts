/** The journal of a sandbox: what was asked and answered, whether it kept the contract, and which records it changed. */
import type { ReplyHeaders } from './reply.js'
import type { CallHeaders } from './stage/call.js'
import type { Change } from './store/types.js'

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
  /** The newest commit that the call has seen, its own included: what the sandbox was after it. */
  readonly version: number
  /** How many requests had been counted by then. */
  readonly requests: number
}

/** What listeners are told: a call came, entries were removed, the sandbox was reset, or the journal ends with its sandbox. */
export type JournalEvent =
  | { readonly type: 'entry'; readonly entry: JournalEntry }
  | { readonly type: 'cleared' }
  | { readonly type: 'reset' }
  | { readonly type: 'ended' }

/** How much a journal holds. */
export interface JournalStatus {
  /** How many entries are kept, and how many may be. */
  readonly size: number
  readonly limit: number
  /** The id of the last entry, kept or not; 0 before the first. */
  readonly last: number
}
