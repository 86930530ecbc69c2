/** One URL, several operations: the outer OpenAPI operation takes and answers whatever one of the inner ones does. */
import { asList, asObject, asOptionalObject, asString, childObject, sameJson, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { resolveObject, unionOf } from './schema.js'
import { locate, type Selector } from './system.js'

/**
 * Writes the union of the inner operations into the outer one: parameters, request body, responses, named examples.
 * @param document is changed; the inner operations in it are spelled out already.
 */
export function spellOutSelector(document: JsonObject, selector: Selector): void {
  const outer = locate(document, { ...selector, select: null })
  const inner = asObject(outer['x-operations'], 'x-operations')
  const operations = Object.entries(inner).map(([value, node]) => asObject(node, value))
  outer.parameters = selectingParameters(document, outer, selector.parameter, Object.keys(inner))
  const bodies = operations.flatMap((node) => part(document, node, node.requestBody))
  if (bodies.length > 0) outer.requestBody = { required: true, ...unionOfParts(document, bodies) }
  const responses = childObject(outer, 'responses')
  const statuses = new Set(operations.flatMap((node) => Object.keys(asObject(node.responses, 'responses'))))
  for (const status of statuses) {
    const written = operations.map((node) => asObject(node.responses, 'responses')[status]).filter((answer) => answer !== undefined)
    const [first] = written
    if (first !== undefined && written.length === operations.length && written.every((answer) => sameJson(answer, first))) {
      responses[status] ??= first
      continue
    }
    const parts = operations.flatMap((node) => part(document, node, asObject(node.responses, 'responses')[status]))
    responses[status] = unionOfParts(document, [...part(document, outer, responses[status]), ...parts])
  }
}

function selectingParameters(document: JsonObject, outer: JsonObject, name: string, values: string[]): JsonObject[] {
  const written = asList(outer.parameters, 'parameters').map((item) => resolveObject(document, item, 'parameter'))
  const others = written.filter((parameter) => parameter.name !== name)
  const selecting = written.find((parameter) => parameter.name === name)
  const schema = { type: 'string', ...asOptionalObject(selecting?.schema, name), enum: values }
  return [{ name, in: 'query', ...selecting, required: true, schema }, ...others]
}

/** A request body or response of one operation. */
interface Part {
  readonly operationId: string
  readonly node: JsonObject
}

function part(document: JsonObject, operation: JsonObject, node: Json | undefined): Part[] {
  if (node === undefined) return []
  return [{ operationId: asString(operation.operationId, 'operationId'), node: resolveObject(document, node, 'response') }]
}

function unionOfParts(document: JsonObject, parts: readonly Part[]): JsonObject {
  const descriptions = new Set(parts.map(({ node }) => node.description).filter((text) => typeof text === 'string'))
  const mediaTypes = new Set(parts.flatMap(({ node }) => Object.keys(asOptionalObject(node.content, 'content'))))
  const content = Object.fromEntries([...mediaTypes].map((mediaType): [string, JsonObject] => {
    const medias = parts.map(({ operationId, node }) => {
      return { operationId, media: asOptionalObject(asOptionalObject(node.content, 'content')[mediaType], mediaType) }
    })
    const schemas = medias.flatMap(({ media }) => alternatives(media.schema))
    const examples = namedExamples(medias)
    return [mediaType, {
      ...(schemas.length > 0 ? { schema: unionOf(document, schemas) } : {}),
      ...(Object.keys(examples).length > 0 ? { examples } : {}),
    }]
  }))
  return {
    ...(descriptions.size > 0 ? { description: [...descriptions].join('\n\n') } : {}),
    ...(mediaTypes.size > 0 ? { content } : {}),
  }
}

/** What a union written by the generator consists of; any other schema as it is. */
function alternatives(schema: Json | undefined): Json[] {
  if (schema === undefined) return []
  if (isObject(schema) && Object.keys(schema).length === 1) return asList(schema.oneOf ?? schema.anyOf ?? [schema], 'oneOf')
  return [schema]
}

/** The examples of all operations under their own names; where a name is taken, the operationId goes before it. */
function namedExamples(medias: readonly { operationId: string; media: JsonObject }[]): JsonObject {
  const result: JsonObject = {}
  for (const { operationId, media } of medias) {
    const named = media.example === undefined ? asOptionalObject(media.examples, 'examples') : { example: { value: media.example } }
    for (const [name, value] of Object.entries(named)) {
      const present = result[name]
      result[present === undefined || sameJson(present, value) ? name : `${operationId}.${name}`] = value
    }
  }
  return result
}
