/** Walking a JSON Schema. */
import { isObject } from './json.js'

/** A schema that may be changed. */
export interface SchemaObject {
  [keyword: string]: SchemaPart
}
export type SchemaPart = null | boolean | number | string | SchemaPart[] | SchemaObject

const MAPS_OF_SCHEMAS = ['properties', 'patternProperties', 'dependentSchemas', '$defs']
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const SCHEMAS = [
  'items', 'contains', 'not', 'if', 'then', 'else', 'propertyNames',
  'additionalProperties', 'unevaluatedItems', 'unevaluatedProperties',
]

/**
 * Rebuilds a schema and all schemas inside it, from the inside out. Property names are never taken for keywords.
 * @param change gets each schema object (its parts changed already) and returns what stands in its place.
 */
export function mapSchema(schema: SchemaPart, change: (schema: SchemaObject) => SchemaObject): SchemaPart {
  if (!isObject(schema)) return schema
  const copy: SchemaObject = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (MAPS_OF_SCHEMAS.includes(keyword) && isObject(value)) {
      copy[keyword] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapSchema(inner, change)]))
    } else if (LISTS_OF_SCHEMAS.includes(keyword) && Array.isArray(value)) {
      copy[keyword] = value.map((inner) => mapSchema(inner, change))
    } else if (SCHEMAS.includes(keyword)) {
      copy[keyword] = mapSchema(value, change)
    } else {
      copy[keyword] = value
    }
  }
  return change(copy)
}
