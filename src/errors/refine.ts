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

/**
 * Whether a code is the system's own word under an HTTP status. A proxy and a maintenance page answer under one of failure too, whatever they say.
 * Under a 4XX a code counts that the contract has under any 4XX (which of them is the server's choice), under a 5XX only where it has just that.
 */
export function isOwnWord<Name extends string>({ failing }: Pick<Table<Name>, 'failing'>, name: Name, status: number): boolean {
  if (status < 400) return true
  const statuses = failing[name] ?? []
  return status < 500 ? statuses.some((one) => one < 500) : statuses.includes(status)
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
