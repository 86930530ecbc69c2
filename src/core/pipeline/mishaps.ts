/** What goes wrong with a call on purpose: by the rules of its sandbox, by an outage, or because the call itself asks for it. */
import { Failure } from '../failure.js'
import type { FailureExamples } from '../faults/examples.js'
import { isOut } from '../outages.js'
import type { Reply } from '../reply.js'
import type { Delivery } from '../stage/outcome.js'
import type { System } from '../system.js'

/** What a call met on its way to its operation. */
export interface Mishaps {
  /** Ids of the fault rules that acted, and `prefer` when the call itself asked for something. */
  readonly rules: readonly string[]
  /** The preferences of the call that were carried out. */
  readonly applied: readonly string[]
  /** What answers in place of the operation; null: the operation does. A failure was asked for, so the operation need not list it. */
  readonly end: Failure | Reply | null
  /** How the answer travels; null: it simply arrives. */
  readonly delivery: Delivery | null
  /** What becomes of the answer on its way; null: it stays what it is. */
  readonly spoil: ((reply: Reply) => Reply) | null
}

export const NO_MISHAPS: Mishaps = { rules: [], applied: [], end: null, delivery: null, spoil: null }

/** What mishaps are made of. */
export interface MishapParts {
  readonly examples: FailureExamples
  /** Whether a call may ask for something itself. */
  readonly prefer: boolean
}

/** @param out the names that are out of order
 * @returns the failure of a system whose outside services are out of order, unless its own operations know what that means to them */
export function outage(system: System, out: readonly string[]): Failure | null {
  if (isOut(system, out, 'internal')) return Failure.when('internal')
  return isOut(system, out, 'network') ? Failure.when('networkError') : null
}
