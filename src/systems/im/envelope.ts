/** How im speaks: `{status, result, message, date}`, HTTP 200 but for unknown paths and wrong verbs. */
import type { Dialect, ConditionAnswer } from '../../core/dialect.js'
import { adopt, logIn } from './adopt.js'
import { credentials } from './credentials.js'
import { toDateTime } from './time.js'
import type { Im } from '../../generated/im/contract.js'

const MIB = 1024 * 1024

const sessionError = { error: 'ERROR_NET', message: 'session error' } as const
const networkError = { error: 'ERROR_NET', message: 'network error' } as const
const failure = 'FAILURE_STATUS'

export const dialect: Dialect<Im['errors']> = {
  checks: ['session', 'body', 'fields'],
  // A file of the largest size still fits with its name, so that one that is larger is told to be a faulty file (8005).
  body: { contentType: 'any', empty: 'unreadable', limit: 5 * MIB + 64 * 1024 },
  emptyIsMissing: true,
  credentials,
  adopt,
  logIn,
  cookies: true,
  conditions: {
    internal: networkError,
    maintenance: networkError,
    networkError,
    unknownEndpoint: ({ cause }) =>
      cause === 'wrongMethod' ? { error: failure, status: 405, message: 'method not allowed' } : { error: failure, status: 404, message: 'not found' },
    invalidRequest: ({ cause }, { row }): ConditionAnswer<Im['errors']> => {
      if (cause === 'bodyTooLarge' && row?.errors.includes('FORMAT_ERROR_FILE')) return 'FORMAT_ERROR_FILE'
      return { error: failure, message: cause === 'field' ? 'bad field' : 'bad json' }
    },
    // Every field that must be there has an error of its own in the contract.
    missingField: { error: failure, message: 'bad field' },
    unauthenticated: sessionError,
    tokenExpired: sessionError,
    // HTTP sessions are never displaced, nobody is banned, and there are neither roles nor codes by SMS.
    kickedOut: sessionError,
    banned: sessionError,
    forbidden: failure,
    smsTooFrequent: failure,
    smsSendFailed: failure,
    smsCodeInvalid: failure,
  },
  success: (result, { now }) => ({ result, message: 'ok', date: toDateTime(now) }),
  failure: (_failure, { now }) => ({ result: [], date: toDateTime(now) }),
}
