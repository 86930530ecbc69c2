/**
 * Bytes outside the heap, where the garbage collector has nothing to look at, however much there is. What is written first is let go of
 * first, as a rule; memory comes and goes in pieces, so that nothing is ever moved.
 */
import { LARGE, pagesOf } from '../../../plain/pages.js'

/** The first piece is so long, each later one twice as long as the one before, up to the longest. */
const SHORTEST = 2 * 1024
const LONGEST = 64 * 1024

/** A text, and how its characters become bytes; in Latin-1 each is one. */
export interface Text {
  readonly content: string
  readonly encoding: 'utf8' | 'latin1'
}

/** A part of the memory, with how many of its writings are still wanted. */
export interface Piece {
  readonly bytes: Buffer
  used: number
  wanted: number
}

export class Pieces {
  #current: Piece | null = null
  /** An empty one of the longest kind: a busy journal needs the next one soon. */
  #spare: Piece | null = null
  #next = SHORTEST
  #bytes = 0

  /** What all pieces take up. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Makes room for so many bytes, which are written one after the other and are let go of together.
   * @returns where {@link write} is to put them
   */
  room(needed: number): Piece {
    const current = this.#current
    if (current !== null && current.used + needed <= current.bytes.length) return begin(current)
    // What would take up so much of a longest piece gets one of its own.
    if (needed > LARGE) return begin(this.#make(needed))
    this.#current = this.#takeSpare() ?? this.#make(this.#nextLength(needed))
    // Whatever was written into the one before may have gone already.
    if (current !== null && current.wanted === 0) this.#free(current)
    return begin(this.#current)
  }

  /** One writing less is wanted. */
  release(piece: Piece): void {
    piece.wanted--
    if (piece.wanted > 0) return
    if (piece === this.#current) piece.used = 0
    else this.#free(piece)
  }

  #nextLength(needed: number): number {
    while (this.#next < needed) this.#next *= 2
    const length = this.#next
    this.#next = Math.min(LONGEST, length * 2)
    return length
  }

  #make(length: number): Piece {
    this.#bytes += length
    return { bytes: length < LARGE ? Buffer.allocUnsafeSlow(length) : pagesOf(length), used: 0, wanted: 0 }
  }

  #takeSpare(): Piece | null {
    const spare = this.#spare
    this.#spare = null
    return spare
  }

  #free(piece: Piece): void {
    if (piece.bytes.length === LONGEST && this.#spare === null) {
      piece.used = 0
      this.#spare = piece
    } else this.#bytes -= piece.bytes.length
  }
}

/** Writes a text behind what is there. @returns how many bytes it has become */
export function write(piece: Piece, { content, encoding }: Text): number {
  const written = piece.bytes.write(content, piece.used, encoding)
  piece.used += written
  return written
}

function begin(piece: Piece): Piece {
  piece.wanted++
  return piece
}
