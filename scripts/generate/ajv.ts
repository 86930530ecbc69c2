/** Ajv, knowing the schemas of an OpenAPI document. */
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { asObject, asOptionalObject, asString, ContractError, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
import { linesOf } from '../../src/core/violations.js'
import { mapSchema } from './schema.js'

/** Formats of OpenAPI's registry that say what a text is for; there is nothing to check. */
const ANNOTATIONS = ['binary', 'decimal', 'char', 'commonmark', 'html', 'base64url', 'media-range']

/** Keywords that check nothing. Without them compiled code is smaller, and Ajv's strict mode finds misspelt ones. */
const DROPPED = [
  'title', 'description', 'default', 'example', 'examples', 'discriminator', 'xml', 'externalDocs', 'deprecated', 'readOnly', 'writeOnly',
]

/** The component schemas of a document by name. */
export function componentSchemas(document: JsonObject): JsonObject {
  return asOptionalObject(asOptionalObject(document.components, 'components').schemas, 'components.schemas')
}

/** Ajv with every component schema of a document added, none compiled yet. */
export function createAjv(document: JsonObject, options: Options): Ajv2020 {
  const ajv = new Ajv2020({ ...options, strict: true, strictTypes: false, strictTuples: false, strictRequired: false })
  // Ajv2020 switches these on whatever it is given, and every function pays for them.
  ajv.opts.unevaluated = usesKeyword(document, /^unevaluated/)
  ajv.opts.dynamicRef = usesKeyword(document, /^\$dynamic/)
  formats.default(ajv)
  for (const name of ANNOTATIONS) ajv.addFormat(name, true)
  for (const [name, schema] of Object.entries(componentSchemas(document))) ajv.addSchema(checking(schema), schemaKey('components', name))
  return ajv
}

/** The key under which Ajv knows a schema. */
export function schemaKey(group: string, name: string): string {
  return `/${group}/${name}`
}

/** What a schema checks, with its references as Ajv knows them. */
export function checking(schema: Json): JsonObject {
  return asObject(mapSchema(schema, (whole) => {
    const part = chosenByTag(whole)
    const kept = Object.entries(part).filter(([keyword]) => !keyword.startsWith('x-') && !DROPPED.includes(keyword))
    return Object.fromEntries(kept.map(([keyword, value]) => [keyword, keyword === '$ref' && typeof value === 'string' ? ajvReference(value) : value]))
  }), 'schema')
}

/** What is wrong with a value: in a line, and by which rule of which schema, wherever in the value it was broken. */
export interface Fault {
  readonly text: string
  readonly rule: string
}

/**
 * Compiles a schema that was added.
 * @returns a function that says what is wrong with a value, one line each; none if it is valid.
 * @throws ContractError in Ajv's words, naming the schema.
 */
export function compile(ajv: Ajv2020, key: string): (value: unknown) => string[] {
  const faults = compileFaults(ajv, key)
  return (value) => faults(value).map(({ text }) => text)
}

/** The same with the rules that are broken. */
export function compileFaults(ajv: Ajv2020, key: string): (value: unknown) => Fault[] {
  try {
    const validate = ajv.getSchema(key)
    if (validate === undefined) throw new Error('no such schema')
    return (value) => {
      if (validate(value) === true) return []
      return (validate.errors ?? []).flatMap((violation) => linesOf([violation]).map((text) => ({ text, rule: `${violation.schemaPath} ${JSON.stringify(violation.params)}` })))
    }
  } catch (error) {
    throw new ContractError(`schema ${key.slice(1)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/**
 * Alternatives that a `discriminator` tells apart, with its choice made first: of a value whose tag names one, only what is wrong by that
 * one is reported, and a tag that names none is reported with those that there are.
 */
function chosenByTag(schema: JsonObject): JsonObject {
  const { oneOf, discriminator, ...rest } = schema
  if (oneOf === undefined || !isObject(discriminator) || !isObject(discriminator.mapping)) return schema
  const tag = asString(discriminator.propertyName, 'discriminator.propertyName')
  const choices = Object.entries(discriminator.mapping).map(([name, target]) => {
    return { if: { properties: { [tag]: { const: name } }, required: [tag] }, then: { $ref: ajvReference(asString(target, `discriminator.mapping.${name}`)) } }
  })
  return { ...rest, type: 'object', required: [tag], properties: { [tag]: { enum: Object.keys(discriminator.mapping) } }, allOf: choices }
}

function ajvReference($ref: string): string {
  const [, name, inside] = /^#\/components\/schemas\/([^/]+)(\/.*)?$/.exec($ref) ?? []
  if (name === undefined) return $ref
  return `${schemaKey('components', name)}${inside === undefined ? '' : `#${inside}`}`
}

function usesKeyword(value: Json, keyword: RegExp): boolean {
  if (Array.isArray(value)) return value.some((item) => usesKeyword(item, keyword))
  return isObject(value) && Object.entries(value).some(([key, item]) => keyword.test(key) || usesKeyword(item, keyword))
}
