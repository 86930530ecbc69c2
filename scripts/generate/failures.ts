/** The body of each failure, narrowed to its code: schema, name and example. */
import { asObject, asStrings, ContractError, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { flatten, listedValues, resolve } from './schema.js'
import type { Dialect, ErrorEntry } from './system.js'

/**
 * The schema of a failure: its base with the code fixed, flat, so that a type generator makes a union told apart by the code.
 * @throws ContractError if the base is missing or has no such key.
 */
export function failureSchema(document: JsonObject, dialect: Dialect, error: ErrorEntry): JsonObject {
  const { schema, properties } = readBase(document, dialect, error)
  const { description: _, example: __, examples: ___, ...rest } = schema
  const code = asObject(properties[dialect.code], `${error.failure}.${dialect.code}`)
  return {
    title: error.name,
    description: `${error.meaning.zh} · ${error.meaning.en}`,
    ...Object.fromEntries(Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-') && keyword !== 'title')),
    required: [...new Set([...asStrings(schema.required, `${error.failure}.required`), dialect.code])],
    properties: { ...properties, [dialect.code]: { ...code, const: error.code } },
  }
}

/** A body with this failure: the base's own example, or one made up from its schema, with code and message put in. */
export function failureExample(document: JsonObject, dialect: Dialect, error: ErrorEntry): JsonObject {
  const { schema } = readBase(document, dialect, error)
  const given = schema.example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined)
  const body = given === undefined ? sample(document, schema) : given
  return {
    summary: `${error.meaning.zh} · ${error.meaning.en}`,
    value: { ...asObject(body, `${error.failure}: example`), [dialect.code]: error.code, [dialect.message]: error.message },
  }
}

function readBase(document: JsonObject, dialect: Dialect, { failure }: ErrorEntry): { schema: JsonObject; properties: JsonObject } {
  const schema = flatten(document, { $ref: `#/components/schemas/${failure}` })
  const { properties } = schema
  if (isObject(properties) && isObject(properties[dialect.code])) return { schema, properties }
  throw new ContractError(`components.schemas.${failure} must be an object with the key ${dialect.code}`)
}

/** The simplest value that a schema says enough about: its example, a listed value, or the empty value of its type. */
function sample(document: JsonObject, schema: Json | undefined): Json {
  const resolved = resolve(document, schema)
  if (!isObject(resolved)) return null
  const flat = flatten(document, resolved)
  const [listed] = listedValues(document, flat) ?? []
  const [example] = Array.isArray(flat.examples) ? flat.examples : [flat.example]
  const given = listed ?? example ?? flat.default
  if (given !== undefined) return given
  const type = Array.isArray(flat.type) ? flat.type[0] : flat.type
  if (type === 'object' || isObject(flat.properties)) {
    const properties = isObject(flat.properties) ? flat.properties : {}
    return Object.fromEntries(asStrings(flat.required, 'required').map((name) => [name, sample(document, properties[name])]))
  }
  if (type === 'array') return []
  if (type === 'string') return 'x'.repeat(typeof flat.minLength === 'number' ? flat.minLength : 0)
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return typeof flat.minimum === 'number' ? flat.minimum : 0
  return null
}
