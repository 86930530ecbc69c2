/** The plain data of a system, in the shape of `Contract` in `src/core/contract.ts`. */
import { collectionsOf } from './collections.js'
import { fieldType, readInput, type Field } from './input.js'
import { asCount, asList, asObject, asString, asStrings, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { flatten } from './schema.js'
import type { Operation, System } from './system.js'

/**
 * The contract of a system as JSON. Of plain OpenAPI it has no dialect and no errors.
 * @param records JSON Schemas by collection
 * @throws ContractError where an operation does not follow the convention.
 */
export function contractOf(system: System, records: JsonObject): JsonObject {
  const { dialect } = system
  return {
    system: system.id,
    title: system.title,
    ...(dialect === null ? {} : { dialect: { code: dialect.code, message: dialect.message, success: dialect.success, payload: payloadOf(dialect.payload) } }),
    errors: Object.fromEntries(system.errors.map(({ name, code, condition, message, meaning, status }) => {
      return [name, { code, condition, message, meaning: { zh: meaning.zh, en: meaning.en }, status: [...status] }]
    })),
    operations: Object.fromEntries(system.operations.map((operation) => [operation.id, operationRow(system.document, operation)])),
    collections: collectionsOf(system.document, records),
  }
}

function payloadOf(payload: { readonly beside: readonly string[] } | { readonly under: string }): JsonObject {
  return 'under' in payload ? { under: payload.under } : { beside: [...payload.beside] }
}

function operationRow(document: JsonObject, operation: Operation): JsonObject {
  const { id, node, parameters, select, success } = operation
  const input = readInput(document, operation)
  const [tag] = asStrings(node.tags, `${id}: tags`)
  return {
    method: operation.method.toUpperCase(),
    path: operation.path,
    routing: Object.fromEntries(parameters.filter((parameter) => parameter['x-routing'] !== undefined).map((parameter) => {
      return [asString(parameter.name, `${id}: parameter`), asString(parameter['x-routing'], `${id}: x-routing`)]
    })),
    select: select === null ? null : { parameter: select.parameter, value: select.value },
    tag: tag ?? '',
    summary: node.summary === undefined ? '' : asString(node.summary, `${id}: summary`),
    auth: authLevel(node.security ?? document.security, id),
    roles: asStrings(node['x-roles'], `${id}: x-roles`),
    provenance: node['x-provenance'] === undefined ? 'added' : asString(node['x-provenance'], `${id}: x-provenance`),
    errors: [...operation.errors],
    fields: Object.fromEntries([...input.fields].map(([name, field]) => [name, fieldRow(document, field)])),
    rules: input.rules,
    headers: headerNames(operation),
    body: input.body,
    ...(node['x-body-limit'] === undefined ? {} : { bodyLimit: asCount(node['x-body-limit'], `${id}: x-body-limit`) }),
    success: { status: success.status, mediaType: success.mediaType },
  }
}

function fieldRow(document: JsonObject, field: Field): JsonObject {
  const flat = flatten(document, field.schema)
  return {
    in: field.in,
    ...(field.at === undefined ? {} : { at: [...field.at] }),
    type: fieldType(document, field.schema),
    ...(flat['x-coerce'] === 'string' ? { numberAsText: true } : {}),
    ...(flat['x-empty'] === 'value' ? { emptyIsValue: true } : {}),
    ...(Object.keys(field.errors).length > 0 ? { errors: field.errors } : {}),
  }
}

/** Names of an operation's header parameters, in lower case. */
export function headerNames(operation: Operation): string[] {
  return operation.parameters
    .filter((parameter) => parameter.in === 'header')
    .map((parameter) => asString(parameter.name, `${operation.id}: header`).toLowerCase())
}

/** The JSON Schema of an operation's headers as an object of lower-case names. */
export function headerSchema(operation: Operation): JsonObject {
  const headers = operation.parameters.filter((parameter) => parameter.in === 'header')
  const name = (parameter: JsonObject) => asString(parameter.name, `${operation.id}: header`).toLowerCase()
  return {
    type: 'object',
    properties: Object.fromEntries(headers.map((parameter) => [name(parameter), asObject(parameter.schema, `${operation.id}: ${name(parameter)}`)])),
    required: headers.filter((parameter) => parameter.required === true).map(name),
  }
}

/** `[]`: none. An empty requirement among others: optional. Otherwise required. */
function authLevel(security: Json | undefined, id: string): string {
  const levels = asList(security, `${id}: security`)
  if (levels.length === 0) return 'none'
  return levels.some((level) => isObject(level) && Object.keys(level).length === 0) ? 'optional' : 'required'
}
