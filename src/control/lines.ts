/**
 * The calls of a sandbox as lines, in batches that are made once for all who read them. While calls pour in most of them are never
 * looked at: lines are made only of those that are sent, and batches become rarer.
 */
import type { EntryEvent, EntryOutline, JournalEntry, JournalEvent } from '../core/journal.js'
import type { Feed, Journal } from '../core/sandbox-journal.js'
import { maskPhones } from '../core/secrets.js'
import { type Adopted, showUrl } from './veil.js'

/** Lines are collected for so many milliseconds; in a rush for twice as many each time, up to the most. */
const COLLECT = 100
const COLLECT_MOST = 500
/** So many calls in a millisecond are a rush: 250 a second. */
const RUSH = 0.25
/** Lines of one event; nobody reads more in half a second. */
const MOST_LINES = 200

/** So much of a URL stands in a line. */
const MOST_URL = 300

/** What a line is made of. The headers count only where a real backend answered: what they say in secret may stand in the URL as well. */
type Seen = EntryOutline & Partial<Pick<JournalEntry, 'requestHeaders'>>

/**
 * @param adopted the tokens that real backends have given
 * @returns what a list shows of the entry, without secrets
 */
export function showLine({ id, at, duration, system, operation, method, url, status, error, user, faults, violations, changes, changesLeftOut = 0, via, requestHeaders = {} }: Seen, adopted: Adopted) {
  return {
    id,
    at: new Date(at).toISOString(),
    duration: Math.round(duration * 1000) / 1000,
    system,
    operationId: operation,
    method,
    url: showUrl({ url, via, requestHeaders }, adopted).slice(0, MOST_URL),
    status,
    error,
    user: user === null || via === undefined ? user : maskPhones(user),
    faults: [...faults],
    violations: violations.length,
    changes: changes.length + changesLeftOut,
    source: via?.source ?? ('stub' as const),
  }
}

/** Some lines, the oldest first. */
export interface Batch {
  readonly type: 'lines'
  readonly entries: readonly Seen[]
  /** How many calls right before them were left out. */
  readonly left: number
  /** What is hidden in them. */
  readonly adopted: Adopted
  /** The event, as it is sent. */
  readonly text: string
}

export type LinesEvent = Batch | Exclude<JournalEvent, EntryEvent>

/** @returns the event that tells of the entries, of which there is one at least */
export function batchOf(entries: readonly Seen[], left: number, adopted: Adopted): Batch {
  return { type: 'lines', entries, left, adopted, text: `id: ${String(entries.at(-1)?.id)}\nevent: lines\ndata: ${JSON.stringify({ lines: entries.map((entry) => showLine(entry, adopted)), left })}\n\n` }
}

/** @returns the entries in portions that each fit into an event */
export function* portions(entries: readonly JournalEntry[]): Generator<readonly JournalEntry[]> {
  for (let at = 0; at < entries.length; at += MOST_LINES) yield entries.slice(at, at + MOST_LINES)
}

/** The lines of the sandboxes of one server that somebody reads. */
export class LineFeeds {
  readonly #feeds = new WeakMap<Journal, LineFeed>()

  /**
   * Listens to the lines of a journal without missing anything.
   * @param after the last id that the listener has; null where it begins anew
   * @param adopted the tokens that real backends have given; what comes before they are known waits for them
   */
  follow(journal: Journal, after: number | null, adopted: Promise<Adopted>): Promise<Feed<LinesEvent>> {
    const feed = this.#feeds.get(journal) ?? new LineFeed(journal)
    this.#feeds.set(journal, feed)
    return journal.followBy(after, (reader) => subscribeWith(journal, feed, adopted, reader), newsOf)
  }
}

/** Listens to the journal itself until it is known what is hidden, and then as one of many. @returns what ends it */
function subscribeWith(journal: Journal, feed: LineFeed, adopted: Promise<Adopted>, reader: (event: LinesEvent) => void): () => void {
  const waiting: JournalEvent[] = []
  let isOver = false
  let leave = journal.subscribe((event) => waiting.push(event))
  const begin = (known: Adopted) => {
    if (isOver) return
    leave()
    feed.hide(known)
    leave = feed.subscribe(reader)
    for (const event of waiting) reader(event.type === 'entry' ? batchOf([seenIn(event)], 0, known) : event)
  }
  // Who asked for them hears of a failure.
  adopted.then(begin, () => undefined)
  return () => {
    isOver = true
    leave()
  }
}

/** @returns what is new in it; its calls have consecutive ids, and ids only grow */
function newsOf(event: LinesEvent, known: number): LinesEvent | null {
  if (event.type !== 'lines') return event
  const fresh = event.entries.filter(({ id }) => id > known)
  const [first] = fresh
  if (first === undefined) return null
  const left = Math.max(0, Math.min(event.left, first.id - 1 - known))
  return fresh.length === event.entries.length && left === event.left ? event : batchOf(fresh, left, event.adopted)
}

class LineFeed {
  readonly #journal: Journal
  readonly #readers = new Set<(event: LinesEvent) => void>()
  /** The newest that have come since the last batch; where one is no longer sent, the next takes its place. */
  #ring: Seen[] = []
  #came = 0
  #wait = COLLECT
  #timer: NodeJS.Timeout | null = null
  #leave: (() => void) | null = null

  #adopted: Adopted = []

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Hides these from now on: whoever begins to read has just looked for them. */
  hide(adopted: Adopted): void {
    this.#adopted = adopted
  }

  /** @returns a function that ends the subscription */
  readonly subscribe = (reader: (event: LinesEvent) => void): (() => void) => {
    // What has been collected is for those who were there.
    this.#flush()
    this.#readers.add(reader)
    this.#leave ??= this.#journal.subscribe(this.#hear)
    return () => {
      if (!this.#readers.delete(reader) || this.#readers.size > 0) return
      this.#leave?.()
      this.#leave = null
      this.#take()
    }
  }

  readonly #hear = (event: JournalEvent): void => {
    if (event.type === 'entry') {
      this.#ring[this.#came++ % MOST_LINES] = seenIn(event)
      this.#timer ??= setTimeout(this.#flush, this.#wait)
    } else {
      this.#flush()
      this.#tell(event)
    }
  }

  readonly #flush = (): void => {
    const isRush = this.#came > this.#wait * RUSH
    this.#wait = isRush ? Math.min(COLLECT_MOST, this.#wait * 2) : COLLECT
    const { entries, left } = this.#take()
    if (entries.length > 0) this.#tell(batchOf(entries, left, this.#adopted))
  }

  /** @returns what has been collected, which is kept no longer */
  #take(): { readonly entries: readonly Seen[]; readonly left: number } {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const [ring, came] = [this.#ring, this.#came]
    this.#ring = []
    this.#came = 0
    const oldest = came > MOST_LINES ? came % MOST_LINES : 0
    return { entries: [...ring.slice(oldest), ...ring.slice(0, oldest)], left: Math.max(0, came - MOST_LINES) }
  }

  #tell(event: LinesEvent): void {
    for (const reader of [...this.#readers]) reader(event)
  }
}

/** A whole entry is put together only where it has to be: in a rush most are never sent. */
function seenIn(event: EntryEvent): Seen {
  return event.head.via === undefined ? event.head : (event.entry ?? event.head)
}
