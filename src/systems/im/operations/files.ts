/** Tag `files`: storing and downloading files. */
import { Failure } from '../../../core/failure.js'
import type { Handlers } from '../../../core/system.js'
import { fromBase64 } from '../../../plain/pages.js'
import type { Im } from '../../../generated/im/contract.js'

type MediaType = Im['records']['files']['mediaType']

const MOST_NAME_BYTES = 255
const FOLDER = 'media/avatars/android'
const imageTypes: Readonly<Record<string, MediaType>> = { jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp' }

export const files = {
  async imSaveFile({ input: { name, content }, tx, fail }) {
    // The contract's pattern leaves out what only decoding shows: groups of four, and no bits in the padding.
    const bytes = isName(name) ? fromBase64(content) : null
    if (bytes === null) throw fail('FORMAT_ERROR_FILE')
    await tx.put('files', { name, mediaType: mediaTypeOf(name), ...tx.addFile(bytes) })
    return { path: `${FOLDER}/${name}` }
  },

  async imGetMedia({ input: { name }, tx }) {
    const file = await tx.get('files', name)
    // A file that is not there is a path that is not there.
    const bytes = file && (await tx.file(file.hash))
    if (file === undefined || bytes === undefined) throw Failure.when('unknownEndpoint', { cause: 'unknownPath' })
    return { mediaType: file.mediaType, bytes }
  },
} satisfies Partial<Handlers<Im>>

/** What the contract's pattern leaves out: names are as long as file systems take them, in bytes, and have no half characters in them. */
function isName(name: string): boolean {
  const bytes = Buffer.from(name)
  return bytes.length <= MOST_NAME_BYTES && bytes.toString() === name
}

function mediaTypeOf(name: string): MediaType {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return (Object.hasOwn(imageTypes, extension) ? imageTypes[extension] : undefined) ?? 'application/octet-stream'
}
