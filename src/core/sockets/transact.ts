/** One frame, or one delivery, as one transaction. */
import type { Credential } from '../dialect.js'
import { Ids } from '../ids.js'
import type { Turn } from '../generation.js'
import type { CoreRecords } from '../sandbox.js'
import { type SessionRecord, Sessions } from '../sessions.js'
import type { Change, Doc, Transaction } from '../store/types.js'
import type { System } from '../system.js'

/** Whose connection it is: by the credential of the upgrade request, or by the session that was found then. */
export type Caller = { readonly credential: Credential } | { readonly sessionId: string }

/** Who was found to call. */
export interface Known {
  readonly session: SessionRecord
  readonly user: Doc
}

export interface Outcome<T> {
  /** Null when the caller has no active session (any more); then nothing was done. */
  readonly known: Known | null
  /** What the work came to; null when it was not done. */
  readonly result: T | null
  readonly changes: readonly Change[]
}

/** What a transaction on a connection needs to know. */
export interface TransactParts {
  readonly turn: Turn
  readonly system: System
  readonly caller: Caller
  readonly memory: unknown
  readonly position: unknown
}

/**
 * Finds the session, then does the work, in one transaction of the sandbox's store.
 * @param work a handler of the socket; it may be run more than once
 * @throws Superseded when the sandbox was reset meanwhile
 */
export async function transact<T>(parts: TransactParts, work: (work: never) => Promise<T>): Promise<Outcome<T>> {
  const { turn, system, caller, memory, position } = parts
  const { state, now } = turn
  const settings = state.systems[system.id]?.settings ?? {}
  const { value, changes } = await turn.store(system.id).transact(async (coreTx) => {
    const tx = coreTx as Transaction<CoreRecords & Record<string, Doc>> // every system's store holds the core's collections and its own
    const ids = new Ids(`${state.seed}/${system.id}/${String(state.requests)}`)
    const known = await findCaller(tx, new Sessions(system.sessions, tx, ids, now), system, caller)
    if (known === null) return { known, result: null }
    // The socket was declared for the records of this very system; `memory` and `position` are what it returned before.
    return { known, result: await work({ memory, position, ...known, tx, now, ids, settings } as never) }
  })
  return { ...value, changes }
}

async function findCaller(tx: Transaction<CoreRecords & Record<string, Doc>>, sessions: Sessions, { users }: System, caller: Caller): Promise<Known | null> {
  const session = 'sessionId' in caller ? await stillActive(tx, sessions, caller.sessionId) : await firstActive(sessions, caller.credential)
  const user = session === null ? undefined : await tx.get(users.collection, users.key(session.userId))
  return session === null || user === undefined ? null : { session, user }
}

async function firstActive(sessions: Sessions, { tokens, realm }: Credential): Promise<SessionRecord | null> {
  for (const token of tokens) {
    const found = await sessions.byAccessToken(token, realm)
    if (found.state === 'active') return found.session
  }
  return null
}

async function stillActive(tx: Transaction<CoreRecords>, sessions: Sessions, id: string): Promise<SessionRecord | null> {
  const session = await tx.get('sessions', id)
  if (session === undefined) return null
  const found = await sessions.byAccessToken(session.accessToken)
  return found.state === 'active' ? found.session : null
}
