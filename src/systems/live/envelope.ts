/** How live speaks: `{code, desc, …}`, always HTTP 200. */
import type { Dialect } from '../../core/dialect.js'
import { emptyReply } from '../../core/reply.js'
import { adopt, logIn } from './adopt.js'
import { credentials } from './credentials.js'
import type { Live } from '../../generated/live/contract.js'

const MIB = 1024 * 1024

export const dialect: Dialect<Live['errors']> = {
  checks: ['session', 'body', 'fields'],
  body: { contentType: 'declared', empty: 'unreadable', limit: MIB },
  emptyIsMissing: false,
  credentials,
  adopt,
  logIn,
  conditions: {
    internal: { reply: emptyReply(500) },
    maintenance: { reply: emptyReply(503) },
    networkError: { reply: emptyReply(500) },
    unknownEndpoint: ({ cause }) => ({
      error: 'API_BAD_REQUEST',
      message: `bad request: ${cause === 'wrongMethod' ? 'wrong method' : 'unknown path'}`,
    }),
    invalidRequest: ({ cause, field }) => (cause === 'field' && field !== undefined ? { error: 'API_BAD_REQUEST', message: `malformed arguments '${field}'` } : 'API_BAD_REQUEST'),
    missingField: ({ field }) => ({ error: 'API_BAD_REQUEST', message: field === undefined ? 'missing arguments' : `missing arguments '${field}'` }),
    unauthenticated: 'API_UNAUTHORIZED',
    // No word for these three: a key that a newer login replaced is a wrong key, and keys neither run out nor are banned.
    tokenExpired: 'API_UNAUTHORIZED',
    kickedOut: 'API_UNAUTHORIZED',
    banned: 'API_UNAUTHORIZED',
    forbidden: 'API_UNAUTHORIZED',
    // There is no limit on codes and no word for an operator that fails.
    smsTooFrequent: 'API_BAD_REQUEST',
    smsSendFailed: 'API_BAD_REQUEST',
    smsCodeInvalid: 'API_INVALID_AUTH_CODE',
  },
  success: (payload) => ({ desc: 'ok', ...(payload as object) }),
  failure: () => ({}),
}
