/** The fault `status`: a bare HTTP status, as a proxy in front of the backend would answer. */
import { emptyReply, isBodiless, type Reply } from '../reply.js'
import type { FaultKind } from './kind.js'

/** Answers with a bare HTTP status. */
export interface StatusFault {
  readonly kind: 'status'
  readonly status: number
  readonly body?: string
  readonly contentType?: string
}

export const status: FaultKind<StatusFault> = {
  kind: 'status',
  schema: 'StatusFault',
  role: 'answer',
  onCall: (fault) => ({ end: replyOf(fault) }),
  onFrame: (fault) => ({ handshake: replyOf(fault) }),
  flags: [
    {
      name: 'status',
      value: '<number>',
      description: 'answer with a bare HTTP status',
      expected: 'a whole number is needed.',
      read(value) {
        return /^\d{1,15}$/.test(value) ? { kind: 'status', status: Number(value) } : null
      },
    },
  ],
}

function replyOf({ status: code, body, contentType = 'text/plain; charset=utf-8' }: StatusFault): Reply {
  return body === undefined || isBodiless(code) ? emptyReply(code) : { status: code, headers: { 'content-type': contentType }, body }
}
