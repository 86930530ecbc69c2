/** Reading OpenAPI documents of unknown quality: what is not there is empty, nothing throws. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

/** Whether a value is a JSON object (and no list). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object, `{}` if it is anything else. */
export function record(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** The value as a list, `[]` if it is anything else. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [] // Array.isArray says any[]
}

/** The value as a text, empty if it is anything else. */
export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The texts in a list. */
export function texts(value: Json | undefined): string[] {
  return list(value).filter((item) => typeof item === 'string')
}

/**
 * Parses JSON text.
 * @throws SyntaxError if it is not JSON
 */
export function parseJson(source: string): Json {
  return JSON.parse(source) as Json // what JSON.parse returns is Json by definition
}
