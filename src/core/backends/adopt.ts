/** Sessions across the seam: what a real backend's answer says of a session becomes true in the sandbox, too. */
import type { SeenReply, SeenUser, SessionNews } from '../dialect.js'
import { NoRoom } from '../engine/engine.js'
import { misfitOf } from '../records.js'
import type { SystemRecords } from '../sandbox-state.js'
import { type GivenTokens, type RealTokens, type SessionRecord, Sessions } from '../sessions.js'
import { type Doc, StoreError, type Transaction } from '../store/types.js'
import type { System } from '../system.js'
import type { Turn } from '../turn.js'

type Tx = Transaction<SystemRecords>

/** What an answer was to, as far as sessions go. */
export interface Adopting {
  readonly system: System
  readonly turn: Turn
  /** URL of the backend that has answered. */
  readonly backend: string
  /** The session whose token the call carried; null where the sandbox does not know it. */
  readonly caller: SessionRecord | null
}

/** What came of the news. */
export interface Adopted {
  /** The user who has logged in; null where nobody has. */
  readonly userId: string | null
  /** Why the news could not be taken in; null where all is well. */
  readonly problem: string | null
}

const NOTHING: Adopted = { userId: null, problem: null }

/**
 * @returns what the answer says of sessions. Of a code that the contract does not know the dialect may say that it is a login's all the same. Where the dialect has nothing special to say, the condition of the error does: who is told
 *   that he is not logged in, or was displaced, has no session any more
 */
export function newsOf({ dialect, contract }: System, seen: SeenReply): SessionNews | null {
  const news = dialect.adopt?.(seen) ?? null
  if (seen.error === undefined) return news?.kind === 'began' ? news : null
  if (news !== null || seen.error === null) return news
  const condition = contract.errors[seen.error]?.condition
  if (condition === 'kickedOut') return { kind: 'ended', reason: 'displaced' }
  return condition === 'unauthenticated' ? { kind: 'ended', reason: 'revoked' } : null
}

/**
 * Takes in what a real backend has answered to the client itself.
 * @throws Superseded when the sandbox was reset meanwhile
 */
export async function adopt({ system, turn, backend, caller }: Adopting, news: SessionNews): Promise<Adopted> {
  return within({ system, turn }, async (tx) => {
    const sessions = new Sessions(system.sessions, tx, turn.tokens(system.id), turn.now)
    switch (news.kind) {
      case 'began': {
        const { realm = '', device, tokens } = news
        const { userId, problem } = await userOf(system, tx, news.user)
        if (userId === null) return { userId: null, problem }
        await giveUp(tx, tokens)
        await sessions.issue({ userId, realm, real: { ...tokens, backend }, ...(device === undefined ? {} : { device }) })
        return { userId, problem: null }
      }
      case 'renewed': {
        const session = await renewedOne(tx, news.by, caller, backend)
        if (session === null) return NOTHING
        const { access, accessLifetime, refresh, refreshLifetime } = news.tokens
        await giveUp(tx, news.tokens, session.id)
        const after = (left: number | null | undefined) => (left === null || left === undefined ? null : turn.now + left)
        await tx.update('sessions', session.id, {
          ...(access === undefined ? {} : { accessToken: access, accessExpiresAt: after(accessLifetime), previousAccess: null }),
          ...(refresh === undefined ? {} : { refreshToken: refresh, refreshExpiresAt: after(refreshLifetime) }),
          real: { backend, access: access ?? session.accessToken, refresh: refresh === undefined ? session.refreshToken : refresh },
        })
        return NOTHING
      }
      case 'ended': {
        const session = caller === null ? undefined : await tx.get('sessions', caller.id)
        if (session?.real?.backend !== backend || session.endedAt !== null) return NOTHING
        const displacedBy = news.displacedBy ?? null
        await tx.update('sessions', session.id, { endedAt: turn.now, endedBy: news.reason, displacedBy })
        return NOTHING
      }
    }
  })
}

/**
 * Notes by which tokens the real backend knows a session that the stub keeps itself, because it answered the same call, too.
 * @param own the session that the stub began in answer to the call, and the one whose tokens it renewed; null where there is none
 */
export async function pair({ system, turn, backend, caller }: Adopting, news: SessionNews, { issued, renewed }: { readonly issued: SessionRecord | null; readonly renewed: SessionRecord | null }): Promise<Adopted> {
  return within({ system, turn }, async (tx) => {
    // Whoever renews his tokens shows the one for that, and need not show the other.
    const own = { began: issued, renewed: renewed ?? caller, ended: caller }[news.kind]
    const session = own === null ? undefined : await tx.get('sessions', own.id)
    // A token that is dead here as well can be shown to be; one that is dead there alone is of no use any more.
    if (session === undefined || (news.kind === 'ended' && news.reason === 'loggedOut')) return NOTHING
    await tx.update('sessions', session.id, { real: pairedTokens(session.real, news, backend) })
    return NOTHING
  })
}

function pairedTokens(real: RealTokens | undefined, news: SessionNews, backend: string): RealTokens | undefined {
  const before = real?.backend === backend ? real : undefined
  // What another backend knows of the session is none of this one's.
  if (news.kind === 'ended') return before === undefined ? real : undefined
  if (news.kind === 'began') return { backend, access: news.tokens.access, refresh: news.tokens.refresh }
  const access = news.tokens.access ?? before?.access
  return access === undefined ? real : { backend, access, refresh: news.tokens.refresh ?? before?.refresh ?? null }
}

async function within({ system, turn }: Pick<Adopting, 'system' | 'turn'>, work: (tx: Tx) => Promise<Adopted>): Promise<Adopted> {
  try {
    return (await turn.transact(system.id, work)).value
  } catch (error) {
    if (error instanceof StoreError || error instanceof NoRoom) return { userId: null, problem: error.message }
    throw error
  }
}

/** A backend may give the same tokens again: then they are the newest session's. */
async function giveUp(tx: Tx, { access, refresh = null }: Partial<GivenTokens>, newest?: string): Promise<void> {
  const same = access === undefined ? undefined : await tx.find('sessions', { accessToken: access })
  if (same !== undefined && same.id !== newest) await tx.delete('sessions', same.id)
  const sharing = refresh === null ? undefined : await tx.find('sessions', { refreshToken: refresh })
  if (sharing !== undefined && sharing.id !== newest) await tx.update('sessions', sharing.id, { refreshToken: null, refreshExpiresAt: null })
}

async function renewedOne(tx: Tx, by: string | null, caller: SessionRecord | null, backend: string): Promise<SessionRecord | null> {
  const found = by === null ? undefined : await tx.find('sessions', { refreshToken: by })
  const session = found ?? (caller === null ? undefined : await tx.get('sessions', caller.id))
  return session?.real?.backend === backend ? session : null
}

/** The user whom the names fit, or who has the same key; made where there is none. */
async function userOf(system: System, tx: Tx, { names, key, record }: SeenUser): Promise<{ readonly userId: string | null; readonly problem: string | null }> {
  const { collection } = system.users
  const field = system.state[collection]?.key ?? ''
  const isHim = (user: Doc) => Object.entries(names).every(([name, value]) => String(user[name]) === value)
  const [known] = await tx.list(collection, isHim)
  const user = known ?? (key === undefined ? undefined : await tx.get(collection, system.users.key(key)))
  if (user !== undefined) return { userId: String(user[field]), problem: null }
  const made = { ...(await record((first) => tx.next(collection, first))) }
  const misfit = misfitOf(system, collection, made)
  if (misfit !== null) return { userId: null, problem: `what the backend told of the user makes no record of ${collection}: ${misfit}` }
  return { userId: String((await tx.insert(collection, made))[field]), problem: null }
}
