/** What remains when a call is answered: its place in the journal, and the outcome that the host carries out. */
import type { HttpDates } from '../clock.js'
import type { Awaitable } from '../engine/engine.js'
import { keep } from '../journal.js'
import { REASON_HEADER, SOURCE_HEADER } from '../backends/headers.js'
import { asHeader, type ReplyHeaders } from '../reply.js'
import { isStreamed, type Outcome, whole } from '../stage/outcome.js'
import { urlBelow } from './address.js'
import { corsHeaders, isPreflight } from './cors.js'
import { SERVER_STATUS_HEADER } from './maintenance.js'
import type { Via } from './bridge.js'
import type { Answered } from './play.js'

/** Tells a developer, in the answer itself, that it breaks the contract. */
export const VIOLATION_HEADER = 'understudy-violation'

/**
 * Puts the call into the sandbox's journal.
 * @returns how many bytes the body of the answer has; undefined while nobody knows. A promise where the call is to be answered after its entry is there
 */
export function record({ site, mishaps, reply, error, violations, received, userId, changes, via }: Answered, duration: number): Awaitable<number | undefined> {
  const { arrival, operation } = site
  const { call, turn, system } = arrival
  // What is still coming is kept by nobody.
  const responseBody = isStreamed(reply) ? null : keep(reply.body)
  const arrived = turn.record({
    at: turn.now,
    duration,
    system: system.id,
    operation,
    preflight: call.method === 'OPTIONS' && isPreflight(call),
    method: call.method,
    url: urlBelow(arrival),
    requestHeaders: call.headers,
    requestBody: received === null ? null : keep(received),
    status: reply.status,
    responseHeaders: reply.headers,
    responseBody,
    user: userId,
    error,
    faults: mishaps.rules,
    violations,
    changes,
    version: turn.version,
    via: via === null ? undefined : { source: via.source, reason: reasonOf(via) },
  })
  const size = responseBody?.size
  return arrived instanceof Promise ? arrived.then(() => size) : size
}

/**
 * @param length of the body in bytes, where somebody knows it
 * @returns what the host is to carry out
 */
export function outcomeOf(answered: Answered, dates: HttpDates, length?: number): Outcome {
  const { delivery, spoil } = answered.mishaps
  const headers = headersOf(answered, dates)
  const { status, body } = answered.reply
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return whole({ status, headers, body })
  const reply = spoil === null ? { status, headers, body, length } : spoil({ status, headers, body })
  return delivery === null ? whole(reply) : { reply, delivery }
}

/** The answer's own headers, and what is added to every answer of a system. */
function headersOf({ site, mishaps, reply, violations, via }: Answered, dates: HttpDates): ReplyHeaders {
  const { call, turn, system, underMaintenance } = site.arrival
  // The sandbox's clock, so that clients which compare with it see the time they are to see.
  const headers: Record<string, string | readonly string[]> = { date: dates.of(turn.now) }
  const { origin } = call.headers
  if (origin !== undefined) Object.assign(headers, corsHeaders(origin, system))
  for (const name in reply.headers) headers[name] = reply.headers[name] ?? ''
  const [violation] = violations
  if (violation !== undefined) headers[VIOLATION_HEADER] = asHeader(violation)
  if (underMaintenance !== null) headers[SERVER_STATUS_HEADER] = underMaintenance.status
  if (via !== null) {
    headers[SOURCE_HEADER] = via.source
    const reason = reasonOf(via)
    if (reason !== null) headers[REASON_HEADER] = asHeader(reason)
  }
  if (mishaps.applied.length > 0) headers['preference-applied'] = asHeader(mishaps.applied.join(', '))
  return headers
}

/** Why the real backend did not answer: a word for programs, and a sentence for people. */
function reasonOf(via: Via): string | null {
  return via.reason === null ? null : `${via.reason}: ${via.detail ?? ''}`
}
