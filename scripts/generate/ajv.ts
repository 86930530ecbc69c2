/** Ajv, knowing the schemas of an OpenAPI document. */
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { asObject, asOptionalObject, ContractError, type Json, type JsonObject } from './json.js'
import { isObject } from '../../src/plain/json.js'
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
  return asObject(mapSchema(schema, (part) => {
    const kept = Object.entries(part).filter(([keyword]) => !keyword.startsWith('x-') && !DROPPED.includes(keyword))
    return Object.fromEntries(kept.map(([keyword, value]) => [keyword, keyword === '$ref' && typeof value === 'string' ? ajvReference(value) : value]))
  }), 'schema')
}

/**
 * Compiles a schema that was added.
 * @returns a function that says what is wrong with a value, one line each; none if it is valid.
 * @throws ContractError in Ajv's words, naming the schema.
 */
export function compile(ajv: Ajv2020, key: string): (value: unknown) => string[] {
  try {
    const validate = ajv.getSchema(key)
    if (validate === undefined) throw new Error('no such schema')
    return (value) => {
      if (validate(value) === true) return []
      return (validate.errors ?? []).map(({ instancePath, message = '', params }) => `${instancePath} ${message} ${JSON.stringify(params)}`.trim())
    }
  } catch (error) {
    throw new ContractError(`schema ${key.slice(1)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
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
