/** A client of live: the api_key in the header `Authorization`, in Base64. */
import { codes, type contract, type paths } from '../../generated/live/contract.js'
import { openClient } from './open.js'
import { type DialectRules, isSuccessful } from './own-word.js'
import { isAmong, type SessionEnds } from './session-ends.js'
import { asText, type BaseOptions, memoryTokens } from './shared.js'
import { tokenMiddleware } from './token.js'
import type { ContractClient } from './types.js'

/** The token is the `api_key` as the login gives it, not encoded. */
export type LiveClientOptions = BaseOptions<string>
export type LiveClient = ContractClient<paths>

const LOGIN = '/auth/login' satisfies keyof paths
const LOGOUT = '/auth/logout' satisfies keyof paths

/** Everything is said under 200. */
const DIALECT: DialectRules = { isOwn: ({ code, desc }, status) => isSuccessful(status) && typeof code === 'number' && typeof desc === 'string' }

const ENDS = { API_UNAUTHORIZED: codes.API_UNAUTHORIZED } satisfies SessionEnds<typeof contract.errors>

/**
 * Makes a client of live. A login keeps its `api_key`, a logout and the code 4010 drop it.
 * @returns an openapi-fetch client; `data` is the union of success and failures, told apart by `code`
 */
export function createLiveClient({ tokens = memoryTokens(), ...options }: LiveClientOptions): LiveClient {
  return openClient<paths>(options, DIALECT, [tokenMiddleware(tokens, DIALECT, {
    header: (key) => ['authorization', btoa(key)],
    outcome(path, body) {
      if (isAmong(ENDS, body.code)) return null
      if (body.code !== codes.API_OK) return undefined
      return path === LOGIN ? asText(body.api_key) : path === LOGOUT ? null : undefined
    },
  })])
}
