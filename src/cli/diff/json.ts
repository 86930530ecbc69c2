/** Reading OpenAPI documents of unknown quality: what is not there is empty, nothing throws. */
import { isObject, type Json, type JsonObject } from '../../plain/json.js'

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
