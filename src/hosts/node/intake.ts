/**
 * Bodies that are under way. Each of them may have as much as its operation takes, and nobody knows how many come at once: so all of
 * them together have a bound, and what is over it waits. The oldest goes on in any case, so that there is always one that comes to its end.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a body takes without being asked to wait: most have no more. */
const LITTLE = 64 * 1024
/** While others wait, a body of which nothing comes for so many real milliseconds makes room for them. */
const SILENCE = 1000

/** One body that is read. */
interface Reading {
  readonly request: IncomingMessage
  readonly cut: () => void
  bytes: number
  /** Whether something came since it was last looked at. */
  isAlive: boolean
  isWaiting: boolean
  isOver: boolean
}

/** @returns whether the body says of itself that it has no more than it takes without being asked to wait; nobody has to count it */
export function isLittle({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length']) <= LITTLE
}

/** The bodies of one server. */
export class Intake {
  readonly #most: number
  /** In the order in which they began. */
  readonly #readings = new Set<Reading>()
  #bytes = 0
  #watch: NodeJS.Timeout | null = null

  /** @param most so many bytes of bodies are held, beside a little of each and the rest of the oldest */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Counts a body that begins to be read, until its call is answered.
   * @param cut told when it has to make room: nothing of it is to be kept any longer
   * @returns what is to be called when no more of it is read; what is not kept counts no longer
   */
  take(request: IncomingMessage, response: ServerResponse, cut: () => void): (isKept: boolean) => void {
    const reading: Reading = { request, cut, bytes: 0, isAlive: true, isWaiting: false, isOver: false }
    this.#readings.add(reading)
    const count = (chunk: Buffer) => {
      reading.bytes += chunk.length
      reading.isAlive = true
      this.#bytes += chunk.length
      if (this.#bytes <= this.#most || reading.bytes <= LITTLE || reading === this.#oldest()) return
      reading.isWaiting = true
      request.pause()
      this.#watch ??= setInterval(this.#look, SILENCE).unref()
    }
    const end = () => {
      this.#end(reading)
    }
    request.on('data', count)
    if (response.destroyed) end()
    else response.once('close', end)
    return (isKept) => {
      request.off('data', count)
      reading.isOver = true
      if (isKept) this.#wake()
      else end()
    }
  }

  /** @returns the first of which more may come */
  #oldest(): Reading | undefined {
    for (const reading of this.#readings) if (!reading.isOver) return reading
    return undefined
  }

  #end(reading: Reading): void {
    if (!this.#readings.delete(reading)) return
    this.#bytes -= reading.bytes
    this.#wake()
  }

  #wake(): void {
    let isWaiting = false
    const oldest = this.#oldest()
    for (const reading of this.#readings) {
      if (!reading.isWaiting) continue
      if (this.#bytes > this.#most && reading !== oldest) {
        isWaiting = true
        continue
      }
      reading.isWaiting = false
      reading.isAlive = true
      reading.request.resume()
    }
    if (isWaiting || this.#watch === null) return
    clearInterval(this.#watch)
    this.#watch = null
  }

  readonly #look = (): void => {
    for (const reading of [...this.#readings]) {
      if (reading.isOver || reading.isWaiting || reading.bytes <= LITTLE) continue
      if (!reading.isAlive) {
        this.#end(reading)
        reading.cut()
      }
      reading.isAlive = false
    }
  }
}
