/** Requests for an independent judge: what the contract itself gives as examples. */
import type { Contract, OperationRow } from '../../src/core/contract.js'
import { buildRequest, readExamples, type WireRequest } from './requests.js'

/**
 * @param credential headers for operations that take a credential
 * @returns one request for each example of each operation; fields of a body without examples have a text that any of them takes
 */
export function requestsFromExamples(id: string, contract: Contract, credential: Readonly<Record<string, string>>): WireRequest[] {
  const examples = readExamples({ id })
  return Object.entries(contract.operations).flatMap(([operation, row]) => {
    const { parameters = {}, bodies = [] } = examples.get(operation) ?? {}
    const carried = row.auth === 'none' ? {} : credential
    return (bodies.length === 0 ? [madeUp(row)] : bodies).map((body) => buildRequest(operation, row, { ...parameters, ...body }, carried))
  })
}

/** A file is all that is needed: other bodies have examples. */
function madeUp(row: OperationRow): Record<string, unknown> {
  const files = Object.entries(row.fields).filter(([, field]) => field.in === 'body' && field.type === 'unknown')
  return Object.fromEntries(files.map(([name]) => [name, 'a file']))
}
