/** What the replica of one sandbox takes up in this process, held against what may be taken up. */
import type { SandboxContent } from '../../sandbox-state.js'
import { type Attempt, type Commit, type House, type Loaded, NoRoom } from '../engine.js'
import { Holding, mustFit } from '../holding.js'
import { inMib } from '../room.js'
import { atOnce } from '../../slices.js'

export class RedisReplica {
  readonly #house: House
  readonly #makeRoom: () => void
  readonly #holding: Holding
  /** Whether there is one. */
  #isThere = false
  /** What has come since it began to be loaded; null while it is not, or where it came to its end meanwhile. */
  #early: Commit[] | null = null

  /** @param makeRoom lets replicas of other sandboxes go that nobody uses */
  constructor(house: House, makeRoom: () => void) {
    this.#house = house
    this.#makeRoom = makeRoom
    this.#holding = new Holding(house.budget, house.keyOf)
  }

  /** It is about to be loaded: what comes from now on counts as well. */
  expect(): void {
    this.#early ??= []
  }

  /**
   * It has been loaded: counts what there is, step by step, unless it comes to its end meanwhile.
   * @throws NoRoom when all that are in use take up more than they may
   */
  *begin({ content, commits, version }: Loaded): Generator<void, void> {
    const early = this.#early
    if (early === null) return
    this.#isThere = false
    this.#holding.end()
    this.#holding.begin(content)
    for (const commit of commits) {
      this.#count(commit)
      yield
      if (this.#early !== early) return
    }
    for (const commit of early) if (commit.version > version) this.#count(commit)
    this.#early = null
    this.#isThere = true
    const { budget } = this.#house
    if (budget.excess('records') === 0) return
    this.#makeRoom()
    if (budget.excess('records') === 0) return
    this.end()
    throw new NoRoom(`The records of the sandboxes that are in use in this process may take up ${inMib(budget.limit('records'))} MiB, and with this one they would be more. Delete or reset some sandboxes, or start the stubs with a larger --max-memory.`)
  }

  /** It has taken a commit in. */
  receive(commit: Commit): void {
    if (this.#isThere) this.#count(commit)
    this.#early?.push(commit)
  }

  /** @throws NoRoom when there is none for the changes */
  fit(attempt: Attempt): void {
    if (mustFit(attempt)) this.#try(() => {
      this.#holding.fit(attempt)
    })
  }

  /** @throws NoRoom when there is none for other content in its place */
  fitAll(content: SandboxContent): void {
    this.#try(() => {
      this.#holding.replace(atOnce(this.#holding.weigh(content)))
    })
    // Loaded when it is needed.
    this.end()
  }

  /** There is none any more. */
  end(): void {
    this.#isThere = false
    this.#early = null
    this.#holding.end()
  }

  #try(fit: () => void): void {
    try {
      fit()
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error
      this.#makeRoom()
      fit()
    }
  }

  /** What is deleted counts as nothing: commits of others do not tell whether the world has it. */
  #count({ system, changes }: Commit): void {
    this.#holding.change(system, changes, () => false, false)
  }
}
