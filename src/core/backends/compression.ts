/** How bodies are compressed on their way (RFC 9110, section 8.4), and how that is undone. */
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'

/** So many compressions, one over the other, are undone: each of them takes memory, and nobody needs more than one. */
export const MOST_COMPRESSIONS = 5

/** The lower half of the first byte of what zlib wraps. */
const ZLIB = 8

/** What undoes a compression, by the first byte of what came. Under the name `deflate` goes what zlib wraps and what it does not. */
const DECODERS = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first: number) => ((first & 0x0f) === ZLIB ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
}

/** The name of a compression that can be undone. */
export type Compression = keyof typeof DECODERS

/** What undoes a compression: compressed bytes go in, and others come out. */
export type Decoder = ReturnType<(typeof DECODERS)[Compression]>

/**
 * @param header the value of `Content-Encoding`
 * @returns the compressions of a body, the outermost last; none where it has none; null where one of them is unknown
 */
export function compressionsIn(header: string): readonly Compression[] | null {
  const names = header.toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  return names.every(isKnown) ? names : null
}

function isKnown(name: string): name is Compression {
  return Object.hasOwn(DECODERS, name)
}

/** @param first the first byte that it is going to get */
export function decoderOf(name: Compression, first: number): Decoder {
  return DECODERS[name](first)
}

/**
 * @param most so many bytes may come of it
 * @returns what is compressed so
 * @throws Error where it is not, or is more
 */
export async function decompress(packed: Uint8Array, compressions: readonly Compression[], most: number): Promise<Uint8Array> {
  let bytes = packed
  for (const name of [...compressions].reverse()) bytes = await undo(decoderOf(name, bytes[0] ?? 0), bytes, most)
  return bytes
}

async function undo(decoder: Decoder, packed: Uint8Array, most: number): Promise<Uint8Array> {
  decoder.end(packed)
  const pieces: Uint8Array[] = []
  let length = 0
  // Whoever leaves before the end ends it.
  for await (const piece of decoder as AsyncIterable<Uint8Array>) {
    length += piece.length
    if (length > most) throw new Error(`it is more than ${String(most)} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
