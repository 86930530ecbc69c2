/** A `Request` of fetch as a call of the stage. */
import type { BodySource, Call, CallHeaders, ReadBytes, ReadParts } from '../../core/stage/call.js'

export class FetchCall implements Call {
  readonly method: string
  readonly url: string
  readonly headers: CallHeaders
  readonly body: BodySource
  readonly signal: AbortSignal
  /** Called from within this process. */
  readonly remoteAddress = null
  readonly isEncrypted: boolean

  private constructor(request: Request, root: string, body: BodySource) {
    const { pathname, search, host, protocol } = new URL(request.url)
    this.method = request.method
    this.url = (pathname.startsWith(root) ? pathname.slice(root.length) || '/' : pathname) + search
    this.headers = { host, ...Object.fromEntries(request.headers) }
    this.body = body
    this.isEncrypted = protocol === 'https:'
    this.signal = request.signal
  }

  whenGone(tell: () => void): () => void {
    this.signal.addEventListener('abort', tell)
    if (this.signal.aborted) tell()
    return () => {
      this.signal.removeEventListener('abort', tell)
    }
  }

  /**
   * @param root path under which the stage stands, without a slash at its end
   * @returns the call, with the first piece of its body at hand: whether there is any cannot be told otherwise
   */
  static async of(request: Request, root: string): Promise<FetchCall> {
    const reader: ReadableStreamDefaultReader<Uint8Array> | null = request.body?.getReader() ?? null
    const first = reader === null ? null : await reader.read()
    const source = reader === null || first === null || first.done ? null : pieces(first.value, reader)
    return new FetchCall(request, root, new FetchBody(source, request.headers.get('content-type') ?? undefined))
  }
}

async function* pieces(first: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

class FetchBody implements BodySource {
  readonly #pieces: AsyncIterable<Uint8Array> | null
  readonly #contentType: string | undefined
  #bytes: Promise<ReadBytes> | null = null
  #parts: Promise<ReadParts> | null = null

  constructor(source: AsyncIterable<Uint8Array> | null, contentType: string | undefined) {
    this.#pieces = source
    this.#contentType = contentType
  }

  get isPresent(): boolean {
    return this.#pieces !== null
  }

  bytes(limit: number): Promise<ReadBytes> {
    return (this.#bytes ??= readBytes(this.#pieces, limit))
  }

  parts(fileLimit: number): Promise<ReadParts> {
    return (this.#parts ??= this.#readParts(fileLimit))
  }

  async #readParts(fileLimit: number): Promise<ReadParts> {
    // Loaded when it is needed: this is the one place here that wants streams of Node.
    const { Readable } = await import('node:stream')
    const { readParts } = await import('../multipart.js')
    const read = this.#bytes === null ? null : await this.#bytes
    if (read !== null && read.kind !== 'bytes') return read
    return readParts(Readable.from(read === null ? (this.#pieces ?? []) : [read.bytes]), { 'content-type': this.#contentType }, fileLimit)
  }
}

/** Nobody has to be heard out here, so a body over the limit is not read on. */
async function readBytes(source: AsyncIterable<Uint8Array> | null, limit: number): Promise<ReadBytes> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of source ?? []) {
      length += chunk.length
      if (length > limit) return { kind: 'tooLarge' }
      chunks.push(chunk)
    }
  } catch {
    return { kind: 'brokenOff' }
  }
  return { kind: 'bytes', bytes: Buffer.concat(chunks) }
}
