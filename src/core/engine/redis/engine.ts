/**
 * The engine that keeps sandboxes in Redis: several processes, behind whatever spreads calls over them, have one set of sandboxes.
 * Redis orders and keeps; what records mean is worked out in each process, in replicas that follow the logs.
 */
import { stopwatch, type TimeSource } from '../../clock.js'
import { secret } from '../../ids.js'
import { type Engine, type Follower, type House, NoRoom, type Overview, type SandboxLog } from '../engine.js'
import { tellLetGo } from '../room.js'
import { Unreachable } from '../unreachable.js'
import { Feeds } from './feeds.js'
import { CONTROL_FIELDS, keysOf, overviewFrom, type Sign } from './layout.js'
import { type LogOwner, RedisLog } from './log.js'
import { openPort, prefixOf } from './address.js'
import { othersArrive } from './outbox.js'
import { persist, type RedisPort } from './port.js'
import { RedisRegistry } from './registry.js'
import { numberFrom } from './reply.js'
import { DELETE, EVICT, NAME, OVERVIEW } from './scripts.js'
import { messageOf } from '../../../plain/message.js'

export interface RedisOptions {
  /** Sandboxes of which this process keeps a replica; those that nobody has used for longest are let go, and loaded again when they are needed. */
  readonly replicas?: number
}

const MOST_REPLICAS = 1000

/** So much of what replicas may take up is left filled when room has to be made. */
const ENOUGH = 3 / 4

/** Milliseconds between the clocks of two nodes that are worth a word. */
const MOST_APART = 5000

/** Milliseconds after which a sandbox that nobody uses is swept away. */
const IDLE = 7 * 24 * 3_600_000
/** Real milliseconds between two notes of what has been used. */
const TICK = 1000
/** So many ticks pass between two signs of life, of this process and of sandboxes that are in use without being called. */
const BEAT_EVERY = 20

/**
 * @param url `redis://host:port/db`, `rediss://…`, `redis://a:7000,b:7000` for a cluster; `?prefix=…` puts several sets of sandboxes side by side
 * @returns an engine for one server
 */
export function redisEngine(url: string, options: RedisOptions = {}): Engine {
  return new RedisEngine(url, options)
}

interface Parts {
  readonly port: RedisPort
  readonly house: House
  readonly registry: RedisRegistry
  readonly feeds: Feeds
}

class RedisEngine implements Engine, LogOwner {
  readonly name = 'redis'
  readonly #url: string
  readonly #prefix: string
  readonly #mostReplicas: number
  readonly #attemptPrefix = secret()
  /** In the order of last use. */
  readonly #logs = new Map<string, RedisLog>()
  #parts: Parts | null = null
  /** Made by their names, and about to come into being. */
  readonly #named = new Set<string>()
  #attempts = 0
  /** Sandboxes that had to make room. */
  #letGone = 0
  #ticks = 0
  #timer: NodeJS.Timeout | null = null
  /** The last time that Redis told, how long ago that was, and the last time that was told here. */
  #said = 0
  #ago = stopwatch()
  #latest = 0

  constructor(url: string, { replicas = MOST_REPLICAS }: RedisOptions) {
    this.#url = url
    this.#prefix = prefixOf(url)
    this.#mostReplicas = replicas
  }

  get port(): RedisPort {
    return this.#open.port
  }

  get house(): House {
    return this.#open.house
  }

  async start(house: House): Promise<{ readonly boot: number }> {
    if (this.#parts !== null) throw new Error('an engine of this kind serves one server')
    const port = await openPort(this.#url, house.report)
    try {
      const registry = new RedisRegistry(port, this.#prefix)
      const { boot, now } = await registry.join(house)
      this.heard(now)
      for (const node of port.nodes()) await warn(node, now, house.report)
      this.#parts = { port, house, registry, feeds: new Feeds(port) }
      this.#timer = setInterval(() => {
        this.#tick(registry).catch(() => undefined) // the port reports it
      }, TICK).unref()
      return { boot }
    } catch (error) {
      await port.close()
      throw error
    }
  }

  /** Redis tells all processes the time; between its answers it goes on as it does here. */
  time(): TimeSource {
    return { now: () => (this.#latest = Math.max(this.#latest, this.#said + Math.floor(this.#ago()))) }
  }

  open(name: string, follower: Follower): SandboxLog {
    const log = new RedisLog(name, keysOf(this.#prefix, name), follower, this)
    this.#logs.set(name, log)
    this.#letGo(log)
    return log
  }

  async has(name: string): Promise<boolean> {
    const { meta } = keysOf(this.#prefix, name)
    return numberFrom(await persist(() => this.port.send(meta, ['EXISTS', meta]))) === 1
  }

  async names(): Promise<readonly string[]> {
    return this.#open.registry.names()
  }

  async overview(name: string): Promise<Overview | null> {
    const { meta, docs, journal } = keysOf(this.#prefix, name)
    await (this.#logs.get(name)?.journal.settle() ?? othersArrive())
    const found = await persist(() => this.port.run(OVERVIEW, [meta, docs, journal], [`${CONTROL_FIELDS.replace('[', '\\[')}*`]))
    return found === null ? null : overviewFrom(found)
  }

  async makeUpName(): Promise<string> {
    for (;;) {
      const name = `box-${String(await this.#open.registry.count())}`
      if (!(await this.has(name))) return name
    }
  }

  async delete(name: string): Promise<boolean> {
    const { meta, docs, log, journal, files } = keysOf(this.#prefix, name)
    const sign: Sign = { sign: 'ended' }
    const { registry } = this.#open
    await registry.part(name)
    const deleted = numberFrom(await persist(() => this.port.run(DELETE, [meta, docs, log, journal, files], [JSON.stringify(sign)])))
    await registry.gone(name)
    this.#logs.get(name)?.end()
    return deleted === 1
  }

  async complaint(): Promise<string | null> {
    const { port, registry } = this.#open
    if (port.trouble !== null) return port.trouble
    try {
      await registry.beat()
      return null
    } catch (error) {
      return `Redis at ${port.where} cannot be used: ${messageOf(error)}`
    }
  }

  async stop(): Promise<void> {
    if (this.#parts === null) return
    const { port, feeds, registry } = this.#parts
    if (this.#timer !== null) clearInterval(this.#timer)
    feeds.close()
    for (const log of [...this.#logs.values()]) log.end()
    if (port.trouble === null) await registry.leave().catch(() => undefined) // it will be missed in a minute
    await port.close()
  }

  heard(now: number): void {
    this.#said = now
    this.#ago = stopwatch()
  }

  used(log: RedisLog): void {
    const { name } = log
    this.#open.registry.use(name, log.isSpare)
    if (this.#logs.get(name) !== log) return
    this.#logs.delete(name)
    this.#logs.set(name, log)
  }

  async admit(name: string): Promise<boolean> {
    const { registry, house: { most } } = this.#open
    const isNamed = this.#named.has(name)
    await registry.add(name, !isNamed)
    while ((await registry.size()) > most) {
      if (await this.#evict(name)) continue
      await registry.part(name)
      await registry.gone(name)
      throw new NoRoom(`There are ${String(most)} sandboxes, and all of them were changed, made by name or are in use. Delete some, or start the stubs with a larger --max-sandboxes.`)
    }
    this.#named.delete(name)
    return isNamed
  }

  async keep(name: string): Promise<void> {
    // Where there is none yet, it will know when it comes into being.
    this.#named.add(name)
    try {
      if (numberFrom(await this.port.run(NAME, [keysOf(this.#prefix, name).meta], [])) === 1) this.#named.delete(name)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
    }
  }

  makeRoom(forLog: RedisLog): void {
    const { budget } = this.house
    const enough = budget.limit('records') * ENOUGH
    for (const log of this.#logs.values()) {
      if (budget.used('records') <= enough) return
      if (log !== forLog && log.follower.idle) log.end()
    }
  }

  attemptId(): string {
    return `${this.#attemptPrefix}/${String(++this.#attempts)}`
  }

  attend(log: RedisLog, isWanted: boolean): void {
    const { feeds } = this.#open
    if (!isWanted) {
      feeds.remove(log)
      return
    }
    const add = () => {
      if (this.#logs.get(log.name) === log) feeds.add(log)
    }
    // Asked for at once, so that whatever is asked for next is not older.
    log.catchUp().then(add, add)
  }

  gone(log: RedisLog): void {
    this.#parts?.feeds.remove(log)
    if (this.#logs.get(log.name) === log) this.#logs.delete(log.name)
  }

  get #open(): Parts {
    if (this.#parts === null) throw new Error('the engine has not been started')
    return this.#parts
  }

  /**
   * Lets the least recently used sandbox go that was neither changed nor made by its name, and that nobody is using.
   * @returns whether there was one
   */
  async #evict(forName: string): Promise<boolean> {
    const { registry, port, house: { most, report } } = this.#open
    for (const name of await registry.spare()) {
      if (name === forName || this.#logs.get(name)?.follower.idle === false) continue
      const { meta, docs, log, journal, files } = keysOf(this.#prefix, name)
      await registry.part(name)
      const isGone = numberFrom(await persist(() => port.run(EVICT, [meta, docs, log, journal, files], []))) === 1
      if (!isGone) await registry.add(name, false)
      await registry.gone(name)
      if (isGone) {
        this.#logs.get(name)?.end()
        tellLetGo(report, most, name, ++this.#letGone)
        return true
      }
    }
    return false
  }

  /** Lets replicas go that nobody uses, but for one that is about to be used; they are loaded again when they are needed. */
  #letGo(opened: RedisLog): void {
    for (const log of this.#logs.values()) {
      if (this.#logs.size <= this.#mostReplicas) return
      if (log !== opened && log.follower.idle) log.end()
    }
  }

  async #tick(registry: RedisRegistry): Promise<void> {
    if (this.port.trouble !== null) return
    const isBeat = this.#ticks++ % BEAT_EVERY === 0
    if (isBeat) for (const [name, { follower }] of this.#logs) if (!follower.idle) registry.use(name, false)
    await registry.note()
    if (!isBeat) return
    await registry.beat()
    for (const name of await registry.idleSince(this.#said - IDLE)) await this.delete(name)
    // Nobody was told that they are gone, and somebody may use them.
    for (const name of await registry.stuck()) {
      if (await this.has(name)) await registry.add(name, false)
      await registry.gone(name)
    }
  }
}

/** Says what may make sandboxes come out wrong. */
async function warn(node: RedisPort, now: number, report: House['report']): Promise<void> {
  const [info, time] = await Promise.all([node.send('', ['INFO', 'memory']), node.send('', ['TIME'])]).catch(() => ['', []] as const)
  const policy = typeof info === 'string' ? /^maxmemory_policy:(\S+)/m.exec(info)?.[1] : undefined
  if (policy !== undefined && policy !== 'noeviction') report(`Redis at ${node.where} has the maxmemory-policy ${policy}, so it may drop parts of sandboxes when its memory is full; set it to noeviction`)
  const apart = Math.abs(Number(Array.isArray(time) ? time[0] : Number.NaN) * 1000 - now)
  if (apart > MOST_APART) report(`the clock of the Redis at ${node.where} is ${String(Math.round(apart / 1000))} seconds from that of another node; sandboxes go by both, so let them agree (NTP)`)
}
