/** Answers that are bytes: entity tags, conditional requests and ranges (RFC 9110, sections 13 and 14). */
import { createHash } from 'node:crypto'
import { emptyReply, type RawBody, type Reply, type ReplyHeaders } from '../reply.js'
import type { CallHeaders } from '../stage/call.js'

/**
 * @param request headers of the request
 * @returns the bytes asked for: all (`status`), a part (206), none because the client has them (304) or asked beyond the end (416)
 */
export function rawReply(request: CallHeaders, { mediaType, bytes, fileName }: RawBody, status: number): Reply {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  const headers: Record<string, string> = {
    'content-type': mediaType,
    etag,
    'accept-ranges': 'bytes',
    // What people upload must never be run by a browser as something else.
    'x-content-type-options': 'nosniff',
  }
  if (fileName !== undefined) headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`
  if (hasTag(request['if-none-match'], etag)) return emptyReply(304, headers)
  const range = request.range
  if (range === undefined || !isCurrent(request['if-range'], etag)) return { status, headers, body: bytes }
  return partial(range, bytes, headers) ?? { status, headers, body: bytes }
}

function hasTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

function isCurrent(ifRange: CallHeaders[string], etag: string): boolean {
  return ifRange === undefined || ifRange === etag
}

/** @returns the answer to a Range header with one range; null where the header is to be ignored */
function partial(range: string, bytes: Uint8Array, headers: ReplyHeaders): Reply | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim())
  if (match === null || (match[1] === '' && match[2] === '')) return null
  const size = bytes.length
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (match[1] !== '' && match[2] !== '' && Number(match[2]) < first) return null
  if (first >= size || (match[1] === '' && Number(match[2]) === 0)) return emptyReply(416, { 'content-range': `bytes */${String(size)}` })
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${String(first)}-${String(last)}/${String(size)}` }, body: bytes.subarray(first, last + 1) }
}
