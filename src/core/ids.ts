/**
 * Ids and tokens from a seeded generator: the same seed gives the same values in the same order.
 * They look random and are not secret: anybody who knows the seed can predict them, which is what a stub is for.
 */
import { randomBytes } from 'node:crypto'

const HEX = '0123456789abcdef'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const LOWER_ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** The alphabets that tokens are drawn from. */
export const alphabets = { hex: HEX, letters: LETTERS, lowerAlphanumeric: LOWER_ALPHANUMERIC } as const
export type Alphabet = keyof typeof alphabets

/** @returns a text that nobody can guess; for what must be secret in earnest, which nothing of the simulated systems is */
export function secret(): string {
  return randomBytes(24).toString('base64url')
}

/** A seeded source of ids. One is made for each request, from the sandbox's seed and the number of the request. */
export class Ids {
  readonly #seed: string
  #isSeeded = false
  /** Four words of 32 bits. */
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  /** @param seed any text; the generator is set up at the first draw, so an unused one costs nothing */
  constructor(seed: string) {
    this.#seed = seed
  }

  /** @returns another source, whose values have nothing to do with those of this one */
  of(name: string): Ids {
    return new Ids(`${this.#seed}/${name}`)
  }

  /** @returns `length` characters of the alphabet */
  text(alphabet: Alphabet, length: number): string {
    const letters = alphabets[alphabet]
    const codes: number[] = []
    for (let i = 0; i < length; i++) codes.push(letters.charCodeAt(this.below(letters.length)))
    // In one piece: a text that grew letter by letter is kept by the engine as a chain of its pieces.
    return String.fromCharCode(...codes)
  }

  /** @returns `length` lower-case hexadecimal digits */
  hex(length: number): string {
    return this.text('hex', length)
  }

  /** @returns a whole number from 0 up to, not including, `limit` */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  /** @returns a number from 0 up to, not including, 1 */
  fraction(): number {
    return this.#next() / 0x1_0000_0000
  }

  /** One step of sfc32 (C. Doty-Humphrey's small fast chaotic generator), seeded by FNV-1a hashes of the seed text. */
  #next(): number {
    if (!this.#isSeeded) {
      this.#isSeeded = true
      this.#a = fnv(this.#seed, 1)
      this.#b = fnv(this.#seed, 2)
      this.#c = fnv(this.#seed, 3)
    }
    const [b, c] = [this.#b, this.#c]
    const result = (this.#a + b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = b ^ (b >>> 9)
    this.#b = (c + (c << 3)) | 0
    this.#c = (((c << 21) | (c >>> 11)) + result) | 0
    return result >>> 0
  }
}

function fnv(text: string, salt: number): number {
  let hash = Math.imul(0x811c9dc5 ^ salt, 0x01000193)
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  // A last mix, so that seeds which differ in their last character alone part company at once.
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return hash ^ (hash >>> 12)
}
