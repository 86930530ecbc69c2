/** JSON values, and looking into documents whose shape is known by convention only: what is not there is empty, and nothing throws. */

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

/** @returns whether the value is an object and no list; an object's keys are texts, and that is all that is known of it */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Parses JSON text.
 * @throws SyntaxError if it is not JSON
 */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json // what JSON.parse returns is Json by definition
}

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

/** @returns the value as a list; an empty one where it is none */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [] // Array.isArray says any[]
}

/** @returns the objects of a list; none where the value is no list */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return itemsOf(value).filter((item) => isObject(item))
}

/** @returns the value as a text; an empty one where it is none */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** @returns the texts of a list; none where the value is no list */
export function textsOf(value: Json | undefined): readonly string[] {
  return itemsOf(value).filter((item) => typeof item === 'string')
}
