/** What an HTTP status says by itself, when the body is not the system's own: an empty one, a proxy's page, a gateway's JSON. */
import type { Condition } from './vocabulary.js'

/** Of a 4XX only what holds whoever says it: this request is too large, or came too soon. Nobody but the backend knows who may do what, or what there is. */
const BY_STATUS: Readonly<Record<number, Condition>> = {
  413: 'invalidRequest',
  414: 'invalidRequest',
  416: 'invalidRequest',
  429: 'tooFrequent',
  431: 'invalidRequest',
  501: 'unknownEndpoint',
  503: 'maintenance',
  // Network authentication required: a login page of the network stands in between.
  511: 'notOurs',
}

/** @returns the condition, or null where the status alone says nothing: all below 400 */
export function conditionOfStatus(status: number): Condition | null {
  if (!(status >= 400 && status < 600)) return null
  return BY_STATUS[status] ?? (status < 500 ? 'notOurs' : 'internal')
}
