/** How the clients are made: openapi-fetch, and nothing that the network does makes a call reject. */
import createClient, { type Client, type ClientOptions, type Middleware } from 'openapi-fetch'
import { conditionOfText, conditionOfThrown, isNoAnswer, NoAnswer } from '../../errors/no-answer.js'
import type { NoAnswerCondition } from '../../generated/conditions.js'
import { asObject, type JsonObject } from './shared.js'
import type { ContractClient } from './types.js'

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'request'] as const
/** HTTP statuses whose answers have no body. */
const WITHOUT_BODY = [204, 205, 304]

/** How the bodies of a backend are known from those of somebody else. */
export interface DialectRules {
  /** The key that carries the code under an HTTP status of success; null where it is not known. */
  readonly code: string | null
  /** Whether a body under an HTTP status of failure is one that the contract has there: what `error` can be, beside a `NoAnswer`. */
  readonly isFailure: (body: JsonObject, status: number) => boolean
}

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

/** Turns into a NoAnswer whatever goes wrong between the app and the backend. */
function soundness(dialect: DialectRules): Middleware {
  return {
    onError({ error, request }) {
      if (isNoAnswer(error)) return error
      const { method, url, signal } = request
      const reason = error instanceof Error ? error.message : String(error)
      return new NoAnswer(conditionOfThrown(error, signal), { url, message: `${method} ${url}: ${reason}`, response: Response.error(), cause: error })
    },
    async onResponse({ request, response, options }) {
      const lost = await unsound(request, response, options.parseAs, dialect)
      if (lost !== null) throw lost
    },
  }
}

/** @returns why the answer is none of the backend's, or null where it may be one. The response itself stays unread. */
async function unsound(request: Request, response: Response, parseAs: string, { code, isFailure }: DialectRules): Promise<NoAnswer | null> {
  const { status, ok, headers } = response
  const lost = (condition: NoAnswerCondition, what: string, cause?: unknown) => {
    return new NoAnswer(condition, { url: request.url, message: `${request.method} ${request.url}: HTTP ${String(status)}, ${what}`, response, cause })
  }
  if (WITHOUT_BODY.includes(status) || request.method === 'HEAD' || (ok && parseAs === 'stream')) return null
  let text: string
  try {
    if (ok && parseAs !== 'json') {
      await response.clone().arrayBuffer()
      return null
    }
    text = await response.clone().text()
  } catch (cause) {
    return lost(conditionOfThrown(cause, request.signal, 'malformedAnswer'), 'and the answer broke off', cause)
  }
  const type = headers.get('content-type') ?? ''
  try {
    const body = asObject(JSON.parse(text))
    const isOwn = body !== null && (ok ? code === null || typeof body[code] === 'number' : isFailure(body, status))
    return isOwn ? null : lost('notOurs', `and JSON that is none of the backend's`)
  } catch (cause) {
    // A bare status of failure is nothing that broke off.
    return lost(!ok && text === '' ? 'notOurs' : conditionOfText(text, type), `and ${text === '' ? 'an empty body' : `${type || 'a text'} that is no JSON`}`, cause)
  }
}
