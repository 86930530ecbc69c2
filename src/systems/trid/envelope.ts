/** How trid speaks: `{type, success, …, error_no, error_msg}` under HTTP 200, and routing errors outside of that. */
import type { Dialect } from '../../core/dialect.js'
import { jsonReply, type Reply } from '../../core/reply.js'
import { adopt, logIn } from './adopt.js'
import type { Trid } from '../../generated/trid/contract.js'

const MIB = 1024 * 1024
/** As its framework writes it. */
const JSON_TYPE = 'application/json; charset=UTF-8'

/** The `type` of an operation's answer, success or not. */
const answerTypes = { tridSendSms: 'sms_validation_send', tridCheckSms: 'sms_validation_result', tridRegister: 'register' } as const satisfies Record<
  keyof Trid['operations'],
  string
>

const routingErrors = {
  404: { name: 'Not Found', message: 'Page not found.' },
  405: { name: 'Method Not Allowed', message: 'This action answers POST only.' },
  500: { name: 'Internal Server Error', message: 'An internal server error occurred.' },
  503: { name: 'Service Unavailable', message: 'The service is under maintenance.' },
} as const

export const dialect: Dialect<Trid['errors']> = {
  checks: ['body', 'fields'],
  body: { contentType: 'any', empty: 'unreadable', limit: MIB },
  emptyIsMissing: true,
  contentType: JSON_TYPE,
  credentials: null,
  adopt,
  logIn,
  conditions: {
    internal: { reply: routingError(500) },
    maintenance: { reply: routingError(503) },
    networkError: { reply: routingError(500) },
    unknownEndpoint: ({ cause, allow = [] }) => ({ reply: cause === 'wrongMethod' ? routingError(405, allow) : routingError(404) }),
    invalidRequest: ({ cause }) => (cause === 'field' ? 'INPUT_NOT_VALID' : 'JSON_DECODE_FAILED'),
    missingField: 'INPUT_NOT_VALID',
    unauthenticated: 'TOKEN_NOT_VALID',
    tokenExpired: 'TOKEN_NOT_VALID',
    kickedOut: 'TOKEN_NOT_VALID',
    // Nobody can be banned and there are no roles.
    banned: 'TOKEN_NOT_VALID',
    forbidden: 'TOKEN_NOT_VALID',
    // Too soon and refused by the operator cannot be told apart (QUIRKS.md #3).
    smsTooFrequent: 'SMS_SEND_FAILED',
    smsSendFailed: 'SMS_SEND_FAILED',
    smsCodeInvalid: 'VALIDATION_CODE_INVALID',
  },
  success: (payload, { operation }) => ({ type: typeOf(operation), success: true, ...(payload as object), error_no: 0, error_msg: null }),
  failure: (_failure, { operation }) => ({ type: typeOf(operation), success: false }),
}

function typeOf(operation: string | null): string {
  const types: Readonly<Record<string, string>> = answerTypes
  return types[operation ?? ''] ?? ''
}

function routingError(status: keyof typeof routingErrors, allow: readonly string[] = []): Reply {
  const headers = { 'content-type': JSON_TYPE, ...(allow.length === 0 ? {} : { allow: allow.join(', ') }) }
  return jsonReply(status, { ...routingErrors[status], code: 0, status }, headers)
}
