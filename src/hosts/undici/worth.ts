/** What comes over a connection of HTTP/2, weighed: frames that bring nothing of an answer, or a byte of it each, may be poured without end, and Node.js takes them all. */

const MIB = 1024 * 1024

/** So many MiB may come beside bodies, and twice as much as these have, and some bytes for the head of each answer. */
const MOST_BESIDE = 4
const FOR_HEAD = 128 * 1024
/** So many frames of a body may have fewer bytes than this on the average. */
const MOST_SMALL = 10_000
const SMALL = 16

export class Worth {
  /** Bytes that something was brought by, of all that have come. */
  #worth = 0
  #small = MOST_SMALL

  /** A call goes out. */
  call(): void {
    this.#worth += FOR_HEAD
  }

  /** A frame of a body has come, of so many bytes. */
  frame(length: number): void {
    this.#worth += 3 * length
    this.#small = Math.min(MOST_SMALL, this.#small + length / SMALL - 1)
  }

  /** @returns what there is too much of when so many bytes have come in all; null while there is not */
  tooMuch(bytes: number): string | null {
    // What was brought before is no licence for what comes.
    this.#worth = Math.min(this.#worth, bytes)
    if (this.#small < 0) return `its answers come in ${String(MOST_SMALL)} frames of HTTP/2 and more of fewer than ${String(SMALL)} bytes`
    return bytes - this.#worth > MOST_BESIDE * MIB ? `it sent ${String(MOST_BESIDE)} MiB of HTTP/2 and more that bring nothing of an answer` : null
  }
}
