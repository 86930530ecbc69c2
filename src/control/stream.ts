/** The journal as server-sent events (HTML Living Standard, section 9.2). */
import type { Response } from 'express'
import { pause } from '../core/clock.js'
import type { Journal, JournalEntry, JournalEvent } from '../core/journal.js'
import { Stream } from './call.js'

/** Proxies close connections on which nothing happens; a comment is nothing to a client. */
const KEEP_ALIVE = 15_000

/** Bytes that may wait for a slow reader; one that is slower is cut off, and goes on from its last id. */
const MOST_BACKLOG = 8 * 1024 * 1024

export interface StreamOptions {
  readonly journal: Journal
  readonly fits: (entry: JournalEntry) => boolean
  readonly show: (entry: JournalEntry) => object
  /** The last id that the client has; null where it begins anew. */
  readonly after: number | null
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal
}

/** @returns the stream: entries that the client missed, then each as it comes, until the client or the sandbox goes */
export function streamEntries({ journal, fits, show, after, gone }: StreamOptions): Stream {
  return new Stream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', connection: 'close' })
    if (response.req.method === 'HEAD') {
      response.end()
      return
    }
    response.write(': the calls of this sandbox\n\n')
    const tell = (event: JournalEvent) => {
      if (event.type === 'ended') response.end()
      else if (response.writableLength > MOST_BACKLOG) response.destroy()
      else if (event.type !== 'entry') response.write(`event: ${event.type === 'cleared' ? 'clear' : 'reset'}\ndata: {}\n\n`)
      else if (fits(event.entry)) response.write(`id: ${String(event.entry.id)}\nevent: request\ndata: ${JSON.stringify(show(event.entry))}\n\n`)
    }
    if (after !== null) for (const entry of journal.entries) if (entry.id > after) tell({ type: 'entry', entry })
    const unsubscribe = journal.subscribe(tell)
    gone.addEventListener('abort', unsubscribe)
    void keepAlive(response, gone)
  })
}

async function keepAlive(response: Response, gone: AbortSignal): Promise<void> {
  for (;;) {
    await pause(KEEP_ALIVE, gone)
    if (gone.aborted || response.writableEnded) return
    response.write(': still here\n\n')
  }
}
