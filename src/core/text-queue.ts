/** A queue of texts in one block of bytes outside the heap, where the garbage collector has nothing to look at, however many there are. */

/** Each text stands behind its length in bytes. */
const LENGTH = 4
const SMALLEST = 2048

export class TextQueue {
  #bytes = Buffer.alloc(0)
  /** Where the oldest text begins. */
  #head = 0
  /** Where the next text goes. */
  #tail = 0
  #size = 0

  /** How many texts are in it. */
  get size(): number {
    return this.#size
  }

  /** What the texts take up. */
  get bytes(): number {
    return this.#tail - this.#head
  }

  /** Puts a text at the end. */
  push(text: string): void {
    const length = Buffer.byteLength(text)
    if (this.#tail + LENGTH + length > this.#bytes.length) this.#makeRoom(LENGTH + length)
    this.#bytes.writeUInt32LE(length, this.#tail)
    this.#bytes.write(text, this.#tail + LENGTH)
    this.#tail += LENGTH + length
    this.#size++
  }

  /** Drops the oldest text; nothing happens when there is none. */
  shift(): void {
    if (this.#size === 0) return
    this.#head += LENGTH + this.#bytes.readUInt32LE(this.#head)
    this.#size--
  }

  /** @returns all texts, the oldest first */
  all(): string[] {
    const texts: string[] = []
    for (let at = this.#head; at < this.#tail; ) {
      const start = at + LENGTH
      at = start + this.#bytes.readUInt32LE(at)
      texts.push(this.#bytes.toString('utf8', start, at))
    }
    return texts
  }

  /** Moves the texts to the front of the block, or into another if that would soon be full again or is far too long. */
  #makeRoom(wanted: number): void {
    const kept = this.#tail - this.#head
    const needed = kept + wanted
    const { length } = this.#bytes
    const fits = length >= 1.5 * needed && length <= Math.max(SMALLEST, 6 * needed)
    const to = fits ? this.#bytes : Buffer.allocUnsafeSlow(Math.max(SMALLEST, 2 * needed))
    this.#bytes.copy(to, 0, this.#head, this.#tail)
    this.#bytes = to
    this.#head = 0
    this.#tail = kept
  }
}
