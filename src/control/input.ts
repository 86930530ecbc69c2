/** Holds a control call against control.yaml and says, field by field, what is wrong with it. */
import type { Request } from 'express'
import { validators } from '../generated/control/validators.js'
import type { FieldRow, Validator, Violation } from '../core/contract.js'
import { guess } from '../core/guess.js'
import { convert } from '../core/pipeline/fields.js'
import { parseQuery, searchOf } from '../core/pipeline/query.js'
import type { Match } from '../core/pipeline/router.js'
import { wordsOfFormat, wordsOfPattern } from './forms.js'
import { listOf, quote, refusal } from './refusal.js'

type Values = Readonly<Record<string, unknown>>
type Broken = { readonly field: string | null; readonly message: string }

const MOST_ERRORS = 10

/**
 * @param body the fields of the request's body
 * @returns path, query and body fields as one object, with the contract's defaults filled in
 * @throws Refusal naming every field that is missing, unknown or wrong
 */
export function readInput(match: Match, request: Request, body: Values): Values {
  const { operation, row, parameters } = match
  const query = parseQuery(searchOf(request.url))
  if (!query.decodable) throw refusal(400, 'invalid-request', 'The query is not percent-encoded UTF-8.')
  refuseUnknown(match, query.names, body)
  const input: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(row.fields)) {
    const value = field.in === 'body' ? own(body, name) : field.in === 'path' ? own(parameters, name) : query.get(name)
    if (value !== undefined) input[name] = convert(value, field, field.in !== 'body')
  }
  check(operation, validators.fields[operation], input)
  return input
}

/**
 * @returns the header parameters of the operation, names in lower case
 * @throws Refusal when one is wrong
 */
export function readHeaders({ operation, row }: Match, request: Request): Values {
  const headers = Object.fromEntries(row.headers.flatMap((name) => (typeof request.headers[name] === 'string' ? [[name, request.headers[name]]] : [])))
  check(operation, validators.headers[operation], headers)
  return headers
}

function own(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

/** A misspelt field would otherwise go unnoticed and the call would seem to work. */
function refuseUnknown({ operation, row }: Match, query: readonly string[], body: Values): void {
  const fields = Object.entries(row.fields)
  const names = (place: FieldRow['in']) => fields.filter(([, field]) => field.in === place).map(([name]) => name)
  const inQuery = names('query')
  const inBody = names('body')
  const free = fields.some(([, field]) => field.in === 'query' && field.type === 'object')
  const unknown: Broken[] = []
  if (!free) for (const name of query) if (!inQuery.includes(name)) unknown.push({ field: name, message: `is no query parameter${meant(name, inQuery)}; there are ${listOf(inQuery)}` })
  // A body without declared fields is a record, whose collection knows what may be in it.
  if (inBody.length > 0) for (const name of Object.keys(body)) if (!inBody.includes(name)) unknown.push({ field: name, message: `is no field of the body${meant(name, inBody)}; there are ${listOf(inBody)}` })
  if (unknown.length > 0) throw broken(operation, unknown)
}

function meant(name: string, known: readonly string[]): string {
  const near = guess(name, known)
  return near === null ? '' : ` (did you mean ${quote(near)}?)`
}

function check(operation: string, validate: Validator | undefined, values: Values): void {
  if (validate === undefined || validate(values)) return
  throw broken(operation, tellingOnes(validate.errors ?? [], values).map(describe))
}

function broken(operation: string, errors: readonly Broken[]) {
  const shown = errors.slice(0, MOST_ERRORS)
  const text = shown.map(({ field, message }) => (field === null ? message : `${quote(field)} ${message}`)).join('; ')
  return refusal(400, 'invalid-request', `${text}. See ${operation} in /__admin/openapi.json.`, { errors: shown })
}

/**
 * Of alternatives told apart by their `kind` Ajv reports what is wrong with each; only the one that was meant is worth a word.
 */
function tellingOnes(violations: readonly Violation[], values: Values): readonly Violation[] {
  const choice = violations.find(({ keyword, params }) => keyword === 'oneOf' && params['passingSchemas'] === null)
  if (choice === undefined) return violations
  const { instancePath: place } = choice
  const elsewhere = violations.filter(({ instancePath }) => instancePath !== place && !instancePath.startsWith(`${place}/`))
  const value = valueAt(values, place)
  const kind = isObject(value) ? value['kind'] : undefined
  const kinds = [...new Set(violations.flatMap(({ instancePath, params }) => (instancePath === `${place}/kind` && typeof params['allowedValue'] === 'string' ? [params['allowedValue']] : [])))]
  const meant = typeof kind === 'string' ? validators.schemas[`${kind.charAt(0).toUpperCase()}${kind.slice(1)}Fault`] : undefined
  if (meant === undefined) return [{ ...choice, instancePath: `${place}/kind`, message: `must be one of ${kinds.join(', ')}` }, ...elsewhere]
  meant(value)
  return [...(meant.errors ?? []).map((violation) => ({ ...violation, instancePath: `${place}${violation.instancePath}` })), ...elsewhere]
}

function valueAt(values: Values, pointer: string): unknown {
  let value: unknown = values
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    value = Array.isArray(value) ? value[Number(name)] : isObject(value) ? own(value, name) : undefined
  }
  return value
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe({ instancePath, keyword, message = 'is not valid', params }: Violation): Broken {
  const path = instancePath.slice(1).replaceAll('/', '.')
  const extra = params['missingProperty'] ?? params['additionalProperty']
  if (typeof extra === 'string') {
    const field = path === '' ? extra : `${path}.${extra}`
    return { field, message: keyword === 'additionalProperties' ? 'is not known here' : 'is missing' }
  }
  return { field: path === '' ? null : path, message: wordsOf(params) ?? message }
}

/** Better words than Ajv's, where there are any. */
function wordsOf({ allowedValues, pattern, format }: Violation['params']): string | null {
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(', ')}`
  if (typeof pattern === 'string') return wordsOfPattern(pattern)
  return typeof format === 'string' ? wordsOfFormat(format) : null
}
