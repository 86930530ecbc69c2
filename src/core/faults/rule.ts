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
  /** The moment from which it does not fire any more, on the sandbox's clock, in UTC as JSON has it; for ever when left out. */
  readonly until?: string
  /** Calls that it applied to, and those of them that it broke. */
  readonly matched: number
  readonly fired: number
  /** The network that it is a part of; left out when it is of none. */
  readonly network?: string
}

/** @returns whether the rule will not fire any more, because its calls are used up or its time is over */
export function isOver({ times, until }: FaultRule, now: number): boolean {
  return (times !== null && times <= 0) || (until !== undefined && Date.parse(until) <= now)
}
