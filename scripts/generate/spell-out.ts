/** Turns the document a person wrote into one that any tool understands: every answer of every operation stands in it. */
import {
  asObject, asOptionalObject, childObject, ContractError, sameJson, type Json, type JsonObject,
} from './json.js'
import { addCarriages, addCommonHeaders } from './everywhere.js'
import { failureName, successName } from '../../src/plain/schema-names.js'
import { failureExample, failureSchema } from './failures.js'
import { resolveObject, unionOf } from './schema.js'
import { spellOutSelector } from './selector.js'
import { errorsOf, failuresOf, locate, type Dialect, type ErrorEntry, type Operation, type System } from './system.js'

/** Whether bodies of a media type are JSON. */
export function isJson(mediaType: string | null): mediaType is string {
  return mediaType !== null && /^application\/(?:[\w.-]+\+)?json\b/i.test(mediaType)
}

/**
 * A copy of the system's document in which
 * - every JSON success is a component of its own (`LiveLoginSuccess`),
 * - every failure is a component with its code fixed and an example by its CONSTANT_NAME,
 * - every operation lists its failures by HTTP status,
 * - what holds for many operations (`everywhere.ts`) is written out in each,
 * - an operation with `x-operations` takes and answers what any of them does.
 * Of plain OpenAPI (no dialect) only the first holds.
 * @throws ContractError where a name is taken or the error table is not followed.
 */
export function spellOut(system: System): JsonObject {
  const document = structuredClone(system.document)
  const { dialect } = system
  for (const operation of system.operations) hoistSuccess(document, operation)
  if (dialect === null) return document
  for (const error of failuresOf(system)) addFailure(document, dialect, error)
  for (const operation of system.operations) addAnswers(document, system, operation)
  addCommonHeaders(document, system.operations)
  addCarriages(document, system.operations)
  for (const selector of system.selectors) spellOutSelector(document, selector)
  return document
}

function hoistSuccess(document: JsonObject, operation: Operation): void {
  const { status, mediaType } = operation.success
  if (!isJson(mediaType)) return
  const responses = asObject(locate(document, operation).responses, `${operation.id}: responses`)
  const response = structuredClone(resolveObject(document, responses[String(status)], `${operation.id}: response ${status}`))
  const media = asObject(asObject(response.content, `${operation.id}: content`)[mediaType], `${operation.id}: ${mediaType}`)
  if (media.schema === undefined) throw new ContractError(`${operation.id}: success has no schema`)
  media.schema = component(document, successName(operation.id), media.schema)
  responses[String(status)] = response
}

function addFailure(document: JsonObject, dialect: Dialect, error: ErrorEntry): void {
  component(document, failureName(error.name), failureSchema(document, dialect, error))
  childObject(childObject(document, 'components'), 'examples')[error.name] = failureExample(document, dialect, error)
}

/** Makes a schema a component, unless it refers to just that one, and returns the reference. */
function component(document: JsonObject, name: string, schema: Json): JsonObject {
  const reference = { $ref: `#/components/schemas/${name}` }
  const schemas = childObject(childObject(document, 'components'), 'schemas')
  if (sameJson(schema, reference)) return reference
  const present = schemas[name]
  if (present !== undefined && !sameJson(present, schema)) throw new ContractError(`components.schemas.${name}: the name is taken by the generator`)
  schemas[name] = schema
  return reference
}

function addAnswers(document: JsonObject, system: System, operation: Operation): void {
  const responses = asObject(locate(document, operation).responses, `${operation.id}: responses`)
  const byStatus = new Map<number, ErrorEntry[]>()
  for (const error of errorsOf(system, operation)) {
    for (const status of error.status) byStatus.set(status, [...(byStatus.get(status) ?? []), error])
  }
  for (const [status, errors] of byStatus) {
    const written = responses[String(status)]
    responses[String(status)] = withFailures(document, written, errors, `${operation.id}: response ${status}`)
  }
}

/** A response that also allows these failures, each with its example under its CONSTANT_NAME. */
function withFailures(document: JsonObject, written: Json | undefined, errors: readonly ErrorEntry[], where: string): JsonObject {
  const response = written === undefined
    ? { description: errors.map(describe).join('\n') }
    : structuredClone(resolveObject(document, written, where))
  const content = childObject(response, 'content')
  const mediaType = Object.keys(content).find(isJson) ?? 'application/json'
  const { schema, example, examples, ...media } = asOptionalObject(content[mediaType], where)
  const schemas = errors.map((error) => ({ $ref: `#/components/schemas/${failureName(error.name)}` }))
  content[mediaType] = {
    ...media,
    schema: unionOf(document, schema === undefined ? schemas : [schema, ...schemas]),
    examples: {
      ...(example === undefined ? {} : { example: { value: example } }),
      ...asOptionalObject(examples, `${where}: examples`),
      ...Object.fromEntries(errors.map(({ name }) => [name, { $ref: `#/components/examples/${name}` }])),
    },
  }
  return response
}

function describe({ name, code, meaning }: ErrorEntry): string {
  return `- \`${name}\` (${code}): ${meaning.zh} · ${meaning.en}`
}
