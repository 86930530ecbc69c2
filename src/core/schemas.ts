/** Ajv, knowing the schemas of an OpenAPI document. It is large: whoever needs it while the server runs loads it then. */
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { isObject } from '../plain/json.js'
import { mapSchema, type SchemaObject, type SchemaPart } from '../plain/map-schema.js'

/** Formats of OpenAPI's registry that say what a text is for; there is nothing to check. */
const ANNOTATIONS = ['binary', 'decimal', 'char', 'commonmark', 'html', 'base64url', 'media-range']

/** Keywords that check nothing. Without them compiled code is smaller, and Ajv's strict mode finds misspelt ones. */
const DROPPED = [
  'title', 'description', 'default', 'example', 'examples', 'discriminator', 'xml', 'externalDocs', 'deprecated', 'readOnly', 'writeOnly',
]

/** @returns the component schemas of a document by name */
export function componentSchemas(document: SchemaObject): SchemaObject {
  return child(child(document, 'components'), 'schemas')
}

/** @returns Ajv with every component schema of a document added, none compiled yet */
export function createAjv(document: SchemaObject, options: Options): Ajv2020 {
  const ajv = new Ajv2020({ ...options, strict: true, strictTypes: false, strictTuples: false, strictRequired: false })
  // Ajv2020 switches these on whatever it is given, and every function pays for them.
  ajv.opts.unevaluated = usesKeyword(document, /^unevaluated/)
  ajv.opts.dynamicRef = usesKeyword(document, /^\$dynamic/)
  formats.default(ajv)
  for (const name of ANNOTATIONS) ajv.addFormat(name, true)
  for (const [name, schema] of Object.entries(componentSchemas(document))) ajv.addSchema(checking(schema), schemaKey('components', name))
  return ajv
}

/** @returns the key under which Ajv knows a schema */
export function schemaKey(group: string, name: string): string {
  return `/${group}/${name}`
}

/**
 * @returns what a schema checks, with its references as Ajv knows them
 * @throws TypeError where it is no object
 */
export function checking(schema: SchemaPart): SchemaObject {
  const checked = mapSchema(schema, (whole) => {
    const part = chosenByTag(whole)
    const kept = Object.entries(part).filter(([keyword]) => !keyword.startsWith('x-') && !DROPPED.includes(keyword))
    return Object.fromEntries(kept.map(([keyword, value]) => [keyword, keyword === '$ref' && typeof value === 'string' ? ajvReference(value) : value]))
  })
  if (!isObject(checked)) throw new TypeError('schema must be an object')
  return checked
}

/**
 * Alternatives that a `discriminator` tells apart, with its choice made first: of a value whose tag names one, only what is wrong by that
 * one is reported, and a tag that names none is reported with those that there are.
 */
function chosenByTag(schema: SchemaObject): SchemaObject {
  const { oneOf, discriminator, ...rest } = schema
  if (oneOf === undefined || !isObject(discriminator) || !isObject(discriminator.mapping)) return schema
  const tag = asText(discriminator.propertyName, 'discriminator.propertyName')
  const choices = Object.entries(discriminator.mapping).map(([name, target]) => {
    return { if: { properties: { [tag]: { const: name } }, required: [tag] }, then: { $ref: ajvReference(asText(target, `discriminator.mapping.${name}`)) } }
  })
  return { ...rest, type: 'object', required: [tag], properties: { [tag]: { enum: Object.keys(discriminator.mapping) } }, allOf: choices }
}

function ajvReference($ref: string): string {
  const [, name, inside] = /^#\/components\/schemas\/([^/]+)(\/.*)?$/.exec($ref) ?? []
  if (name === undefined) return $ref
  return `${schemaKey('components', name)}${inside === undefined ? '' : `#${inside}`}`
}

function usesKeyword(value: SchemaPart, keyword: RegExp): boolean {
  if (Array.isArray(value)) return value.some((item) => usesKeyword(item, keyword))
  return isObject(value) && Object.entries(value).some(([key, item]) => keyword.test(key) || usesKeyword(item, keyword))
}

function child(parent: SchemaObject, key: string): SchemaObject {
  const found = parent[key]
  return isObject(found) ? found : {}
}

function asText(value: SchemaPart | undefined, where: string): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${where} must be a text`)
}
