/** Maintenance: the system answers everything in the one way that its dialect has for it. Nothing in the world changes. */
import type { Dialect } from '../dialect.js'
import { Failure } from '../failure.js'
import type { Reply } from '../reply.js'
import { refuse } from './answer.js'
import type { Exchange } from './exchange.js'

/** Says in every answer of a system in maintenance why it is not served. */
export const SERVER_STATUS_HEADER = 'server-status'

/**
 * @param place whether the step stands before routing or after it; each dialect has its place
 * @returns the step
 */
export function maintenance(place: NonNullable<Dialect<string>['maintenance']>) {
  return (exchange: Exchange): Reply | null => {
    const { system, underMaintenance } = exchange
    if (underMaintenance === null || (system.dialect.maintenance ?? 'afterRouting') !== place) return null
    const { httpStatus } = underMaintenance
    const reply = refuse(exchange, Failure.when('maintenance', httpStatus === null ? {} : { httpStatus }))
    // A dialect may have another body for another status; the status itself is not a matter of dialect.
    return httpStatus === null ? reply : { ...reply, status: httpStatus }
  }
}
