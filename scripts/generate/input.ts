/** What an operation takes, as one flat object: path, query and body together, the way its handler gets it. */
import { asObject, asObjects, asOptionalObject, asString, asStringMap, asStrings, ContractError, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { flatten, listedValues, resolveObject } from './schema.js'
import type { Operation } from './system.js'

const BODY_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** Marks the schema of an uploaded file; the value is an object with name, media type and bytes. */
export const FILE_MARK = 'x-uploaded-file'

/** A named value of the flat object. */
export interface Field {
  readonly in: 'path' | 'query' | 'body'
  readonly schema: JsonObject
  /** `x-errors`: JSON Schema keyword -> CONSTANT_NAME. */
  readonly errors: Record<string, string>
  /** Where in the body it stands, if not under its own name. */
  readonly at?: readonly string[]
}

/** The flat object of an operation. */
interface Input {
  readonly fields: ReadonlyMap<string, Field>
  readonly body: string | null
  /** `x-errors` of the body as a whole. */
  readonly rules: Record<string, string>
  /** The JSON Schema of the whole object, composition (`anyOf`, …) included. */
  readonly schema: JsonObject
}

/**
 * Reads what an operation takes.
 * @throws ContractError if a name occurs twice or the body has a media type that no server here can read.
 */
export function readInput(document: JsonObject, operation: Operation): Input {
  const fields = new Map<string, Field>()
  const required: string[] = []
  const add = (name: string, field: Field) => {
    if (fields.has(name)) throw new ContractError(`${operation.id}: the field ${name} occurs twice`)
    fields.set(name, field)
  }
  for (const parameter of operation.parameters) {
    if (parameter.in !== 'path' && parameter.in !== 'query') continue
    const name = asString(parameter.name, `${operation.id}: name of a parameter`)
    const schema = asOptionalObject(parameter.schema, name)
    const errors = { ...fieldErrors(document, schema, name), ...asStringMap(parameter['x-errors'], `${name}: x-errors`) }
    add(name, { in: parameter.in, schema: serverSide(document, schema), errors })
    if (parameter.required === true) required.push(name)
  }
  const { mediaType, schema: bodySchema } = readBody(document, operation)
  const body = flatten(document, bodySchema)
  const { properties, required: bodyRequired, type: _, description: __, 'x-errors': rules, ...composition } = body
  const needed = new Map(asStrings(bodyRequired, `${operation.id}: required`).map((name) => [name, [name]]))
  for (const [name, value] of Object.entries(collectProperties(document, body))) {
    const schema = asObject(value, name)
    const flat = flatten(document, schema)
    if (flat['x-unwrap'] === true) {
      for (const [inner, field] of unwrap(document, name, flat)) add(inner, field)
      if (needed.has(name)) needed.set(name, asStrings(flat.required, name).map((inner) => fieldName(flat, inner)))
      continue
    }
    const inside = mediaType === 'multipart/form-data' ? uploads(document, schema) : serverSide(document, schema)
    add(name, { in: 'body', schema: inside, errors: fieldErrors(document, schema, name) })
  }
  const ofAlternatives = (name: string) => {
    const field = fields.get(name)
    return field?.in === 'body' && field.at === undefined && !(isObject(properties) && name in properties)
  }
  const common = [...fields].filter(([name]) => !ofAlternatives(name))
  return {
    fields,
    body: mediaType,
    rules: asStringMap(rules, `${operation.id}: x-errors of the body`),
    schema: {
      type: 'object',
      ...composition,
      properties: Object.fromEntries(common.map(([name, { schema }]) => [name, schema])),
      required: [...required, ...[...needed.values()].flat()],
    },
  }
}

function readBody(document: JsonObject, operation: Operation): { mediaType: string | null; schema: JsonObject } {
  if (operation.node.requestBody === undefined) return { mediaType: null, schema: {} }
  const body = resolveObject(document, operation.node.requestBody, `${operation.id}: requestBody`)
  const content = Object.entries(asObject(body.content, `${operation.id}: content`))
  const [first] = content
  if (first === undefined || content.length > 1 || !BODY_TYPES.includes(first[0])) {
    throw new ContractError(`${operation.id}: the request body must have one media type, one of ${BODY_TYPES.join(', ')}`)
  }
  const [mediaType, media] = first
  return { mediaType, schema: asObject(asObject(media, mediaType).schema, `${operation.id}: schema of the body`) }
}

/** The fields of an object in the body with `x-unwrap`: as if they stood beside it, under the names that `x-field` gives them. */
function unwrap(document: JsonObject, outer: string, flat: JsonObject): [string, Field][] {
  return Object.entries(asOptionalObject(flat.properties, outer)).map(([inner, value]) => {
    const schema = asObject(value, inner)
    return [fieldName(flat, inner), { in: 'body', schema: serverSide(document, schema), errors: fieldErrors(document, schema, inner), at: [outer, inner] }]
  })
}

function fieldName({ properties }: JsonObject, inner: string): string {
  const schema = isObject(properties) ? properties[inner] : undefined
  return isObject(schema) && typeof schema['x-field'] === 'string' ? schema['x-field'] : inner
}

/**
 * A field as it is behind the border: `x-coerce: string` has made a number its text, and a default stands where Ajv looks for it,
 * beside a `$ref` rather than behind it.
 */
function serverSide(document: JsonObject, schema: JsonObject): JsonObject {
  const flat = flatten(document, schema)
  if (flat['x-coerce'] === 'string') return { ...flat, type: 'string' }
  return flat.default === undefined ? schema : { ...schema, default: flat.default }
}

/** A field of a multipart body, with files (alone or in a list) as the objects they arrive as. */
function uploads(document: JsonObject, schema: JsonObject): JsonObject {
  const flat = flatten(document, schema)
  if (isObject(flat.items)) return { ...flat, items: uploads(document, flat.items) }
  const isFile = flat.format === 'binary' || (flat.contentMediaType !== undefined && flat.contentEncoding === undefined)
  return isFile ? { [FILE_MARK]: true, type: 'object', required: ['name', 'mediaType', 'bytes'] } : serverSide(document, schema)
}

/** The properties of a flat schema and of the alternatives it offers. */
function collectProperties(document: JsonObject, flat: JsonObject): JsonObject {
  const parts = [...asObjects(flat.anyOf, 'anyOf'), ...asObjects(flat.oneOf, 'oneOf'), ...asObjects(flat.allOf, 'allOf')]
  const inner = parts.flatMap((part) => Object.entries(collectProperties(document, flatten(document, part))))
  return { ...Object.fromEntries(inner), ...asOptionalObject(flat.properties, 'properties') }
}

function fieldErrors(document: JsonObject, schema: JsonObject, name: string): Record<string, string> {
  return asStringMap(flatten(document, schema)['x-errors'], `${name}: x-errors`)
}

/** The JSON type a text is turned into before validation: `unknown` where the schema leaves a choice, or for a file. */
export function fieldType(document: JsonObject, schema: JsonObject): string {
  const flat = flatten(document, schema)
  if (flat[FILE_MARK] === true) return 'unknown'
  const listed = listedValues(document, flat)?.map(typeOf) ?? []
  const given: Json[] = flat.type === undefined ? listed : Array.isArray(flat.type) ? flat.type : [flat.type]
  const types = [...new Set(given)].filter((type) => type !== 'null')
  const [type] = types
  return typeof type === 'string' && types.length === 1 ? type : 'unknown'
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return Array.isArray(value) ? 'array' : typeof value
}
