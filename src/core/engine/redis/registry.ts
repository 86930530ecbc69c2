/** What all sandboxes in one Redis share: the house that they were made for, the order of their last use, the processes that use them. */
import { secret } from '../../ids.js'
import type { House } from '../engine.js'
import { differences, toldOf } from '../identity.js'
import { FORMAT, houseKeysOf } from './layout.js'
import { persist, type RedisPort } from './port.js'
import { listFrom, numberFrom, textFrom } from './reply.js'
import { BEAT, JOIN, PART, STUCK, USE } from './registry-scripts.js'

/** Microseconds after which a process that gives no sign of life is gone. */
export const SILENT = 60 * 1_000_000
/** So many names are looked at in one go. */
const SOME = 100

export class RedisRegistry {
  readonly #port: RedisPort
  readonly #keys: ReturnType<typeof houseKeysOf>
  readonly #prefix: string
  readonly #process = secret()
  /** Used since that was last noted down, in order; and whether each may make room for others. */
  readonly #used = new Map<string, boolean>()
  #beat: Promise<unknown> = Promise.resolve()
  #isLeaving = false

  constructor(port: RedisPort, prefix: string) {
    this.#port = port
    this.#keys = houseKeysOf(prefix)
    this.#prefix = prefix
  }

  /**
   * Takes part, as the first process or as one like those that are there.
   * @returns the moment from which relative times of the worlds are counted, and that of now
   * @throws Error that names what differs
   */
  async join(house: House): Promise<{ readonly boot: number; readonly now: number }> {
    const { house: key, sandboxes, processes, dying } = this.#keys
    const identity = { format: FORMAT, ...(await house.identity()) }
    const [now, stored, boot] = listFrom(await this.#port.run(JOIN, [key, sandboxes, processes, dying], [JSON.stringify(identity), this.#process, String(SILENT)]))
    const there = JSON.parse(textFrom(stored)) as Readonly<Record<string, string>> // written here, by the first process
    const differing = differences(there, identity)
    if (differing.length > 0) {
      // Whoever clears another prefix by this advice would lose what he wants to keep.
      const where = `${this.#port.where}?prefix=${this.#prefix}`
      throw new Error(`the sandboxes in Redis at ${where} belong to another kind of stub; what differs: ${toldOf(differing)}. Start with the same, put yours beside them (?prefix=… at the end of the address), or stop those stubs and remove what they kept with "understudy data clear ${where}"`)
    }
    return { boot: numberFrom(boot), now: numberFrom(now) }
  }

  /** Says that this process is there; no more once it leaves. */
  async beat(): Promise<void> {
    if (this.#isLeaving) return
    this.#beat = this.#port.run(BEAT, [this.#keys.processes], [String(SILENT), this.#process])
    await this.#beat
  }

  /** Says that it is there no more. */
  async leave(): Promise<void> {
    const { processes } = this.#keys
    this.#isLeaving = true
    await this.note()
    // A script that Redis does not know yet is sent twice, and would come in after what is said now.
    await this.#beat.catch(() => undefined)
    await this.#port.send(processes, ['ZREM', processes, this.#process])
  }

  /** A sandbox is being used; {@link note} writes it down, for many at once. */
  use(name: string, isSpare: boolean): void {
    this.#used.delete(name)
    this.#used.set(name, isSpare)
  }

  /** A sandbox is about to come into being, or did not go after all. */
  async add(name: string, isSpare: boolean): Promise<void> {
    const { sandboxes, spare } = this.#keys
    await persist(() => this.note())
    await persist(() => this.#port.run(USE, [sandboxes, spare], ['1', name, isSpare ? '1' : '0']))
  }

  /** Writes down what has been used, in order. */
  async note(): Promise<void> {
    if (this.#used.size === 0) return
    const names = [...this.#used].flatMap(([name, isSpare]) => [name, isSpare ? '1' : '0'])
    this.#used.clear()
    const { sandboxes, spare } = this.#keys
    await this.#port.run(USE, [sandboxes, spare], ['0', ...names])
  }

  /** @returns the names of all sandboxes, the least recently used first */
  async names(): Promise<readonly string[]> {
    await persist(() => this.note())
    return this.#range(this.#keys.sandboxes, ['0', '-1'])
  }

  /** @returns some that nobody has used since then; in milliseconds since 1970 */
  idleSince(time: number): Promise<readonly string[]> {
    return this.#range(this.#keys.sandboxes, ['-inf', String(time * 1000), 'BYSCORE', 'LIMIT', '0', String(SOME)])
  }

  /** @returns how many sandboxes there are */
  async size(): Promise<number> {
    const { sandboxes } = this.#keys
    return numberFrom(await persist(() => this.#port.send(sandboxes, ['ZCARD', sandboxes])))
  }

  /** @returns some that may make room for others, the least recently used first */
  spare(): Promise<readonly string[]> {
    return this.#range(this.#keys.spare, ['0', String(SOME - 1)])
  }

  /**
   * The sandbox is about to go, and is listed no more. What goes comes second: it may come into being again at any moment, and is
   * listed then. Whoever ends between the two leaves it on record.
   */
  async part(name: string): Promise<void> {
    const { sandboxes, spare, dying } = this.#keys
    this.#used.delete(name)
    await persist(() => this.#port.run(PART, [sandboxes, spare, dying], [name]))
  }

  /** It has gone, or is listed again. */
  async gone(name: string): Promise<void> {
    const { dying } = this.#keys
    await persist(() => this.#port.send(dying, ['ZREM', dying, name]))
  }

  /** @returns some that somebody was about to delete who has ended in the midst of it */
  async stuck(): Promise<readonly string[]> {
    return listFrom(await persist(() => this.#port.run(STUCK, [this.#keys.dying], [String(SILENT)]))).map(textFrom)
  }

  /** @returns a number that was never given before */
  async count(): Promise<number> {
    const { house } = this.#keys
    return numberFrom(await persist(() => this.#port.send(house, ['HINCRBY', house, 'names', '1'])))
  }

  async #range(key: string, bounds: readonly string[]): Promise<readonly string[]> {
    return listFrom(await persist(() => this.#port.send(key, ['ZRANGE', key, ...bounds]))).map(textFrom)
  }
}
