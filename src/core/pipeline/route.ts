/** Phase 2, routed: which operation of the system's contract a call asks for. */
import type { OperationRow } from '../contract.js'
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
export interface AnsweredSite extends Pick<Site, 'operation' | 'row'> {
  readonly arrival: Pick<Addressed, 'system' | 'settings'> & { readonly turn: Pick<Addressed['turn'], 'now'> }
}

/** A call that has found its operation. */
export interface Routed extends Site {
  readonly operation: string
  readonly row: OperationRow
  /** Parameters of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>
}

/** @returns the routing of each system, by a table that is compiled here once */
export function routersOf(systems: Iterable<System>): ReadonlyMap<System, Router> {
  return new Map([...systems].map((system) => [system, compileRouter(system.contract)]))
}
