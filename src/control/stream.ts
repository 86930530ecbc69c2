/** The journal as server-sent events (HTML Living Standard, section 9.2). */
import type { Response } from 'express'
import { pause } from '../core/clock.js'
import type { Journal, JournalEntry, JournalEvent } from '../core/journal.js'
import { Stream } from './call.js'

/** Proxies close connections on which nothing happens; a comment is nothing to a client. */
const KEEP_ALIVE = 15_000

/** Bytes that may wait for a slow reader; one that is slower is cut off, and goes on from its last id. */
const MOST_BACKLOG = 8 * 1024 * 1024

/** Lines are collected for so many milliseconds, as a write costs the server more than a line does. */
const COLLECT = 100
/** Lines of one event; nobody reads more in a tenth of a second. */
const MOST_LINES = 200

interface Source {
  readonly journal: Journal
  readonly show: (entry: JournalEntry) => object
  /** The last id that the client has; null where it begins anew. */
  readonly after: number | null
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal
}

export interface StreamOptions extends Source {
  readonly fits: (entry: JournalEntry) => boolean
}

/** @returns the stream: entries that the client missed, then each as it comes, until the client or the sandbox goes */
export function streamEntries({ journal, fits, show, after, gone }: StreamOptions): Stream {
  return new Stream((response) => {
    if (!begin(response, after ?? journal.lastId)) return
    const tell = (event: JournalEvent) => {
      if (event.type !== 'entry') announce(response, event)
      else if (response.writableLength > MOST_BACKLOG) response.destroy()
      else if (fits(event.entry)) response.write(`id: ${String(event.entry.id)}\nevent: request\ndata: ${JSON.stringify(show(event.entry))}\n\n`)
    }
    if (after !== null) for (const entry of journal.entries) if (entry.id > after) tell({ type: 'entry', entry })
    gone.addEventListener('abort', journal.subscribe(tell))
    void keepAlive(response, gone)
  })
}

/** @returns the stream of lines, several to an event; of more than fit into one the newest */
export function streamLines({ journal, show, after, gone }: Source): Stream {
  return new Stream((response) => {
    if (!begin(response, after ?? journal.lastId)) return
    let waiting: JournalEntry[] = []
    let left = 0
    let timer: NodeJS.Timeout | null = null
    const flush = () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      const last = waiting.at(-1)
      if (last === undefined) return
      if (response.writableLength > MOST_BACKLOG) response.destroy()
      else response.write(`id: ${String(last.id)}\nevent: lines\ndata: ${JSON.stringify({ lines: waiting.map(show), left })}\n\n`)
      waiting = []
      left = 0
    }
    const unsubscribe = journal.subscribe((event) => {
      if (event.type !== 'entry') {
        flush()
        announce(response, event)
        return
      }
      waiting.push(event.entry)
      // Twice as many are let in before the older half goes, so that the array is moved seldom.
      if (waiting.length >= 2 * MOST_LINES) left += waiting.splice(0, MOST_LINES).length
      timer ??= setTimeout(() => {
        if (waiting.length > MOST_LINES) left += waiting.splice(0, waiting.length - MOST_LINES).length
        flush()
      }, COLLECT)
    })
    gone.addEventListener('abort', () => {
      unsubscribe()
      if (timer !== null) clearTimeout(timer)
    })
    if (after !== null) waiting = journal.entries.filter(({ id }) => id > after)
    flush()
    void keepAlive(response, gone)
  })
}

/**
 * @param after the id after which the stream goes on
 * @returns whether there is anybody to write events to
 */
function begin(response: Response, after: number): boolean {
  // Without `connection: close`: Node's fetch takes a reset of such a connection for the proper end of the answer.
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'last-event-id': String(after), 'x-accel-buffering': 'no' })
  if (response.req.method === 'HEAD') {
    response.end()
    return false
  }
  response.write(': the calls of this sandbox\n\n')
  return true
}

function announce(response: Response, { type }: Exclude<JournalEvent, { type: 'entry' }>): void {
  if (type === 'ended') response.end()
  else response.write(`event: ${type === 'cleared' ? 'clear' : 'reset'}\ndata: {}\n\n`)
}

async function keepAlive(response: Response, gone: AbortSignal): Promise<void> {
  for (;;) {
    await pause(KEEP_ALIVE, gone)
    if (gone.aborted || response.writableEnded) return
    response.write(': still here\n\n')
  }
}
