/** The journal as server-sent events (HTML Living Standard, section 9.2). */
import type { Budget } from '../core/budget.js'
import { pause } from '../core/clock.js'
import type { EntryHead, JournalEntry, JournalEvent } from '../core/journal.js'
import type { JournalFeed } from '../core/sandbox-journal.js'
import type { Call } from '../core/stage/call.js'
import { Stream } from '../core/surface/api.js'

/** Proxies close connections on which nothing happens; a comment is nothing to a client. */
const KEEP_ALIVE = 15_000

/** Bytes that may wait for a slow reader; one that is slower is cut off, and goes on from its last id. */
const MOST_BACKLOG = 8 * 1024 * 1024

/** Lines are collected for so many milliseconds, as a write costs the server more than a line does. */
const COLLECT = 100
/** Lines of one event; nobody reads more in a tenth of a second. */
const MOST_LINES = 200

interface Source {
  readonly feed: JournalFeed
  readonly show: (entry: JournalEntry) => object
  readonly call: Call
  /** What may wait for slow readers. */
  readonly budget: Budget
}

export interface StreamOptions extends Source {
  readonly fits: (entry: EntryHead) => boolean
}

type EntryEvent = Extract<JournalEvent, { type: 'entry' }>

/** What a stream is made of. */
interface Telling {
  /** What the client missed. */
  readonly missed: Iterable<string>
  /** Puts into the backlog what comes. */
  readonly tell: (event: JournalEvent) => void
  /** Nobody listens any more. */
  readonly stop?: () => void
}

/** @returns the stream: entries that the client missed, then each as it comes, until the client or the sandbox goes */
export function streamEntries({ fits, show, ...source }: StreamOptions): Stream {
  const write = (entry: JournalEntry) => `id: ${String(entry.id)}\nevent: request\ndata: ${JSON.stringify(show(entry))}\n\n`
  return begin({ show, ...source }, (backlog) => ({
    missed: mapped(source.feed.missed.filter(fits), write),
    tell: (event) => {
      if (event.type !== 'entry') announce(backlog, event)
      else if (fits(event.entry)) backlog.add(write(event.entry))
    },
  }))
}

/** @returns the stream of lines, several to an event; of more than fit into one the newest */
export function streamLines(source: Source): Stream {
  const write = (entries: readonly JournalEntry[], left: number) => `id: ${String(entries.at(-1)?.id)}\nevent: lines\ndata: ${JSON.stringify({ lines: entries.map(source.show), left })}\n\n`
  return begin(source, (backlog) => {
    let waiting: EntryEvent[] = []
    let left = 0
    let timer: NodeJS.Timeout | null = null
    const flush = () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      if (waiting.length > 0) backlog.add(write(waiting.map(({ entry }) => entry), left))
      waiting = []
      left = 0
    }
    const collect = (event: EntryEvent) => {
      waiting.push(event)
      // Twice as many are let in before the older half goes, so that the array is moved seldom.
      if (waiting.length >= 2 * MOST_LINES) left += waiting.splice(0, MOST_LINES).length
      timer ??= setTimeout(() => {
        if (waiting.length > MOST_LINES) left += waiting.splice(0, waiting.length - MOST_LINES).length
        flush()
      }, COLLECT)
    }
    const { missed } = source.feed
    return {
      missed: missed.length === 0 ? [] : [write(missed, 0)],
      tell: (event) => {
        if (event.type === 'entry') collect(event)
        else {
          flush()
          announce(backlog, event)
        }
      },
      stop: () => {
        if (timer !== null) clearTimeout(timer)
      },
    }
  })
}

function begin({ feed, call, budget }: Source, telling: (backlog: Backlog) => Telling): Stream {
  const { method, signal } = call
  const stop = () => {
    feed.stop()
  }
  // Of the answer to HEAD nobody reads a body.
  if (method === 'HEAD') stop()
  else signal.addEventListener('abort', stop, { once: true })
  return new Stream('text/event-stream; charset=utf-8', events(feed, signal, new Backlog(budget), telling), { 'last-event-id': String(feed.after), 'x-accel-buffering': 'no' })
}

async function* events(feed: JournalFeed, gone: AbortSignal, backlog: Backlog, telling: (backlog: Backlog) => Telling): AsyncGenerator<string, void> {
  const { missed, tell, stop } = telling(backlog)
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
    stop?.()
    backlog.empty()
    gone.removeEventListener('abort', leave)
  }
}

function announce(backlog: Backlog, { type }: Exclude<JournalEvent, { type: 'entry' }>): void {
  if (type === 'ended') backlog.end()
  else backlog.add(`event: ${type === 'cleared' ? 'clear' : 'reset'}\ndata: {}\n\n`)
}

/** Each only when it is asked for: what a client missed may be much. */
function* mapped<T>(items: readonly T[], change: (item: T) => string): Generator<string> {
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
    this.#wake.abort()
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
    this.#wake.abort()
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
