/** What the replica of one sandbox takes up in this process, held against what may be taken up. */
import type { SandboxContent } from '../../sandbox-state.js'
import { type Attempt, type Commit, type House, NoRoom } from '../engine.js'
import { Holding, mustFit } from '../holding.js'
import { inMib } from '../room.js'
import { atOnce } from '../../slices.js'

export class Replica {
  readonly #house: House
  readonly #makeRoom: () => void
  readonly #holding: Holding
  /** Whether there is one. */
  #isThere = false

  /** @param makeRoom lets replicas of other sandboxes go that nobody uses */
  constructor(house: House, makeRoom: () => void) {
    this.#house = house
    this.#makeRoom = makeRoom
    this.#holding = new Holding(house.budget, house.keyOf)
  }

  /**
   * It has been loaded.
   * @throws NoRoom when all that are in use take up more than they may
   */
  begin(content: SandboxContent, commits: readonly Commit[]): void {
    this.end()
    this.#isThere = true
    this.#holding.begin(content)
    for (const commit of commits) this.#count(commit)
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
