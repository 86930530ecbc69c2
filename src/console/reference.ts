/** Ways to the reference pages. */
import type { OperationSummary } from './live/details.js'
import { DEFAULT_SANDBOX, sandbox } from './place.js'

/** @returns the address of the list of systems (null), of the reference of one, or of one of its operations, aimed at the sandbox that the reader is in */
export function referenceOf(system: string | null, operation?: Pick<OperationSummary, 'operationId' | 'tag'>): string {
  const query = sandbox.value === DEFAULT_SANDBOX ? '' : `?sandbox=${sandbox.value}`
  return `/docs${system === null ? '' : `/${system}`}${query}${operation === undefined ? '' : `#/${encodeURIComponent(operation.tag)}/${operation.operationId}`}`
}
