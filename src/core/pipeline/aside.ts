/**
 * Slow work that an operation needs and that has nothing to do with records, such as the hash of a password. Done inside the transaction
 * it would hold it open, and be done again each time that the transaction runs. So the transaction stops where it is first asked for,
 * leaves nothing behind, and runs again when the work is done.
 */

/** Thrown out of a transaction by the first call of work that is not done yet. */
export class Pending extends Error {
  readonly work: () => Promise<unknown>

  constructor(work: () => Promise<unknown>) {
    super('work beside the transaction is to be done first')
    this.work = work
  }
}

/** The work beside the transaction of one request: done once, however often the transaction runs. */
export class Asides {
  /** In the order in which the operation asks; it asks the same in each run, as its ids and its clock are the same. */
  readonly #done: unknown[] = []

  /** @returns what an operation is given to ask with in one run */
  forRun(): <T>(work: () => Promise<T>) => Promise<T> {
    let asked = 0
    return async <T>(work: () => Promise<T>) => {
      const place = asked++
      if (place >= this.#done.length) throw new Pending(work)
      return this.#done[place] as T // what this very call returned in an earlier run
    }
  }

  /** Does what a run stopped for. */
  async settle({ work }: Pending): Promise<void> {
    this.#done.push(await work())
  }
}
