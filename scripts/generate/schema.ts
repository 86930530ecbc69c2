/** JSON Schema inside an OpenAPI document: following references, flattening, comparing. */
import { stepsOfFragment } from '../../src/plain/pointer.js'
import { asList, asObject, asObjects, asStrings, ContractError, sameJson, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'

/** What `#/components/schemas/Name` is called, or null where a reference points elsewhere. */
export function componentName($ref: string, section = 'schemas'): string | null {
  const prefix = `#/components/${section}/`
  return $ref.startsWith(prefix) ? stepsOfFragment($ref.slice(prefix.length)).join('/') : null
}

/**
 * Follows `$ref`s inside a document until something else is found.
 * @returns the value itself, never a copy; undefined stays undefined.
 * @throws ContractError if a reference leaves the document, leads nowhere or in a circle.
 */
export function resolve(document: JsonObject, value: Json | undefined): Json | undefined {
  const seen = new Set<string>()
  let current = value
  while (isObject(current) && typeof current.$ref === 'string') {
    const { $ref } = current
    if (seen.has($ref)) throw new ContractError(`$ref ${$ref} leads in a circle`)
    seen.add($ref)
    current = lookUp(document, $ref)
  }
  return current
}

/** As `resolve`, for what must be an object. */
export function resolveObject(document: JsonObject, value: Json | undefined, where: string): JsonObject {
  return asObject(resolve(document, value), where)
}

function lookUp(document: JsonObject, $ref: string): Json {
  if (!$ref.startsWith('#/')) throw new ContractError(`$ref ${$ref} leaves the document`)
  let current: Json | undefined = document
  for (const step of stepsOfFragment($ref)) {
    current = isObject(current) ? current[step] : Array.isArray(current) ? current[Number(step)] : undefined
  }
  if (current === undefined) throw new ContractError(`$ref ${$ref} leads nowhere`)
  return current
}

/**
 * A schema without `$ref` and `allOf` at its root: their properties, required names and other keywords merged into one object.
 * What cannot be merged (a second `anyOf`, say) stays under `allOf`. Properties keep their own references.
 */
export function flatten(document: JsonObject, schema: JsonObject): JsonObject {
  const { $ref, allOf, ...own } = schema
  const parts = asObjects(allOf, 'allOf').map((part) => flatten(document, part))
  if ($ref !== undefined) parts.unshift(flatten(document, resolveObject(document, { $ref }, 'schema')))
  return [...parts, own].reduce(merge, {})
}

const LAST_WINS = ['title', 'description', 'default', 'example', 'examples', 'deprecated']

function merge(into: JsonObject, part: JsonObject): JsonObject {
  const merged = { ...into }
  for (const [keyword, value] of Object.entries(part)) {
    const present = merged[keyword]
    if (present === undefined || LAST_WINS.includes(keyword) || sameJson(present, value)) merged[keyword] = value
    else if (keyword === 'required') merged.required = [...new Set([...asStrings(present, keyword), ...asStrings(value, keyword)])]
    else if (keyword === 'properties') merged.properties = mergeProperties(asObject(present, keyword), asObject(value, keyword))
    else if (keyword === 'x-errors') merged[keyword] = { ...asObject(present, keyword), ...asObject(value, keyword) }
    else merged.allOf = [...asList(merged.allOf, 'allOf'), ...(keyword === 'allOf' ? asList(value, keyword) : [{ [keyword]: value }])]
  }
  return merged
}

/** A property that both describe must be what both say. */
function mergeProperties(properties: JsonObject, others: JsonObject): JsonObject {
  const both = Object.entries(others).map(([name, schema]): [string, Json] => {
    const present = properties[name]
    return [name, present === undefined || sameJson(present, schema) ? schema : { allOf: [present, schema] }]
  })
  return { ...properties, ...Object.fromEntries(both) }
}

/** The values a schema allows, or null where it does not list them. */
export function listedValues(document: JsonObject, schema: Json | undefined): Json[] | null {
  if (!isObject(schema)) return null
  const flat = flatten(document, schema)
  if (flat.const !== undefined) return [flat.const]
  return Array.isArray(flat.enum) ? flat.enum : null
}

/**
 * One schema that allows what any of the given ones allows. It is a `oneOf` where every two of them are told apart by the value
 * of a property both require, otherwise an `anyOf`: a `oneOf` would refuse what fits two of them.
 */
export function unionOf(document: JsonObject, schemas: readonly Json[]): Json {
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const [first] = different
  if (first !== undefined && different.length === 1) return first
  const flat = different.map((schema) => (isObject(schema) ? flatten(document, schema) : {}))
  const exclusive = flat.every((a, index) => flat.slice(index + 1).every((b) => areDisjoint(document, a, b)))
  return { [exclusive ? 'oneOf' : 'anyOf']: different }
}

function areDisjoint(document: JsonObject, a: JsonObject, b: JsonObject): boolean {
  const alsoRequired = asStrings(b.required, 'required')
  return asStrings(a.required, 'required').some((name) => {
    if (!alsoRequired.includes(name) || !isObject(a.properties) || !isObject(b.properties)) return false
    const values = listedValues(document, a.properties[name])
    const others = listedValues(document, b.properties[name])
    return values !== null && others !== null && !values.some((value) => others.includes(value))
  })
}
