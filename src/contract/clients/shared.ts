/** What the clients have in common. It runs in browsers, in Node.js and in React Native alike. */
import type { ClientOptions, Middleware } from 'openapi-fetch'
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

/**
 * Reads what a backend itself says of a session. A proxy, a gateway and a maintenance page answer in its place too, and no session may begin
 * or end by their words: a 5XX, an answer with `Server-Status`, anything that is no JSON object or lacks a key of the dialect is none of them.
 * @param isOwn whether the body has the outer form of the dialect under this HTTP status
 * @returns a copy of the body; null where it says nothing. The response itself stays unread.
 */
export async function ownWord(response: Response, isOwn: (body: JsonObject, status: number) => boolean): Promise<JsonObject | null> {
  const { status, headers } = response
  if (status >= 500 || headers.get('server-status') !== null || !/json/i.test(headers.get('content-type') ?? '')) return null
  try {
    const body = asObject(await response.clone().json())
    return body !== null && isOwn(body, status) ? body : null
  } catch {
    return null
  }
}

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

/** What a client knows of its dialect's token. */
export interface TokenRules {
  /** Whether a body has the outer form of the dialect; all of these travel under HTTP 200. */
  readonly isOwn: (body: JsonObject) => boolean
  /** @returns name and value of the header that carries the token */
  readonly header: (token: string) => readonly [name: string, value: string]
  /** @returns the token that an answer hands out; null where it says that the one that was sent is worth nothing any more; else undefined */
  readonly outcome: (path: string, body: JsonObject, response: Response) => string | null | undefined
}

/** Sends the stored token with every request, keeps the one that a login hands out, and forgets one that is dead. */
export function tokenMiddleware(store: TokenStore<string>, { isOwn, header, outcome }: TokenRules): Middleware {
  return {
    async onRequest({ request }) {
      const token = await store.get()
      if (token) request.headers.set(...header(token))
    },
    async onResponse({ request, response, schemaPath }) {
      const body = await ownWord(response, (found, status) => status === 200 && isOwn(found))
      const token = body === null ? undefined : outcome(schemaPath, body, response)
      if (token === undefined) return
      if (token !== null) {
        await store.set(token)
        return
      }
      // An answer to an older token says nothing about the one that a login has put in its place since.
      const present = await store.get()
      if (!present) return
      const [name, value] = header(present)
      if (request.headers.get(name) === value) await store.set(null)
    },
  }
}
