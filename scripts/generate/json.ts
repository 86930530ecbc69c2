/** Reading JSON whose shape is only hoped for: every accessor says where it was disappointed. */
import { parse } from 'yaml'
import { isObject } from '../../src/plain/json.js'

export type Json = null | boolean | number | string | Json[] | JsonObject

export interface JsonObject {
  [key: string]: Json
}

/** A document does not follow the convention (`openapi/README.md`); the message says where and how. */
export class ContractError extends Error {
  override name = 'ContractError'
}

/**
 * Parses JSON text.
 * @throws SyntaxError if it is not JSON.
 */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json // what JSON.parse returns is Json by definition
}

/**
 * Parses YAML text into what JSON could have said: no dates, no undefined, no aliases shared by identity.
 * @throws YAMLParseError if it is not YAML.
 */
export function parseYaml(text: string): Json {
  return parseJson(JSON.stringify(parse(text) ?? null))
}

/**
 * The value as an object.
 * @param where what a person would call the value, for the message.
 * @throws ContractError if it is anything else.
 */
export function asObject(value: Json | undefined, where: string): JsonObject {
  if (isObject(value)) return value
  throw new ContractError(`${where} must be an object`)
}

/** The value as an object, `{}` if it is absent. Throws ContractError as `asObject` does. */
export function asOptionalObject(value: Json | undefined, where: string): JsonObject {
  return value === undefined ? {} : asObject(value, where)
}

/** The value as a list, `[]` if it is absent. Throws ContractError if it is anything else. */
export function asList(value: Json | undefined, where: string): Json[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw new ContractError(`${where} must be a list`)
}

/** The value as a list of objects, `[]` if it is absent. Throws ContractError if it is anything else. */
export function asObjects(value: Json | undefined, where: string): JsonObject[] {
  return asList(value, where).map((item, index) => asObject(item, `${where}[${index}]`))
}

/** The value as a text. Throws ContractError if it is anything else. */
export function asString(value: Json | undefined, where: string): string {
  if (typeof value === 'string') return value
  throw new ContractError(`${where} must be a text`)
}

/** The value as a number. Throws ContractError if it is anything else. */
export function asNumber(value: Json | undefined, where: string): number {
  if (typeof value === 'number') return value
  throw new ContractError(`${where} must be a number`)
}

/** The value as a whole number above 0. Throws ContractError if it is anything else. */
export function asCount(value: Json | undefined, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw new ContractError(`${where} must be a whole number above 0`)
}

/** The value as a list of texts, `[]` if it is absent. Throws ContractError if it is anything else. */
export function asStrings(value: Json | undefined, where: string): string[] {
  return asList(value, where).map((item, index) => asString(item, `${where}[${index}]`))
}

/** The value as a map from text to text, `{}` if it is absent. Throws ContractError if it is anything else. */
export function asStringMap(value: Json | undefined, where: string): Record<string, string> {
  const map = asOptionalObject(value, where)
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, asString(item, `${where}.${key}`)]))
}

/** The object under a key, put there empty if it is absent. Throws ContractError if something else is there. */
export function childObject(parent: JsonObject, key: string): JsonObject {
  parent[key] ??= {}
  return asObject(parent[key], key)
}

/** Whether two values are the same JSON, key order included. */
export function sameJson(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
