/** Who calls: the one answer for requests, openings of sockets, frames and deliveries. */
import { isDeepStrictEqual } from 'node:util'
import { Failure } from './failure.js'
import { activeOrFailure, type Found, type SessionRecord, type Sessions } from './sessions.js'
import type { SystemRecords } from './sandbox.js'
import type { Doc, Transaction } from './store/types.js'
import type { System } from './system.js'

/** Where callers are looked for: the sessions and records of one system, within one transaction. */
export interface Registry {
  readonly system: System
  readonly sessions: Sessions
  readonly tx: Transaction<SystemRecords>
}

/** How a caller is known: by the tokens that he shows, the likeliest first, or by a session that was found before. */
export type Proof =
  | {
      readonly tokens: readonly string[]
      /** The realm that the session has to belong to; any when left out. */
      readonly realm?: string | undefined
      /** Whether tokens that are worth nothing count as none. */
      readonly mayBeDead: boolean
    }
  | { readonly sessionId: string }

/** Who was found to call. */
export interface KnownCaller {
  readonly session: SessionRecord
  readonly user: Doc
}

/** Somebody known, nobody, or why the caller is turned away, with the key of the user where there is one. */
export type Caller =
  | ({ readonly kind: 'known' } & KnownCaller)
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly userId: string | null }

export const NOBODY: Caller = { kind: 'nobody' }

/** @returns who calls. A session has to be active, its user has to be there, and must not be banned. */
export async function identify(registry: Registry, proof: Proof): Promise<Caller> {
  const found = 'sessionId' in proof ? await bySession(registry, proof.sessionId) : await byTokens(registry, proof)
  if (found === null) return NOBODY
  const active = activeOrFailure(found)
  if (active instanceof Failure) return refused(active)
  const { session } = active
  const { users } = registry.system
  const user = await registry.tx.get(users.collection, users.key(session.userId))
  if (user === undefined) return refused(Failure.when('unauthenticated', { cause: 'deadCredential' }))
  if (isBanned(registry.system, user)) return refused(Failure.when('banned'), session.userId)
  return { kind: 'known', session, user }
}

/** @returns the key of the user that the caller is, as text, be he welcome or not; null where nobody is known */
export function userIdOf(caller: Caller): string | null {
  if (caller.kind === 'known') return caller.session.userId
  return caller.kind === 'refused' ? caller.userId : null
}

function isBanned({ users: { ban } }: System, user: Doc): boolean {
  return ban !== null && isDeepStrictEqual(user[ban.field], ban.banned)
}

function refused(failure: Failure, userId: string | null = null): Caller {
  return { kind: 'refused', failure, userId }
}

const UNKNOWN: Found = { state: 'unknown', session: null }

/** The record at hand is judged as it is: the token that it was found by may have been replaced since. */
async function bySession({ sessions, tx }: Registry, id: string): Promise<Found> {
  const session = await tx.get('sessions', id)
  return session === undefined ? UNKNOWN : sessions.judge(session)
}

/** @returns what the first token that is known is worth; null when it is dead and may be */
async function byTokens({ sessions }: Registry, { tokens, realm, mayBeDead }: Exclude<Proof, { readonly sessionId: string }>): Promise<Found | null> {
  for (const token of tokens) {
    const found = await sessions.byAccessToken(token, realm)
    if (found.state === 'active' || (found.state !== 'unknown' && !mayBeDead)) return found
  }
  return mayBeDead ? null : UNKNOWN
}
