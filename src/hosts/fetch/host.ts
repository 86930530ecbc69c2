/**
 * A stage as a function: `Request` in, `Response` out, with no port and no socket between. What goes wrong on a wire goes wrong here as a
 * caller of fetch sees it.
 */
import { pause } from '../../core/clock.js'
import { isBodiless, type Reply } from '../../core/reply.js'
import { type Delivery, isStreamed, type Outcome, type StreamedReply } from '../../core/stage/outcome.js'
import type { Stage } from '../../core/stage/stage.js'
import { FetchCall } from './call.js'

type Body = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null

/**
 * @param stage what answers
 * @param base the URL under which the stage stands; its path is taken off before the stage sees a call. Hosts and ports are not looked at
 * @returns a function that fetches from the stage, without following redirects. It rejects with a `TypeError` where a connection would break before an answer, and with
 *   the signal's reason once the request is aborted; a connection that breaks later, and an abort, break the body
 */
export function fetchFrom(stage: Pick<Stage, 'play'>, base: string): typeof fetch {
  const root = new URL(base).pathname.replace(/\/$/, '')
  return async (input, init) => {
    const request = new Request(input, init)
    const { signal } = request
    signal.throwIfAborted()
    const call = await FetchCall.of(request, root).catch((error: unknown) => {
      throw broken('fetch failed', error)
    })
    const playing = Promise.resolve(stage.play(call)).then((outcome) => {
      // Nothing is on a wire here, so nothing waits for it.
      outcome.afterwards?.()
      return outcome
    })
    return respond(await untilAborted(playing, signal), request)
  }
}

/** Stops waiting when the caller does; what is under way is carried out all the same, as by a server. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(reasonOf(signal))
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}

function respond({ reply, delivery }: Outcome, request: Request): Response {
  if (delivery.kind === 'cut' && delivery.at === 'start') throw broken('fetch failed')
  const headers = new Headers()
  for (const [name, value] of Object.entries(reply.headers)) for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one)
  const hasBody = request.method !== 'HEAD' && !isBodiless(reply.status)
  const response = isStreamed(reply) ? new Response(hasBody ? streamed(reply, request.signal) : null, { status: reply.status, headers }) : whole(reply, delivery, headers, hasBody, request.signal)
  // A response that was made by hand has no URL of its own.
  Object.defineProperty(response, 'url', { value: request.url })
  return response
}

function whole({ status, body }: Reply, delivery: Delivery, headers: Headers, hasBody: boolean, signal: AbortSignal): Response {
  const bytes = new Uint8Array(Buffer.from(body))
  if (status !== 204 && status !== 304) headers.set('content-length', String(isBodiless(status) ? 0 : bytes.length))
  return new Response(hasBody ? bodyOf(bytes, delivery, signal) : null, { status, headers })
}

function bodyOf(bytes: Uint8Array<ArrayBuffer>, delivery: Delivery, signal: AbortSignal): Body {
  if (delivery.kind === 'slow') return fromPieces(trickle(bytes, delivery, signal), signal)
  if (delivery.kind === 'cut') return fromPieces(half(bytes), signal)
  return bytes.length === 0 ? null : bytes
}

async function* trickle(bytes: Uint8Array, { milliseconds, chunks }: Extract<Delivery, { kind: 'slow' }>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const size = Math.max(1, Math.ceil(bytes.length / chunks))
  const pieces = Math.max(1, Math.ceil(bytes.length / size))
  for (let piece = 0; piece < pieces; piece++) {
    await pause(milliseconds / pieces, signal)
    yield bytes.subarray(piece * size, (piece + 1) * size)
  }
}

async function* half(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, Math.floor(bytes.length / 2))
  throw broken('terminated')
}

function streamed({ body }: StreamedReply, signal: AbortSignal): ReadableStream<Uint8Array> {
  return fromPieces(body, signal)
}

/** Asks for a piece when the reader wants one, and for none any more when it goes away. */
function fromPieces(source: AsyncIterable<string | Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abort = () => {
          controller.error(reasonOf(signal))
          void pieces.return?.()
        }
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort, { once: true })
      },
      async pull(controller) {
        const next = await pieces.next()
        if (signal.aborted) return
        if (next.done === true) controller.close()
        else if (next.value.length > 0) controller.enqueue(typeof next.value === 'string' ? new TextEncoder().encode(next.value) : next.value)
      },
      async cancel() {
        await pieces.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** What fetch makes of a broken connection. */
function broken(message: 'fetch failed' | 'terminated', cause: unknown = new Error('the stub closed the connection, as it was told to')): TypeError {
  return new TypeError(message, { cause })
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new DOMException('This operation was aborted', 'AbortError')
}
