/** A client of job: the token in the header `App-Token`, bodies as forms. */
import type { Middleware } from 'openapi-fetch'
import { codes, type contract, type paths } from '../../generated/job/contract.js'
import { openClient } from './open.js'
import { type DialectRules, isSuccessful } from './own-word.js'
import { isAmong, type SessionEnds } from './session-ends.js'
import { asObject, asText, type BaseOptions, formFields, memoryTokens } from './shared.js'
import { tokenMiddleware } from './token.js'
import type { ContractClient } from './types.js'

/** The token is the `appToken` of the login. */
export type JobClientOptions = BaseOptions<string>
export type JobClient = ContractClient<paths>

const LOGIN = '/login' satisfies keyof paths
const LOGOUT = '/logout' satisfies keyof paths
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Of all codes only one comes under an HTTP status of failure, and the body of a 5XX is to be ignored. */
const DIALECT: DialectRules = {
  isOwn: ({ message, code, data, ok }, status) => typeof message === 'string' && typeof code === 'number' && data !== undefined && typeof ok === 'boolean'
    && (isSuccessful(status) || (code === codes.HTTP_REJECTED && status < 500)),
}

const ENDS = { NOT_LOGGED_IN: codes.NOT_LOGGED_IN } satisfies SessionEnds<typeof contract.errors>

/**
 * Makes a client of job. A login keeps its `appToken`, a logout and the code 7 drop it; without a token what is public stays readable. A 5XX and
 * an answer with `Server-Status` change nothing, whatever is in them.
 * @returns an openapi-fetch client; `data` is the union of success and failures, told apart by `code`
 */
export function createJobClient({ tokens = memoryTokens(), ...options }: JobClientOptions): JobClient {
  const asForm: Middleware = {
    onRequest({ request }) {
      // openapi-fetch takes every body for JSON, and so says the request by now.
      if (request.headers.get('content-type') === JSON_TYPE) request.headers.set('content-type', FORM_TYPE)
    },
  }
  return openClient<paths>({ bodySerializer: formOf, ...options }, DIALECT, [asForm, tokenMiddleware(tokens, DIALECT, {
    header: (token) => ['App-Token', token],
    outcome(path, body) {
      if (isAmong(ENDS, body.code)) return null
      if (body.code !== codes.SUCCESS) return undefined
      return path === LOGIN ? asText(asObject(body.data)?.appToken) : path === LOGOUT ? null : undefined
    },
  })])
}

function formOf(body: unknown): string {
  const texts = formFields(body).filter((field): field is [string, string] => typeof field[1] === 'string')
  return new URLSearchParams(texts).toString()
}
