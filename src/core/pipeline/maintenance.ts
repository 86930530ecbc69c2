/** Maintenance: the system answers everything in the one way that its dialect has for it. Nothing in the world changes. */
import type { Dialect } from '../dialect.js'
import { Failure } from '../failure.js'
import type { Exchange } from './exchange.js'

/** Says in every answer of a system in maintenance why it is not served. */
export const SERVER_STATUS_HEADER = 'server-status'

/**
 * @param place whether the step stands before routing or after it; each dialect has its place
 * @returns the step
 * @throws Failure `maintenance`
 */
export function maintenance(place: NonNullable<Dialect<string>['maintenance']>) {
  return ({ system, underMaintenance }: Exchange): void => {
    if (underMaintenance === null || (system.dialect.maintenance ?? 'afterRouting') !== place) return
    const { httpStatus } = underMaintenance
    throw Failure.when('maintenance', httpStatus === null ? {} : { httpStatus })
  }
}
