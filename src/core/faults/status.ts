/** The fault `status`: a bare HTTP status, as a proxy in front of the backend would answer. */
import { emptyReply, type Reply } from '../reply.js'
import type { StatusFault } from './rule.js'

/** @returns the answer in place of the system's */
export function statusReply({ status, body, contentType = 'text/plain; charset=utf-8' }: StatusFault): Reply {
  return body === undefined ? emptyReply(status) : { status, headers: { 'content-type': contentType }, body }
}
