/** Ways to the reference pages. */
import type { Operation } from './live/details.js'
import { DEFAULT_SANDBOX, sandbox } from './place.js'

/** @returns the address of the reference of a system, or of one of its operations, aimed at the sandbox that the reader is in */
export function referenceOf(system: string, operation?: Pick<Operation, 'operationId' | 'tag'>): string {
  const query = sandbox.value === DEFAULT_SANDBOX ? '' : `?sandbox=${sandbox.value}`
  return `/docs/${system}${query}${operation === undefined ? '' : `#/${encodeURIComponent(operation.tag)}/${operation.operationId}`}`
}
