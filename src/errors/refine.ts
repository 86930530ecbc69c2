/** Where a code alone is not the whole truth: the rest of the answer says more. Systems that are not named here have no such case. */
import type { Condition, ErrorName, SystemId } from './vocabulary.js'

/** An answer whose code stands in the system's table. */
interface Known {
  readonly status: number
  readonly name: ErrorName
  readonly condition: Condition
  readonly body: Readonly<Record<string, unknown>>
  readonly operation: string | undefined
}

const REFINEMENTS: { readonly [S in SystemId]?: (known: Known) => Condition | null } = {
  edu({ name, status, body }) {
    if (name === 'UNAUTHENTICATED' && body.nextLogin !== undefined) return 'kickedOut'
    return name === 'INTERNAL_ERROR' && status === 503 ? 'maintenance' : null
  },
  job({ name, status, operation }) {
    if (name === 'TOO_FREQUENT' && operation === 'jobSendSms') return 'smsTooFrequent'
    // One code for everything that is neither 200 nor 5XX: the status says whether it was the path or the body.
    return name === 'HTTP_REJECTED' && (status === 400 || status === 413) ? 'invalidRequest' : null
  },
  im({ name, status, body, operation }) {
    if (name === 'ERROR_NET' && body.message === 'session error') return 'unauthenticated'
    if (name !== 'FAILURE_STATUS' || (status !== 404 && status !== 405)) return null
    return status === 404 && operation === 'imGetMedia' ? 'notFound' : 'unknownEndpoint'
  },
}

/** @returns what happened, by the whole answer */
export function refine(system: SystemId, known: Known): Condition {
  return REFINEMENTS[system]?.(known) ?? known.condition
}

/** Whether the body is none of the system's, whatever is in it: job says of its 5XX that they are to be ignored. */
export function isForeign(system: SystemId, status: number): boolean {
  return system === 'job' && status >= 500
}
