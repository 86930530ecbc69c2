/**
 * What one sandbox keeps of one system, in this process: layers over the world, which follow the sandbox's log. Transactions run on
 * them, and their changes become part of them once the log has taken them.
 */
import type { Attempt, Awaitable, Commit, Scope, Verdict } from '../engine/engine.js'
import { type Files, NO_FILES } from '../files.js'
import { Superseded } from '../superseded.js'
import { compileCollection, indexKeyOf, keyOf } from './collection.js'
import { Layer } from './layer.js'
import { keyFieldOf, LayeredTransaction, namesOf, type OpenCollection, type Replica, SEQUENCES } from './transaction.js'
import { type Change, type Doc, type Key, type RecordMap, type StoreExport, StoreError, type Transaction } from './types.js'
import { freezeDeep, type World } from './world.js'

/** So often a transaction is run again before it is given up; each round some other one has committed. */
const MOST_RUNS = 1000

const sequences = compileCollection(SEQUENCES, { key: keyFieldOf({}, SEQUENCES) })
const nothing = {
  revision: 0,
  get: () => undefined,
  lookup: () => [],
  scan: () => [],
  size: 0,
  count: () => 0,
  slice: () => [],
  rank: () => 0,
}

/** Whoever changes something. */
export interface Author {
  /** The number of the request that it is for; null for the control plane. */
  readonly request: number | null
  /** Whether something of it has been committed. */
  hasWritten: boolean
}

/** The log as records see it. */
export interface Sequencer {
  /** The newest commit that all records of the sandbox have in them. */
  readonly version: number
  /** Whether nothing can be done here any more. */
  readonly isOver: boolean
  commit(attempt: Omit<Attempt, 'generation' | 'base'>): Awaitable<Verdict>
  /** Nothing is kept any more. */
  end(): void
  /** @returns the bytes of a file that the sandbox keeps */
  file(hash: string): Awaitable<Uint8Array | undefined>
  /** Waits until those are done that met others as well; the function that it gives lets the next one in. */
  queue(): Promise<() => void>
}

export class Records<Rs extends RecordMap> implements Scope, Replica {
  readonly system: string
  readonly #world: World
  readonly #sequencer: Sequencer
  readonly #layers = new Map<string, OpenCollection & { readonly source: Layer }>()
  /** Commits that a transaction still running may not have seen; empty when none runs. */
  #commits: Commit[] = []
  #running = 0
  /** The commit up to which the records are as they were loaded. */
  readonly #loaded: number
  /** Collection -> the last commit that changed it, where one came since. */
  readonly #changed = new Map<string, number>()
  /** The collections that name files. */
  readonly #withFiles: ReadonlySet<string>

  /** @param world what the system holds at the start; it is shared, not copied */
  constructor(system: string, world: World, sequencer: Sequencer) {
    this.system = system
    this.#world = world
    this.#sequencer = sequencer
    this.#loaded = sequencer.version
    this.#withFiles = new Set([...world.collections].filter(([, { collection }]) => collection.namesFiles).map(([name]) => name))
    for (const [name, { collection, source }] of world.collections) this.#layers.set(name, { collection, source: new Layer(collection, source) })
    this.#layers.set(SEQUENCES, { collection: sequences, source: new Layer(sequences, nothing) })
  }

  /**
   * Runs `work` as one transaction, and again when another one that committed meanwhile changed what it had read.
   * @throws what `work` throws, then nothing is kept; Superseded when the generation is over
   */
  async transact<T>(work: (tx: Transaction<Rs>) => Promise<T>, author: Author): Promise<{ value: T; changes: readonly Change[] }> {
    let leave: (() => void) | null = null
    try {
      for (let run = 1, hasMet = false; run <= MOST_RUNS; run++) {
        // Whoever met another process once would meet its own neighbours next: those of one sandbox go one by one then.
        if (hasMet) leave ??= await this.#sequencer.queue()
        if (this.#sequencer.isOver) throw new Superseded()
        const tx = new LayeredTransaction<Rs>(this.#layers, this.#sequencer.version, this)
        this.#running++
        try {
          const value = await work(tx)
          if (this.#isStale(tx)) continue
          const changes = tx.changes()
          if (changes.length === 0) return { value, changes }
          const files = this.#filesOf(changes, tx)
          const pending = this.#sequencer.commit({ reads: tx.reads, changes, files: files ?? NO_FILES, namesFiles: files !== null, request: author.request, scope: this })
          const verdict = pending instanceof Promise ? await pending : pending
          if (verdict === 'committed') {
            author.hasWritten = true
            return { value, changes }
          }
          if (verdict === 'over') {
            this.#sequencer.end()
            throw new Superseded()
          }
          hasMet = true
        } catch (error) {
          // What was thrown on the ground of something read half-way through another commit is no answer: run again.
          if (error instanceof Superseded || !this.#isStale(tx)) throw error
        } finally {
          this.#running--
          if (this.#running === 0 && this.#commits.length > 0) this.#commits = []
        }
      }
    } finally {
      leave?.()
    }
    throw new StoreError('contention', `a transaction met other commits ${String(MOST_RUNS)} times`)
  }

  /** Makes a commit part of the layers. */
  apply(commit: Commit): void {
    if (this.#running > 0) this.#commits.push(commit)
    for (const { collection, key, after } of commit.changes) {
      this.#layers.get(collection)?.source.set(key, after === null ? null : freezeDeep(after))
      this.#changed.set(collection, commit.version)
    }
  }

  /** @returns what differs from the world, as plain JSON */
  content(): StoreExport {
    const data: Record<string, { put: Doc[]; deleted: Key[] }> = {}
    for (const [name, { source }] of this.#layers) {
      if (source.entries.size === 0) continue
      const part: { put: Doc[]; deleted: Key[] } = { put: [], deleted: [] }
      for (const [key, doc] of source.entries) {
        if (doc === null) part.deleted.push(key)
        else part.put.push(doc)
      }
      data[name] = part
    }
    return data
  }

  /** @returns the hashes of all files that such data names */
  *named(data: StoreExport): Iterable<string> {
    for (const name of this.#withFiles) for (const { hash } of data[name]?.put ?? []) if (typeof hash === 'string') yield hash
  }

  /**
   * Begins with what differs from the world, step by step.
   * @throws StoreError when the records cannot stand together
   */
  *import(data: StoreExport): Generator<void, void> {
    for (const [name, part] of Object.entries(data)) {
      const open = this.#layers.get(name)
      if (open === undefined) throw new StoreError('unknownCollection', `no collection is called ${name}`)
      for (const key of part.deleted) {
        open.source.set(key, null)
        yield
      }
      for (const doc of part.put) {
        open.source.set(keyOf(open.collection, doc), freezeDeep(doc))
        yield
      }
      if (!open.collection.indexes.some(({ unique }) => unique)) continue
      for (const doc of part.put) {
        refuseTwins(open, doc)
        yield
      }
    }
  }

  file(hash: string): Awaitable<Uint8Array | undefined> {
    return this.#world.files.get(hash) ?? this.#sequencer.file(hash)
  }

  changedAt(collection: string): number {
    return this.#changed.get(collection) ?? this.#loaded
  }

  touched(changes: readonly Change[]): ReadonlySet<string> {
    return namesOf(this.#layers, changes)
  }

  isOfWorld(collection: string, key: Key): boolean {
    return this.#world.collections.get(collection)?.source.get(key) !== undefined
  }

  /** @returns the bytes that the changes name, as far as the log may not have them: those added here, and those of the world; null where none of these collections names files */
  #filesOf(changes: readonly Change[], tx: LayeredTransaction<Rs>): Files | null {
    let files: Map<string, Uint8Array> | null = null
    for (const { collection, after } of changes) {
      if (!this.#withFiles.has(collection)) continue
      files ??= new Map()
      const hash = after?.['hash']
      if (typeof hash !== 'string') continue
      const bytes = tx.added(hash) ?? this.#world.files.get(hash)
      if (bytes !== undefined) files.set(hash, bytes)
    }
    return files
  }

  #isStale(tx: LayeredTransaction<Rs>): boolean {
    if (this.#sequencer.isOver) return true
    if (tx.version === this.#sequencer.version) return false
    return this.#commits.some((commit) => commit.version > tx.version && tx.reads.some((name) => commit.touched().has(name)))
  }
}

/** @throws StoreError when another record has what may occur once */
function refuseTwins({ collection, source }: OpenCollection, doc: Doc): void {
  for (const index of collection.indexes) {
    const at = index.unique ? indexKeyOf(index, doc) : undefined
    if (at === undefined || source.lookup(index, at).length === 1) continue
    throw new StoreError('valueTaken', `two records of ${collection.name} have the same ${index.name}: ${String(at)}`)
  }
}
