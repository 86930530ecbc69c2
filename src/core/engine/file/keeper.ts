/** Keeps sandboxes in a folder: what the engine does, written down; and what was written down, read again. */
import type { Commit, House } from '../engine.js'
import type { Keeper, Kept } from '../memory/keeper.js'
import { Disk, type Write } from './disk.js'
import { asHouse, checkHouse } from './house.js'
import { KeptJournal, type Source } from './journal.js'
import { FORMAT, HOUSE, keys, type StoredBase, type StoredCommit, type StoredHead, type StoredHouse, type StoredSandbox } from './layout.js'
import { readFiles, readSandboxes } from './read.js'
import { messageOf } from '../../../plain/message.js'

/** The base in the folder is written anew when so many commits have been folded into the one in memory. */
const REWRITE_AFTER = 1000

/** Real milliseconds for which entries of journals are collected. */
const COLLECTED = 100

export class FileKeeper implements Keeper {
  readonly #folder: string
  /** The newest commit that is in the base of the folder, by sandbox. */
  readonly #bases = new Map<string, number>()
  /** What the head of each sandbox says of its journal. */
  readonly #lastEntries = new Map<string, number>()
  readonly #journals = new Map<string, KeptJournal>()
  /** Those of which the folder does not know everything yet. */
  readonly #news = new Set<KeptJournal>()
  /** Sandboxes that were changed since their heads were last written: in which order, and the generation of each. */
  readonly #used = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  /** Generations that are on their way out, by sandbox: a new one of the same name begins after them. */
  readonly #leaving = new Map<string, number>()
  readonly #adopts: boolean
  #disk: Disk | null = null
  #house: StoredHouse | null = null
  #report: House['report'] = () => undefined
  #uses = 0
  #complaint: string | null = null

  /**
   * @param folder made if need be
   * @param adopts whether what was written for another house is kept for this one
   */
  constructor(folder: string, adopts: boolean) {
    this.#folder = folder
    this.#adopts = adopts
  }

  get complaint(): string | null {
    return this.#complaint
  }

  async start(house: House): Promise<Kept> {
    const disk = await Disk.open(this.#folder)
    try {
      const identity = await house.identity()
      const stored = await disk.read(HOUSE)
      this.#house = stored === undefined ? { format: FORMAT, identity, boot: house.boot, namesMadeUp: 0 } : this.#adopts ? { ...asHouse(stored, this.#folder), identity } : checkHouse(stored, identity, this.#folder)
      if (stored === undefined || this.#adopts) await disk.write([put(HOUSE, this.#house)])
      const { sandboxes, uses } = await readSandboxes(disk)
      const files = await readFiles(disk)
      for (const [name, { base, lastEntry, journal }] of sandboxes) {
        this.#bases.set(name, base.version)
        this.#lastEntries.set(name, lastEntry)
        this.#journals.set(name, journal)
      }
      this.#uses = uses
      this.#disk = disk
      this.#report = house.report
      const { boot, namesMadeUp } = this.#house
      return { boot, namesMadeUp, sandboxes, files }
    } catch (error) {
      await disk.close()
      throw error
    }
  }

  async adopt(house: House): Promise<void> {
    if (this.#house === null) return
    this.#house = { ...this.#house, identity: await house.identity() }
    await this.#write([put(HOUSE, this.#house)])
  }

  madeUp(namesMadeUp: number): void {
    if (this.#house === null) return
    this.#house = { ...this.#house, namesMadeUp }
    this.#later([put(HOUSE, this.#house)])
  }

  firstGeneration(name: string): number {
    return (this.#leaving.get(name) ?? 0) + 1
  }

  follow(name: string, source: Source): void {
    this.#journals.get(name)?.follow(source)
  }

  keep(name: string, { generation, base, commits, lastEntry }: StoredSandbox, source: Source): Promise<void> {
    this.#bases.set(name, base.version)
    this.#lastEntries.set(name, lastEntry)
    const writes = [put(keys.base(name, generation), base), this.#head(name, generation)]
    for (const commit of commits) writes.push(put(keys.commit(name, generation, commit.version), commit))
    this.#forget(name)
    const journal = new KeptJournal(name, generation)
    this.#journals.set(name, journal)
    journal.follow(source)
    writes.push(...journal.flush())
    const written = this.#write(writes)
    if (generation > 1) this.#sweep(written, name, generation - 1)
    return written
  }

  commit(name: string, generation: number, commit: Commit): Promise<void> {
    const { version, system, request, changes } = commit
    const stored: StoredCommit = { version, system, request, changes, touched: [...commit.touched()] }
    this.#used.delete(name)
    this.#used.set(name, generation)
    this.#collect()
    return this.#write([put(keys.commit(name, generation, version), stored)])
  }

  fold(name: string, generation: number, version: number, base: () => StoredBase): void {
    const before = this.#bases.get(name) ?? 0
    if (version - before < REWRITE_AFTER) return
    this.#bases.set(name, version)
    const folded = Array.from({ length: version - before }, (_, i): Write => ({ type: 'del', key: keys.commit(name, generation, before + 1 + i) }))
    this.#later([put(keys.base(name, generation), base()), ...folded])
  }

  appended(name: string): void {
    const journal = this.#journals.get(name)
    if (journal !== undefined) this.#changed(journal)
  }

  drop(name: string, ids: readonly number[]): void {
    const journal = this.#journals.get(name)
    journal?.drop(ids)
    if (journal !== undefined) this.#changed(journal)
  }

  remove(name: string, ids: readonly number[]): void {
    const journal = this.#journals.get(name)
    journal?.remove(ids)
    if (journal !== undefined) this.#later(journal.flush())
  }

  delete(name: string, generation: number): void {
    this.#bases.delete(name)
    this.#lastEntries.delete(name)
    this.#forget(name)
    this.#leaving.set(name, generation)
    this.#sweep(this.#write([{ type: 'del', key: keys.head(name) }]), name, generation)
  }

  putFile(hash: string, bytes: Uint8Array): void {
    this.#later([{ type: 'put', key: keys.file(hash), value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), valueEncoding: 'buffer' }])
  }

  dropFile(hash: string): void {
    this.#later([{ type: 'del', key: keys.file(hash) }])
  }

  async stop(): Promise<void> {
    this.#flush()
    await this.#disk?.close()
    this.#disk = null
  }

  #head(name: string, generation: number): Write {
    return put(keys.head(name), { generation, lastEntry: this.#lastEntries.get(name) ?? 0, used: ++this.#uses } satisfies StoredHead)
  }

  #changed(journal: KeptJournal): void {
    this.#news.add(journal)
    this.#collect()
  }

  #collect(): void {
    this.#timer ??= setTimeout(() => {
      this.#flush()
    }, COLLECTED).unref()
  }

  /** Writes down what was collected. Nobody waits for it, so the disk is not waited for either. */
  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const journal of this.#news) this.#later(journal.flush(), false)
    this.#news.clear()
    for (const [name, generation] of this.#used) this.#later([this.#head(name, generation)], false)
    this.#used.clear()
  }

  #forget(name: string): void {
    const journal = this.#journals.get(name)
    if (journal !== undefined) this.#news.delete(journal)
    this.#journals.delete(name)
    this.#used.delete(name)
  }

  async #write(writes: readonly Write[], isSynced = true): Promise<void> {
    if (this.#disk === null) throw new Error('the folder is closed')
    if (this.#complaint !== null) throw new Error(this.#complaint)
    try {
      await this.#disk.write(writes, isSynced)
    } catch (error) {
      // What is in memory now is more than what is in the folder, so nothing may be built on it any more.
      this.#complaint ??= `the folder ${this.#folder} cannot be written: ${messageOf(error)}; start the stub anew when it can`
      this.#report(this.#complaint)
      throw new Error(this.#complaint, { cause: error })
    }
  }

  /** For what no call waits for: a failure is on record in the complaint already. */
  #later(writes: readonly Write[], isSynced = true): void {
    if (this.#disk !== null && writes.length > 0) this.#write(writes, isSynced).catch(() => undefined)
  }

  /** Removes the generations up to this one, which nobody points at any more. What is left when the process ends meanwhile goes at the next start. */
  #sweep(after: Promise<void>, name: string, until: number): void {
    const sweep = async () => {
      await after
      await this.#disk?.sweep({ gte: keys.sandbox(name), lt: keys.generation(name, until + 1) })
      if (this.#leaving.get(name) === until) this.#leaving.delete(name)
    }
    sweep().catch(() => undefined)
  }
}

function put(key: string, value: object): Write {
  return { type: 'put', key, value: JSON.stringify(value) }
}
