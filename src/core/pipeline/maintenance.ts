/** Maintenance: the system answers everything in the one way that its dialect has for it. Nothing in the world changes. */
import type { Dialect } from '../dialect.js'
import { Failure } from '../failure.js'
import { type Answer, refuse } from './answer.js'
import type { Site } from './route.js'

/** Says in every answer of a system in maintenance why it is not served. */
export const SERVER_STATUS_HEADER = 'server-status'

/**
 * @param place whether routing is still to come; each dialect has its place
 * @returns the answer of a system that is in maintenance; null where it is in service, or this is not the place
 */
export function maintenance(site: Site, place: NonNullable<Dialect<string>['maintenance']>): Answer | null {
  const { system, underMaintenance } = site.arrival
  if (underMaintenance === null || (system.dialect.maintenance ?? 'afterRouting') !== place) return null
  const { httpStatus } = underMaintenance
  const answer = refuse(site, Failure.when('maintenance', httpStatus === null ? {} : { httpStatus }))
  // A dialect may have another body for another status; the status itself is not a matter of dialect.
  return httpStatus === null ? answer : { ...answer, reply: { ...answer.reply, status: httpStatus } }
}
