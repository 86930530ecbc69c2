/** The engine that keeps everything in this process. It is the default, and never makes anybody wait. */
import { type Engine, type Follower, type House, type SandboxLog } from '../engine.js'
import { type LogLimits, MemoryLog } from './log.js'

/** How far back sandboxes can be stepped. */
export interface MemoryLimits extends LogLimits {
  /** Bytes that the logs of all sandboxes take up together; those of the least recently used are trimmed first. */
  readonly total: number
}

const MIB = 1024 * 1024
const defaults: MemoryLimits = { commits: 10_000, bytes: 8 * MIB, total: 64 * MIB }

/** @returns an engine; each server needs one of its own */
export function memoryEngine(limits: Partial<MemoryLimits> = {}): Engine {
  return new MemoryEngine({ ...defaults, ...limits })
}

class MemoryEngine implements Engine {
  readonly name = 'memory'
  readonly #limits: MemoryLimits
  /** In the order of last use. */
  readonly #logs = new Map<string, MemoryLog>()
  #house: House | null = null
  #latest: string | null = null
  #namesMadeUp = 0
  #bytes = 0

  constructor(limits: MemoryLimits) {
    this.#limits = limits
  }

  start(house: House): { readonly boot: number } {
    if (this.#house !== null) throw new Error('an engine in memory serves one server')
    this.#house = house
    return { boot: house.boot }
  }

  open(name: string, follower: Follower): SandboxLog {
    const log = this.#logs.get(name) ?? this.#make(name, follower)
    log.followers.add(follower)
    return {
      begin: () => log.begin(),
      look: () => log.look(),
      commit: (attempt) => log.commit(attempt),
      load: () => log.load(),
      replace: (content, kept) => log.replace(content, kept),
      append: (entry, generation) => {
        log.append(entry, generation)
      },
      entries: () => log.entries(),
      status: () => log.status(),
      remove: (fits) => log.remove(fits),
      close: () => {
        log.followers.delete(follower)
      },
    }
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
    return name
  }

  delete(name: string): boolean {
    const log = this.#logs.get(name)
    this.#logs.delete(name)
    if (this.#latest === name) this.#latest = null
    log?.end()
    return log !== undefined
  }

  stop(): void {
    for (const log of this.#logs.values()) log.end()
    this.#logs.clear()
  }

  #make(name: string, follower: Follower): MemoryLog {
    if (this.#house === null) throw new Error('the engine has not been started')
    while (this.#logs.size >= this.#house.most && this.#evict());
    const log = new MemoryLog(follower.initial(), {
      house: this.#house,
      limits: this.#limits,
      used: () => {
        this.#use(name, log)
      },
      grew: (bytes) => {
        this.#bytes += bytes
        if (bytes > 0 && this.#bytes > this.#limits.total) this.#trim()
      },
    })
    this.#logs.set(name, log)
    this.#latest = name
    return log
  }

  #use(name: string, log: MemoryLog): void {
    if (this.#latest === name || this.#logs.get(name) !== log) return
    this.#logs.delete(name)
    this.#logs.set(name, log)
    this.#latest = name
  }

  /** Lets the least recently used sandbox go that is idle, or, when there is none, the least recently used one. */
  #evict(): boolean {
    const [first] = this.#logs.keys()
    let chosen = first
    for (const [name, { followers }] of this.#logs) {
      if (![...followers].every(({ idle }) => idle)) continue
      chosen = name
      break
    }
    return chosen !== undefined && this.delete(chosen)
  }

  #trim(): void {
    for (const log of this.#logs.values()) {
      while (this.#bytes > this.#limits.total && log.trim());
      if (this.#bytes <= this.#limits.total) return
    }
  }
}
