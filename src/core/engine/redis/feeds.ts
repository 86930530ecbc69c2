/** Divides those who wait among feeds: one where one connection hears of all sandboxes, more on a cluster. */
import { RedisFeed } from './feed.js'
import type { RedisLog } from './log.js'
import type { RedisPort } from './port.js'

export class Feeds {
  readonly #port: RedisPort
  readonly #feeds: RedisFeed[] = []

  constructor(port: RedisPort) {
    this.#port = port
  }

  /** From now on the log is told what happens. It has to know already from which place on. */
  add(log: RedisLog): void {
    const feed = this.#feeds.find((one) => one.has(log)) ?? this.#feeds.find(({ size }) => size === 0) ?? this.#another() ?? this.#leastUsed()
    feed.add(log)
  }

  remove(log: RedisLog): void {
    for (const feed of this.#feeds) feed.remove(log)
  }

  close(): void {
    for (const feed of this.#feeds) feed.close()
  }

  #another(): RedisFeed | null {
    if (this.#feeds.length >= this.#port.ears) return null
    const feed = new RedisFeed(this.#port.listen())
    this.#feeds.push(feed)
    return feed
  }

  #leastUsed(): RedisFeed {
    return this.#feeds.reduce((least, feed) => (feed.size < least.size ? feed : least))
  }
}
