/** An answer as an app holds it, whatever it was fetched with. */
import type { OperationIds } from '../generated/errors.js'
import { isObject } from '../plain/json.js'
import type { SystemId } from './vocabulary.js'

/** Header names and values: a `Headers`, or a plain record with names in any case. */
export type AnswerHeaders = { get(name: string): string | null | undefined } | Readonly<Record<string, string | readonly string[] | undefined>>

/** What came back from a backend. */
export interface Answer<S extends SystemId> {
  /** HTTP status. */
  readonly status: number
  /** Where a library does not tell them, the header `Server-Status` is not seen. */
  readonly headers?: AnswerHeaders | undefined
  /** Parsed JSON, the text as it came, a `NoAnswer`, or null (undefined, a Blob) where there is none that could be read. */
  readonly body: unknown
  /** The operation that was called; it tells apart what the body alone does not. */
  readonly operation?: OperationIds[S] | undefined
}

/** @returns the value of a header, its first one of several; null where it is absent */
export function headerOf(headers: AnswerHeaders | undefined, name: string): string | null {
  if (headers === undefined) return null
  if (hasGet(headers)) return headers.get(name) ?? null
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name)
  const [value] = entry === undefined ? [] : [entry[1]].flat()
  return value ?? null
}

function hasGet(headers: AnswerHeaders): headers is { get(name: string): string | null | undefined } {
  return typeof headers.get === 'function'
}

/** @returns the body as a JSON object; null where it is none */
export function objectOf(body: unknown): Readonly<Record<string, unknown>> | null {
  const value = typeof body === 'string' ? parse(body) : body
  return isObject(value) ? value : null
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  return parse(text) !== undefined
}

/** Whether a value holds bytes, which are not looked into. */
export function isBinary(value: object): boolean {
  return ArrayBuffer.isView(value) || ['Blob', 'File', 'ArrayBuffer', 'ReadableStream', 'FormData'].includes(Object.prototype.toString.call(value).slice(8, -1))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
