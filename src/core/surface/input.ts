/** Holds a call to a surface against its contract and says, field by field, what is wrong with it. */
import type { Validator, Validators } from '../contract.js'
import { guess } from '../guess.js'
import { convert } from '../pipeline/fields.js'
import { parseQuery } from '../pipeline/query.js'
import { memberOf } from '../../plain/json.js'
import { searchOf } from '../../plain/url.js'
import type { Match } from '../pipeline/router.js'
import type { Call } from '../stage/call.js'
import { type Complaint, complaintsOf } from '../violations.js'
import type { Fields } from './body.js'
import { listOf, quote, refusal } from './refusal.js'

const MOST_ERRORS = 10

/** Where the rules stand that a call is held against. */
export interface Rulebook {
  readonly validators: Pick<Validators, 'fields' | 'headers'>
  /** The URL of the contract, for those who have to mend a call. */
  readonly document: string
}

/**
 * @param body the fields of the call's body
 * @returns path, query and body fields as one object, with the contract's defaults filled in
 * @throws Refusal naming every field that is missing, unknown or wrong
 */
export function readInput(book: Rulebook, match: Match, { url }: Call, body: Fields): Fields {
  const { operation, row, parameters } = match
  const query = parseQuery(searchOf(url))
  if (!query.decodable) throw refusal(400, 'invalid-request', 'The query is not percent-encoded UTF-8.')
  refuseUnknown(book, match, query.names, body)
  const input: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(row.fields)) {
    const value = field.in === 'body' ? memberOf(body, name) : field.in === 'path' ? memberOf(parameters, name) : query.get(name)
    if (value !== undefined) input[name] = convert(value, field, field.in !== 'body')
  }
  check(book, operation, book.validators.fields[operation], input)
  return input
}

/**
 * @returns the header parameters of the operation, names in lower case
 * @throws Refusal when one is wrong
 */
export function readHeaders(book: Rulebook, { operation, row }: Match, call: Call): Fields {
  const headers: Record<string, string> = {}
  for (const name of row.headers) {
    const value = call.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  check(book, operation, book.validators.headers[operation], headers)
  return headers
}

/** A misspelt field would otherwise go unnoticed and the call would seem to work. */
function refuseUnknown(book: Rulebook, { operation, row }: Match, query: readonly string[], body: Fields): void {
  const inQuery: string[] = []
  const inBody: string[] = []
  let isFree = false
  for (const name in row.fields) {
    const field = row.fields[name]
    if (field?.in === 'body') inBody.push(name)
    if (field?.in !== 'query') continue
    inQuery.push(name)
    if (field.type === 'object') isFree = true
  }
  const unknown: Complaint[] = []
  const isEnough = () => unknown.length >= MOST_ERRORS
  if (!isFree) for (const name of query) if (!isEnough() && !inQuery.includes(name)) unknown.push({ field: name, message: `is no query parameter${meant(name, inQuery)}; there are ${listOf(inQuery)}` })
  // A body without declared fields is a record, whose collection knows what may be in it.
  if (inBody.length > 0) for (const name in body) if (!isEnough() && !inBody.includes(name)) unknown.push({ field: name, message: `is no field of the body${meant(name, inBody)}; there are ${listOf(inBody)}` })
  if (unknown.length > 0) throw broken(book, operation, unknown)
}

function meant(name: string, known: readonly string[]): string {
  const near = guess(name, known)
  return near === null ? '' : ` (did you mean ${quote(near)}?)`
}

function check(book: Rulebook, operation: string, validate: Validator | undefined, values: Fields): void {
  if (validate !== undefined && !validate(values)) throw broken(book, operation, complaintsOf(validate.errors ?? [], values))
}

function broken({ document }: Rulebook, operation: string, complaints: readonly Complaint[]) {
  const errors = complaints.slice(0, MOST_ERRORS)
  const text = errors.map(({ field, message }) => (field === null ? message : `${quote(field)} ${message}`)).join('; ')
  return refusal(400, 'invalid-request', `${text}. See ${operation} in ${document}.`, { errors })
}
