/** The files of a server in memory: each content once, however many records of however many sandboxes name it. */
import { isInPages, LARGE, pagesOf } from '../../../plain/pages.js'
import type { Budget } from '../../budget.js'
import { type Files, NO_FILES } from '../../files.js'

/** Is told what comes and goes, where files outlive the process. */
export interface FileKeeping {
  /** Keeps a file; whatever names it is kept later. */
  putFile(hash: string, bytes: Uint8Array): void
  /** What named it has been kept otherwise before. */
  dropFile(hash: string): void
}

interface Shelved {
  readonly bytes: Uint8Array
  /** How many sandboxes hold it. */
  holders: number
}

/** What came in one piece with a request must not keep all of the request alive. */
function ownOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length < LARGE) return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
  if (isInPages(bytes)) return bytes
  const own = pagesOf(bytes.length)
  own.set(bytes)
  return own
}

export class Shelf {
  readonly budget: Budget
  #keeping: FileKeeping | null
  readonly #files = new Map<string, Shelved>()

  /** @param files what there is already; what nobody holds by the time of {@link tidy} goes */
  constructor(budget: Budget, keeping: FileKeeping | null, files: Files = NO_FILES) {
    this.budget = budget
    this.#keeping = keeping
    for (const [hash, bytes] of files) this.#place(hash, bytes)
  }

  get(hash: string): Uint8Array | undefined {
    return this.#files.get(hash)?.bytes
  }

  /** @param bytes what it is, if it is not there yet; a hash without bytes is held by nobody */
  hold(hash: string, bytes: Uint8Array | undefined): void {
    const known = this.#files.get(hash)
    if (known !== undefined) known.holders++
    else if (bytes !== undefined) {
      this.#place(hash, bytes).holders++
      this.#keeping?.putFile(hash, bytes)
    }
  }

  /** @returns whether one sandbox holds it, and no other */
  isHeldByOne(hash: string): boolean {
    return this.#files.get(hash)?.holders === 1
  }

  release(hash: string): void {
    const known = this.#files.get(hash)
    if (known !== undefined && --known.holders === 0) this.#remove(hash, known)
  }

  /** Lets everything go that nobody holds. */
  tidy(): void {
    for (const [hash, file] of [...this.#files]) if (file.holders === 0) this.#remove(hash, file)
  }

  /** What is kept outside stays as it is, whoever lets go of it here. */
  part(): void {
    this.#keeping = null
  }

  #place(hash: string, bytes: Uint8Array): Shelved {
    const own = ownOf(bytes)
    const file = { bytes: own, holders: 0 }
    this.#files.set(hash, file)
    this.budget.add('files', own.length)
    return file
  }

  #remove(hash: string, { bytes }: Shelved): void {
    this.#files.delete(hash)
    this.budget.give('files', bytes.length)
    this.#keeping?.dropFile(hash)
  }
}

