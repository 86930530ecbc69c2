/** Carries calls to real backends by undici: connections are kept, redirects are not followed, compressed answers come decompressed. */
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Agent } from 'undici'
import { ForwardError, type Forwarder, type Incoming, type Outgoing } from '../../core/backends/forward.js'
import type { ReplyHeaders } from '../../core/reply.js'
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

async function forward(agent: Agent, { method, origin, path, headers, body, timeout, signal }: Outgoing): Promise<Incoming> {
  const limit = new Limit(timeout, signal)
  try {
    const answer = await agent.request({
      origin,
      path,
      method,
      headers: flat(headers),
      body,
      signal: limit.signal,
      // One clock for the whole of it, kept here.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const { encodings, kept } = withoutEncoding(answer.headers, answer.statusCode)
    const hasBody = method !== 'HEAD' && answer.statusCode !== 204 && answer.statusCode !== 304
    return { status: answer.statusCode, headers: kept, body: pieces(decoded(answer.body, hasBody ? encodings : []), answer.body, limit) }
  } catch (error) {
    limit.end()
    throw limit.explain(error)
  }
}

/** The end that waiting comes to: the time is over, or nobody waits any more. */
class Limit {
  readonly #stop = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #outer: AbortSignal
  readonly #timeout: number
  #reason: 'timeout' | 'cancelled' | null = null

  constructor(timeout: number, outer: AbortSignal) {
    this.#timeout = timeout
    this.#outer = outer
    this.#timer = setTimeout(() => {
      this.#abort('timeout')
    }, timeout)
    if (outer.aborted) this.#cancel()
    else outer.addEventListener('abort', this.#cancel)
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer)
    this.#outer.removeEventListener('abort', this.#cancel)
  }

  /** @returns what broke the exchange off, in the core's words */
  explain(error: unknown): ForwardError {
    if (this.#reason === 'timeout') return new ForwardError('timeout', `no whole answer within ${String(this.#timeout)} ms`, { cause: error })
    if (this.#reason === 'cancelled') return new ForwardError('cancelled', 'the client did not wait for the answer', { cause: error })
    return reasonOf(error)
  }

  readonly #cancel = () => {
    this.#abort('cancelled')
  }

  #abort(reason: 'timeout' | 'cancelled'): void {
    this.#reason ??= reason
    this.#stop.abort()
  }
}

async function* pieces(stream: Readable, raw: Readable, limit: Limit): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) yield piece
  } catch (error) {
    throw limit.explain(error)
  } finally {
    limit.end()
    stream.destroy()
    raw.on('error', () => undefined).destroy()
  }
}

/** The encodings of a body, the outermost last, and the headers without what was about them. One that is unknown stays as it is. */
function withoutEncoding(headers: Readonly<Record<string, string | string[] | undefined>>, status: number): { readonly encodings: readonly string[]; readonly kept: ReplyHeaders } {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) kept[name] = value
  const encodings = String(headers['content-encoding'] ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  // A part of something compressed is for whoever has the other parts.
  if (status === 206 || encodings.some((name) => !Object.hasOwn(DECODERS, name))) return { encodings: [], kept }
  delete kept['content-encoding']
  return { encodings, kept }
}

const DECODERS = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }

function decoded(body: Readable, encodings: readonly string[]): Readable {
  return [...encodings].reverse().reduce<Readable>((stream, name) => {
    const decoder = DECODERS[name as keyof typeof DECODERS]() // only known ones are left
    stream.on('error', (error) => decoder.destroy(error))
    return stream.pipe(decoder)
  }, body)
}

function flat(headers: ReplyHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one]))
}
