/** What Redis says of a sandbox whenever it is asked. */
import { LoggedCommit } from './layout.js'
import { itemsFrom, listFrom, numberFrom } from './reply.js'
import { BACK, MORE } from './scripts.js'

/** Commits; null when some are missed for good, `more` when they are too much to come along, `back` when what was known here is not there any more. */
export type Since = readonly LoggedCommit[] | typeof BACK | typeof MORE | null

export interface SandboxHead {
  readonly generation: number
  readonly born: number
  readonly version: number
  readonly requests: number
  /** The id of the last journal entry. */
  readonly entry: number
  /** The last journal entry that the generation found. */
  readonly kept: number
  /** Whether it was made by its name. */
  readonly isNamed: boolean
  /** What came since the version that was known here. */
  readonly since: Since
}

/** @returns the time there in milliseconds since 1970, and what there is of the sandbox; null where there is none */
export function headOf(reply: unknown): { readonly now: number; readonly head: SandboxHead | null } {
  const [time, generation, born, version, requests, entry, kept, named, since] = listFrom(reply)
  const now = numberFrom(time)
  if (typeof generation !== 'string') return { now, head: null }
  return { now, head: { generation: numberFrom(generation), born: numberFrom(born), version: numberFrom(version), requests: numberFrom(requests), entry: numberFrom(entry), kept: numberFrom(kept), isNamed: named === '1', since: sinceFrom(since) } }
}

/** @returns what came since */
export function sinceFrom(reply: unknown): Since {
  if (reply === BACK || reply === MORE) return reply
  return Array.isArray(reply) ? itemsFrom(reply).map((item) => new LoggedCommit(item)) : null
}
