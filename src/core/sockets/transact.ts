/** One frame, or one delivery, as one transaction. */
import { callErased } from '../erased.js'
import type { Turn } from '../turn.js'
import { type Caller, identify, type Proof } from '../identify.js'
import { Sessions } from '../sessions.js'
import type { Change } from '../store/types.js'
import type { System } from '../system.js'

/** What a transaction on a connection came to. */
export interface Transacted<T> {
  /** Who calls. Where nobody is known (any more), nothing was done. */
  readonly caller: Caller
  /** What the work came to; null when it was not done. */
  readonly result: T | null
  readonly changes: readonly Change[]
}

/** What a transaction on a connection needs to know. */
export interface TransactParts {
  readonly turn: Turn
  readonly system: System
  readonly proof: Proof
  readonly memory: unknown
  readonly position: unknown
}

/**
 * Finds out who calls, then does the work, in one transaction of the sandbox's store.
 * @param work a handler of the socket; it may be run more than once
 * @throws Superseded when the sandbox was reset meanwhile
 */
export async function transact<T>(parts: TransactParts, work: (work: never) => Promise<T>): Promise<Transacted<T>> {
  const { turn, system, proof, memory, position } = parts
  const { state, now } = turn
  const settings = state.systems[system.id]?.settings ?? {}
  const { value, changes } = await turn.transact(system.id, async (tx) => {
    const ids = turn.ids(system.id)
    const caller = await identify({ system, tx, sessions: new Sessions(system.sessions, tx, turn.tokens(system.id), now) }, proof)
    if (caller.kind !== 'known') return { caller, result: null }
    const { session, user } = caller
    // The socket was declared for the records of this very system; `memory` and `position` are what it returned before.
    return { caller, result: await callErased(work, { memory, position, session, user, tx, now, ids, settings }) }
  })
  return { ...value, changes }
}
