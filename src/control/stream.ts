/** The journal as server-sent events (HTML Living Standard, section 9.2). */
import type { Response } from 'express'
import { pause } from '../core/clock.js'
import type { JournalEntry, JournalEvent } from '../core/journal.js'
import type { JournalFeed } from '../core/sandbox-journal.js'
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
  readonly feed: JournalFeed
  readonly show: (entry: JournalEntry) => object
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal
}

export interface StreamOptions extends Source {
  readonly fits: (entry: JournalEntry) => boolean
}

/** @returns the stream: entries that the client missed, then each as it comes, until the client or the sandbox goes */
export function streamEntries({ feed, fits, show, gone }: StreamOptions): Stream {
  return new Stream((response) => {
    if (!begin(response, feed.after)) return
    const tell = (event: JournalEvent) => {
      if (event.type !== 'entry') announce(response, event)
      else if (response.writableLength > MOST_BACKLOG) response.destroy()
      else if (fits(event.entry)) response.write(`id: ${String(event.entry.id)}\nevent: request\ndata: ${JSON.stringify(show(event.entry))}\n\n`)
    }
    for (const entry of feed.missed) tell({ type: 'entry', entry })
    feed.start(tell)
    gone.addEventListener('abort', () => {
      feed.stop()
    })
    void keepAlive(response, gone)
  })
}

/** @returns the stream of lines, several to an event; of more than fit into one the newest */
export function streamLines({ feed, show, gone }: Source): Stream {
  return new Stream((response) => {
    if (!begin(response, feed.after)) return
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
    waiting = [...feed.missed]
    flush()
    feed.start((event) => {
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
      feed.stop()
      if (timer !== null) clearTimeout(timer)
    })
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
