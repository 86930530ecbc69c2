/** The journal of a sandbox as this process reads and hears it. Where the entries are is the engine's affair. */
import type { Awaitable, NewEntry, SandboxLog } from './engine/engine.js'
import type { EntryHead, JournalEntry, JournalEvent, JournalStatus } from './journal.js'

/** The journal for somebody who listens: what was missed, then the events as they come. */
export interface Feed<E> {
  /** The id after which it goes on. */
  readonly after: number
  readonly missed: readonly JournalEntry[]
  start(listener: (event: E) => void): void
  stop(): void
}

export type JournalFeed = Feed<JournalEvent>

/** What was chosen of a journal. */
export interface Chosen {
  /** The newest first. */
  readonly entries: readonly JournalEntry[]
  /** How many fit; more than there are entries where only so many were wanted. */
  readonly total: number
  /** The id of the oldest entry that is kept, whether it fits or not; null where there is none. */
  readonly oldest: number | null
}

type JournalLog = Pick<SandboxLog, 'append' | 'isCalledElsewhere' | 'heads' | 'entries' | 'status' | 'remove'>

export class Journal {
  readonly #log: JournalLog
  readonly #lost: (error: unknown) => void
  readonly #changed: () => void
  readonly #listeners = new Set<(event: JournalEvent) => void>()

  /**
   * @param lost told why an entry did not get where it is kept
   * @param changed told when somebody begins or ceases to listen
   */
  constructor(log: JournalLog, lost: (error: unknown) => void, changed: () => void) {
    this.#log = log
    this.#lost = lost
    this.#changed = changed
  }

  /**
   * Puts an entry in, unless its generation is over. A `Turn` does it for its call.
   * @returns a promise where the call is to be answered after its entry is there
   */
  append(entry: NewEntry, generation: number): Awaitable<void> {
    const pending = this.#log.append(entry, generation)
    if (!(pending instanceof Promise)) return
    const arrived = pending.catch(this.#lost)
    if (this.#log.isCalledElsewhere) return arrived
  }

  /** @returns the entries kept, oldest first */
  async read(): Promise<readonly JournalEntry[]> {
    return this.#log.entries()
  }

  /** @returns what entries are chosen by, of all that are kept, oldest first */
  async heads(): Promise<readonly EntryHead[]> {
    return this.#log.heads()
  }

  /** @returns the entry of this id if it is kept */
  async entry(id: number): Promise<JournalEntry | undefined> {
    return (await this.#log.entries([id]))[0]
  }

  /** @returns the newest entries that fit, as many as are wanted; no other is put together for it */
  async newest(fits: (entry: EntryHead) => boolean, limit: number): Promise<Chosen> {
    const heads = await this.#log.heads()
    const fitting = heads.filter(fits)
    const ids = fitting.slice(Math.max(0, fitting.length - limit)).map(({ id }) => id)
    return { entries: [...(await this.#log.entries(ids))].reverse(), total: fitting.length, oldest: heads[0]?.id ?? null }
  }

  /** @returns how much is kept, and may be */
  async status(): Promise<JournalStatus> {
    return this.#log.status()
  }

  /** Whether anybody waits for what comes. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /**
   * Forgets the entries that fit; ids go on counting.
   * @returns how many there were
   */
  async remove(fits: (entry: EntryHead) => boolean = () => true): Promise<number> {
    return this.#log.remove(fits)
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: JournalEvent) => void): () => void {
    this.#listeners.add(listener)
    this.#changed()
    return () => {
      this.#listeners.delete(listener)
      this.#changed()
    }
  }

  /**
   * Listens without missing anything.
   * @param after the last id that the listener has; null where it begins anew
   * @returns what it missed, and a way to hear the rest; what comes before it starts to listen waits for it
   */
  async follow(after: number | null): Promise<JournalFeed> {
    return this.followBy(after, (listener) => this.subscribe(listener), (event, known) => (event.type !== 'entry' || event.head.id > known ? event : null))
  }

  /**
   * As {@link follow}, for events that somebody makes of those of this journal.
   * @param subscribe begins to tell them; returns what ends it
   * @param news what of an event is new to somebody who knows all up to an id; null where nothing is
   */
  async followBy<E>(after: number | null, subscribe: (listener: (event: E) => void) => () => void, news: (event: E, known: number) => E | null): Promise<Feed<E>> {
    const waiting: E[] = []
    let listener: ((event: E) => void) | null = null
    const stop = subscribe((event) => {
      if (listener === null) waiting.push(event)
      else listener(event)
    })
    const { last, missed } = await this.#since(after).catch((error: unknown) => {
      // What comes would wait for somebody who never begins to hear it.
      stop()
      throw error
    })
    const known = Math.max(last, missed.at(-1)?.id ?? 0)
    const start = (told: (event: E) => void) => {
      listener = (event) => {
        const fresh = news(event, known)
        if (fresh !== null) told(fresh)
      }
      for (const event of waiting) listener(event)
    }
    return { after: after ?? last, missed, start, stop }
  }

  /** @returns the newest id there is, and the entries after the one that somebody has; none where they begin anew */
  async #since(after: number | null): Promise<{ readonly last: number; readonly missed: readonly JournalEntry[] }> {
    const { last } = await this.status()
    if (after === null) return { last, missed: [] }
    return { last, missed: await this.#log.entries((await this.#log.heads()).filter(({ id }) => id > after).map(({ id }) => id)) }
  }

  /** Tells all who listen; after the end there is nothing to hear. */
  tell(event: JournalEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
    if (event.type === 'ended') this.#listeners.clear()
  }
}
