/** The engine that keeps everything in this process. It is the default, and never makes anybody wait. */
import type { Budget } from '../../budget.js'
import { type Awaitable, type Engine, type Follower, type House, NoRoom, type SandboxLog } from '../engine.js'
import type { Keeper, KeptSandbox } from './keeper.js'
import { inMib, tellLetGo } from '../room.js'
import { MemoryLog, SANDBOX_BYTES, type Trimmable } from './log.js'
import { Shelf } from './shelf.js'

/** @returns an engine; each server needs one of its own */
export function memoryEngine(): Engine {
  return new MemoryEngine('memory', null)
}

/** So much of a budget is left filled when room has to be made in it. */
const SPARE = 15 / 16

/** Does all of an engine's work in this process; what has to outlive it goes to a keeper. */
export class MemoryEngine implements Engine {
  readonly name: string
  readonly #keeper: Keeper | null
  /** In the order of last use. */
  readonly #logs = new Map<string, MemoryLog>()
  #house: House | null = null
  /** The house that came last, where one came after the first. */
  #adopted: House | null = null
  #shelf: Shelf | null = null
  #latest: string | null = null
  #namesMadeUp = 0
  /** Sandboxes that had to make room. */
  #letGo = 0

  /** @param name for people */
  constructor(name: string, keeper: Keeper | null) {
    this.name = name
    this.#keeper = keeper
  }

  start(house: House): Awaitable<{ readonly boot: number }> {
    if (this.#house !== null) throw new Error('an engine of this kind serves one server')
    // Logs go on with the keys of whichever house there is by then.
    this.#shelf = new Shelf(house.budget, null)
    this.#house = { ...house, fileOf: (system, collection, doc) => (this.#adopted ?? house).fileOf(system, collection, doc), keyOf: (system, collection, doc) => (this.#adopted ?? house).keyOf(system, collection, doc) }
    return this.#keeper === null ? { boot: house.boot } : this.#recall(this.#house, this.#keeper)
  }

  adopt(house: House): Awaitable<void> {
    if (this.#house === null) throw new Error('the engine has not been started')
    this.#adopted = house
    this.#house = { ...this.#house, most: house.most, journalLimit: house.journalLimit, report: house.report }
    return this.#keeper?.adopt(house)
  }

  async #recall(house: House, keeper: Keeper): Promise<{ readonly boot: number }> {
    const { boot, namesMadeUp, sandboxes, files } = await keeper.start(house)
    this.#namesMadeUp = namesMadeUp
    this.#shelf = new Shelf(house.budget, keeper, files)
    // Whoever keeps sandboxes on a disk wants to find them again.
    for (const [name, stored] of sandboxes) {
      const log = this.#put(name, stored, house, this.#shelf)
      log.isKept = true
      keeper.follow(name, log.journal)
    }
    this.#shelf.tidy()
    return { boot }
  }

  complaint(): string | null {
    return this.#keeper?.complaint ?? null
  }

  open(name: string, follower: Follower): SandboxLog {
    const log = this.#logs.get(name) ?? this.#make(name, follower)
    log.followers.add(follower)
    return log
  }

  keep(name: string): void {
    const log = this.#logs.get(name)
    if (log !== undefined) log.isKept = true
  }

  has(name: string): boolean {
    return this.#logs.has(name)
  }

  names(): readonly string[] {
    return [...this.#logs.keys()]
  }

  makeUpName(): string {
    let name: string
    do name = `box-${String(++this.#namesMadeUp)}`
    while (this.#logs.has(name))
    this.#keeper?.madeUp(this.#namesMadeUp)
    return name
  }

  delete(name: string): boolean {
    const log = this.#logs.get(name)
    this.#logs.delete(name)
    if (this.#latest === name) this.#latest = null
    if (log === undefined) return false
    log.end()
    this.#keeper?.delete(name, log.generation)
    return true
  }

  stop(): Awaitable<void> {
    this.#shelf?.part()
    for (const log of this.#logs.values()) log.end()
    this.#logs.clear()
    return this.#keeper?.stop()
  }

  #make(name: string, follower: Follower): MemoryLog {
    if (this.#house === null || this.#shelf === null) throw new Error('the engine has not been started')
    while (this.#logs.size >= this.#house.most || !hasRoom(this.#house)) this.#evict(this.#house)
    const generation = this.#keeper?.firstGeneration(name) ?? 1
    const stored: KeptSandbox = { generation, base: { version: 0, newest: 0, isWhole: true, content: follower.initial() }, commits: [], entries: [], lastEntry: 0 }
    const log = this.#put(name, stored, this.#house, this.#shelf)
    // Not waited for: nothing has been said about the sandbox yet, and what is said of it later is kept after this.
    this.#keeper?.keep(name, stored, log.journal).catch(() => undefined)
    this.#latest = name
    return log
  }

  #put(name: string, stored: KeptSandbox, house: House, shelf: Shelf): MemoryLog {
    const log: MemoryLog = new MemoryLog(stored, {
      house,
      shelf,
      makeRoom: () => [...this.#logs.values()].some((one) => one.letGoOfFiles()),
      used: () => {
        if (this.#latest === name || this.#logs.get(name) !== log) return
        this.#logs.delete(name)
        this.#logs.set(name, log)
        this.#latest = name
      },
      exceeded: (kind) => {
        this.#trim(kind, house.budget)
      },
      kept: this.#keeper === null ? null : { keeper: this.#keeper, name },
    })
    this.#logs.set(name, log)
    return log
  }

  /** Lets the least recently used sandbox go that was neither changed nor made by its name, and that nobody is using. */
  #evict(house: House): void {
    const { budget, report } = house
    for (const [name, log] of this.#logs) {
      if (log.isKept || log.isChanged || ![...log.followers].every(({ idle }) => idle)) continue
      this.delete(name)
      tellLetGo(report, this.#logs.size + 1, name, ++this.#letGo)
      return
    }
    const unchanged = 'and all of them were changed, made by name or are in use'
    if (this.#logs.size < house.most) throw new NoRoom(`Sandboxes and their records may take up ${inMib(budget.limit('records'))} MiB, another one would be more, ${unchanged}. Delete some, or start the server with a larger --max-memory.`)
    throw new NoRoom(`This server keeps ${String(house.most)} sandboxes, ${unchanged}. Delete some, or start it with a larger --max-sandboxes.`)
  }

  /** Makes room at the cost of the sandboxes that were not used for the longest time; some to spare, so that it need not be done at every call. */
  #trim(kind: Trimmable, budget: Budget): void {
    const enough = budget.limit(kind) * SPARE
    for (const log of this.#logs.values()) {
      while (budget.used(kind) > enough && log.letGo(kind));
      if (budget.used(kind) <= enough) return
    }
  }
}

/** @returns whether another sandbox fits into the memory that is set aside for records; the first always does */
function hasRoom({ budget }: House): boolean {
  return budget.used('records') === 0 || budget.used('records') + SANDBOX_BYTES <= budget.limit('records')
}
