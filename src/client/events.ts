/** Server-sent events. */

export interface ServerEvent {
  /** `message` when the event has no name. */
  readonly event: string
  readonly data: string
}

/**
 * Reads a stream of events as https://html.spec.whatwg.org/multipage/server-sent-events.html tells; ids and retry times are left aside.
 * @param stream the body of a `text/event-stream` answer
 */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let event = ''
  let data: string[] = []
  for await (const line of readLines(stream)) {
    if (line === '') {
      if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n') }
      event = ''
      data = []
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    // A return at the very end may be the first half of a line break, so it waits for what follows.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield* lines
  }
}
