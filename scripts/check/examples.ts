/** Every example in a bundled document is what it is an example of. */
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { isObject } from '../../src/plain/json.js'
import { compileFaults, type Fault } from '../generate/ajv.js'
import { checking, componentSchemas, createAjv, schemaKey } from '../../src/core/schemas.js'
import { asObjects, asOptionalObject, type Json, type JsonObject } from '../generate/json.js'
import { messageOf } from '../../src/plain/message.js'
import { type Project, type SystemSource } from '../generate/load.js'
import { flatten, listedValues, resolve } from '../generate/schema.js'
import { mapSchema } from '../../src/plain/map-schema.js'

/** Media types whose examples are JSON values that a schema describes. */
const DESCRIBED = /^(?:application\/(?:[\w.-]+\+)?json|application\/x-www-form-urlencoded|multipart\/form-data)\b/i

/** A schema and the values that stand beside it as examples. */
interface Exhibit {
  readonly where: string
  readonly schema: Json
  readonly values: readonly (readonly [name: string, value: Json])[]
}

/**
 * The examples of a project that their schemas refuse: of requests, responses, parameters and of the schemas themselves. A rule that many
 * examples break in the same way, such as a new field that none of them has, is told once.
 */
export function checkExamples({ systems }: Project): string[] {
  return systems.flatMap((source) => {
    const ajv = createAjv(source.bundled, { allErrors: true })
    const broken = new Map<string, { readonly first: string; others: number }>()
    exhibits(source).forEach((exhibit, index) => {
      for (const { text, rule } of refused(ajv, source.bundled, exhibit, String(index))) {
        const before = broken.get(rule)
        if (before === undefined) broken.set(rule, { first: text, others: 0 })
        else before.others++
      }
    })
    return [...broken.values()].map(({ first, others }) => `${source.system.id}: ${first}${others === 0 ? '' : ` (and the same ${others === 1 ? 'once' : `${others} times`} more)`}`)
  })
}

function refused(ajv: Ajv2020, document: JsonObject, { where, schema, values }: Exhibit, key: string): Fault[] {
  try {
    return values.flatMap(([name, value], index) => {
      const place = schemaKey('examples', `${key}.${index}`)
      ajv.addSchema(checking(alternativeOf(document, schema, value)), place)
      // Where a schema refers to a component its rules are known by that: the same ones in every body.
      return compileFaults(ajv, place)(value).map(({ text, rule }) => ({ text: `${where}, example ${name}: ${text}`, rule: rule.startsWith('#') ? `${where} ${rule}` : rule }))
    })
  } catch (error) {
    return [{ text: `${where}: ${messageOf(error)}`, rule: where }]
  }
}

/** Of answers told apart by their code the one that the value is: what keeps it from being another is not worth a word. */
function alternativeOf(document: JsonObject, schema: Json, value: Json): Json {
  if (!isObject(schema) || !isObject(value)) return schema
  const meant = asObjects(schema.oneOf, 'oneOf').filter((one) => {
    const told = Object.entries(asOptionalObject(flatten(document, one).properties, 'properties')).flatMap(([name, property]) => {
      const allowed = listedValues(document, property)
      return allowed === null || value[name] === undefined ? [] : [allowed.includes(value[name])]
    })
    return told.length > 0 && told.every(Boolean)
  })
  return meant.length === 1 && meant[0] !== undefined ? meant[0] : schema
}

function exhibits({ system, bundled }: SystemSource): Exhibit[] {
  const outer = Object.entries(asOptionalObject(bundled.paths, 'paths')).flatMap(([path, item]) => {
    return Object.entries(asOptionalObject(resolve(bundled, item), path)).map(([method, node]) => ({ name: `${method} ${path}`, node }))
  })
  const inner = outer.flatMap(({ node }) => {
    return isObject(node) && isObject(node['x-operations']) ? Object.entries(node['x-operations']).map(([name, operation]) => ({ name, node: operation })) : []
  })
  const found = [...outer, ...inner].flatMap(({ name, node }) => (isObject(node) ? ofOperation(bundled, name, node) : []))
  const unmatched = system.dialect?.unmatched
  const answer = typeof unmatched === 'string' ? ofMedia(bundled, 'unmatched', { $ref: unmatched }) : []
  return [...found, ...answer, ...ofSchemas(bundled)]
}

function ofOperation(document: JsonObject, name: string, node: JsonObject): Exhibit[] {
  const parameters = Array.isArray(node.parameters) ? node.parameters.map((item) => resolve(document, item)).filter((item) => isObject(item)) : []
  return [
    ...parameters.map((parameter) => exhibit(document, `${name}, ${JSON.stringify(parameter.name)}`, parameter)),
    ...ofMedia(document, `${name}, request`, node.requestBody),
    ...Object.entries(asOptionalObject(node.responses, name)).flatMap(([status, response]) => ofMedia(document, `${name}, ${status}`, response)),
  ]
}

function ofMedia(document: JsonObject, where: string, node: Json | undefined): Exhibit[] {
  const resolved = resolve(document, node)
  if (!isObject(resolved)) return []
  return Object.entries(asOptionalObject(resolved.content, where))
    .filter(([mediaType]) => DESCRIBED.test(mediaType))
    .map(([, media]) => exhibit(document, where, asOptionalObject(media, where)))
}

/** OpenAPI's examples: one value, or named Example Objects. */
function exhibit(document: JsonObject, where: string, { schema = {}, example, examples }: JsonObject): Exhibit {
  const named = Object.entries(asOptionalObject(examples, where)).flatMap(([name, item]): [string, Json][] => {
    const value = asOptionalObject(resolve(document, item), name).value
    return value === undefined ? [] : [[name, value]]
  })
  return { where, schema, values: example === undefined ? named : [['example', example], ...named] }
}

/** JSON Schema's examples: a list of values inside the schema, at any depth. */
function ofSchemas(document: JsonObject): Exhibit[] {
  const found: Exhibit[] = []
  for (const [name, schema] of Object.entries(componentSchemas(document))) {
    mapSchema(schema, (part) => {
      const values = [...(Array.isArray(part.examples) ? part.examples : []), ...(part.example === undefined ? [] : [part.example])]
      if (values.length > 0) found.push({ where: `schema ${name}`, schema: part, values: values.map((value, index) => [String(index), value]) })
      return part
    })
  }
  return found
}
