/** The session of a system whose login hands out one token. */
import type { Middleware } from 'openapi-fetch'
import { type DialectRules, ownWord } from './own-word.js'
import type { JsonObject, TokenStore } from './shared.js'

/** What a client knows of its dialect's token. */
export interface TokenRules {
  /** @returns name and value of the header that carries the token */
  readonly header: (token: string) => readonly [name: string, value: string]
  /** @returns the token that an answer hands out; null where it says that the one that was sent is worth nothing any more; else undefined */
  readonly outcome: (path: string, body: JsonObject, response: Response) => string | null | undefined
}

/** Sends the stored token with every request, keeps the one that a login hands out, and forgets one that is dead. */
export function tokenMiddleware(store: TokenStore<string>, dialect: DialectRules, { header, outcome }: TokenRules): Middleware {
  return {
    async onRequest({ request }) {
      const token = await store.get()
      if (token) request.headers.set(...header(token))
    },
    async onResponse({ request, response, schemaPath, options }) {
      const body = await ownWord(response, dialect, options.parseAs)
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
