/** Where a code alone is not the whole truth: the rest of the answer says more, in the ways that the error tables list (`x-refine`). */
import type { Refinement, Row, Table } from './table.js'
import type { Condition } from './vocabulary.js'

/** An answer whose code stands in the table. */
interface Known {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly operation: string | undefined
}

/** @returns what happened, by the whole answer: as the first refinement says whose circumstances are all there, or else as the row does */
export function refine([, condition, , , , refinements = []]: Row, known: Known): Condition {
  return refinements.find((refinement) => holds(refinement, known))?.condition ?? condition
}

/** Whether the body is none of the system's, whatever is in it. */
export function isForeign({ foreignFrom }: Pick<Table<string>, 'foreignFrom'>, status: number): boolean {
  return foreignFrom !== null && status >= foreignFrom
}

function holds({ status: statuses, operations, has = [], body: expected = {} }: Refinement, { status, operation, body }: Known): boolean {
  if (statuses !== undefined && !statuses.includes(status)) return false
  if (operations !== undefined && (operation === undefined || !operations.includes(operation))) return false
  return has.every((key) => body[key] !== undefined) && Object.entries(expected).every(([key, value]) => isSame(value, body[key]))
}

function isSame(expected: unknown, found: unknown): boolean {
  // The only list that a refinement can name is the empty one.
  return Array.isArray(expected) ? Array.isArray(found) && found.length === 0 : found === expected
}
