/** The engine that keeps everything in this process: the world below, what a sandbox changed above it, commits in one step. */
import { Superseded } from '../superseded.js'
import { compileCollection, indexKeyOf, keyOf } from './collection.js'
import { Layer } from './layer.js'
import { MemoryTransaction, type OpenCollection, SEQUENCES } from './transaction.js'
import { type Change, type Doc, type Key, type RecordMap, type Store, type StoreExport, StoreError, type Transaction } from './types.js'
import { freezeDeep, type World } from './world.js'

/** So often a transaction is run again before it is given up; each round some other one has committed. */
const MOST_RUNS = 1000

const sequences = compileCollection(SEQUENCES, { key: 'name' })
const nothing = {
  revision: 0,
  get: () => undefined,
  lookup: () => [],
  scan: () => [],
  count: () => 0,
  slice: () => [],
  rank: () => 0,
}

interface Commit {
  readonly version: number
  readonly touched: ReadonlySet<string>
}

/** What one sandbox keeps of one system, in memory. */
export class MemoryStore<Rs extends RecordMap> implements Store<Rs> {
  readonly #world: World
  readonly #committed: (changes: readonly Change[]) => void
  #layers = new Map<string, OpenCollection & { readonly source: Layer }>()
  #version = 0
  #isClosed = false
  /** Commits that a transaction still running may not have seen; empty when none runs. */
  #commits: Commit[] = []
  #running = 0

  /**
   * @param world what the system holds at the start; it is shared, not copied
   * @param committed told after every commit which records it changed
   */
  constructor(world: World, committed: (changes: readonly Change[]) => void = () => undefined) {
    this.#world = world
    this.#committed = committed
    this.#openLayers()
  }

  async transact<T>(work: (tx: Transaction<Rs>) => Promise<T>): Promise<{ value: T; changes: readonly Change[] }> {
    for (let run = 1; run <= MOST_RUNS; run++) {
      if (this.#isClosed) throw new Superseded()
      const tx = new MemoryTransaction<Rs>(this.#layers, this.#version)
      let done: { value: T; changes: readonly Change[] } | null = null
      this.#running++
      try {
        const value = await work(tx)
        if (!this.#isStale(tx)) done = { value, changes: this.#commit(tx) }
      } catch (error) {
        // What was thrown on the ground of something read half-way through another commit is no answer: run again.
        if (!this.#isStale(tx)) throw error
      } finally {
        this.#running--
        if (this.#running === 0 && this.#commits.length > 0) this.#commits = []
      }
      if (done === null) continue
      if (done.changes.length > 0) this.#committed(done.changes)
      return done
    }
    throw new StoreError('contention', `a transaction met other commits ${String(MOST_RUNS)} times`)
  }

  async export(): Promise<StoreExport> {
    return this.content()
  }

  /** The same at once. */
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

  async import(data: StoreExport): Promise<void> {
    const before = this.#layers
    this.#openLayers()
    try {
      for (const [name, part] of Object.entries(data)) {
        const open = this.#layers.get(name)
        if (open === undefined) throw new StoreError('unknownCollection', `no collection is called ${name}`)
        for (const key of part.deleted) open.source.set(key, null)
        for (const doc of part.put) open.source.set(keyOf(open.collection, doc), freezeDeep(doc))
        for (const doc of part.put) refuseTwins(open, doc)
      }
    } catch (error) {
      this.#layers = before
      throw error
    }
    this.#invalidateRunning()
  }

  async reset(): Promise<void> {
    this.#openLayers()
    this.#invalidateRunning()
  }

  /** Ends it for good: transactions under way, and those that still come, throw {@link Superseded} and keep nothing. */
  close(): void {
    this.#isClosed = true
  }

  #openLayers(): void {
    const layers = new Map<string, OpenCollection & { readonly source: Layer }>()
    for (const [name, { collection, source }] of this.#world.collections) {
      layers.set(name, { collection, source: new Layer(collection, source) })
    }
    layers.set(SEQUENCES, { collection: sequences, source: new Layer(sequences, nothing) })
    this.#layers = layers
  }

  #commit(tx: MemoryTransaction<Rs>): readonly Change[] {
    const changes = tx.changes()
    if (changes.length === 0) return changes
    this.#version++
    // This transaction itself still counts as running; only another one may have to be told.
    if (this.#running > 1) this.#commits.push({ version: this.#version, touched: tx.touched(changes) })
    for (const { collection, key, after } of changes) this.#layers.get(collection)?.source.set(key, after)
    return changes
  }

  #isStale(tx: MemoryTransaction<Rs>): boolean {
    if (this.#isClosed) return true
    if (tx.version === this.#version) return false
    return this.#commits.some(({ version, touched }) => version > tx.version && (touched.size === 0 || tx.reads.some((name) => touched.has(name))))
  }

  /** Makes every transaction that is running begin again; an empty set of names stands for everything. */
  #invalidateRunning(): void {
    this.#version++
    if (this.#running > 0) this.#commits.push({ version: this.#version, touched: new Set() })
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
