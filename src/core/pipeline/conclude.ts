/** What remains when a call is answered: its place in the journal, and the outcome that the host carries out. */
import type { HttpDates } from '../clock.js'
import type { NewEntry } from '../engine/engine.js'
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

/** Puts the call into the sandbox's journal. */
export function record({ site, mishaps, reply, error, violations, received, userId, changes, via }: Answered, duration: number): void {
  const { arrival, operation } = site
  const { call, turn, system } = arrival
  const entry: NewEntry = {
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
    // What is still coming is kept by nobody.
    responseBody: isStreamed(reply) ? null : keep(reply.body),
    user: userId,
    error,
    faults: mishaps.rules,
    violations,
    changes,
    version: turn.version,
  }
  turn.record(via === null ? entry : { ...entry, via: { source: via.source, reason: reasonOf(via) } })
}

/** @returns what the host is to carry out */
export function outcomeOf(answered: Answered, dates: HttpDates): Outcome {
  const { delivery, spoil } = answered.mishaps
  const complete = { ...answered.reply, headers: headersOf(answered, dates) }
  if (isStreamed(complete)) return whole(complete)
  const reply = spoil === null ? complete : spoil(complete)
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
