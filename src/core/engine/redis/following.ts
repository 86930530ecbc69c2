/** What this process has heard of one sandbox, and how its follower is told: of each commit once and in order, or that some were missed. */
import type { Commit, Follower } from '../engine.js'
import { newsFrom } from './entries.js'
import type { SandboxHead } from './head.js'
import type { LoggedCommit, Sign } from './layout.js'
import type { RedisLine } from './line.js'
import type { RedisReplica } from './replica.js'
import { fieldOf, type Item } from './reply.js'
import { BACK, MORE } from './scripts.js'

/** A commit of somebody's, or what else stands in the log. */
type Heard = Commit & { readonly sign?: Sign | null }

export interface FollowingParts {
  readonly follower: Follower
  readonly replica: RedisReplica
  readonly line: RedisLine
  /** The sandbox is gone. */
  readonly gone: () => void
}

export class RedisFollowing {
  readonly #parts: FollowingParts
  /** What the follower knows of; 0 while that is nothing. */
  #generation = 0
  #born = 0
  #version = 0
  /** The place in the journal up to which the follower has heard it; null while it does not listen. */
  #heard: readonly [number, number] | null = null

  constructor(parts: FollowingParts) {
    this.#parts = parts
  }

  get generation(): number {
    return this.#generation
  }

  /** The newest commit that the follower has been told of. */
  get version(): number {
    return this.#version
  }

  /** Whether nobody has changed it, as far as is known here. */
  get isAsBorn(): boolean {
    return this.#version === this.#born
  }

  /** How Redis is told what is known here. */
  get known(): readonly [generation: string, version: string] {
    return [String(this.#generation), String(this.#version)]
  }

  /** @returns whether there is something up to this version of which the follower has not been told */
  lacks(generation: number, version: number): boolean {
    return generation === this.#generation && version > this.#version
  }

  /** @returns the places up to which the follower has been told, in the journal only if it listens; null while they are not known */
  places(): { readonly log: string; readonly journal: string | null } | null {
    if (!this.#parts.follower.listens) this.#heard = null
    if (this.#generation === 0 || (this.#heard === null && this.#parts.follower.listens)) return null
    return { log: `${String(this.#version)}-0`, journal: this.#heard?.join('-') ?? null }
  }

  /** The follower knows the journal as it stands now. */
  hearFrom({ generation, entry }: SandboxHead): void {
    if (this.#parts.follower.listens) this.#heard ??= [generation, entry]
  }

  /** Takes in what Redis says of the sandbox. Answers may come late: what they say may be known already, and more. */
  heed({ generation, born, version, kept, since }: SandboxHead): void {
    if (since === BACK) {
      const isOther = generation !== this.#generation
      this.#generation = generation
      this.#born = born
      this.goBack(version)
      if (isOther) this.#turnedOver(kept)
      return
    }
    if (generation > this.#generation) {
      const [before, bornBefore] = [this.#generation, this.#born]
      this.#generation = generation
      this.#born = born
      this.#version = version
      if (before === 0) return
      if (born === bornBefore) this.#turnedOver(kept)
      else this.#parts.gone()
    } else if (since === null) this.miss(generation, version)
    else if (since !== MORE) this.tell(generation, since)
  }

  /** Takes in commits of a generation, in order; those that are known are passed over. */
  tell(generation: number, commits: readonly Heard[]): void {
    if (generation !== this.#generation) return
    const { follower, replica, line } = this.#parts
    for (const commit of commits) {
      if (commit.version <= this.#version) continue
      if (commit.version !== this.#version + 1) {
        this.miss(generation, commits.at(-1)?.version ?? commit.version)
        return
      }
      this.#version = commit.version
      replica.receive(commit)
      line.told(commit)
      follower.committed(commit)
      if (commit.sign?.sign === 'cleared') follower.journalled({ type: 'cleared' })
      if (commit.sign?.sign === 'told') follower.announced(commit.sign.text)
    }
  }

  /**
   * Takes in what came by the streams.
   * @param whole whether these are all commits that there were when the entries were read
   */
  hear(commits: readonly LoggedCommit[], entries: readonly Item[], whole: boolean): void {
    let next = 0
    const tellEntries = (before: number) => {
      for (let item = entries[next]; item !== undefined && Number(fieldOf(item, 'v')) < before; item = entries[++next]) this.#tellEntry(item)
    }
    for (const commit of commits) {
      tellEntries(commit.version)
      this.#hearCommit(commit)
    }
    // Others stand behind commits that are still to come.
    if (whole) tellEntries(Number.POSITIVE_INFINITY)
  }

  /** Redis has come back with less than it had: a disk that did not keep all, or a replica that had not heard all. What is there counts. */
  goBack(version: number): void {
    this.#version = version
    this.lose()
  }

  /** Commits up to this one cannot be had any more. */
  miss(generation: number, version: number): void {
    if (!this.lacks(generation, version)) return
    this.#version = version
    this.lose()
  }

  /** The replica does not follow any more, and has to be loaded again. */
  lose(): void {
    this.#endReplica()
    this.#parts.follower.lost()
  }

  #turnedOver(kept: number): void {
    this.#endReplica()
    this.#parts.follower.turnedOver(kept)
  }

  #endReplica(): void {
    this.#parts.line.lose()
    this.#parts.replica.end()
  }

  #hearCommit(commit: LoggedCommit): void {
    const { generation, version, sign } = commit
    if (sign?.sign === 'ended') {
      if (generation === this.#generation) this.#parts.gone()
    } else if (generation === this.#generation && sign?.sign !== 'turned') this.tell(generation, [commit])
    else if (generation > this.#generation) {
      this.#generation = generation
      this.#version = version
      if (sign?.sign === 'turned') this.#turnedOver(sign.kept)
      else this.#parts.gone()
    }
  }

  #tellEntry(item: Item): void {
    const [generation, id] = item.place
    if (this.#heard === null || (generation === this.#heard[0] && id <= this.#heard[1])) return
    this.#heard = item.place
    const { follower } = this.#parts
    if (generation === this.#generation && follower.listens) follower.journalled(newsFrom(item))
  }
}
