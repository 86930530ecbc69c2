/**
 * One life of a sandbox in this process: from its making, a reset, a restored snapshot or a rewind to the next. It is a replica that
 * follows the sandbox's log. Clock, records, journal and the number of a request all belong to one generation, so a call never sees
 * half of one and half of another.
 */
import { type Changeable, type ControlChange, ControlChanges } from './control-changes.js'
import { applyControl } from './control-state.js'
import { type Attempt, type Awaitable, type Commit, CONTROL, type Loaded, type SandboxLog, type Verdict } from './engine/engine.js'
import type { Files } from './files.js'
import type { ControlState, Origin, SandboxContent, SystemRecords } from './sandbox-state.js'
import type { Pace } from './slices.js'
import { type Author, Records, type Sequencer } from './store/records.js'
import type { Change, StoreExport } from './store/types.js'
import type { World } from './store/world.js'

export class Generation implements Sequencer, Changeable {
  readonly number: number
  readonly pace: Pace
  readonly origin: Origin
  readonly #log: SandboxLog | null
  readonly #worlds: ReadonlyMap<string, World>
  readonly #told: (system: string, changes: readonly Change[]) => void
  readonly #file: SandboxLog['file']
  readonly #stores = new Map<string, Records<SystemRecords>>()
  readonly #changes: ControlChanges
  #control: ControlState
  #version: number
  #isGone = false
  #isLost = false
  #queue: Promise<void> = Promise.resolve()

  /**
   * Empty; use {@link make}.
   * @param loaded what the log holds
   * @param worlds system -> its world, at the origin that the content differs from
   * @param log where changes go; null for one that is only looked at
   * @param told of every commit that comes later
   * @param file finds the bytes of a file that the sandbox keeps
   * @param pace of all who work in the same server
   */
  constructor(loaded: Loaded, worlds: ReadonlyMap<string, World>, log: SandboxLog | null, told: (system: string, changes: readonly Change[]) => void, file: SandboxLog['file'], pace: Pace) {
    const { generation, content, version } = loaded
    this.number = generation
    this.origin = content.origin
    this.#control = content.control
    this.#worlds = worlds
    this.#log = log
    this.#told = told
    this.#file = file
    this.#version = version
    this.pace = pace
    this.#changes = new ControlChanges(this, pace)
  }

  /**
   * Makes one and fills it with what the log holds, step by step.
   * @param parts as the constructor takes them
   * @throws StoreError when the records cannot stand together
   */
  static *make(...parts: ConstructorParameters<typeof Generation>): Generator<void, Generation> {
    const made = new Generation(...parts)
    const [{ content, commits }] = parts
    for (const [system, store] of Object.entries(content.stores)) yield* made.store(system).import(store)
    for (const commit of commits) {
      made.#apply(commit)
      yield
    }
    return made
  }

  get version(): number {
    return this.#version
  }

  /** Whether another one has begun. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Whether nothing can be done here any more: another one has begun, or this replica of it has lost the log. */
  get isOver(): boolean {
    return this.#isGone || this.#isLost
  }

  /** The control state as far as it is known here; the number of requests is the log's to say. */
  get control(): ControlState {
    return this.#control
  }

  /**
   * Takes a commit of the log in; one that is in already is passed over.
   * @returns false when some before it are missing
   */
  receive(commit: Commit): boolean {
    if (this.isOver || commit.version <= this.#version) return true
    if (commit.version !== this.#version + 1) return false
    this.#apply(commit)
    this.#version = commit.version
    if (commit.system !== CONTROL) this.#told(commit.system, commit.changes)
    return true
  }

  /**
   * Replaces the control state by what `change` makes of it.
   * @throws what `change` throws; Superseded when the generation is over
   */
  change(change: ControlChange, author: Author): Promise<ControlState> {
    return this.#changes.add(change, author)
  }

  commit(attempt: Omit<Attempt, 'generation' | 'base'>): Awaitable<Verdict> {
    if (this.#log === null) throw new Error('what is only looked at cannot be changed')
    return this.#log.commit({ generation: this.number, base: this.#version, reads: attempt.reads, changes: attempt.changes, files: attempt.files, namesFiles: attempt.namesFiles, request: attempt.request, scope: attempt.scope })
  }

  file(hash: string): Awaitable<Uint8Array | undefined> {
    return this.#file(hash)
  }

  /** @returns the bytes of all files that a content of this generation names, as far as they are kept */
  async files({ stores }: SandboxContent): Promise<Files> {
    const files = new Map<string, Uint8Array>()
    for (const [system, store] of Object.entries(stores)) {
      for (const hash of this.store(system).named(store)) {
        const bytes = files.get(hash) ?? (await this.store(system).file(hash))
        if (bytes !== undefined) files.set(hash, bytes)
      }
    }
    return files
  }

  async queue(): Promise<() => void> {
    const before = this.#queue
    let leave = () => {}
    this.#queue = new Promise((resolve) => (leave = resolve))
    await before
    return leave
  }

  /** @returns what is kept of a served system; its transactions throw {@link Superseded} once the generation is over */
  store(system: string): Records<SystemRecords> {
    let store = this.#stores.get(system)
    if (store === undefined) {
      const world = this.#worlds.get(system)
      if (world === undefined) throw new Error(`system ${system} is not served`)
      this.#stores.set(system, (store = new Records(system, world, this)))
    }
    return store
  }

  /**
   * @param requests how many requests have been counted
   * @returns all that is kept at this moment
   */
  content(requests: number): SandboxContent {
    const stores: Record<string, StoreExport> = {}
    for (const id of this.#worlds.keys()) stores[id] = this.store(id).content()
    return { control: { ...this.#control, requests }, origin: this.origin, stores }
  }

  /** Nothing is kept any more of what is still under way here. */
  end(): void {
    this.#isGone = true
  }

  /** The replica does not follow the log any more. What has been committed by it stands. */
  lose(): void {
    this.#isLost = true
  }

  #apply(commit: Commit): void {
    if (commit.system === CONTROL) this.#control = applyControl(this.#control, commit.changes)
    else this.store(commit.system).apply(commit)
  }
}
