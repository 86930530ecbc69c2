/**
 * The commits of one sandbox on their way to Redis: so many at a time. There each is held against all that came while it was on its way,
 * so a thousand at once would be held against a thousand. Whoever waits is held, when it is his turn, against what his process has heard meanwhile.
 */
import { type Attempt, type Commit, CONTROL } from '../engine.js'

/** So many are on their way at a time. */
const MOST = 32

interface Waiting {
  readonly attempt: Attempt
  /** Goes on from this version; with null it has met another commit. */
  readonly goOn: (base: number | null) => void
}

export class RedisLine {
  #onTheirWay = 0
  /** Those of the control plane: they come first, however many calls wait. */
  #ofControl: Waiting[] = []
  #ofCalls: Waiting[] = []
  /** System -> name -> the newest commit that touched it, of those that came since somebody began to wait. */
  #touched = new Map<string, Map<string, number>>()

  /**
   * Waits for its turn; whoever has had it says {@link leave}.
   * @param known the newest commit that the follower has been told of
   * @returns the version from which on it is to be held against others; null when it is no use any more: it has met one, or all is lost
   */
  enter(attempt: Attempt, known: number): number | Promise<number | null> {
    // Changes of the control state come one by one. What rests on less than is known here is for Redis to judge.
    if (this.#onTheirWay < MOST || attempt.scope.system === CONTROL || attempt.base !== known) {
      this.#onTheirWay++
      return attempt.base
    }
    return new Promise((goOn) => (attempt.request === null ? this.#ofControl : this.#ofCalls).push({ attempt, goOn }))
  }

  /** @param known the newest commit that the follower has been told of */
  leave(known: number): void {
    this.#onTheirWay--
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const { attempt, goOn } = next
      const meets = this.#meets(attempt)
      if (!meets) this.#onTheirWay++
      goOn(meets ? null : known)
    }
    if (!this.#isAwaited) this.#touched = new Map()
  }

  /** The follower has been told of a commit. */
  told(commit: Commit): void {
    if (!this.#isAwaited) return
    let names = this.#touched.get(commit.system)
    if (names === undefined) this.#touched.set(commit.system, (names = new Map<string, number>()))
    for (const name of commit.touched()) names.set(name, commit.version)
  }

  /** Nothing of what was known holds any more. */
  lose(): void {
    for (const { goOn } of [...this.#ofControl.splice(0), ...this.#ofCalls.splice(0)]) goOn(null)
    this.#touched = new Map()
  }

  get #isAwaited(): boolean {
    return this.#ofControl.length + this.#ofCalls.length > 0
  }

  #next(): Waiting | undefined {
    return this.#onTheirWay < MOST ? (this.#ofControl.shift() ?? this.#ofCalls.shift()) : undefined
  }

  #meets({ base, reads, scope }: Attempt): boolean {
    const names = this.#touched.get(scope.system)
    return names !== undefined && reads.some((name) => (names.get(name) ?? 0) > base)
  }
}
