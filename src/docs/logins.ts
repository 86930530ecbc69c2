/** Login done for the reader: a session for a user of the world, issued by the service that the system's own login uses. */
import { type AnyTransaction, transact } from '../control/access.js'
import { findUser, personOf, showUser } from '../control/users.js'
import { Ids } from '../core/ids.js'
import type { Sandbox } from '../core/sandbox.js'
import { Sessions, unknownDevice } from '../core/sessions.js'
import type { System } from '../core/system.js'

/** More users are found by their names in a moment than read in a list. */
const MOST_USERS = 200

/** Shown to whoever is displaced by it. */
const DEVICE = { ...unknownDevice, label: 'Understudy docs' }

/** A user whom the reader can be. */
export interface Reader {
  readonly id: string
  readonly realm: string
  /** What people know the user by: phone, display name. */
  readonly names: readonly string[]
  readonly roles: readonly string[]
  readonly banned: boolean
}

/** @returns users of the sandbox as it is now, so many as fit a list, and how many there are */
export async function listReaders(sandbox: Sandbox, system: System): Promise<{ readers: readonly Reader[]; total: number }> {
  const records = await transact(sandbox, system, (tx) => tx.list(system.users.collection))
  const readers = records.slice(0, MOST_USERS).map((record): Reader => {
    const { id, realm, names, banned } = showUser(system, personOf(system, record))
    const known = Object.values(names).filter((name) => name !== null && name !== '').map(String)
    return { id, realm, names: [...new Set(known)], roles: system.users.roles?.(record) ?? [], banned }
  })
  return { readers, total: records.length }
}

/** What a request carries from now on. */
export interface Login {
  readonly user: string
  readonly realm: string
  /** Header by lower-case name; none where the system takes its token in no header. */
  readonly headers: Readonly<Record<string, string>>
  readonly accessToken: string
  readonly refreshToken: string | null
  /** The user's access tokens that are dead by now: what an example shows of them is out of date. */
  readonly outdated: readonly string[]
}

/**
 * Logs a user in, as a login of the system's own would: where a user may have one session, the others end.
 * @param user the id, or a name or phone
 * @param realm the user type, where several have a user of that name
 * @throws Refusal when nobody or more than one is meant
 */
export async function logIn(sandbox: Sandbox, system: System, user: string, realm: string | undefined): Promise<Login> {
  // Counted like a request, for ids are drawn by its number.
  const state = await sandbox.countRequest()
  const ids = `${state.seed}/${system.id}/${String(state.requests)}`
  return transact(sandbox, system, async (tx: AnyTransaction) => {
    const person = await findUser(tx, system, user, realm)
    const sessions = new Sessions(system.sessions, tx, new Ids(ids), sandbox.now(state))
    const { accessToken, refreshToken } = await sessions.issue({ userId: person.id, realm: person.realm, device: DEVICE })
    const ended = (await sessions.ofUser(person.id, person.realm)).filter(({ endedAt }) => endedAt !== null)
    return {
      user: person.id,
      realm: person.realm,
      headers: system.dialect.credentials?.carry(accessToken) ?? {},
      accessToken,
      refreshToken,
      outdated: ended.map((session) => session.accessToken),
    }
  })
}
