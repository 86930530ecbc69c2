/** A request of Node's HTTP server as a call of the stage. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type Intake, isLittle } from './intake.js'
import type { Target } from './target.js'
import { join } from '../../plain/pages.js'
import type { BodyFailure, BodySource, Call, CallHeaders, ReadBytes, ReadParts } from '../../core/stage/call.js'

/** What takes multipart bodies apart is loaded when the first one comes. */
export const loadMultipart = () => import('../multipart.js')

export class NodeCall implements Call {
  readonly method: string
  readonly url: string
  readonly headers: CallHeaders
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #intake: Intake
  #body: NodeBody | null = null
  #signal: AbortSignal | null = null

  /**
   * @param target where the request goes
   * @param intake where its body is counted while it is read
   */
  constructor(request: IncomingMessage, { url, headers }: Target, response: ServerResponse, intake: Intake) {
    this.#request = request
    this.#response = response
    this.#intake = intake
    this.method = request.method ?? 'GET'
    this.url = url
    this.headers = headers
  }

  get body(): NodeBody {
    return (this.#body ??= new NodeBody(this.#request, this.#response, this.#intake))
  }

  get signal(): AbortSignal {
    return (this.#signal ??= goneSignal(this.#response))
  }

  whenGone(tell: () => void): () => void {
    return onGone(this.#response, tell)
  }

  get remoteAddress(): string | null {
    return this.#request.socket.remoteAddress ?? ''
  }

  get isEncrypted(): boolean {
    return 'encrypted' in this.#request.socket
  }
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  onGone(response, () => {
    gone.abort()
  })
  return gone.signal
}

function onGone(response: ServerResponse, tell: () => void): () => void {
  const closed = () => {
    // Whoever has the whole answer has not left.
    if (!response.writableFinished) tell()
  }
  response.once('close', closed)
  if (response.destroyed) tell()
  return () => {
    response.off('close', closed)
  }
}

class NodeBody implements BodySource {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #intake: Intake
  #bytes: Promise<ReadBytes> | null = null
  #parts: Promise<ReadParts> | null = null

  constructor(request: IncomingMessage, response: ServerResponse, intake: Intake) {
    this.#request = request
    this.#response = response
    this.#intake = intake
  }

  get isPresent(): boolean {
    const { headers } = this.#request
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  }

  bytes(limit: number): Promise<ReadBytes> {
    return (this.#bytes ??= this.#counted(readBytes(this.#request, limit)))
  }

  parts(fileLimit: number): Promise<ReadParts> {
    return (this.#parts ??= this.#readParts(fileLimit))
  }

  async #readParts(fileLimit: number): Promise<ReadParts> {
    const { readParts } = await loadMultipart()
    if (this.#bytes === null) return this.#counted(readParts(this.#request, this.#request.headers, fileLimit))
    const read = await this.#bytes
    return read.kind === 'bytes' ? readParts(Readable.from([read.bytes]), this.#request.headers, fileLimit) : read
  }

  /** @returns what is read, unless it has to make room for other bodies; then nothing of it is kept */
  #counted<T extends ReadBytes | ReadParts>(read: Promise<T>): Promise<T | Extract<BodyFailure, { readonly kind: 'noRoom' }>> {
    const request = this.#request
    // Most are short, and some are refused by what their headers say.
    if (isLittle(request) || request.listenerCount('data') === 0) return read
    return new Promise((resolve, reject) => {
      const over = this.#intake.take(request, this.#response, (why) => {
        request.unpipe()
        request.removeAllListeners('data')
        resolve({ kind: 'noRoom', why })
      })
      read.then((found) => {
        over(found.kind === 'bytes' || found.kind === 'parts')
        resolve(found)
      }, reject)
    })
  }
}

/** A body that is over the limit is left where it is. */
function readBytes(request: IncomingMessage, limit: number): Promise<ReadBytes> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve({ kind: 'tooLarge' })
  // Mounted behind a body parser, there is nothing left to be read.
  if (request.readableDidRead) return Promise.resolve({ kind: 'brokenOff' })
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) {
        chunks.push(chunk)
        return
      }
      request.off('data', take)
      request.pause()
      resolve({ kind: 'tooLarge' })
    }
    request.on('data', take)
    request.once('end', () => {
      resolve({ kind: 'bytes', bytes: join(chunks) })
    })
    request.once('close', () => {
      resolve({ kind: 'brokenOff' }) // the client went away in mid-body; without effect after the end
    })
  })
}
