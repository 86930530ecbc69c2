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

/** @returns what the object itself has under this name; undefined where it has nothing of its own */
export function memberOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** So many objects and lists lie inside one another at the most. What looks at a value calls itself for each of them, and there is an end to that. */
export const MOST_DEPTH = 100

/** @returns whether no more than so many objects and lists lie inside one another */
export function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  for (const key in value) if (!isNestedWithin((value as Readonly<Record<string, unknown>>)[key], levels - 1)) return false // of an object any own key may be read
  return true
}

/** A shorter text is parsed at once: however deeply it is nested, that takes no time that anybody would notice. */
const SHORT = 8 * 1024

/** @returns the place behind the JSON text that begins at this one; -1 where it does not end */
export function behindText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let before = end - 1
    while (json[before] === '\\') before--
    if ((end - before) % 2 === 1) return end + 1
  }
  return -1
}

/** @returns whether the brackets of the text open no more deeply, which is cheap to tell; to parse millions of them takes minutes and gigabytes */
function isTextNestedWithin(json: string, levels: number): boolean {
  let depth = 0
  for (let at = 0; at !== -1 && at < json.length; ) {
    const mark = json[at]
    if (mark === '{' || mark === '[') depth++
    else if (mark === '}' || mark === ']') depth--
    if (depth > levels) return false
    at = mark === '"' ? behindText(json, at) : at + 1
  }
  return true
}

/** @returns what is said of a value that is nested more deeply */
export function tooDeep(levels: number): SyntaxError {
  return new SyntaxError(`it has more than ${String(levels)} objects and lists inside one another`)
}

/**
 * Parses JSON text that comes from outside: nothing else is to see a value that is nested more deeply than it can bear, nor does the engine.
 * @param levels so many objects and lists may lie inside one another
 * @throws SyntaxError if it is no JSON, or nested more deeply
 */
export function parseForeignJson(text: string, levels = MOST_DEPTH): unknown {
  if (text.length > SHORT && !isTextNestedWithin(text, levels)) throw tooDeep(levels)
  const value: unknown = JSON.parse(text)
  if (!isNestedWithin(value, levels)) throw tooDeep(levels)
  return value
}

/**
 * Parses JSON text of our own.
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
