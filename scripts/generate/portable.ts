/** What other people's generators need to be told twice. */
import { isObject } from '../../src/plain/json.js'
import type { Json, JsonObject } from './json.js'

/**
 * Says of negative constants in `enum` too what `const` says: oazapfts makes a literal type of a positive `const` only, and ends at a negative one.
 * Nothing else is changed, and the meaning is the same.
 */
export function portable(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, repeated(value)]))
}

function repeated(value: Json): Json {
  if (Array.isArray(value)) return value.map(repeated)
  if (!isObject(value)) return value
  const parts = portable(value)
  return typeof parts.const === 'number' && parts.const < 0 && parts.enum === undefined ? { ...parts, enum: [parts.const] } : parts
}
