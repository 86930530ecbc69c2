/** What a form for the records of a collection has to know: fields with their types and choices, the records that they name, and when one ends. */
import { asObject, asOptionalObject, asObjects, asString, type Json, type JsonObject } from './json.js'
import { flatten } from './schema.js'

/**
 * @param records JSON Schemas by collection of `fixtures/<system>/schema.yaml`
 * @returns the collections in the shape of `CollectionRow` in `src/core/contract.ts`
 * @throws ContractError where a schema is none of an object
 */
export function collectionsOf(document: JsonObject, records: JsonObject): JsonObject {
  const names = Object.keys(records)
  return Object.fromEntries(Object.entries(records).map(([collection, node]) => {
    const schema = flatten(document, asObject(node, collection))
    const fields = Object.entries(asOptionalObject(schema.properties, `${collection}: properties`))
    const expires = asOptionalObject(schema['x-expires'], `${collection}: x-expires`)
    return [collection, {
      fields: Object.fromEntries(fields.map(([name, field]) => [name, fieldOf(document, asObject(field, `${collection}.${name}`), names)])),
      ...(Object.keys(expires).length === 0 ? {} : { expires: Object.fromEntries(['at', 'user', 'label'].map((part) => [part, asString(expires[part], `${collection}: x-expires.${part}`)])) }),
    }]
  }))
}

function fieldOf(document: JsonObject, node: JsonObject, collections: readonly string[]): JsonObject {
  const schema = flatten(document, node)
  const choices = choicesOf(schema)
  const reference = referenceOf(node, collections)
  return {
    types: typesOf(schema),
    ...(choices.length === 0 ? {} : { choices: [...choices] }),
    ...(reference === null ? {} : { reference }),
  }
}

function typesOf({ type, const: only, enum: some }: JsonObject): string[] {
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.map((one) => asString(one, 'type'))
  const values = only !== undefined ? [only] : Array.isArray(some) ? some : []
  return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))]
}

/** The only values that a field can have. */
function choicesOf({ enum: some, oneOf, anyOf, const: only }: JsonObject): readonly Json[] {
  if (only !== undefined) return [only]
  if (Array.isArray(some)) return some
  const branches = asObjects(oneOf ?? anyOf ?? [], 'oneOf')
  const values = branches.map((branch) => branch.const)
  return values.every((value) => value !== undefined) ? values : []
}

/** `x-reference: users`, or a description that begins with `users.id`. */
function referenceOf(node: JsonObject, collections: readonly string[]): string | null {
  const said = node['x-reference']
  if (said !== undefined) return asString(said, 'x-reference')
  const [, collection = ''] = /^(\w+)\.\w+(?=$|[；;，,\s])/.exec(typeof node.description === 'string' ? node.description : '') ?? []
  return collections.includes(collection) ? collection : null
}
