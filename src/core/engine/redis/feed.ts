/** Hears what happens to the sandboxes for which somebody waits in this process: sockets, event streams, `requests/wait`. */
import { pause } from '../../clock.js'
import { LoggedCommit } from './layout.js'
import type { RedisLog } from './log.js'
import { type Ear, MOST_HEARD } from './port.js'
import { type Item, itemsFrom, listFrom, textFrom } from './reply.js'

/** Real milliseconds between two tries to hear again. */
const BETWEEN = 100

export class RedisFeed {
  readonly #ear: Ear
  /** By the name of the sandbox. */
  readonly #logs = new Map<string, RedisLog>()
  #isClosed = false
  /** Ends the wait while nobody is listened for; null while the feed does not wait. */
  #wake: AbortController | null = null

  constructor(ear: Ear) {
    this.#ear = ear
    void this.#go(ear)
  }

  /** For how many sandboxes it listens. */
  get size(): number {
    return this.#logs.size
  }

  has(log: RedisLog): boolean {
    return this.#logs.get(log.name) === log
  }

  /** From now on the log is told what happens. It has to know already from which place on. */
  add(log: RedisLog): void {
    this.#logs.set(log.name, log)
    this.#nudge()
  }

  remove(log: RedisLog): void {
    if (this.#logs.get(log.name) === log) this.#logs.delete(log.name)
  }

  close(): void {
    this.#isClosed = true
    this.#logs.clear()
    this.#nudge()
    this.#ear.close()
  }

  #nudge(): void {
    this.#wake?.abort()
    this.#ear.nudge()
  }

  async #go(ear: Ear): Promise<void> {
    let isWhole = true
    while (!this.#closed()) {
      try {
        for (const log of [...this.#logs.values()]) if (!isWhole || log.awaited() === null) await log.catchUp()
        isWhole = true
        const places = new Map([...this.#logs.values()].flatMap((log) => log.awaited() ?? []))
        if (places.size === 0) await this.#rest()
        else this.#tell(await ear.hear(places))
      } catch {
        // The port reports it. Something may have happened meanwhile that no stream tells.
        isWhole = false
        await pause(BETWEEN)
      }
    }
  }

  /** Changes while others wait, which the compiler cannot see. */
  #closed(): boolean {
    return this.#isClosed
  }

  async #rest(): Promise<void> {
    this.#wake = new AbortController()
    await pause(BETWEEN * 10, this.#wake.signal)
    this.#wake = null
  }

  #tell(reply: unknown): void {
    if (reply === null) return
    const heard = new Map<string, readonly Item[]>()
    for (const stream of listFrom(reply)) {
      const [name, items] = listFrom(stream)
      heard.set(textFrom(name), itemsFrom(items))
    }
    for (const log of [...this.#logs.values()]) {
      const [commits = [], entries = []] = [heard.get(log.keys.log), heard.get(log.keys.journal)]
      if (commits.length + entries.length > 0) log.hear(commits.map((item) => new LoggedCommit(item)), entries, commits.length < MOST_HEARD)
    }
  }
}
