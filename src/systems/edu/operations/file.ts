/** Tag `file`: uploads and downloads. Names are keys of the store and never touch a disk. */
import type { RawBody } from '../../../core/reply.js'
import type { Handlers } from '../../../core/system.js'
import type { UploadedFile } from '../../../core/upload.js'
import type { Edu } from '../../../generated/edu/contract.js'

/** Types that a browser shows without running anything in them. The rest is offered for saving (QUIRKS.md #15). */
const SHOWN_IN_PLACE = /^(?:image\/(?!svg)|audio\/|video\/|text\/plain\b|application\/pdf\b)/

export const file = {
  async eduUpload({ input: { upload, path, overwrite }, tx, ids, fail }) {
    // What a browser sends for a form whose file nobody chose.
    if (upload.name === '' && upload.bytes.length === 0) throw fail('BAD_PARAMETER')
    const name = path ?? `${ids.hex(24)}${extensionOf(upload.name)}`
    if (overwrite !== 'true' && (await tx.get('files', name)) !== undefined) throw fail('NO_PERMISSION')
    await tx.put('files', { name, mediaType: mediaTypeOf(upload), ...tx.addFile(upload.bytes) })
    return { filePath: `/file/${name}` }
  },

  async eduDownload({ input: { name }, tx, fail }): Promise<RawBody> {
    const found = await tx.get('files', name)
    const bytes = found && (await tx.file(found.hash))
    if (found === undefined || bytes === undefined) throw fail('RESOURCE_NOT_FOUND')
    const { mediaType } = found
    return { mediaType, bytes, ...(SHOWN_IN_PLACE.test(mediaType) ? {} : { fileName: name }) }
  },
} satisfies Partial<Handlers<Edu>>

/** @returns the extension of a name that the client gave, as far as it is harmless: `.png`, or an empty text */
function extensionOf(name: string): string {
  return /\.[a-z0-9]{1,8}$/.exec(name.toLowerCase())?.[0] ?? ''
}

/** Longer ones are none (RFC 6838, 4.2: 127 characters for each of the two names). */
const LONGEST_TYPE = 255

/** Forms give texts no charset, and browsers then guess; what is UTF-8 is said to be. */
function mediaTypeOf({ mediaType, bytes }: UploadedFile): string {
  if (mediaType.length > LONGEST_TYPE) return 'application/octet-stream'
  return mediaType.startsWith('text/') && isUtf8(bytes) ? `${mediaType}; charset=utf-8` : mediaType
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
