/** Server-sent events, followed across broken connections. */
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream'
import { pause } from '../core/clock.js'
import { type Answer, take } from './control.js'

export interface ServerEvent {
  /** `message` when the event has no name. */
  readonly event: string
  readonly data: string
}

/** The header with which a stream goes on where it broke off; none at first. */
export interface Resumption {
  'Last-Event-ID'?: string
}

/** A stream that begins. */
interface Opened {
  readonly body: ReadableStream<Uint8Array> | null
  /** The id to go on from when the stream breaks before its first event. */
  readonly lastId: string | null
}

export interface Following {
  /** Opens the stream, after the last event that came. */
  readonly open: (last: Resumption) => Promise<Opened>
  /** Ends the following with its reason. */
  readonly signal?: AbortSignal | undefined
  /** So many attempts in a row are made to get a broken stream back. */
  readonly attempts?: number
}

/** Milliseconds before the first new attempt; each later one waits twice as long. */
const WAIT = 200
const LONGEST_WAIT = 5000
/** Characters of an event; a journal entry with both its bodies has fewer. */
const MOST_EVENT = 16 * 1024 * 1024

/**
 * Reads a stream of events as https://html.spec.whatwg.org/multipage/server-sent-events.html tells, and goes on after the last one when
 * the connection breaks. A stream that the server brings to its proper end is over.
 * @returns the events as they come, each once
 * @throws Error when the stream cannot be opened, or not be had back, or the signal's reason
 */
export async function* followEvents({ open, signal, attempts = 5 }: Following): AsyncGenerator<ServerEvent> {
  let lastId: string | null = null
  let failures = 0
  for (;;) {
    try {
      const { body, lastId: from } = await open(lastId === null ? {} : { 'Last-Event-ID': lastId })
      lastId ??= from
      if (body === null) return
      for await (const { id, event = 'message', data } of readEvents(body)) {
        failures = 0
        if (id !== undefined) lastId = id
        yield { event, data }
      }
      return
    } catch (error) {
      // What never was there is not waited for: a wrong token or address is told at once.
      if (signal?.aborted === true || lastId === null || ++failures > attempts) throw error
    }
    await pause(Math.min(WAIT * 2 ** (failures - 1), LONGEST_WAIT), signal)
    signal?.throwIfAborted()
  }
}

/**
 * @param call of an operation that answers with a stream
 * @returns its beginning
 * @throws ControlError when it was refused
 */
export async function opened(call: Promise<Answer<ReadableStream<Uint8Array> | null>>): Promise<Opened> {
  const { response } = await call
  return { body: await take(call), lastId: response.headers.get('last-event-id') }
}

async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<EventSourceMessage> {
  const decoder = new TextDecoder()
  // Not TextDecoderStream, which Node and browsers give types that do not agree.
  const texts = new TransformStream<Uint8Array, string>({ transform: (bytes, out) => { out.enqueue(decoder.decode(bytes, { stream: true })) } })
  const reader = stream.pipeThrough(texts).pipeThrough(new EventSourceParserStream({ maxBufferSize: MOST_EVENT })).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Leaving the loop closes the connection.
    reader.cancel().catch(() => undefined)
  }
}
