/** JSON values. */

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
