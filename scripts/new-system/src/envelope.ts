/** How __id__ speaks: `{code, message, data}`. */
import type { Dialect } from '../../core/dialect.js'
import { emptyReply } from '../../core/reply.js'
import { credentials } from './credentials.js'
import type { __Id__ } from '../../generated/__id__/contract.js'

export const dialect: Dialect<__Id__['errors']> = {
  checks: ['session', 'body', 'fields'],
  body: { contentType: 'declared', empty: 'unreadable', limit: 1024 * 1024 },
  emptyIsMissing: false,
  credentials,
  conditions: {
    internal: { reply: emptyReply(500) },
    maintenance: { reply: emptyReply(503) },
    networkError: { reply: emptyReply(500) },
    unknownEndpoint: 'BAD_REQUEST',
    invalidRequest: 'BAD_REQUEST',
    missingField: 'BAD_REQUEST',
    unauthenticated: 'UNAUTHENTICATED',
    tokenExpired: 'UNAUTHENTICATED',
    kickedOut: 'UNAUTHENTICATED',
    banned: 'UNAUTHENTICATED',
    forbidden: 'UNAUTHENTICATED',
    smsTooFrequent: 'TOO_FREQUENT',
    smsSendFailed: 'SMS_FAILED',
    smsCodeInvalid: 'WRONG_CODE',
  },
  success: (payload) => ({ message: 'ok', data: payload }),
  failure: () => ({ data: null }),
}
