/** What the clients have in common. It runs in browsers, in Node.js and in React Native alike. */
import type { ClientOptions } from 'openapi-fetch'
import { isObject } from '../../plain/json.js'

/** Where an app keeps what it was given at login. Both functions may be asynchronous. */
export interface TokenStore<T> {
  /** @returns what was last kept; null or undefined when nobody is logged in */
  get(): T | null | undefined | Promise<T | null | undefined>
  /** Keeps a new value; null when the login is over. */
  set(tokens: T | null): void | Promise<void>
}

/** Options of every client: those of openapi-fetch, and these. */
export interface BaseOptions<T> extends ClientOptions {
  /** The base URL of the system: `http://localhost:4010/live`, or that of the real backend. */
  baseUrl: string
  /** Where the token is kept; in memory when left out. */
  tokens?: TokenStore<T> | undefined
}

/**
 * A base URL without its scheme looks like one with the scheme `localhost:`, which no network would ever answer. One that is relative to a page is good.
 * @throws TypeError where it is none, or has another scheme than http or https
 */
export function checkBase(baseUrl: string): void {
  if (typeof baseUrl !== 'string') throw new TypeError('baseUrl is missing')
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(baseUrl)?.[1]
  if (scheme !== undefined && !/^https?$/i.test(scheme)) throw new TypeError(`baseUrl ${JSON.stringify(baseUrl)} must begin with http:// or https://`)
}

/** @returns a store that lasts as long as the program */
export function memoryTokens<T>(): TokenStore<T> {
  let kept: T | null = null
  return {
    get: () => kept,
    set: (tokens) => {
      kept = tokens
    },
  }
}

/** A JSON object from the network: nothing is known of its values. */
export type JsonObject = Readonly<Record<string, unknown>>

/** @returns the value if it is an object and no list, else null */
export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

/** @returns the value if it is a text with something in it, else undefined */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** @returns the fields of a body as a form takes them; those without a value are left out */
export function formFields(body: unknown): [name: string, value: string | Blob][] {
  return Object.entries(asObject(body) ?? {}).flatMap(([name, value]): [string, string | Blob][] => {
    if (typeof value === 'string' || value instanceof Blob) return [[name, value]]
    return typeof value === 'number' || typeof value === 'boolean' ? [[name, String(value)]] : []
  })
}
