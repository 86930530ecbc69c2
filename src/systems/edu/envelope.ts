/** How edu speaks: `{code: 900, …}` or `{code, msg, …}`, with an HTTP status that is only a hint. */
import type { Dialect, NamedFailure, RequestView } from '../../core/dialect.js'
import type { OperationRow } from '../../core/contract.js'
import type { FailureDetails } from '../../core/failure.js'
import type { Settings } from '../../core/settings.js'
import { adopt, logIn } from './adopt.js'
import { credentials } from './credentials.js'
import type { Edu } from '../../generated/edu/contract.js'

const MIB = 1024 * 1024

export const dialect: Dialect<Edu['errors']> = {
  checks: ['headers', 'body', 'session', 'fields'],
  // The content type is one of the headers, and those come first.
  body: { contentType: 'any', empty: 'object', limit: MIB, fileLimit: 5 * MIB },
  emptyIsMissing: false,
  credentials,
  adopt,
  logIn,
  conditions: {
    internal: 'INTERNAL_ERROR',
    maintenance: { error: 'INTERNAL_ERROR', status: 503, message: '停机维护中，请稍后再试（服务器内部错误）' },
    networkError: 'INTERNAL_ERROR',
    unknownEndpoint: 'RESOURCE_NOT_FOUND',
    invalidRequest: (_details, { row }) => badRequest(row),
    missingField: (_details, { row }) => badRequest(row),
    unauthenticated: ({ cause }) => (cause === 'noCredential' ? { error: 'UNAUTHENTICATED', message: '没有登陆信息，请重新登陆' } : 'UNAUTHENTICATED'),
    tokenExpired: 'ACCESS_TOKEN_EXPIRED',
    kickedOut: 'UNAUTHENTICATED',
    banned: 'USER_BANNED',
    forbidden: 'NO_PERMISSION',
    smsTooFrequent: 'SMS_TOO_FREQUENT',
    smsSendFailed: 'SMS_SEND_FAILED',
    smsCodeInvalid: 'SMS_CODE_INVALID',
  },
  foldedHeaders: ['platform'],
  checkHeaders,
  success: (payload) => payload as object, // every payload of the contract is an object
  failure: nextClient,
  failureHead: (_failure, { settings }) => (settings['httpStatus'] === 'always200' ? { status: 200, unlisted: true } : {}),
}

/** A download takes nothing that could be wrong but a name, and a wrong name is a file that is not there (QUIRKS.md #16). */
function badRequest(row: OperationRow | null): Edu['errors'] {
  return row === null || row.errors.includes('BAD_PARAMETER') ? 'BAD_PARAMETER' : 'RESOURCE_NOT_FOUND'
}

const JSON_ONLY = /^\s*application\/json\s*(;|$)/i

/** What the contract's schemas cannot say of the headers. The file service asks for none (QUIRKS.md #3). */
function checkHeaders({ method, headers, hasBody }: RequestView, row: OperationRow, settings: Settings): FailureDetails | null {
  if (!row.path.startsWith('/rest/')) return null
  if (String(headers['platform']).toLowerCase() === 'android' && !headers['channel']) return { field: 'channel' }
  const needsType = settings['contentTypeRequired'] === 'always' || method === 'POST' || method === 'PUT' || (method === 'DELETE' && hasBody)
  return needsType && !JSON_ONLY.test(headers['content-type'] ?? '') ? { field: 'content-type' } : null
}

/** Whose login ended the session, on every answer to one of its tokens (QUIRKS.md #8). */
function nextClient({ details: { displacedBy } }: NamedFailure): object {
  if (displacedBy === undefined) return {}
  const { label, platform, client, at } = displacedBy
  const nextDevice = label ?? [platform, client].filter((part) => part !== null).join(' ')
  return { nextDevice: nextDevice === '' ? 'unknown' : nextDevice, nextLogin: new Date(at).toISOString() }
}
