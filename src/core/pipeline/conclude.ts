/** What remains when a call is answered: its place in the journal, and the outcome that the host carries out. */
import type { stopwatch } from '../clock.js'
import { keep } from '../journal.js'
import { asHeader, type Reply, type ReplyHeaders } from '../reply.js'
import { type Outcome, whole } from '../stage/outcome.js'
import { urlBelow } from './address.js'
import { corsHeaders, isPreflight } from './cors.js'
import { SERVER_STATUS_HEADER } from './maintenance.js'
import type { Answered } from './play.js'

/** Tells a developer, in the answer itself, that it breaks the contract. */
export const VIOLATION_HEADER = 'understudy-violation'

/** Puts the call into the sandbox's journal. */
export function record({ site, mishaps, reply, error, violations, received, userId, changes }: Answered, elapsed: ReturnType<typeof stopwatch>): void {
  const { arrival, operation } = site
  const { call, turn, system } = arrival
  turn.record({
    at: turn.now,
    duration: elapsed(),
    system: system.id,
    operation,
    preflight: isPreflight(call),
    method: call.method,
    url: urlBelow(arrival),
    requestHeaders: call.headers,
    requestBody: received === null ? null : keep(received),
    status: reply.status,
    responseHeaders: reply.headers,
    responseBody: keep(reply.body),
    user: userId,
    error,
    faults: mishaps.rules,
    violations,
    changes,
  })
}

/** @returns what the host is to carry out */
export function outcomeOf(answered: Answered): Outcome {
  const { delivery, spoil } = answered.mishaps
  const complete: Reply = { ...answered.reply, headers: headersOf(answered) }
  const reply = spoil === null ? complete : spoil(complete)
  return delivery === null ? whole(reply) : { reply, delivery }
}

/** The answer's own headers, and what is added to every answer of a system. */
function headersOf({ site, mishaps, reply, violations }: Answered): ReplyHeaders {
  const { call, turn, system, underMaintenance } = site.arrival
  const headers: Record<string, string | readonly string[]> = {
    // The sandbox's clock, so that clients which compare with it see the time they are to see.
    date: new Date(turn.now).toUTCString(),
    ...corsHeaders(call, system),
    ...reply.headers,
  }
  const [violation] = violations
  if (violation !== undefined) headers[VIOLATION_HEADER] = asHeader(violation)
  if (underMaintenance !== null) headers[SERVER_STATUS_HEADER] = underMaintenance.status
  if (mishaps.applied.length > 0) headers['preference-applied'] = asHeader(mishaps.applied.join(', '))
  return headers
}
