/**
 * Answers that are being taken in. Each may have as much as is looked at, and nobody knows how many come at once: so all of them together have a bound.
 * At the bound one more that is large is refused; the oldest goes on in any case.
 */
import { ForwardError } from './forward.js'

/** What an answer has without being asked: most have no more. */
const LITTLE = 64 * 1024

/** One answer. */
export interface Guest {
  /**
   * Counts what has come of it.
   * @throws ForwardError where there is no room for it
   */
  readonly take: (bytes: number) => void
  /** Nothing more of it comes. */
  readonly leave: () => void
}

export class AnswerRoom {
  readonly #most: number
  /** In the order in which they began. */
  readonly #guests = new Set<Guest>()
  #bytes = 0

  /** @param most so many bytes are held of all of them, beside a little of each and the rest of the oldest */
  constructor(most: number) {
    this.#most = most
  }

  enter(): Guest {
    let held = 0
    const guest: Guest = {
      take: (bytes) => {
        held += bytes
        this.#bytes += bytes
        const [oldest] = this.#guests
        if (this.#bytes > this.#most && held > LITTLE && guest !== oldest) {
          // At once, and not when it has been ended: until then others would be refused for what it held.
          guest.leave()
          throw new ForwardError('tooLarge', `the answers that are under way have more than ${String(this.#most)} bytes together`)
        }
      },
      leave: () => {
        if (this.#guests.delete(guest)) this.#bytes -= held
      },
    }
    this.#guests.add(guest)
    return guest
  }
}
