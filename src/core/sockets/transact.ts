/** One frame, or one delivery, as one transaction. */
import type { Credential } from '../dialect.js'
import { Ids } from '../ids.js'
import type { ControlState, CoreRecords, Sandbox } from '../sandbox.js'
import { type SessionRecord, Sessions } from '../sessions.js'
import type { Change, Doc, Transaction } from '../store/types.js'
import type { System } from '../system.js'
import type { SocketAnswer } from './definition.js'

/** Whose connection it is: by the credential of the upgrade request, or by the session that was found then. */
export type Caller = { readonly credential: Credential } | { readonly sessionId: string }

/** Who was found to call. */
export interface Known {
  readonly session: SessionRecord
  readonly user: Doc
}

export interface Outcome {
  /** Null when the caller has no live session (any more); then nothing was done. */
  readonly known: Known | null
  readonly answer: SocketAnswer<unknown>
  readonly changes: readonly Change[]
}

const NO_ANSWER: SocketAnswer<unknown> = { frames: [] }

/** What the work of a transaction is given; a socket's own handlers declare it with their types. */
type AnyWork = (work: never) => Promise<SocketAnswer<unknown>>

/**
 * Finds the session, then does the work, in one transaction of the sandbox's store.
 * @param turn the number that the sandbox gave to this frame; its ids come from it
 * @param memory what the connection remembers
 * @param work a handler of the socket; null only finds the session
 */
export async function transact(parts: { sandbox: Sandbox; system: System; state: ControlState; caller: Caller; turn: string; memory: unknown }, work: AnyWork | null): Promise<Outcome> {
  const { sandbox, system, state, caller, turn, memory } = parts
  const now = sandbox.now(state)
  const settings = state.systems[system.id]?.settings ?? {}
  const { value, changes } = await sandbox.store(system.id).transact(async (coreTx) => {
    const tx = coreTx as Transaction<CoreRecords & Record<string, Doc>> // every system's store holds the core's collections and its own
    const ids = new Ids(`${state.seed}/${system.id}/${turn}`)
    const known = await findCaller(tx, new Sessions(system.sessions, tx, ids, now), system, caller)
    if (known === null || work === null) return { known, answer: NO_ANSWER }
    // The socket was declared for the records of this very system, and `memory` is what it returned before.
    return { known, answer: await work({ memory, ...known, tx, now, ids, settings } as never) }
  })
  return { ...value, changes }
}

async function findCaller(tx: Transaction<CoreRecords & Record<string, Doc>>, sessions: Sessions, { users }: System, caller: Caller): Promise<Known | null> {
  const session = 'sessionId' in caller ? await stillLive(tx, sessions, caller.sessionId) : await firstLive(sessions, caller.credential)
  const user = session === null ? undefined : await tx.get(users.collection, users.key(session.userId))
  return session === null || user === undefined ? null : { session, user }
}

async function firstLive(sessions: Sessions, { tokens, realm }: Credential): Promise<SessionRecord | null> {
  for (const token of tokens) {
    const found = await sessions.byAccessToken(token, realm)
    if (found.state === 'live') return found.session
  }
  return null
}

async function stillLive(tx: Transaction<CoreRecords>, sessions: Sessions, id: string): Promise<SessionRecord | null> {
  const session = await tx.get('sessions', id)
  if (session === undefined) return null
  const found = await sessions.byAccessToken(session.accessToken)
  return found.state === 'live' ? found.session : null
}
