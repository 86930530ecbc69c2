/** How the clients are made: openapi-fetch, and nothing that the network does makes a call reject. */
import createClient, { type Client, type ClientOptions, type Middleware } from 'openapi-fetch'
import { conditionOfThrown, isNoAnswer, NoAnswer } from '../../errors/no-answer.js'
import { type DialectRules, readAnswer, readBytes } from './own-word.js'
import { checkBase } from './shared.js'
import type { ContractClient } from './types.js'
import { messageOf } from '../../plain/message.js'

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'request'] as const
/** HTTP statuses whose answers have no body. */
const WITHOUT_BODY = [204, 205, 304]

/**
 * Makes a client. A call whose answer does not come, breaks off, or is none of the backend's resolves to `{ error: NoAnswer, response }`.
 * What is wrong with the call itself (a base URL that is none, a token store that fails) rejects as ever.
 * @param dialect how the backend's bodies are known
 * @param middleware the client's own, in the order in which it looks at requests; of answers it sees sound ones only
 * @returns an openapi-fetch client under its stricter type
 */
export function openClient<Paths extends object>(options: ClientOptions, dialect: DialectRules, middleware: readonly Middleware[] = []): ContractClient<Paths> {
  const client = createClient<Paths>(options)
  // Answers pass through middleware from the last to the first.
  client.use(...middleware, soundness(dialect))
  const calls = client as unknown as Record<(typeof METHODS)[number], (...parameters: unknown[]) => Promise<unknown>> // whatever a call takes, it is handed on
  for (const method of METHODS) {
    const call = calls[method]
    calls[method] = (...parameters) => call(...parameters).catch(resolve)
  }
  // The same functions with the same arguments; bodies are JSON either way, and only their types differ (see types.ts).
  return client as unknown as ContractClient<Paths>
}

/**
 * For libraries that take a client of openapi-fetch, such as openapi-react-query and swr-openapi.
 * @returns the same client under openapi-fetch's own type
 */
export function asOpenapiFetch<Paths extends object>(client: ContractClient<Paths>): Client<Paths> {
  return client as unknown as Client<Paths> // it is one: see openClient
}

function resolve(thrown: unknown): { error: NoAnswer; response: Response } {
  if (isNoAnswer(thrown)) return { error: thrown, response: thrown.response }
  throw thrown
}

/** What is wrong in the app's own code while a request is under way; the call rejects with its cause. */
export class OwnFault extends Error {}

/** @returns what it means for a call that something was thrown before an answer began */
export function unanswered(thrown: unknown, { method, url, signal }: Request): NoAnswer {
  const reason = messageOf(thrown)
  return new NoAnswer(conditionOfThrown(thrown, signal), { url, message: `${method} ${url}: ${reason}`, response: Response.error(), cause: thrown })
}

/** Turns into a NoAnswer whatever goes wrong between the app and the backend. */
function soundness(dialect: DialectRules): Middleware {
  return {
    onRequest({ options }) {
      checkBase(options.baseUrl)
    },
    onError({ error, request }) {
      if (error instanceof OwnFault) throw error.cause
      return isNoAnswer(error) ? error : unanswered(error, request)
    },
    async onResponse({ request, response, options }) {
      const lost = await unsound(request, response, options.parseAs, dialect)
      if (lost !== null) throw lost
    },
  }
}

/** @returns why the answer is none of the backend's, or null where it may be one. The response itself stays unread. */
async function unsound(request: Request, response: Response, parseAs: string, dialect: DialectRules): Promise<NoAnswer | null> {
  const { status, ok } = response
  if (request.method === 'HEAD' || (WITHOUT_BODY.includes(status) && dialect.mayBeEmpty === true)) return null
  const found = WITHOUT_BODY.includes(status) || !ok || parseAs === 'json' ? await readAnswer(response, dialect, request.signal) : await readBytes(response, parseAs, request.signal)
  if (found === null || 'body' in found) return null
  const { condition, what, cause } = found
  return new NoAnswer(condition, { url: request.url, message: `${request.method} ${request.url}: HTTP ${String(status)}, and ${what}`, response, cause })
}
