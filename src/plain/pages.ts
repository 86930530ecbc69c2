/** Memory for what is large: pages of its own, outside the heap. */

/** From so many bytes on pages of its own waste less than they save. */
export const LARGE = 16 * 1024
/** From so many bytes on the C library takes pages for each allocation as well, until it has been given some back. */
const ALWAYS_PAGES = 128 * 1024

const Resizable: new (length: number, options: { readonly maxByteLength: number }) => ArrayBuffer = ArrayBuffer

/**
 * @returns memory that goes back to the operating system once nobody has it any more. The C library keeps what it has given out, and what stays amid what
 * comes and goes keeps that from going, too: after a flood the process would stay as large as it has ever been. An array that may be resized gets pages
 * of its own; this one never is.
 */
export function pagesOf(length: number): Buffer<ArrayBuffer> {
  return Buffer.from(new Resizable(length, { maxByteLength: length }), 0, length)
}

/** @returns whether the bytes are all that their memory holds, and lie in pages of their own */
export function isInPages({ buffer, byteLength }: Uint8Array): boolean {
  return 'resizable' in buffer && buffer.resizable === true && buffer.byteLength === byteLength
}

/** @returns the bytes of all pieces, one after the other; those of the only one as they are */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined) return only
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (length < ALWAYS_PAGES) return Buffer.concat(pieces, length)
  const joined = pagesOf(length)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

/** @returns the bytes that a text in base64 stands for; null where it is none, or has bits in its padding */
export function fromBase64(text: string): Buffer | null {
  const length = Buffer.byteLength(text, 'base64')
  const bytes = length < ALWAYS_PAGES ? Buffer.from(text, 'base64') : pagesOf(length)
  const written = length < ALWAYS_PAGES ? bytes.length : bytes.write(text, 'base64')
  const own = written === bytes.length ? bytes : bytes.subarray(0, written)
  return own.toString('base64') === text ? own : null
}
