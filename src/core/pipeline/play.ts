/**
 * The way of a call through a system, as one list: Addressed → Routed → Received → Checked → Performed → Answered. Each phase takes the
 * one before it and returns its own; the first that answers ends the list.
 */
import { Unreachable } from '../engine/unreachable.js'
import { Failure } from '../failure.js'
import type { Change } from '../store/types.js'
import type { Addressed } from './address.js'
import { type Answer, plain, refuse, succeed } from './answer.js'
import { backendOf, bridge, type BridgeParts, BY_STUB, type Via } from './bridge.js'
import { preflight } from './cors.js'
import { strikeCall } from './faults.js'
import { maintenance } from './maintenance.js'
import { type Mishaps, type MishapParts, NO_MISHAPS, outage } from './mishaps.js'
import { perform, type Performed } from './perform.js'
import { carryOut, readPreferences } from './prefer.js'
import { receive, type Received } from './receive.js'
import type { Routed, Site } from './route.js'
import type { Router } from './router.js'
import type { System } from '../system.js'

/** Phase 6, answered: the whole story of a call, for the journal and for the host. */
export interface Answered extends Answer {
  readonly site: Site
  readonly mishaps: Mishaps
  /** The body that came, where bytes were read. */
  readonly received: Uint8Array | null
  readonly userId: string | null
  readonly changes: readonly Change[]
  /** Who answered, where a real backend could have; null where the system has none. */
  readonly via: Via | null
}

/** What the way of a call depends on beside the call. */
export interface PlayParts extends MishapParts {
  /** By system. */
  readonly routers: ReadonlyMap<System, Router>
  /** How real backends are reached. */
  readonly bridge: BridgeParts
  /** Told of exceptions. */
  readonly report: (site: Site, exception: unknown) => void
}

const NO_CHANGES: readonly Change[] = []

/**
 * @param had what came of the call in a world that is gone, where a real backend has had it; null where it is played for the first time, or wholly anew
 * @returns the answer to the call; whatever is thrown becomes one in the system's dialect
 */
export async function play(arrival: Addressed, parts: PlayParts, had: Via | null = null): Promise<Answered> {
  const { call, system, turn, switches, underMaintenance } = arrival
  const { backends } = parts.bridge
  const backend = backends.size === 0 && switches?.backend === undefined ? null : backendOf(arrival, backends)
  const via = backend === null ? null : BY_STUB
  let site: Site = { arrival, operation: null, row: null }
  let mishaps = NO_MISHAPS
  try {
    const early = call.method === 'OPTIONS' ? preflight(call) : null
    if (early !== null) return answered(site, plain(early), mishaps, via)
    const closed = underMaintenance === null ? null : maintenance(site, underMaintenance, 'beforeRouting')
    if (closed !== null) return answered(site, closed, mishaps, via)
    const match = parts.routers.get(system)?.(call.method, arrival.path, (name) => arrival.query.get(name)) ?? Failure.when('unknownEndpoint', { cause: 'unknownPath' })
    if (match instanceof Failure) return answered(site, refuse(site, match), mishaps, via)
    const routed: Routed = { arrival, operation: match.operation, row: match.row, parameters: match.parameters }
    site = routed
    if (arrival.shortage !== null) return answered(routed, refuse(routed, Failure.when('internal', { shortage: arrival.shortage })), mishaps, via)
    const shut = underMaintenance === null ? null : maintenance(routed, underMaintenance, 'afterRouting')
    if (shut !== null) return answered(routed, shut, mishaps, via)
    // What the call asked for comes first; if it may go on then, the rules of its sandbox act.
    const wanted = parts.prefer ? readPreferences(arrival) : null
    if (wanted !== null) mishaps = await carryOut(routed, wanted, parts.examples)
    if (turn.state.faults.length > 0 && mishaps.end === null) mishaps = await strikeCall(routed, parts.examples, mishaps)
    if (mishaps.end !== null) return answered(routed, mishaps.end instanceof Failure ? refuse(routed, mishaps.end, true) : plain(mishaps.end), mishaps, via)
    const out = switches === undefined || switches.outages.length === 0 ? null : outage(system, switches.outages)
    if (out !== null) return answered(routed, refuse(routed, out), mishaps, via)
    const report = (exception: unknown) => {
      parts.report(routed, exception)
    }
    if (backend !== null) {
      const bridged = await bridge(routed, backend, mishaps, parts.bridge, async (received) => {
        const performed = await perform(received, report)
        return { answer: answerPerformed(performed), performed }
      }, had)
      return answered(routed, bridged.answer, mishaps, bridged.via, bridged.performed, bridged.received, bridged.userId)
    }
    const receiving = receive(routed)
    const performed = await perform(receiving instanceof Promise ? await receiving : receiving, report)
    return answered(routed, answerPerformed(performed), mishaps, via, performed, performed.received)
  } catch (error) {
    // Nobody hears the answer to a call whose sandbox was reset; it begins anew.
    if (!turn.isOver && !(error instanceof Unreachable)) parts.report(site, error)
    return answered(site, refuse(site, failed(error)), mishaps, via)
  }
}

/** @returns the answer to a call that could not even be begun */
export function playNothing(arrival: Addressed, reason: unknown): Answered {
  const site: Site = { arrival, operation: null, row: null }
  return answered(site, refuse(site, failed(reason)), NO_MISHAPS, null)
}

/** What is no bug is said beside the answer. */
function failed(reason: unknown): Failure {
  return Failure.when('internal', reason instanceof Unreachable ? { shortage: `The sandboxes cannot be reached at the moment: ${reason.message}.` } : {})
}

/** @returns the answer to a call that was carried out, or refused on the way */
function answerPerformed({ received: { routed }, result, issued }: Performed): Answer {
  if (result instanceof Failure) return refuse(routed, result)
  const { system, turn } = routed.arrival
  return succeed(routed, result, issued === null ? undefined : system.dialect.credentials?.issue?.(issued, turn.now))
}

function answered(site: Site, { reply, error, violations }: Answer, mishaps: Mishaps, via: Via | null, performed: Performed | null = null, received: Received | null = null, userId = performed?.userId ?? null): Answered {
  const body = received?.body
  return {
    site,
    mishaps,
    reply,
    error,
    violations,
    received: body?.kind === 'bytes' ? body.bytes : null,
    userId,
    changes: performed?.changes ?? NO_CHANGES,
    via,
  }
}
