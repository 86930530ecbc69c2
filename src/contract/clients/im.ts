/** A client of im: the session in the cookie `sessionid`. */
import { codes, type contract, type paths } from '../../generated/im/contract.js'
import { openClient } from './open.js'
import { type DialectRules, isSuccessful } from './own-word.js'
import { isAmong, type SessionEnds } from './session-ends.js'
import { type BaseOptions, memoryTokens } from './shared.js'
import { tokenMiddleware } from './token.js'
import type { ContractClient } from './types.js'

/**
 * A browser keeps the cookie itself and shows it to nobody: `tokens` is of no use there. Where there is no cookie jar (Node.js) the token is
 * the value of `sessionid`.
 */
export type ImClientOptions = BaseOptions<string>
export type ImClient = ContractClient<paths>

const LOGIN = '/android/login/' satisfies keyof paths
const LOGOUT = '/android/out/' satisfies keyof paths

/** What is not there is said under 404 and 405, everything else under 200. */
const DIALECT: DialectRules = {
  isOwn: ({ status: code, result, message, date }, status) => typeof code === 'number' && result !== undefined && typeof message === 'string' && typeof date === 'string'
    && (isSuccessful(status) || (code === codes.FAILURE_STATUS && status < 500)),
}

/** None has a code to itself: see below. */
const ENDS = {} satisfies SessionEnds<typeof contract.errors>

/**
 * Makes a client of im. Requests carry cookies to another origin too (`credentials: 'include'`).
 * @returns an openapi-fetch client; `data` is the union of success and failures, told apart by `status`
 */
export function createImClient({ tokens = memoryTokens(), ...options }: ImClientOptions): ImClient {
  return openClient<paths>({ credentials: 'include', ...options }, DIALECT, [tokenMiddleware(tokens, DIALECT, {
    header: (session) => ['cookie', `sessionid=${session}`],
    outcome(path, body, response) {
      // The same code is a network fault, which ends no session.
      if (isAmong(ENDS, body.status) || (body.status === codes.ERROR_NET && body.message === 'session error')) return null
      if (body.status !== codes.SUCCESS_STATUS) return undefined
      return path === LOGIN ? sessionIn(response) : path === LOGOUT ? null : undefined
    },
  })])
}

function sessionIn({ headers }: Response): string | undefined {
  return /(?:^|[\s,])sessionid=([a-z0-9]+)/.exec(headers.get('set-cookie') ?? '')?.[1]
}
