/** Reads a request's body off the wire, within the dialect's limit, before anything else waits for it. */
import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'
import type { BodyType } from '../contract.js'
import { Failure } from '../failure.js'
import type { UploadedFile } from '../upload.js'
import type { Exchange, Received } from './exchange.js'

/** Multipart bodies may carry this much beside their file: boundaries, part headers, text fields. */
const MULTIPART_ALLOWANCE = 64 * 1024

/** So many bytes over the limit are still read. */
const DRAINED = 32 * 1024 * 1024

const tooLarge: Received = { kind: 'refused', failure: Failure.when('invalidRequest', { cause: 'bodyTooLarge' }) }
const unreadable: Received = { kind: 'refused', failure: Failure.when('invalidRequest', { cause: 'unreadableBody' }) }

/** Step: the body of an operation that takes one, or may carry a token in one, is received, once; others are not read. */
export function receive(exchange: Exchange): Promise<null> | null {
  const { bodyType, received } = exchange
  return bodyType === null || received !== null ? null : readBody(exchange, bodyType)
}

async function readBody(exchange: Exchange, bodyType: BodyType): Promise<null> {
  const { request, system } = exchange
  const { limit, fileLimit = limit } = system.dialect.body
  exchange.received = bodyType === 'multipart/form-data' ? await readParts(request, fileLimit) : await readBytes(request, limit)
  return null
}

/** A body over the limit is read to its end all the same, so that the client is there to hear the answer; one so far over it is not. */
function readBytes(request: IncomingMessage, limit: number): Promise<Received> {
  if (Number(request.headers['content-length'] ?? 0) > limit + DRAINED) return Promise.resolve(tooLarge)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) chunks.push(chunk)
      else if (length > limit + DRAINED) resolve(tooLarge)
    })
    request.once('end', () => {
      const [first] = chunks
      if (length > limit) resolve(tooLarge)
      else resolve({ kind: 'bytes', bytes: chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks) })
    })
    request.once('close', () => {
      resolve(unreadable) // the client went away in mid-body; without effect after the end
    })
  })
}

async function readParts(request: IncomingMessage, limit: number): Promise<Received> {
  if (Number(request.headers['content-length'] ?? 0) > limit + MULTIPART_ALLOWANCE) return tooLarge
  return new Promise((resolve) => {
    // busboy calls a file too large that has just as many bytes as it is told: hence one more.
    let parser: busboy.Busboy
    try {
      parser = busboy({ headers: request.headers, limits: { fileSize: limit + 1, files: 4, fields: 32, fieldSize: MULTIPART_ALLOWANCE }, defParamCharset: 'utf8' })
    } catch {
      resolve({ kind: 'refused', failure: Failure.when('invalidRequest', { cause: 'wrongContentType' }) })
      return
    }
    const parts: Record<string, string | UploadedFile> = {}
    const finish = (received: Received) => {
      request.unpipe(parser)
      resolve(received)
    }
    parser.on('field', (name, value) => {
      parts[name] = value
    })
    parser.on('file', (name, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => {
        finish(tooLarge)
      })
      // A body that ends in mid-file breaks its stream as well as the parser, which tells of it below; unheard, it would end the process.
      stream.on('error', () => undefined)
      stream.on('end', () => {
        parts[name] = { name: filename ?? '', mediaType: mimeType, bytes: Buffer.concat(chunks) }
      })
    })
    parser.on('close', () => {
      finish({ kind: 'parts', parts })
    })
    parser.on('error', () => {
      finish(unreadable)
    })
    request.on('aborted', () => {
      finish(unreadable)
    })
    request.pipe(parser)
  })
}
