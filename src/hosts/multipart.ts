/** Takes multipart bodies apart (RFC 7578) as they come. */
import type { Readable } from 'node:stream'
import busboy from 'busboy'
import type { CallHeaders, ReadParts } from '../core/stage/call.js'
import type { UploadedFile } from '../core/upload.js'
import { join } from '../plain/pages.js'

/** Multipart bodies may carry this much beside their file: boundaries, part headers, text fields. */
const ALLOWANCE = 64 * 1024
const MOST_FILES = 4
const MOST_FIELDS = 32

/**
 * @param body a stream that ends with an error, or is destroyed, when the body breaks off
 * @param fileLimit so many bytes one file may have
 * @returns the parts by name, or why there are none
 */
export async function readParts(body: Readable, headers: CallHeaders, fileLimit: number): Promise<ReadParts> {
  if (Number(headers['content-length'] ?? 0) > fileLimit + ALLOWANCE) return { kind: 'tooLarge' }
  return new Promise((resolve) => {
    let parser: busboy.Busboy
    try {
      // busboy calls a file too large that has just as many bytes as it is told: hence one more.
      const limits = { fileSize: fileLimit + 1, files: MOST_FILES, fields: MOST_FIELDS, fieldSize: ALLOWANCE }
      parser = busboy({ headers: { 'content-type': headers['content-type'] }, limits, defParamCharset: 'utf8' })
    } catch {
      resolve({ kind: 'notMultipart' })
      return
    }
    const parts: Record<string, string | UploadedFile> = {}
    const finish = (read: ReadParts) => {
      body.unpipe(parser)
      resolve(read)
    }
    parser.on('field', (name, value) => {
      parts[name] = value
    })
    parser.on('file', (name, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('limit', () => {
        finish({ kind: 'tooLarge' })
      })
      // A body that ends in mid-file breaks its stream as well as the parser, which tells of it below; unheard, it would end the process.
      stream.on('error', () => undefined)
      stream.on('end', () => {
        parts[name] = { name: filename ?? '', mediaType: mimeType, bytes: join(chunks) }
      })
    })
    parser.on('close', () => {
      finish({ kind: 'parts', parts })
    })
    parser.on('error', () => {
      finish({ kind: 'brokenOff' })
    })
    body.once('error', () => {
      finish({ kind: 'brokenOff' })
    })
    body.once('close', () => {
      if (!body.readableEnded) finish({ kind: 'brokenOff' })
    })
    body.pipe(parser)
  })
}
