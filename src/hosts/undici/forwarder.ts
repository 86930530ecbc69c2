/** Carries calls to real backends by undici: connections are kept, redirects are not followed, compressed answers come decompressed. */
import { Readable } from 'node:stream'
import { type Compression, compressionsIn, decoderOf, MOST_COMPRESSIONS } from '../../core/backends/compression.js'
import { stopwatch } from '../../core/clock.js'
import { ForwardError, type Forwarder, type Incoming, type Outgoing } from '../../core/backends/forward.js'
import type { ReplyHeaders } from '../../core/reply.js'
import { Carrier } from './carrier.js'
import { Exchange, timeIsOver } from './exchange.js'

/** @returns a forwarder with connections of its own; close it, or they keep the process from its end for a while */
export function undiciForwarder(): Omit<Forwarder, 'connect'> {
  const carrier = new Carrier()
  return {
    forward: (outgoing) => forward(carrier, outgoing),
    close: () => carrier.close(),
  }
}

async function forward(carrier: Carrier, outgoing: Outgoing): Promise<Incoming> {
  const elapsed = stopwatch()
  const exchange = new Exchange(outgoing)
  carrier.carry(outgoing, exchange)
  const answer = await exchange.head
  const { compressions, kept } = withoutEncoding(answer.headers, answer.status)
  if (compressions.length > MOST_COMPRESSIONS) {
    await exchange.return()
    throw new ForwardError('nonsense', `its answer is compressed ${String(compressions.length)} times over; ${String(MOST_COMPRESSIONS)} are undone at the most`)
  }
  const hasBody = outgoing.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304
  const isPacked = hasBody && compressions.length > 0
  return { status: answer.status, headers: kept, body: isPacked ? decoded(exchange, compressions, outgoing.timeout, elapsed) : exchange, whole: () => (isPacked ? null : exchange.whole()) }
}

/** The compressions of a body, and the headers without what was about them. Where one is unknown all stays as it is. */
function withoutEncoding(headers: Readonly<Record<string, string | string[] | undefined>>, status: number): { readonly compressions: readonly Compression[]; readonly kept: ReplyHeaders } {
  const kept: Record<string, string | string[]> = {}
  for (const name in headers) kept[name] = headers[name] ?? ''
  if (kept['content-encoding'] === undefined) return { compressions: NONE, kept }
  const compressions = compressionsIn(String(headers['content-encoding'] ?? ''))
  // A part of something compressed is for whoever has the other parts.
  if (status === 206 || compressions === null) return { compressions: NONE, kept }
  delete kept['content-encoding']
  return { compressions, kept }
}

const NONE: readonly Compression[] = []

/** What a few bytes unpack to may have no end that anybody lives to see, and may be nothing for as long: the time of the call goes on when all of them have come. */
async function* decoded(body: Exchange, compressions: readonly Compression[], timeout: number, elapsed: () => number): AsyncGenerator<Uint8Array> {
  const late = new AbortController()
  const timer = setTimeout(() => {
    late.abort(timeIsOver(timeout))
  }, timeout - elapsed())
  try {
    yield* [...compressions].reverse().reduce<AsyncIterable<Uint8Array>>((packed, name) => undone(packed, name, late.signal), body)
  } catch (error) {
    // What breaks off on its way here is told as it is; all else is said by what undoes the compression.
    throw error instanceof ForwardError ? error : new ForwardError('nonsense', `what came is not compressed as it says (${compressions.join(', ')})`, { cause: error })
  } finally {
    clearTimeout(timer)
    await body.return()
  }
}

/** Nothing at all is nothing, whatever it says of itself: a redirect, or an answer without a body. */
async function* undone(body: AsyncIterable<Uint8Array>, name: Compression, late: AbortSignal): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  let first = await pieces.next()
  while (first.done !== true && first.value.length === 0) first = await pieces.next()
  if (first.done === true) return
  late.throwIfAborted()
  const decoder = decoderOf(name, first.value[0] ?? 0)
  const raw = Readable.from(after(first.value, pieces), { objectMode: false })
  raw.on('error', (error) => decoder.destroy(error))
  const stop = () => decoder.destroy(late.reason as ForwardError) // the only one that it is aborted with
  late.addEventListener('abort', stop)
  try {
    for await (const piece of raw.pipe(decoder) as AsyncIterable<Uint8Array>) yield piece
  } finally {
    late.removeEventListener('abort', stop)
    decoder.destroy()
    raw.destroy()
  }
}

async function* after(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value
}
