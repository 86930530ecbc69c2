/** What a form for the records of a collection has to know: fields with their types and choices, the records that they name, and when one ends. */
import { asObject, asOptionalObject, asObjects, asString, ContractError, type Json, type JsonObject } from './json.js'
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

/**
 * @param records JSON Schemas by collection
 * @returns the collection whose records stand for users: the one with `x-user: true`, else `users`; null where there is neither
 * @throws ContractError where several say so
 */
export function userCollection(records: JsonObject): string | null {
  const marked = Object.entries(records).filter(([name, schema]) => asObject(schema, name)['x-user'] === true).map(([name]) => name)
  if (marked.length > 1) throw new ContractError(`x-user: true stands at ${marked.join(' and ')}; the records of one collection stand for users`)
  return marked[0] ?? ('users' in records ? 'users' : null)
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
