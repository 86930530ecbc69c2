/** What an HTTP status says by itself, when the body is not the system's own: an empty one, a proxy's page, a routing error. */
import type { Condition } from './vocabulary.js'

const BY_STATUS: Readonly<Record<number, Condition>> = {
  400: 'invalidRequest',
  // Of a login only the backend's own code speaks: a proxy wants its own credentials.
  401: 'notOurs',
  403: 'forbidden',
  404: 'unknownEndpoint',
  405: 'unknownEndpoint',
  407: 'notOurs',
  411: 'invalidRequest',
  413: 'invalidRequest',
  414: 'invalidRequest',
  415: 'invalidRequest',
  416: 'invalidRequest',
  422: 'invalidRequest',
  429: 'tooFrequent',
  431: 'invalidRequest',
  501: 'unknownEndpoint',
  503: 'maintenance',
  // Network authentication required: a login page of the network stands in between.
  511: 'notOurs',
}

/** @returns the condition, or null where the status alone says nothing: all below 400, and rare ones */
export function conditionOfStatus(status: number): Condition | null {
  return BY_STATUS[status] ?? (status >= 500 && status < 600 ? 'internal' : null)
}
