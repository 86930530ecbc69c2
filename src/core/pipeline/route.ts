/** Phase 2, routed: which operation of the system's contract a call asks for. */
import type { OperationRow } from '../contract.js'
import { Failure } from '../failure.js'
import type { Addressed } from './address.js'
import { compileRouter, type Router } from './router.js'
import type { System } from '../system.js'

/** A call whose operation may not have been found (yet). */
export interface Site {
  readonly arrival: Addressed
  readonly operation: string | null
  readonly row: OperationRow | null
}

/** As much of a site as an answer is made from. */
export interface Place extends Pick<Site, 'operation' | 'row'> {
  readonly arrival: Pick<Addressed, 'system' | 'settings'> & { readonly turn: Pick<Addressed['turn'], 'now'> }
}

/** A call that has found its operation. */
export interface Routed extends Site {
  readonly operation: string
  readonly row: OperationRow
  /** Parameters of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>
}

/** Finds the operation of a call; a failure where its system has none for it. */
export type Route = (arrival: Addressed) => Routed | Failure

/** @returns the routing over all systems, by tables compiled here once */
export function routeOver(systems: Iterable<System>): Route {
  const routers = new Map<string, Router>([...systems].map((system) => [system.id, compileRouter(system.contract)]))
  return (arrival) => {
    const match = routers.get(arrival.system.id)?.(arrival.call.method, arrival.path, (name) => arrival.query.get(name)) ?? Failure.when('unknownEndpoint', { cause: 'unknownPath' })
    if (match instanceof Failure) return match
    const { operation, row, parameters } = match
    return { arrival, operation, row, parameters }
  }
}
