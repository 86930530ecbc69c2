/**
 * The folder behind an engine `file`. Writes are queued and go out in groups: while one group is on its way to the disk, all that
 * comes in makes up the next, so that many calls at once share one sync. A group is written whole or not at all. What a group costs hardly
 * depends on how much is in it, so one of which many calls wait gives as many others a moment to come along; a call by itself waits for nobody.
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ClassicLevel } from 'classic-level'
import { codeOf, whyNot } from '../../../plain/system-error.js'
import { others, pauseOrUntil } from '../../slices.js'
import type { Range } from './layout.js'

type Database = ClassicLevel

/** One change of the folder; a value is JSON, but for those of files and journals. */
export type Write = { readonly type: 'put'; readonly key: string; readonly value: string } | { readonly type: 'put'; readonly key: string; readonly value: Buffer; readonly valueEncoding: 'buffer' } | { readonly type: 'del'; readonly key: string }

/** Real milliseconds that a group waits for company at the most. */
const MOMENT = 2

/** Says which process has the folder; for people, the lock itself is the database's. */
const OWNER = 'owner.json'

export class Disk {
  readonly #db: Database
  #queue: Write[] = []
  /** So many wait until what is queued cannot be lost. */
  #waiting = 0
  /** So many had waited for the group before. */
  #company = 0
  /** Called when as many wait again; null while nobody looks out for them. */
  #complete: (() => void) | null = null
  /** Resolves when all that is queued by now is on the disk; null while nothing is queued. */
  #next: Promise<void> | null = null
  #writing: Promise<void> = Promise.resolve()

  private constructor(db: Database) {
    this.#db = db
  }

  /**
   * @param folder made if need be
   * @throws Error when it cannot be made, another process has it, or `classic-level` is not installed
   */
  static async open(folder: string): Promise<Disk> {
    const { ClassicLevel } = await import('classic-level').catch(() => {
      throw new Error('keeping sandboxes in a folder needs the package classic-level, which could not be loaded; install it with: npm install classic-level@3.0.0')
    })
    await make(folder)
    const db: Database = new ClassicLevel(join(folder, 'db'))
    try {
      await db.open()
    } catch (error) {
      throw await explain(error, folder)
    }
    await writeFile(join(folder, OWNER), JSON.stringify({ process: process.pid }))
    return new Disk(db)
  }

  /** @returns the value, or undefined where there is none */
  async read(key: string): Promise<unknown> {
    const text = await this.#db.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  }

  /** @returns keys and values between the bounds, in the order of the keys */
  async *range(bounds: Range): AsyncGenerator<readonly [key: string, value: unknown]> {
    for await (const [key, text] of this.#db.iterator(bounds)) yield [key, JSON.parse(text) as unknown]
  }

  /** @returns the same where values are bytes */
  async *rangeOfBytes(bounds: Range): AsyncGenerator<readonly [key: string, bytes: Buffer]> {
    yield* this.#db.iterator<string, Buffer>({ ...bounds, valueEncoding: 'buffer' })
  }

  /** @returns the keys between the bounds */
  async keys(bounds: Range): Promise<string[]> {
    return this.#db.keys(bounds).all()
  }

  /**
   * Queues writes; those of one call are carried out together, in the order of the calls.
   * @param isSynced false for what may be lost where the machine itself fails
   * @returns a promise that resolves once they are on the disk, and rejects when they cannot be written
   */
  write(writes: readonly Write[], isSynced = true): Promise<void> {
    this.#queue.push(...writes)
    if (isSynced && ++this.#waiting >= this.#company) this.#complete?.()
    if (this.#next !== null) return this.#next
    this.#next = this.#writing.then(() => this.#gather()).then(() => this.#flush())
    // Whoever waits for it hears of a failure; that nobody waits is no reason to end the process.
    this.#writing = this.#next.catch(() => undefined)
    return this.#next
  }

  /** Removes what lies between the bounds, in its own time; what is written there meanwhile must be nothing. */
  async sweep(bounds: Range): Promise<void> {
    await this.#db.clear(bounds)
  }

  /** Waits for what is queued, and closes the folder. */
  async close(): Promise<void> {
    await (this.#next ?? this.#writing).catch(() => undefined)
    await this.#db.close()
  }

  /** Lets those come first whose calls are being carried out already. */
  async #gather(): Promise<void> {
    await others()
    if (this.#waiting === 0 || this.#waiting >= this.#company) return
    await pauseOrUntil(MOMENT, (complete) => (this.#complete = complete))
    this.#complete = null
  }

  async #flush(): Promise<void> {
    const group = this.#queue
    const sync = this.#waiting > 0
    if (sync) this.#company = this.#waiting
    this.#queue = []
    this.#waiting = 0
    this.#next = null
    await this.#db.batch<string, string | Buffer>(group, { sync })
  }
}

/**
 * Makes the folder, and those that it lies in. Node's own way to do so never ends below /proc.
 * @throws Error that says why it cannot be made
 */
async function make(folder: string): Promise<void> {
  const missing: string[] = []
  for (let place = resolve(folder); ; place = dirname(place)) {
    const found = await stat(place).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw new Error(`sandboxes cannot be kept in ${folder}: ${whyNot(error)}`, { cause: error })
      return null
    })
    if (found?.isDirectory() === false) throw new Error(`sandboxes cannot be kept in ${folder}: ${place === resolve(folder) ? 'it' : place} is no folder`)
    if (found !== null) break
    missing.unshift(place)
  }
  for (const place of missing) {
    await mkdir(place).catch((error: unknown) => {
      // Another stub makes the same one.
      if (codeOf(error) !== 'EEXIST') throw new Error(`sandboxes cannot be kept in ${folder}: the folder ${place} cannot be made: ${whyNot(error)}`, { cause: error })
    })
  }
}

async function explain(error: unknown, folder: string): Promise<Error> {
  const cause = error instanceof Error ? error.cause : undefined
  const isLocked = typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'LEVEL_LOCKED'
  if (!isLocked) return new Error(`the folder ${folder} cannot be opened: ${cause instanceof Error ? cause.message : String(error)}`)
  const owner = await readFile(join(folder, OWNER), 'utf8').catch(() => '{}')
  const number = /"process":(\d+)/.exec(owner)?.[1]
  return new Error(`the folder ${folder} is used by another stub${number === undefined ? '' : ` (process ${number})`}; stop that one, or give this one a folder of its own`)
}
