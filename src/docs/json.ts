/** Looking into a document whose shape is known by convention only. */
import { isObject, type Json, type JsonObject } from '../plain/json.js'

/** @returns what lies at the end of the path of keys; undefined where there is nothing */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value
  for (const key of path) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  return found
}

/** @returns the value as an object; an empty one where it is none */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** @returns the objects of a list; none where the value is no list */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((one) => isObject(one)) : [] // Array.isArray says any[]
}

/** @returns the value as a text; an empty one where it is none */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
