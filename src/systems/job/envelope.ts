/** How job speaks: `{message, code, data, ok}`, all four keys always. */
import type { Dialect } from '../../core/dialect.js'
import { emptyReply, jsonReply, textReply } from '../../core/reply.js'
import { adopt, logIn } from './adopt.js'
import { credentials } from './credentials.js'
import type { Job } from '../../generated/job/contract.js'

const MIB = 1024 * 1024

/** Not an envelope: clients ignore the body of a 5XX. */
const internalError = { reply: textReply(500, 'Internal Server Error') }

/** Maintenance where the setting wants HTTP 200; the core puts the header `Server-Status` on it. */
const underMaintenance = jsonReply(200, { message: 'server under maintenance', code: -1, data: null, ok: false })

export const dialect: Dialect<Job['errors']> = {
  checks: ['body', 'session', 'roles', 'fields'],
  body: { contentType: 'othersAreEmpty', empty: 'object', limit: MIB },
  emptyIsMissing: true,
  credentials,
  adopt,
  logIn,
  conditions: {
    internal: internalError,
    networkError: internalError,
    maintenance: ({ httpStatus = 503 }) => ({ reply: httpStatus === 200 ? underMaintenance : emptyReply(httpStatus) }),
    unknownEndpoint: ({ cause }) => ({ error: 'HTTP_REJECTED', status: cause === 'wrongMethod' ? 405 : 404 }),
    invalidRequest: ({ cause }) => {
      if (cause === 'field') return 'ILLEGAL_PARAMETER'
      return { error: 'HTTP_REJECTED', status: cause === 'bodyTooLarge' ? 413 : 400 }
    },
    missingField: 'EMPTY_FIELD',
    unauthenticated: 'NOT_LOGGED_IN',
    // Tokens do not expire, and a displaced client is not told by whom: only that it is not logged in.
    tokenExpired: 'NOT_LOGGED_IN',
    kickedOut: 'NOT_LOGGED_IN',
    banned: 'USER_BLOCKED',
    forbidden: 'NO_PERMISSION',
    smsTooFrequent: 'TOO_FREQUENT',
    smsSendFailed: 'SMS_SEND_FAILED',
    smsCodeInvalid: 'WRONG_CODE',
  },
  maintenance: 'beforeRouting',
  success: (payload) => ({ message: 'success', data: payload, ok: true }),
  failure: () => ({ data: null, ok: false }),
}
