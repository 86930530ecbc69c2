/** Fault rules as data: what is to go wrong, for which calls, how often. Plain JSON, so that they move with their sandbox. */
import type { Fault } from './kinds.js'

/** Stands for any system or any operation. */
export const ANY = '*'

export interface FaultRule {
  readonly id: string
  /** A system or {@link ANY}. */
  readonly system: string
  /** An operation or {@link ANY}. */
  readonly operationId: string
  readonly fault: Fault
  /** How often it will still fire; null: for ever. */
  readonly times: number | null
  readonly probability: number
  /** Calls that it applied to, and those of them that it broke. */
  readonly matched: number
  readonly fired: number
}
