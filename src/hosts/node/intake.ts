/**
 * Bodies that are under way. Each of them may have as much as its operation takes, and nobody knows how many come at once: so all of
 * them together have a bound, and what is over it waits. One goes on in any case, the oldest, so that there is always one that comes to its end; unless those
 * that have come already are more than the bound, which is for their answers to change.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a body takes without being asked to wait: most have no more. */
const LITTLE = 64 * 1024
/** While others wait, a body of which nothing comes for so many real milliseconds makes room for them. */
const SILENCE = 1000
/** So often that is waited for, for answers that make room. */
const PATIENCE = 10

const SILENT = 'So many bodies are under way that this one, of which nothing came for a while, had to make room for others. Send it again, or start the server with a larger --max-memory.'
const OVERTAKEN = 'So many bodies wait for their answers that there is no room for this one. Send it again, or start the server with a larger --max-memory.'

/** One body that is read. */
interface Reading {
  readonly request: IncomingMessage
  readonly cut: (why: string) => void
  bytes: number
  /** Whether something came since it was last looked at. */
  isAlive: boolean
  isWaiting: boolean
  /** How often it was looked at while it waited for answers. */
  looks: number
  /** Whether it has come to its end and its call is being answered. */
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
  /** Of bodies that have come to their end. */
  #whole = 0
  #watch: NodeJS.Timeout | null = null

  /** @param most so many bytes of bodies are held, beside a little of each and the rest of the oldest */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Counts a body that begins to be read, until its call is answered.
   * @param cut told when there is no room for it, and why: nothing of it is to be kept any longer
   * @returns what is to be called when no more of it is read; what is not kept counts no longer
   */
  take(request: IncomingMessage, response: ServerResponse, cut: (why: string) => void): (isKept: boolean) => void {
    const reading: Reading = { request, cut, bytes: 0, isAlive: true, isWaiting: false, looks: 0, isOver: false }
    this.#readings.add(reading)
    const count = (chunk: Buffer) => {
      reading.bytes += chunk.length
      reading.isAlive = true
      this.#bytes += chunk.length
      if (reading.bytes <= LITTLE || this.#mayGoOn(reading)) return
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
      if (!isKept) end()
      else if (this.#readings.has(reading)) {
        reading.isOver = true
        this.#whole += reading.bytes
        this.#wake()
      }
    }
  }

  #mayGoOn(reading: Reading): boolean {
    return this.#bytes <= this.#most || (this.#whole <= this.#most && reading === this.#oldest())
  }

  /** @returns the first of which more may come */
  #oldest(): Reading | undefined {
    for (const reading of this.#readings) if (!reading.isOver) return reading
    return undefined
  }

  #end(reading: Reading): void {
    if (!this.#readings.delete(reading)) return
    this.#bytes -= reading.bytes
    if (reading.isOver) this.#whole -= reading.bytes
    this.#wake()
  }

  #wake(): void {
    let isWaiting = false
    for (const reading of this.#readings) {
      if (!reading.isWaiting) continue
      if (!this.#mayGoOn(reading)) {
        isWaiting = true
        continue
      }
      reading.isWaiting = false
      reading.isAlive = true
      reading.looks = 0
      reading.request.resume()
    }
    if (isWaiting || this.#watch === null) return
    clearInterval(this.#watch)
    this.#watch = null
  }

  readonly #look = (): void => {
    for (const reading of [...this.#readings]) {
      if (reading.isOver || reading.bytes <= LITTLE) continue
      if (reading.isWaiting) {
        if (this.#whole > this.#most && ++reading.looks > PATIENCE) this.#giveUp(reading, OVERTAKEN)
        continue
      }
      if (!reading.isAlive) this.#giveUp(reading, SILENT)
      reading.isAlive = false
    }
  }

  #giveUp(reading: Reading, why: string): void {
    this.#end(reading)
    reading.cut(why)
  }
}
