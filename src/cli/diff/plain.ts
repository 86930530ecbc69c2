/**
 * A contract as a general tool should see it: without our extensions, and without the failures that the generator spells out from the
 * error table. Both are compared by their own rules; left in, one more error would be reported at every operation, and as what it is not.
 */
import { isObject, itemsOf, type Json, type JsonObject, objectOf, textOf } from '../../plain/json.js'

/** Where what any operation may answer stands for a general tool. No path of a contract looks like it. */
const ANYWHERE = '/*'

/** Maps from names to things: their keys are no keywords. */
export const MAPS_OF_NAMES = ['paths', 'content', 'schemas', 'parameters', 'headers', 'requestBodies', 'properties', 'patternProperties', '$defs', 'mapping']
/** Said elsewhere, or of no consequence. */
const LEFT_OUT = ['examples', 'example', 'security', 'securitySchemes']

/** @returns a copy for Redocly; operations behind a selecting parameter stand at addresses of their own */
export function plainDocument(document: JsonObject): JsonObject {
  const components = objectOf(document.components)
  const schemas = objectOf(components.schemas)
  const [, errorTable] = Object.entries(schemas).find(([name]) => isErrorTable(name)) ?? []
  const table = objectOf(errorTable)
  const constants = itemsOf(table.oneOf ?? table.anyOf).map((row) => textOf(objectOf(row).title))
  const failures = new Set(Object.entries(schemas).filter(([, schema]) => constants.includes(textOf(objectOf(schema).title))).map(([name]) => `#/components/schemas/${name}`))
  const kept = Object.entries(schemas).filter(([name]) => !isErrorTable(name) && !failures.has(`#/components/schemas/${name}`))
  const paths = Object.entries(objectOf(document.paths)).flatMap(([path, item]) => addresses(path, objectOf(item)))
  const cleaned = stripped({ ...document, paths: { ...Object.fromEntries(paths), ...anywhere(document, itemsOf(table.oneOf ?? table.anyOf)) }, components: { ...components, schemas: Object.fromEntries(kept) } }, failures)
  return objectOf(cleaned)
}

/** Whether a schema is the error table; in a part of the unified document its name has the system's before it. */
export const isErrorTable = (name: string) => /(?:^|\.)ErrorCode$/.test(name)

/**
 * What the document says once for all operations, as answers of one more: the forms of a failure, the headers that many answers carry, the
 * answer to unknown paths. Without it nothing refers to them, and a tool cannot tell what breaks whom.
 */
function anywhere(document: JsonObject, rows: readonly Json[]): JsonObject {
  const { schemas, headers } = objectOf(document.components)
  const forms = [...new Set(['Failure', ...rows.map((row) => textOf(objectOf(row)['x-failure']))])].filter((name) => name in objectOf(schemas))
  const common = Object.values(objectOf(headers)).map(objectOf)
  const statuses = [...new Set(common.flatMap((header) => Object.keys(objectOf(header['x-answers']))))]
  const unmatched = textOf(objectOf(document['x-dialect']).unmatched)
  const one = (answers: JsonObject): JsonObject => ({ get: { responses: answers } })
  return {
    ...Object.fromEntries(forms.map((name) => [`${ANYWHERE} ${name}`, one({ default: { description: '', content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } } })])),
    ...(statuses.length === 0 ? {} : { [ANYWHERE]: one(Object.fromEntries(statuses.map((status) => [/^\d/.test(status) ? status : 'default', { description: '', headers: Object.fromEntries(common.flatMap((header) => {
      const how = objectOf(header['x-answers'])[status]
      return how === undefined ? [] : [[textOf(header['x-name']), { ...header, required: how === 'always' }]]
    })) }]))) }),
    ...(unmatched === '' ? {} : { [`${ANYWHERE} unmatched`]: one({ default: { $ref: unmatched } }) }),
  }
}

function addresses(path: string, item: JsonObject): [string, JsonObject][] {
  const shared = Object.entries(item).filter(([, node]) => Object.keys(objectOf(objectOf(node)['x-operations'])).length === 0)
  const inner = Object.entries(item).flatMap(([method, node]) => {
    const { 'x-selector': selector, 'x-operations': operations } = objectOf(node)
    return Object.entries(objectOf(operations)).map(([value, one]): [string, JsonObject] => [`${path}?${textOf(selector)}=${value}`, { [method]: one }])
  })
  return inner.length === 0 ? [[path, item]] : [...(shared.length === 0 ? [] : [[path, Object.fromEntries(shared)] as [string, JsonObject]]), ...inner]
}

/** @param names whether the keys of the value are names rather than keywords */
function stripped(value: Json, failures: ReadonlySet<string>, names = false): Json {
  if (Array.isArray(value)) return itemsOf(value).map((item) => stripped(item, failures))
  if (!isObject(value)) return value
  if (!names) {
    const success = withoutFailures(value, failures)
    if (success !== null) return stripped(success, failures)
  }
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => names || (!key.startsWith('x-') && !LEFT_OUT.includes(key)))
    .map(([key, item]): [string, Json] => {
      if (!names && key === 'responses') return [key, answers(item, failures)]
      return [key, stripped(item, failures, !names && MAPS_OF_NAMES.includes(key))]
    }))
}

/** Answers without those that can only be a failure. */
function answers(responses: Json, failures: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(objectOf(responses)).filter(([, response]) => {
    const medias = Object.values(objectOf(objectOf(response).content)).map(objectOf)
    return medias.length === 0 || medias.some(({ schema }) => !onlyFails(objectOf(schema), failures))
  }).map(([status, response]) => [status, stripped(response, failures)]))
}

function onlyFails(schema: JsonObject, failures: ReadonlySet<string>): boolean {
  const parts = itemsOf(schema.oneOf ?? schema.anyOf)
  return isFailure(schema, failures) || (parts.length > 0 && parts.every((part) => isFailure(part, failures)))
}

/** What a union of success and failures is without the failures; null where there is none among its parts. */
function withoutFailures(schema: JsonObject, failures: ReadonlySet<string>): Json | null {
  for (const keyword of ['oneOf', 'anyOf']) {
    const parts = itemsOf(schema[keyword])
    const rest = parts.filter((part) => !isFailure(part, failures))
    if (rest.length === parts.length) continue
    const [first] = rest
    return rest.length === 1 && first !== undefined ? first : { ...schema, [keyword]: rest }
  }
  return null
}

function isFailure(part: Json, failures: ReadonlySet<string>): boolean {
  return failures.has(textOf(objectOf(part).$ref))
}
