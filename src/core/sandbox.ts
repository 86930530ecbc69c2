/** A sandbox: an isolated copy of everything that changes. */
import { type ClockState, readClock, runningClock, type TimeSource } from './clock.js'
import type { Awaitable, Begun, Commit, Engine, Follower, Loaded, Overview, SandboxLog } from './engine/engine.js'
import { type Files, NO_FILES } from './files.js'
import { Generation } from './generation.js'
import { type Happened, happenings, momentOf, type HistoryReach, reachOf } from './history.js'
import type { JournalEntry } from './journal.js'
import { atOnce, type Pace } from './slices.js'
import { Journal } from './sandbox-journal.js'
import type { ControlState, ControlStore, Origin, SandboxContent, SystemRecords, SystemSwitches } from './sandbox-state.js'
import { Superseded } from './superseded.js'
import { Turn } from './turn.js'
import { isLarge, type WholeContent, wholeOf } from './whole.js'
import type { Change, Store } from './store/types.js'
import type { World } from './store/world.js'
import type { System } from './system.js'

export type { ControlState, ControlStore, CoreRecords, Maintenance, Origin, SandboxContent, SystemRecords, SystemSwitches } from './sandbox-state.js'

/** A system that is served, with its world. */
export interface Served {
  readonly system: System
  readonly world: World
  /** @returns the world as another server has it, for sandboxes that come out of a snapshot */
  worldAt(origin: Origin): Promise<World>
}

export interface SandboxParts {
  readonly served: ReadonlyMap<string, Served>
  readonly time: TimeSource
  /** The load of the worlds that a new sandbox begins with. */
  readonly origin: Origin
  /** System -> its world at this origin. */
  readonly worlds: ReadonlyMap<string, World>
  readonly engine: Engine
  /** Told of every commit of every sandbox. */
  readonly committed?: Watcher
  /** Told what goes wrong behind the back of calls. */
  readonly report: (problem: string) => void
  readonly seed: string
  /** Of all who work in the same server. */
  readonly pace: Pace
  /** The clock that a new sandbox begins with. */
  readonly clock?: ClockState
}

/** Is told which records of which system a commit has changed. */
export type Watcher = (system: string, changes: readonly Change[]) => void

/** So often a call begins anew because the sandbox was reset in the midst of it; then it is given up. */
export const MOST_TURNS = 100

export class Sandbox {
  readonly name: string
  readonly journal: Journal
  readonly #options: SandboxParts
  readonly #log: SandboxLog
  readonly #follower = this.#makeFollower()
  readonly #gone: () => void
  /** The replica of the log; null until somebody needs it. */
  #generation: Generation | null = null
  #loading: Promise<Generation> | null = null
  /** Commits that came while the replica was being loaded. */
  #waiting: Commit[] = []
  /** Counts how often a replica came to its end; one whose loading began before is none any more. */
  #parted = 0
  #underWay = 0
  readonly #watchers = new Set<Watcher>()
  readonly #hearers = new Set<(text: string) => void>()

  /**
   * @param name already checked; see {@link isSandboxName}
   * @param gone told when the sandbox is deleted, or the server stops
   */
  constructor(name: string, options: SandboxParts, gone: () => void) {
    this.name = name
    this.#gone = gone
    this.#options = options
    this.#log = options.engine.open(name, this.#follower)
    const lost = (error: unknown) => {
      options.report(`a journal entry of ${name} was lost: ${String(error)}`)
    }
    this.journal = new Journal(this.#log, lost, () => {
      this.#attend()
    })
  }

  /** The load of the worlds that this sandbox differs from, as far as it is known here. */
  get origin(): Origin {
    return this.#generation?.origin ?? this.#options.origin
  }

  /** Whether nobody is calling it or waiting for it. */
  get idle(): boolean {
    return this.#underWay === 0 && !this.journal.hasListeners
  }

  /** Says that a call is under way; it must say {@link leave} in the end. */
  enter(): void {
    this.#underWay++
  }

  /** Says that a call that entered is over. */
  leave(): void {
    this.#underWay--
  }

  /** @returns what a call sees from now on, with one more request counted; ids are drawn by that number */
  begin(): Awaitable<Turn> {
    const begun = this.#log.begin()
    return begun instanceof Promise ? begun.then((one) => this.#turn(one, true)) : this.#turn(begun, true)
  }

  /** @returns what somebody sees who is no request of a client */
  look(): Awaitable<Turn> {
    const begun = this.#log.look()
    return begun instanceof Promise ? begun.then((one) => this.#turn(one, false)) : this.#turn(begun, false)
  }

  /** @returns what is seen while the sandbox cannot be reached: it as it was in the beginning. Nothing can be changed there. */
  blind(): Turn {
    const begun = { generation: 0, requests: 0 }
    return new Turn(this, atOnce(Generation.make({ ...begun, version: 0, content: this.#initial(), commits: [], isWhole: true }, this.#options.worlds, null, () => undefined, () => undefined, this.#options.pace)), begun, false)
  }

  /**
   * Does what touches several parts of a sandbox, and again from the start when a reset comes between.
   * @param counts whether it counts as a request, for ids are drawn by its number
   * @returns what `work` returns in a generation that was not over by then
   * @throws what `work` throws
   */
  async during<T>(work: (turn: Turn) => Promise<T>, counts = false): Promise<T> {
    for (let run = 1; run <= MOST_TURNS; run++) {
      const turn = await (counts ? this.begin() : this.look())
      try {
        const result = await work(turn)
        if (!turn.isOver) return result
      } catch (error) {
        if (!turn.isOver) throw error
      }
    }
    throw new Superseded()
  }

  /** The control state as it is now, whatever the generation. */
  readonly control: ControlStore = {
    read: async () => (await this.look()).state,
    change: (change) => this.during((turn) => turn.change(change)),
  }

  /** @returns what a list shows of it */
  async overview(): Promise<Overview> {
    return { control: await this.control.read(), entries: (await this.journal.status()).size }
  }

  /** @returns what this sandbox keeps of a served system, whatever the generation: after a reset a transaction runs again in the new one */
  store(system: string): Store<SystemRecords> {
    return {
      transact: (work) => this.during((turn) => turn.transact(system, work)),
      export: () => this.during((turn) => turn.store(system).export()),
    }
  }

  /** @returns the reading of the sandbox's clock for this state */
  now(state: ControlState): number {
    return readClock(state.clock, this.real)
  }

  /** Makes everything as it was when the sandbox came into being, in one step: a call under way begins anew. */
  async reset(): Promise<void> {
    const { state } = await this.look()
    const content = this.#initial()
    await this.#log.replace({ ...content, control: { ...content.control, era: state.era + 1 } })
  }

  /** @returns all that this sandbox keeps at one moment, but for its journal and the bytes of its files */
  async content(): Promise<SandboxContent> {
    const turn = await this.look()
    return turn.content()
  }

  /** @returns the same with the bytes */
  whole(): Promise<WholeContent> {
    return this.during((turn) => wholeOf(turn))
  }

  /**
   * Replaces all that this sandbox keeps, in one step; its journal is emptied. A call under way begins anew. The era comes with the
   * content, so that the same calls get the same answers again, down to the tokens.
   * @throws StoreError when the records cannot stand together; then nothing is changed
   */
  async replace(content: SandboxContent, files: Files = NO_FILES): Promise<void> {
    await this.#build({ generation: 0, requests: 0, version: 0, content, commits: [], isWhole: true }, null)
    await this.#log.replace(content, undefined, files)
  }

  /** @returns how far back one can go */
  async reach(): Promise<HistoryReach> {
    return reachOf(await this.#log.past(), await this.#log.heads())
  }

  /**
   * @param limit so much of the newest that happened is read
   * @returns how far back one can go, and what happened, the oldest first
   */
  async history(limit: number): Promise<{ readonly reach: HistoryReach; readonly happened: readonly Happened<JournalEntry>[] }> {
    const [loaded, heads] = [await this.#log.past(), await this.#log.heads()]
    const newest = happenings(loaded, heads).slice(-limit)
    const ids = newest.flatMap((one) => (one.kind === 'call' ? [one.entry.id] : []))
    const entries = new Map((await this.#log.entries(ids)).map((entry) => [entry.id, entry]))
    const happened = newest.flatMap((one): Happened<JournalEntry>[] => {
      if (one.kind === 'control') return [one]
      const entry = entries.get(one.entry.id)
      return entry === undefined ? [] : [{ kind: 'call', entry }]
    })
    return { reach: reachOf(loaded, heads), happened }
  }

  /**
   * @param at the number of a call; 0 for the beginning
   * @returns what the sandbox kept after that call, for looking at; null when history does not go back so far
   */
  async at(at: number): Promise<Turn | null> {
    const moment = momentOf(await this.#log.past(), await this.#log.heads(), at)
    return moment === null ? null : new Turn(this, await this.#build(moment.loaded, null), moment.loaded, false)
  }

  /**
   * Steps back: what happened after the call has never happened. A call under way begins anew.
   * @param to the number of a call; 0 for the beginning
   * @returns whether history goes back so far; if not, nothing is changed
   */
  async rewind(to: number): Promise<boolean> {
    const moment = momentOf(await this.#log.past(), await this.#log.heads(), to)
    if (moment === null) return false
    const content = (await this.#build(moment.loaded, null)).content(moment.loaded.requests)
    const { state } = await this.look()
    await this.#log.replace({ ...content, control: { ...content.control, era: state.era + 1 } }, { version: moment.version, entry: moment.entry })
    return true
  }

  /**
   * Tells `watcher` of every commit, whoever made it. What a reset or a snapshot replaces is no commit: the journal tells that.
   * @returns a function that ends it
   */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    this.#attend()
    return () => {
      this.#watchers.delete(watcher)
      this.#attend()
    }
  }

  /** Tells all who {@link hear} of this sandbox, in whatever process, something that is kept nowhere; those in this one before it answers. */
  announce(text: string): Awaitable<void> {
    return this.#log.announce(text)
  }

  /** Tells `hearer` what is announced, as long as somebody watches. @returns a function that ends it */
  hear(hearer: (text: string) => void): () => void {
    this.#hearers.add(hearer)
    return () => {
      this.#hearers.delete(hearer)
    }
  }

  /** The clock of real time, by which sandbox clocks are set. */
  get real(): number {
    return this.#options.time.now()
  }

  /** Hears no more of what happens to it; the engine keeps it for others. */
  part(): void {
    this.#log.close(this.#follower)
    this.#generation?.lose()
  }

  /** Tells all who wait that nothing will come any more. */
  end(): void {
    this.#gone()
    this.journal.tell({ type: 'ended' })
  }

  #turn(begun: Begun, counts: boolean): Awaitable<Turn> {
    const generation = this.#generation
    if (generation !== null && generation.number === begun.generation && !generation.isOver) return new Turn(this, generation, begun, counts)
    const loaded = this.#load()
    return loaded instanceof Promise ? loaded.then((one) => new Turn(this, one, begun, counts)) : new Turn(this, loaded, begun, counts)
  }

  #load(): Awaitable<Generation> {
    if (this.#loading !== null) return this.#loading
    const loaded = this.#log.load()
    const built = loaded instanceof Promise ? loaded.then((one) => this.#build(one, this.#log, true)) : this.#build(loaded, this.#log)
    if (!(built instanceof Promise)) return this.#adopt(built)
    const begun = this.#parted
    const adopt = (generation: Generation) => {
      this.#loading = null
      if (begun === this.#parted) return this.#adopt(generation)
      generation.end()
      return generation
    }
    this.#loading = built.then(adopt).catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  #adopt(generation: Generation): Generation {
    this.#generation = generation
    for (const commit of this.#waiting.splice(0)) if (!generation.receive(commit)) this.#part()
    return generation
  }

  /** @param isAwaited whether somebody waits for it anyhow @throws StoreError when the records cannot stand together */
  #build(loaded: Loaded, log: SandboxLog | null, isAwaited = false): Awaitable<Generation> {
    const { served, origin, pace } = this.#options
    const told: Watcher = (system, changes) => {
      this.#options.committed?.(system, changes)
      for (const watcher of this.#watchers) watcher(system, changes)
    }
    const { boot, scale } = loaded.content.origin
    if (boot === origin.boot && scale === origin.scale) {
      const making = Generation.make(loaded, this.#options.worlds, log, told, (hash) => this.#log.file(hash), pace)
      return isAwaited || isLarge(loaded.content, loaded.commits.length) ? pace.inSlices(making) : atOnce(making)
    }
    const worlds = Promise.all([...served].map(async ([id, one]) => [id, await one.worldAt({ boot, scale })] as const))
    return worlds.then((found) => pace.inSlices(Generation.make(loaded, new Map(found), log, told, (hash) => this.#log.file(hash), pace)))
  }

  #makeFollower(): Follower {
    const isListening = () => this.journal.hasListeners
    const isIdle = () => this.idle
    return {
      initial: () => this.#initial(),
      committed: (commit) => {
        if (this.#loading !== null) this.#waiting.push(commit)
        else if (this.#generation?.receive(commit) === false) this.#part()
      },
      turnedOver: () => {
        this.#generation?.end()
        this.#part()
        this.journal.tell({ type: 'reset' })
      },
      journalled: (event) => {
        this.journal.tell(event)
      },
      announced: (text) => {
        for (const hearer of this.#hearers) hearer(text)
      },
      lost: () => {
        this.#part()
      },
      ended: () => {
        this.end()
      },
      get listens() {
        return isListening()
      },
      get idle() {
        return isIdle()
      },
    }
  }

  #attend(): void {
    this.#log.attend(this.journal.hasListeners || this.#watchers.size > 0)
  }

  #part(): void {
    this.#generation?.lose()
    this.#generation = null
    this.#waiting = []
    this.#parted++
  }

  #initial(): SandboxContent {
    const { served, seed, origin, clock = runningClock } = this.#options
    const systems = [...served.values()].map(({ system }) => [system.id, initialSwitches(system)] as const)
    return { control: { clock, requests: 0, seed, era: 1, systems: Object.fromEntries(systems), faults: [], nextFault: 1 }, origin, stores: {} }
  }
}

function initialSwitches(system: System): SystemSwitches {
  const settings = Object.entries(system.settings).map(([name, { default: value }]) => [name, value] as const)
  return { smsSource: 'fixed', settings: Object.fromEntries(settings), outages: [], maintenance: null }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** @returns whether the text can name a sandbox: letters, digits, dot, underscore, hyphen; 64 at the most; a letter or digit first */
export function isSandboxName(name: string): boolean {
  return NAME.test(name)
}
