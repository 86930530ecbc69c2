/** The journal of one sandbox in Redis. */
import type { EntryHead, JournalEntry, JournalStatus } from '../../journal.js'
import type { House, NewEntry } from '../engine.js'
import { entryFrom, headFrom } from './entries.js'
import { APPEND, ENTRIES, HEADS, STATUS } from './journal-scripts.js'
import type { SandboxKeys } from './layout.js'
import { Outbox } from './outbox.js'
import { persist, type RedisPort } from './port.js'
import { type Item, itemsFrom, listFrom, numberFrom } from './reply.js'
import type { Script } from './scripts.js'

/** After so many calls of this process in a row it is taken to be the only one that calls. */
const ALONE = 100

export class RedisJournal {
  readonly #keys: SandboxKeys
  readonly #owner: { readonly port: RedisPort; readonly house: House }
  readonly #outbox: Outbox
  /** How many requests had been counted, as was heard last. */
  #requests = 0
  /** How many calls of this process came one after the other, with none of another process between them. */
  #inARow = 0

  constructor(keys: SandboxKeys, owner: { readonly port: RedisPort; readonly house: House }) {
    this.#keys = keys
    this.#owner = owner
    this.#outbox = new Outbox((lines) => this.#run(APPEND, this.#told(lines)))
  }

  /** Whether no other process seems to call the sandbox. */
  get isAlone(): boolean {
    return this.#inARow >= ALONE
  }

  /**
   * Calls have begun.
   * @param requests how many have been counted
   * @param own how many of those since the last answer are this process's own
   */
  begun(requests: number, own: number): void {
    this.#inARow = requests === this.#requests + own ? this.#inARow + own : 0
    this.#requests = requests
  }

  /**
   * @param isAwaited whether somebody waits for it
   * @returns once it is there; rejects when it was lost
   */
  add(entry: NewEntry, generation: number, isAwaited: boolean): Promise<void> {
    return this.#outbox.add(entry, generation, this.#requests, isAwaited || !this.isAlone)
  }

  /**
   * Takes along what waits to be written down.
   * @param carry is given it as the last arguments of a script; it is lost when that fails
   */
  ride<T>(carry: (lines: readonly string[]) => Promise<T>): Promise<T> {
    return this.#outbox.ride((lines) => carry(this.#told(lines)))
  }

  /** Writes down what waits; whoever brought it hears whether it has come there. */
  flush(): Promise<void> {
    return this.#outbox.flush()
  }

  /** @returns once all has come there that was on its way, here and in other processes */
  settle(): Promise<void> {
    return this.#outbox.settle()
  }

  /** @returns what entries are chosen by, as they stand in the stream, oldest first */
  async items(): Promise<readonly Item[]> {
    await this.#outbox.settle()
    return itemsFrom(await persist(() => this.#run(HEADS, [])))
  }

  async heads(): Promise<readonly EntryHead[]> {
    return (await this.items()).map(headFrom)
  }

  async entries(ids?: readonly number[]): Promise<readonly JournalEntry[]> {
    if (ids === undefined) {
      await this.#outbox.settle()
      return this.#found([])
    }
    if (ids.length === 0) return []
    // Whoever has ids has mostly looked before.
    const found = await this.#found(ids)
    if (found.length >= ids.length) return found
    await this.#outbox.settle()
    return this.#found(ids)
  }

  /** @returns those of these ids that are there; all when there are none */
  async #found(ids: readonly number[]): Promise<readonly JournalEntry[]> {
    return itemsFrom(await persist(() => this.#run(ENTRIES, ids.map(String)))).map(entryFrom)
  }

  async status(): Promise<JournalStatus> {
    await this.#outbox.settle()
    const [size, last] = listFrom(await persist(() => this.#run(STATUS, [])))
    return { size: numberFrom(size), limit: this.#owner.house.journalLimit, last: numberFrom(last) }
  }

  #run(script: Script, args: readonly string[]): Promise<unknown> {
    return this.#owner.port.run(script, [this.#keys.meta, this.#keys.journal], args)
  }

  #told(lines: readonly string[]): readonly string[] {
    const { journalLimit, budget } = this.#owner.house
    return lines.length === 0 ? lines : [String(journalLimit), String(budget.limitOfOne('journal')), ...lines]
  }
}
