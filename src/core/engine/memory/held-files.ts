/** The files that one sandbox names, in its records and in what it can be stepped back to; held against what it may. */
import type { Files } from '../../files.js'
import type { SandboxContent } from '../../sandbox-state.js'
import type { Change, Key } from '../../store/types.js'
import { type House, NoRoom } from '../engine.js'
import { inMib, noRoomForFiles } from '../room.js'
import type { Shelf } from './shelf.js'

interface Held {
  readonly size: number
  /** How often it is named, by what the log begins with and by commits. */
  times: number
}

export class HeldFiles {
  readonly #shelf: Shelf
  readonly #house: Pick<House, 'keyOf' | 'fileOf'>
  readonly #held = new Map<string, Held>()
  /** Record -> the file that it names: in what the log begins with, and now. */
  readonly #base = new Map<string, string>()
  readonly #now = new Map<string, string>()
  #bytes = 0

  /**
   * @param content what the log begins with
   * @param files the bytes of the files that it names, as far as they are not there yet
   */
  constructor(shelf: Shelf, house: Pick<House, 'keyOf' | 'fileOf'>, { stores }: SandboxContent, files: Files) {
    this.#shelf = shelf
    this.#house = house
    for (const [system, store] of Object.entries(stores)) {
      for (const [collection, { put }] of Object.entries(store)) {
        for (const doc of put) {
          const hash = house.fileOf(system, collection, doc)
          if (hash === undefined) continue
          const name = nameOf(system, collection, house.keyOf(system, collection, doc))
          this.#base.set(name, hash)
          this.#now.set(name, hash)
          this.#add(hash, files)
        }
      }
    }
  }

  /** Whether bytes are missing of a file that is named. */
  get lacks(): boolean {
    for (const hash of this.#held.keys()) if (this.#shelf.get(hash) === undefined) return true
    return false
  }

  /** How many bytes are held for what can be stepped back to, and for nothing else. */
  get spare(): number {
    let now = 0
    for (const hash of new Set(this.#now.values())) now += this.#held.get(hash)?.size ?? 0
    return this.#bytes - now
  }

  /** @returns what is to be thrown where there is no room for these files beside those that are held; null where there is */
  refusal(files: Files): NoRoom | null {
    const { budget } = this.#shelf
    const ofOne = this.#bytes + sum(files, (hash) => !this.#held.has(hash))
    if (ofOne > budget.limitOfOne('files') && ofOne > this.#bytes) return noRoomForFiles(budget)
    return this.#refusalOfAll(files, 0)
  }

  #refusalOfAll(files: Files, leaving: number): NoRoom | null {
    const { budget } = this.#shelf
    const more = sum(files, (hash) => this.#shelf.get(hash) === undefined) - leaving
    if (more > 0 && budget.used('files') + more > budget.limit('files')) return new NoRoom(`The files of all sandboxes may take up ${inMib(budget.limit('files'))} MiB, and this would be more. Delete or reset some sandboxes, or start the server with a larger --max-memory.`)
    return null
  }

  /** @returns the same where these files take the place of all that are held */
  refusalInstead(files: Files): NoRoom | null {
    const { budget } = this.#shelf
    if (sum(files, () => true) > budget.limitOfOne('files')) return noRoomForFiles(budget)
    let leaving = 0
    for (const [hash, { size }] of this.#held) if (!files.has(hash) && this.#shelf.isHeldByOne(hash)) leaving += size
    return this.#refusalOfAll(files, leaving)
  }

  /** Counts a commit. */
  commit(system: string, changes: readonly Change[], files: Files): void {
    for (const [name, hash] of this.#namings(system, changes)) {
      if (hash !== undefined) this.#add(hash, files)
      put(this.#now, name, hash)
    }
  }

  /** A commit has become part of what the log begins with. */
  fold(system: string, changes: readonly Change[]): void {
    // Most sandboxes hold none.
    if (this.#held.size === 0) return
    for (const [name, hash] of this.#namings(system, changes)) {
      const before = this.#base.get(name)
      put(this.#base, name, hash)
      if (before !== undefined) this.#take(before)
    }
  }

  /** Holds nothing any more. */
  end(): void {
    for (const hash of this.#held.keys()) this.#shelf.release(hash)
    this.#held.clear()
    this.#base.clear()
    this.#now.clear()
    this.#bytes = 0
  }

  /** @returns for each changed record that names a file now, or did before, its name and the file */
  *#namings(system: string, changes: readonly Change[]): Iterable<readonly [name: string, hash: string | undefined]> {
    for (const { collection, key, before, after } of changes) {
      const hash = after === null ? undefined : this.#house.fileOf(system, collection, after)
      const named = before === null ? undefined : this.#house.fileOf(system, collection, before)
      if (hash !== undefined || named !== undefined) yield [nameOf(system, collection, key), hash]
    }
  }

  #add(hash: string, files: Files): void {
    const held = this.#held.get(hash)
    if (held !== undefined) {
      held.times++
      return
    }
    this.#shelf.hold(hash, files.get(hash))
    const size = this.#shelf.get(hash)?.length ?? 0
    this.#held.set(hash, { size, times: 1 })
    this.#bytes += size
  }

  #take(hash: string): void {
    const held = this.#held.get(hash)
    if (held === undefined || --held.times > 0) return
    this.#held.delete(hash)
    this.#bytes -= held.size
    this.#shelf.release(hash)
  }
}

function put(names: Map<string, string>, name: string, hash: string | undefined): void {
  if (hash === undefined) names.delete(name)
  else names.set(name, hash)
}

function sum(files: Files, counts: (hash: string) => boolean): number {
  let bytes = 0
  for (const [hash, { length }] of files) if (counts(hash)) bytes += length
  return bytes
}

function nameOf(system: string, collection: string, key: Key): string {
  return `${system}/${collection}/${String(key)}`
}
