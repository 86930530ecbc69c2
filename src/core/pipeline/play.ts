/**
 * The way of a call through a system, as one list: Addressed → Routed → Received → Checked → Performed → Answered. Each phase takes the
 * one before it and returns its own; the first that answers ends the list.
 */
import { Failure } from '../failure.js'
import type { Change } from '../store/types.js'
import type { Addressed } from './address.js'
import { type Answer, plain, refuse, succeed } from './answer.js'
import { preflight } from './cors.js'
import { strikeCall } from './faults.js'
import { maintenance } from './maintenance.js'
import { type Mishaps, type MishapParts, NO_MISHAPS, outage } from './mishaps.js'
import { perform, type Performed } from './perform.js'
import { carryOut, readPreferences } from './prefer.js'
import { receive } from './receive.js'
import type { Route, Routed, Site } from './route.js'

/** Phase 6, answered: the whole story of a call, for the journal and for the host. */
export interface Answered extends Answer {
  readonly site: Site
  readonly mishaps: Mishaps
  /** The body that came, where bytes were read. */
  readonly received: Uint8Array | null
  readonly userId: string | null
  readonly changes: readonly Change[]
}

/** What the way of a call depends on beside the call. */
export interface PlayParts extends MishapParts {
  readonly route: Route
  /** Told of exceptions. */
  readonly report: (site: Site, exception: unknown) => void
}

const NO_CHANGES: readonly Change[] = []

/** @returns the answer to the call; whatever is thrown becomes one in the system's dialect */
export async function play(arrival: Addressed, parts: PlayParts): Promise<Answered> {
  let site: Site = { arrival, operation: null, row: null }
  let mishaps = NO_MISHAPS
  try {
    const early = preflight(arrival.call)
    if (early !== null) return answered(site, plain(early), mishaps)
    const closed = maintenance(site, 'beforeRouting')
    if (closed !== null) return answered(site, closed, mishaps)
    const routed = parts.route(arrival)
    if (routed instanceof Failure) return answered(site, refuse(site, routed), mishaps)
    site = routed
    if (arrival.shortage !== null) return answered(routed, refuse(routed, Failure.when('internal', { shortage: arrival.shortage })), mishaps)
    const shut = maintenance(routed, 'afterRouting')
    if (shut !== null) return answered(routed, shut, mishaps)
    const struck = meet(routed, parts)
    mishaps = struck instanceof Promise ? await struck : struck
    if (mishaps.end !== null) return answered(routed, mishaps.end instanceof Failure ? refuse(routed, mishaps.end, true) : plain(mishaps.end), mishaps)
    const out = outage(arrival)
    if (out !== null) return answered(routed, refuse(routed, out), mishaps)
    const receiving = receive(routed)
    const performed = await perform(receiving instanceof Promise ? await receiving : receiving, (exception) => {
      parts.report(routed, exception)
    })
    return answered(routed, answerPerformed(performed), mishaps, performed)
  } catch (error) {
    // Nobody hears the answer to a call whose sandbox was reset; it begins anew.
    if (!arrival.turn.isOver) parts.report(site, error)
    return answered(site, refuse(site, Failure.when('internal')), mishaps)
  }
}

/** What the call asked for comes first; if it may go on then, the rules of its sandbox act. */
function meet(routed: Routed, { prefer, examples }: PlayParts): Mishaps | Promise<Mishaps> {
  const wanted = prefer ? readPreferences(routed.arrival) : null
  const hasRules = routed.arrival.turn.state.faults.length > 0
  if (wanted === null) return hasRules ? strikeCall(routed, examples, NO_MISHAPS) : NO_MISHAPS
  return carryOut(routed, wanted, examples).then((asked) => (hasRules && asked.end === null ? strikeCall(routed, examples, asked) : asked))
}

/** @returns the answer to a call that was carried out, or refused on the way */
function answerPerformed({ received: { routed }, result, issued }: Performed): Answer {
  if (result instanceof Failure) return refuse(routed, result)
  const { system, turn } = routed.arrival
  return succeed(routed, result, issued === null ? undefined : system.dialect.credentials?.issue?.(issued, turn.now))
}

function answered(site: Site, { reply, error, violations }: Answer, mishaps: Mishaps, performed?: Performed): Answered {
  const body = performed?.received.body
  return {
    site,
    mishaps,
    reply,
    error,
    violations,
    received: body?.kind === 'bytes' ? body.bytes : null,
    userId: performed?.userId ?? null,
    changes: performed?.changes ?? NO_CHANGES,
  }
}
