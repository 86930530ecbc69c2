/** Carries calls to real backends by undici: connections are kept, redirects are not followed, compressed answers come decompressed. */
import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { Agent } from 'undici'
import { ForwardError, type Forwarder, type Incoming, type Outgoing } from '../../core/backends/forward.js'
import type { ReplyHeaders } from '../../core/reply.js'
import { Exchange } from './exchange.js'
import { reasonOf } from './reasons.js'

/** Real milliseconds for a connection to be there. */
const CONNECT = 10_000
/** Connections to one backend. */
const CONNECTIONS = 128

/** @returns a forwarder with connections of its own; close it, or they keep the process from its end for a while */
export function undiciForwarder(): Omit<Forwarder, 'connect'> {
  const agent = new Agent({ connections: CONNECTIONS, connect: { timeout: CONNECT }, allowH2: true })
  return {
    forward: (outgoing) => forward(agent, outgoing),
    close: () => agent.destroy(),
  }
}

async function forward(agent: Agent, outgoing: Outgoing): Promise<Incoming> {
  const { method, origin, path, headers, body } = outgoing
  const exchange = new Exchange(outgoing)
  try {
    // One clock for the whole of it, which the exchange keeps.
    agent.dispatch({ origin, path, method, headers: flat(headers), body, headersTimeout: 0, bodyTimeout: 0 }, exchange)
  } catch (error) {
    exchange.fail(reasonOf(error))
  }
  const answer = await exchange.head
  const { encodings, kept } = withoutEncoding(answer.headers, answer.status)
  if (encodings.length > MOST_ENCODINGS) {
    await exchange.return()
    throw new ForwardError('nonsense', `its answer is compressed ${String(encodings.length)} times over; ${String(MOST_ENCODINGS)} are undone at the most`)
  }
  const hasBody = method !== 'HEAD' && answer.status !== 204 && answer.status !== 304
  return { status: answer.status, headers: kept, body: hasBody && encodings.length > 0 ? decoded(exchange, encodings) : exchange }
}

/** So many compressions, one over the other, are undone: each of them takes memory, and nobody needs more than one. */
const MOST_ENCODINGS = 5

/** The encodings of a body, the outermost last, and the headers without what was about them. One that is unknown stays as it is. */
function withoutEncoding(headers: Readonly<Record<string, string | string[] | undefined>>, status: number): { readonly encodings: readonly string[]; readonly kept: ReplyHeaders } {
  const kept: Record<string, string | string[]> = {}
  for (const name in headers) kept[name] = headers[name] ?? ''
  if (kept['content-encoding'] === undefined) return { encodings: NO_ENCODINGS, kept }
  const encodings = String(headers['content-encoding'] ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  // A part of something compressed is for whoever has the other parts.
  if (status === 206 || encodings.some((name) => !Object.hasOwn(DECODERS, name))) return { encodings: [], kept }
  delete kept['content-encoding']
  return { encodings, kept }
}

const NO_ENCODINGS: readonly string[] = []
/** What undoes a compression, by the first byte of what came. Under the name `deflate` goes what zlib wraps and what it does not. */
const DECODERS = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first: number) => ((first & 0x0f) === ZLIB ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
}
/** The lower half of the first byte of what zlib wraps. */
const ZLIB = 8

async function* decoded(body: Exchange, encodings: readonly string[]): AsyncGenerator<Uint8Array> {
  try {
    yield* [...encodings].reverse().reduce<AsyncIterable<Uint8Array>>((inner, name) => undone(inner, name as keyof typeof DECODERS), body) // only known ones are left
  } catch (error) {
    // What breaks off on its way here is told as it is; all else is said by what undoes the compression.
    throw error instanceof ForwardError ? error : new ForwardError('nonsense', `what came is not compressed as it says (${encodings.join(', ')})`, { cause: error })
  } finally {
    await body.return()
  }
}

/** Nothing at all is nothing, whatever it says of itself: a redirect, or an answer without a body. */
async function* undone(body: AsyncIterable<Uint8Array>, name: keyof typeof DECODERS): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  let first = await pieces.next()
  while (first.done !== true && first.value.length === 0) first = await pieces.next()
  if (first.done === true) return
  const decoder = DECODERS[name](first.value[0] ?? 0)
  const raw = Readable.from(after(first.value, pieces), { objectMode: false })
  raw.on('error', (error) => decoder.destroy(error))
  try {
    for await (const piece of raw.pipe(decoder) as AsyncIterable<Uint8Array>) yield piece
  } finally {
    decoder.destroy()
    raw.destroy()
  }
}

async function* after(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value
}

function flat(headers: ReplyHeaders): string[] {
  const list: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') list.push(name, value)
    else for (const one of value ?? []) list.push(name, one)
  }
  return list
}
