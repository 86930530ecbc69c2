/** The journal of a sandbox: what was asked and answered, whether it kept the contract, and which records it changed. */
import type { Source } from './backends/setting.js'
import type { ReplyHeaders } from './reply.js'
import type { CallHeaders } from './stage/call.js'
import { weigh, weighChanges } from './engine/weigh.js'
import type { Change, Doc } from './store/types.js'

/** So much of a body is kept. */
const MOST_BODY = 64 * 1024

/** So many bytes of the records that a call changed are kept, and so much of one long text in them: a file, say. */
const MOST_CHANGES = 64 * 1024
const MOST_TEXT = 1024
/** So much of a URL is kept, and so many ways in which an answer breaks the contract. */
const MOST_URL = 16 * 1024
const MOST_VIOLATIONS = 100

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
  /** How many changes more there were; left out where there were none. */
  readonly changesLeftOut?: number
  /**
   * Who answered, this server or a real backend, and why a real one that should have did not (`<reason>: <detail>`; null where there is
   * nothing to tell). Left out where no real backend stands beside the stub.
   */
  readonly via?: { readonly source: Source; readonly reason: string | null } | undefined
  /** The newest commit that the call has seen, its own included: what the sandbox was after it. */
  readonly version: number
  /** How many requests had been counted by then. */
  readonly requests: number
}

/** Fields that few entries have. The compiler asks for those that are new, as entries are copied field by field. */
type Rare = { [K in keyof JournalEntry]-?: object extends Pick<JournalEntry, K> ? K : never }[keyof JournalEntry]
const RARE = { changesLeftOut: true, via: true } satisfies Record<Rare, true>

/** @returns what the entry has beside what all have; null for nearly all */
export function rareOf(entry: Pick<JournalEntry, Rare>): Pick<JournalEntry, Rare> | null {
  let rare: Record<string, unknown> | null = null
  for (const name in RARE) {
    const value = entry[name as Rare] // a name of the object above
    if (value !== undefined) (rare ??= {})[name] = value
  }
  return rare
}

/** What entries are chosen by, and what is told of many: all but headers, bodies and changes. */
export type EntryHead = Omit<JournalEntry, 'requestHeaders' | 'requestBody' | 'responseHeaders' | 'responseBody' | 'changes' | 'changesLeftOut'>

/** What entries are chosen by, and what they changed: all that outlives the journal at no cost. */
export type EntryOutline = EntryHead & Pick<JournalEntry, 'changes' | 'changesLeftOut'>

/** What of an entry has no bound by itself; its bodies have been cut by {@link keep}, and whoever reads a call bounds its headers. */
type Unbounded = Pick<JournalEntry, 'url' | 'violations' | 'changes'>

/** @returns what of the entry is longer than the journal keeps, cut; null where nothing is */
export function cut({ url, violations, changes }: Unbounded): Partial<Pick<JournalEntry, keyof Unbounded | 'changesLeftOut'>> | null {
  const isLong = changes.length > 0 && weighChanges(changes) > MOST_CHANGES
  if (!isLong && url.length <= MOST_URL && violations.length <= MOST_VIOLATIONS && violations.every(({ length }) => length <= MOST_TEXT)) return null
  const more = violations.length - MOST_VIOLATIONS
  return {
    url: cutText(url, MOST_URL),
    violations: [...violations.slice(0, MOST_VIOLATIONS).map((violation) => cutText(violation, MOST_TEXT)), ...(more <= 0 ? [] : [`and ${String(more)} more`])],
    ...(isLong && cutChanges(changes)),
  }
}

/** Long texts in records are cut; when that is not enough, the last changes are left out. */
function cutChanges(changes: readonly Change[]): Pick<JournalEntry, 'changes' | 'changesLeftOut'> {
  const kept: Change[] = []
  let bytes = 0
  for (const change of changes) {
    const short = { ...change, before: cutRecord(change.before), after: cutRecord(change.after) }
    bytes += weigh(short)
    if (bytes > MOST_CHANGES) break
    kept.push(short)
  }
  const left = changes.length - kept.length
  return left === 0 ? { changes: kept } : { changes: kept, changesLeftOut: left }
}

function cutRecord(record: Doc | null): Doc | null {
  return record === null ? null : Object.fromEntries(Object.entries(record).map(([name, value]) => [name, cutTexts(value)]))
}

function cutTexts(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value, MOST_TEXT)
  if (Array.isArray(value)) return value.map(cutTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cutTexts(one)]))
}

function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${String(text.length)} characters)`
}

/** A call has been put on record. */
export interface EntryEvent {
  readonly type: 'entry'
  readonly head: EntryOutline
  /** Put together when it is looked at; null once the journal keeps it no longer. It does keep it while listeners are told. */
  readonly entry: JournalEntry | null
}

/** What listeners are told: a call came, entries were removed, the sandbox was reset, or the journal ends with its sandbox. */
export type JournalEvent =
  | EntryEvent
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
