/**
 * Lines of a journal on their way to Redis. No call waits for them, so they need no round trip of their own: they ride along when the next
 * call to the sandbox begins, and go by themselves, all at once, where none does so soon.
 */
import { pause } from '../../clock.js'
import type { EntryHead } from '../../journal.js'
import type { NewEntry } from '../engine.js'

/** Real milliseconds that a line waits at the most. Whoever reads the journal waits as long, for the lines of other processes. */
const WINDOW = 10
/** So many characters wait at the most. */
const MOST = 256 * 1024

/** @returns once the lines of other processes that set out before have come there */
export function othersArrive(): Promise<void> {
  return pause(WINDOW)
}

/** Lines that have set out together. */
interface Load {
  readonly lines: string[]
  readonly arrived: Promise<void>
  readonly settle: (failure?: Error) => void
}

export class Outbox {
  readonly #send: (lines: readonly string[]) => Promise<unknown>
  #load: Load | null = null
  #size = 0
  #timer: NodeJS.Timeout | null = null

  /** @param send brings lines by themselves: of each four arguments of the script */
  constructor(send: (lines: readonly string[]) => Promise<unknown>) {
    this.#send = send
  }

  /**
   * @param requests how many had been counted by then
   * @param isUrgent whether somebody waits for it
   * @returns once it is there; rejects when it was lost
   */
  add(entry: NewEntry, generation: number, requests: number, isUrgent: boolean): Promise<void> {
    const line = [String(generation), String(requests), JSON.stringify(headOf(entry)), JSON.stringify(restOf(entry))]
    const load = (this.#load ??= newLoad())
    load.lines.push(...line)
    for (const { length } of line) this.#size += length
    if (this.#size > MOST) void this.flush()
    else if (isUrgent) this.#goSoon()
    else this.#timer ??= setTimeout(() => void this.flush(), WINDOW)
    return load.arrived
  }

  /**
   * Takes along what waits.
   * @param carry is given the lines, which are lost when it fails
   */
  async ride<T>(carry: (lines: readonly string[]) => Promise<T>): Promise<T> {
    const load = this.#load
    if (load === null) return carry([])
    this.#load = null
    this.#size = 0
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    try {
      const answer = await carry(load.lines)
      load.settle()
      return answer
    } catch (error) {
      load.settle(error instanceof Error ? error : new Error('it was not sent', { cause: error }))
      throw error
    }
  }

  /** Takes along all that is added in the same moment. */
  #goSoon(): void {
    process.nextTick(() => void this.flush())
  }

  /** Sends what waits; whoever brought it hears whether it has come there. */
  async flush(): Promise<void> {
    if (this.#load !== null) await this.ride(this.#send).catch(() => undefined)
  }

  /** @returns once all has come there that was on its way, here and in other processes */
  async settle(): Promise<void> {
    await Promise.all([this.flush(), othersArrive()])
  }
}

type Fields<T> = { readonly [K in keyof T]-?: T[K] | undefined }
type Head = Omit<EntryHead, 'id' | 'requests'>

/** Field by field: to leave out the rest of an object takes many times as long. */
function headOf(entry: NewEntry): Fields<Head> {
  return {
    at: entry.at, duration: entry.duration, system: entry.system, operation: entry.operation, preflight: entry.preflight, method: entry.method, url: entry.url, status: entry.status,
    user: entry.user, error: entry.error, faults: entry.faults, violations: entry.violations, via: entry.via, version: entry.version,
  }
}

function restOf(entry: NewEntry): Fields<Omit<NewEntry, keyof Head>> {
  return { requestHeaders: entry.requestHeaders, requestBody: entry.requestBody, responseHeaders: entry.responseHeaders, responseBody: entry.responseBody, changes: entry.changes, changesLeftOut: entry.changesLeftOut }
}

function newLoad(): Load {
  let settle: Load['settle'] = () => undefined
  const arrived = new Promise<void>((resolve, reject) => {
    settle = (failure) => {
      if (failure === undefined) resolve()
      else reject(failure)
    }
  })
  return { lines: [], arrived, settle }
}
