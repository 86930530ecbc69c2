/** The journal as server-sent events (HTML Living Standard, section 9.2). */
import type { Budget } from '../core/budget.js'
import { pause } from '../core/clock.js'
import type { EntryHead, JournalEntry, JournalEvent } from '../core/journal.js'
import type { Feed } from '../core/sandbox-journal.js'
import type { Call } from '../core/stage/call.js'
import { Stream } from '../core/surface/api.js'
import { batchOf, type LinesEvent, portions } from './lines.js'
import type { Adopted } from './veil.js'

/** Proxies close connections on which nothing happens; a comment is nothing to a client. */
const KEEP_ALIVE = 15_000

/** Bytes that may wait for a slow reader; one that is slower is cut off, and goes on from its last id. */
const MOST_BACKLOG = 8 * 1024 * 1024

/** Without a reason an error would be made each time, with its stack. */
const WOKEN = 'something came'

interface Source<E> {
  readonly feed: Feed<E>
  readonly call: Call
  /** What may wait for slow readers. */
  readonly budget: Budget
}

export interface StreamOptions extends Source<JournalEvent> {
  readonly fits: (entry: EntryHead) => boolean
  readonly show: (entry: JournalEntry) => object
}

/** What a stream is made of. */
interface Telling<E> {
  /** What the client missed. */
  readonly missed: Iterable<string>
  /** Puts into the backlog what comes. */
  readonly tell: (event: E) => void
}

/** @returns the stream: entries that the client missed, then each as it comes, until the client or the sandbox goes */
export function streamEntries({ fits, show, ...source }: StreamOptions): Stream {
  const write = (entry: JournalEntry) => `id: ${String(entry.id)}\nevent: request\ndata: ${JSON.stringify(show(entry))}\n\n`
  return begin(source, (backlog) => ({
    missed: mapped(source.feed.missed.filter(fits), write),
    tell: (event) => {
      if (event.type !== 'entry') announce(backlog, event)
      else if (fits(event.head) && event.entry !== null) backlog.add(write(event.entry))
    },
  }))
}

/** @returns the stream of lines, several to an event; of a rush the newest, and how many were left out */
export function streamLines({ feed, call, budget, adopted }: Source<LinesEvent> & { readonly adopted: Adopted }): Stream {
  return begin({ feed, call, budget }, (backlog) => ({
    missed: mapped(portions(feed.missed), (entries) => batchOf(entries, 0, adopted).text),
    tell: (event) => {
      if (event.type === 'lines') backlog.add(event.text)
      else announce(backlog, event)
    },
  }))
}

function begin<E>({ feed, call, budget }: Source<E>, telling: (backlog: Backlog) => Telling<E>): Stream {
  const { method, signal } = call
  const stop = () => {
    feed.stop()
  }
  // Of the answer to HEAD nobody reads a body.
  if (method === 'HEAD') stop()
  else signal.addEventListener('abort', stop, { once: true })
  return new Stream('text/event-stream; charset=utf-8', events(feed, signal, new Backlog(budget), telling), { 'last-event-id': String(feed.after), 'x-accel-buffering': 'no' })
}

async function* events<E>(feed: Feed<E>, gone: AbortSignal, backlog: Backlog, telling: (backlog: Backlog) => Telling<E>): AsyncGenerator<string, void> {
  const { missed, tell } = telling(backlog)
  const leave = () => {
    backlog.end()
  }
  gone.addEventListener('abort', leave)
  if (gone.aborted) leave()
  feed.start(tell)
  try {
    yield ': the calls of this sandbox\n\n'
    yield* missed
    yield* backlog.pieces()
  } finally {
    feed.stop()
    backlog.empty()
    gone.removeEventListener('abort', leave)
  }
}

function announce(backlog: Backlog, { type }: Exclude<JournalEvent, { type: 'entry' }>): void {
  if (type === 'ended') backlog.end()
  else backlog.add(`event: ${type === 'cleared' ? 'clear' : 'reset'}\ndata: {}\n\n`)
}

/** Each only when it is asked for: what a client missed may be much. */
function* mapped<T>(items: Iterable<T>, change: (item: T) => string): Generator<string> {
  for (const item of items) yield change(item)
}

/** What the reader has not taken yet. */
class Backlog {
  readonly #budget: Budget
  #pieces: string[] = []
  #bytes = 0
  #isOver = false
  #isTooMuch = false
  #wake = new AbortController()

  constructor(budget: Budget) {
    this.#budget = budget
  }

  add(piece: string): void {
    const bytes = Buffer.byteLength(piece)
    if (!this.#isTooMuch && this.#bytes + bytes <= MOST_BACKLOG && this.#budget.take('backlog', bytes)) {
      this.#pieces.push(piece)
      this.#bytes += bytes
    } else {
      // Kept no longer: the reader is to be cut off.
      this.#isTooMuch = true
      this.empty()
    }
    this.#wake.abort(WOKEN)
  }

  /** Forgets what waits. */
  empty(): void {
    this.#budget.give('backlog', this.#bytes)
    this.#pieces = []
    this.#bytes = 0
  }

  /** Nothing comes any more. */
  end(): void {
    this.#isOver = true
    this.#wake.abort(WOKEN)
  }

  /** Hands out what waits and what comes, until the end. @throws Error when too much waits */
  async *pieces(): AsyncGenerator<string, void> {
    for (;;) {
      this.#wake = new AbortController()
      if (this.#isTooMuch) throw new Error('too much waits for a slow reader')
      const piece = this.#pieces.join('')
      this.empty()
      if (piece !== '') yield piece
      else if (this.#isOver) return
      else {
        await pause(KEEP_ALIVE, this.#wake.signal)
        if (!this.#wake.signal.aborted) yield ': still here\n\n'
      }
    }
  }
}
