/**
 * Examples that say nothing new are made from the schemas: a body without any gets one, and what a handwritten one leaves out of the required
 * fields is put in. So a new field with an example of its own is no edit of every body that has it.
 */
import { isObject } from '../../src/plain/json.js'
import { asObjects, asOptionalObject, asStrings, type Json, type JsonObject } from './json.js'
import { flatten, listedValues } from './schema.js'

const SAMPLED = /^application\/(?:(?:[\w.-]+\+)?json|x-www-form-urlencoded)\b/i
/** A schema that refers to itself is followed so far. */
const DEEPEST = 12

/** @returns a copy of the document with its request bodies and successes exemplified as far as the schemas tell how */
export function withSamples(original: JsonObject): JsonObject {
  const document = structuredClone(original)
  for (const item of Object.values(asOptionalObject(document.paths, 'paths'))) {
    if (isObject(item)) for (const node of Object.values(item)) if (isObject(node)) exemplify(document, node)
  }
  return document
}

function exemplify(document: JsonObject, operation: JsonObject): void {
  for (const inner of Object.values(asOptionalObject(operation['x-operations'], 'x-operations'))) if (isObject(inner)) exemplify(document, inner)
  const successes = Object.entries(asOptionalObject(operation.responses, 'responses')).filter(([status]) => status.startsWith('2'))
  for (const body of [operation.requestBody, ...successes.map(([, response]) => response)]) {
    const content = isObject(body) && isObject(body.content) ? Object.entries(body.content) : []
    for (const [type, media] of content) if (SAMPLED.test(type) && isObject(media) && isObject(media.schema)) exemplifyMedia(document, media, media.schema)
  }
}

function exemplifyMedia(document: JsonObject, media: JsonObject, schema: JsonObject): void {
  if (media.example !== undefined) media.example = completed(document, schema, media.example)
  const examples = Object.values(asOptionalObject(media.examples, 'examples'))
  for (const example of examples) if (isObject(example) && example.value !== undefined) example.value = completed(document, schema, example.value)
  if (media.example !== undefined || examples.length > 0) return
  const value = sampleOf(document, schema)
  if (value !== undefined) media.examples = { sample: { summary: '示例 · Example', value } }
}

/** @returns the value with the required fields that it leaves out, where their schemas have an example; other values as they are */
function completed(document: JsonObject, schema: Json | undefined, value: Json, depth = 0): Json {
  if (!isObject(schema) || depth > DEEPEST) return value
  const flat = chosen(document, flatten(document, schema), value)
  if (Array.isArray(value)) return value.map((item) => completed(document, flat.items, item, depth + 1))
  if (!isObject(value)) return value
  const properties = asOptionalObject(flat.properties, 'properties')
  const given = Object.entries(value).map(([name, member]): [string, Json] => [name, completed(document, properties[name], member, depth + 1)])
  const missing = asStrings(flat.required, 'required').filter((name) => !Object.hasOwn(value, name)).flatMap((name): [string, Json][] => {
    const sample = sampleOf(document, properties[name], depth + 1)
    return sample === undefined ? [] : [[name, sample]]
  })
  return Object.fromEntries([...given, ...missing])
}

/** Of alternatives the first whose fixed values are not other than the value's own. */
function chosen(document: JsonObject, flat: JsonObject, value: Json): JsonObject {
  const alternatives = [...asObjects(flat.oneOf, 'oneOf'), ...asObjects(flat.anyOf, 'anyOf')]
  if (alternatives.length === 0 || !isObject(value)) return flat
  const fitting = alternatives.map((one) => flatten(document, one)).find(({ properties, type }) => {
    // An alternative that only asks for one field or another is none to be filled in.
    return type !== 'null' && properties !== undefined && Object.entries(asOptionalObject(properties, 'properties')).every(([name, property]) => {
      const allowed = listedValues(document, property)
      return allowed === null || value[name] === undefined || allowed.includes(value[name])
    })
  })
  if (fitting === undefined) return flat
  const { oneOf: _, anyOf: __, ...own } = flat
  return flatten(document, { allOf: [own, fitting] })
}

/** @returns a value that the schema itself tells of: its const, first listed value, example or default, or made of those of its parts; else undefined */
function sampleOf(document: JsonObject, schema: Json | undefined, depth = 0): Json | undefined {
  if (!isObject(schema) || depth > DEEPEST) return undefined
  const flat = flatten(document, schema)
  // Null is a value like any other.
  const own = [flat.const, flat.example, asList(flat.examples)[0], flat.default, asList(flat.enum)[0]].find((value) => value !== undefined)
  if (own !== undefined) return own
  const [alternative] = [...asObjects(flat.oneOf, 'oneOf'), ...asObjects(flat.anyOf, 'anyOf')]
  if (alternative !== undefined && flat.properties === undefined) return sampleOf(document, alternative, depth + 1)
  if (flat.type === 'array') return arraySample(document, flat, depth)
  if (flat.type !== 'object') return undefined
  const properties = asOptionalObject(flat.properties, 'properties')
  const members = asStrings(flat.required, 'required').map((name) => [name, sampleOf(document, properties[name], depth + 1)] as const)
  const known = members.filter((member): member is readonly [string, Json] => member[1] !== undefined)
  return known.length === members.length ? Object.fromEntries(known) : undefined
}

function arraySample(document: JsonObject, { items, minItems }: JsonObject, depth: number): Json | undefined {
  const item = sampleOf(document, items, depth + 1)
  if (item !== undefined) return [item]
  return minItems === undefined || minItems === 0 ? [] : undefined
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}
