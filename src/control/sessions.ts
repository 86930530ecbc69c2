/** Who is logged in, and what may befall them from outside. What a client is then told is its system's own business. */
import type { Turn } from '../core/turn.js'
import { type SessionRecord, Sessions, unknownDevice } from '../core/sessions.js'
import type { System } from '../core/system.js'
import { type AnyTransaction, instant, instantOrNull, openSandbox, systemOf, systemsOf, transact } from './access.js'
import { looking } from './past.js'
import type { ControlHandlers, Task } from './task.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { mask } from '../core/secrets.js'
import { findUser, findUsers, type Person } from './users.js'

export const sessions: ControlHandlers<'listSessions' | 'issueSession' | 'kickUser' | 'expireSession' | 'revokeSessions'> = {
  listSessions: async ({ input, parts }) => {
    return looking(parts, input, async (turn) => {
      const found: { readonly system: System; readonly session: SessionRecord }[] = []
      for (const system of systemsOf(parts, input.system)) {
        const records = await transact(turn, system, (tx) => (input.user === undefined ? tx.list('sessions') : ofUsers(tx, system, input.user)))
        found.push(...records.map((session) => ({ system, session })))
      }
      found.sort((a, b) => b.session.issuedAt - a.session.issuedAt)
      const shown = found.map(({ system, session }) => showSession(system, session, turn.now, input.secrets))
      return { sessions: input.state === undefined ? shown : shown.filter(({ state }) => state === input.state) }
    })
  },

  issueSession: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    const sandbox = openSandbox(parts, input.sandbox)
    const issue = (turn: Turn) => transact(turn, system, async (tx) => {
      const { now } = turn
      const { id: userId, realm } = await findUser(tx, system, input.user, input.realm)
      const service = new Sessions(system.sessions, tx, turn.tokens(system.id), now)
      const before = new Set((await service.ofUser(userId, realm)).filter(isUnended).map(({ id }) => id))
      const session = await service.issue({ userId, realm, device: { ...unknownDevice, ...input.device } })
      const ended = (await service.ofUser(userId, realm)).filter((other) => before.has(other.id) && !isUnended(other))
      return {
        session: showSession(system, session, now, true),
        headers: { ...system.dialect.credentials?.carry(session.accessToken) },
        ended: ended.reverse().map((other) => showSession(system, other, now, true)),
      }
    })
    return sandbox.during(issue, true)
  },

  kickUser: (call) => onSessions(call, async ({ service, person }) => {
    const device = { ...unknownDevice, ...call.input.by }
    return service.displace(person.id, person.realm, device)
  }),

  expireSession: (call) => onSessions(call, async ({ tx, service, person, now }) => {
    const { session: wanted, token } = call.input
    const all = await service.ofUser(person.id, person.realm)
    if (wanted !== undefined && !all.some(({ id }) => id === wanted)) {
      throw refusal(404, 'no-such-session', `The user ${quote(person.id)} has no session ${quote(wanted)}. GET …/sessions lists those there are.`)
    }
    const chosen = all.filter((session) => isUnended(session) && (wanted === undefined || session.id === wanted))
    for (const { id, accessExpiresAt, refreshToken, refreshExpiresAt } of chosen) {
      await tx.update('sessions', id, {
        ...(token === 'refresh' ? {} : { accessExpiresAt: Math.min(now, accessExpiresAt ?? now), previousAccess: null }),
        ...(token === 'access' || refreshToken === null ? {} : { refreshExpiresAt: Math.min(now, refreshExpiresAt ?? now) }),
      })
    }
    return chosen
  }),

  revokeSessions: (call) => onSessions(call, async ({ service, person }) => {
    const active = (await service.ofUser(person.id, person.realm)).filter(isUnended)
    for (const session of active) await service.end(session, 'revoked')
    return active
  }),

}

/** What a change of a user's sessions works with. */
interface Affair {
  readonly tx: AnyTransaction
  readonly service: Sessions
  readonly person: Person
  readonly now: number
}

/** Carries out a change of a user's sessions in one transaction, and shows those that were changed as they are now. */
async function onSessions({ input, parts }: Task<'kickUser' | 'expireSession' | 'revokeSessions'>, change: (affair: Affair) => Promise<readonly SessionRecord[]>) {
  const system = systemOf(parts, input.system)
  return openSandbox(parts, input.sandbox).during((turn) => transact(turn, system, async (tx) => {
    const { now } = turn
    const service = new Sessions(system.sessions, tx, turn.tokens(system.id), now)
    const person = await findUser(tx, system, input.user, input.realm)
    const changed = new Set((await change({ tx, service, person, now })).map(({ id }) => id))
    const after = (await service.ofUser(person.id, person.realm)).filter(({ id }) => changed.has(id))
    return { sessions: after.reverse().map((session) => showSession(system, session, now, false)) }
  }))
}

/** Sessions outlive a record that was deleted, so a name that no user has may still be an id. */
async function ofUsers(tx: AnyTransaction, system: System, name: string): Promise<readonly SessionRecord[]> {
  const ids = new Set([name, ...(await findUsers(tx, system, name, undefined)).map(({ id }) => id)])
  return tx.list('sessions', ({ userId }) => ids.has(userId))
}

function isUnended({ endedAt }: SessionRecord): boolean {
  return endedAt === null
}

/** @returns the session as the control plane shows one; its tokens as they are where `secrets` is true */
export function showSession(system: System, session: SessionRecord, now: number, secrets: boolean) {
  const isOver = session.accessExpiresAt !== null && now >= session.accessExpiresAt
  const { displacedBy, refreshToken } = session
  return {
    id: session.id,
    system: system.id,
    user: session.userId,
    realm: session.realm,
    device: { ...session.device },
    state: session.endedBy ?? (isOver ? ('expired' as const) : ('active' as const)),
    issuedAt: instant(session.issuedAt),
    accessToken: secrets ? session.accessToken : mask(session.accessToken),
    accessExpiresAt: instantOrNull(session.accessExpiresAt),
    refreshToken: secrets || refreshToken === null ? refreshToken : mask(refreshToken),
    refreshExpiresAt: instantOrNull(session.refreshExpiresAt),
    endedAt: instantOrNull(session.endedAt),
    ...(session.real !== undefined && { real: true as const }),
    displacedBy: displacedBy === null ? null : { ...displacedBy, at: instant(displacedBy.at) },
  }
}
