/** Maintenance: the system answers everything in the one way that its dialect has for it. Nothing in the world changes. */
import type { Dialect } from '../dialect.js'
import { Failure } from '../failure.js'
import type { Reply } from '../reply.js'
import type { Maintenance } from '../sandbox.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'
import { type Answer, refuse } from './answer.js'
import type { AnsweredSite, Site } from './route.js'

/** Says in every answer of a system in maintenance why it is not served. */
export const SERVER_STATUS_HEADER = 'server-status'

/**
 * @param place whether routing is still to come; each dialect has its place
 * @returns the answer of a system that is in maintenance; null where this is not the place
 */
export function maintenance(site: Site, asked: Maintenance, place: NonNullable<Dialect<string>['maintenance']>): Answer | null {
  return placeOf(site.arrival.system) === place ? closed(site, asked) : null
}

/**
 * @param asked what is to be said, and with which status
 * @returns what an app gets from the system in maintenance: the answer to the first of its operations, whether it is in maintenance or not
 */
export function answerInMaintenance(system: System, turn: Turn, asked: Maintenance): Reply {
  const [first] = Object.entries(system.contract.operations)
  const [operation, row] = first !== undefined && placeOf(system) === 'afterRouting' ? first : [null, null]
  const settings = turn.state.systems[system.id]?.settings ?? {}
  const { reply } = closed({ arrival: { system, turn, settings }, operation, row }, asked)
  const { status, headers, body } = reply
  // What a dialect refuses with is whole, never a stream.
  return { status, headers: { ...headers, [SERVER_STATUS_HEADER]: asked.status }, body: typeof body === 'string' || body instanceof Uint8Array ? body : '' }
}

function closed(site: AnsweredSite, { httpStatus }: Maintenance): Answer {
  const answer = refuse(site, Failure.when('maintenance', httpStatus === null ? {} : { httpStatus }))
  // A dialect may have another body for another status; the status itself is not a matter of dialect.
  return httpStatus === null ? answer : { ...answer, reply: { ...answer.reply, status: httpStatus } }
}

function placeOf({ dialect }: System): NonNullable<Dialect<string>['maintenance']> {
  return dialect.maintenance ?? 'afterRouting'
}
