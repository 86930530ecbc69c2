/** Credentials without a login: each system has its own, a test over all of them cannot know it. */
import { Ids } from '../../src/core/ids.js'
import type { Sandbox } from '../../src/core/sandbox.js'
import { Sessions } from '../../src/core/sessions.js'
import type { System } from '../../src/core/system.js'

/**
 * Logs the first user of the world in who is not banned, by the store.
 * @param seed of the token
 * @returns the headers of his credential; none where the system has no credentials
 */
export async function credential(system: System, sandbox: Sandbox, now: number, seed: string): Promise<Readonly<Record<string, string>>> {
  const { credentials } = system.dialect
  if (credentials === null) return {}
  const { value } = await sandbox.store(system.id).transact(async (tx) => {
    const users: readonly Record<string, unknown>[] = await tx.list(system.users.collection as 'sessions') as never // any collection can be listed
    const user = users.find((one) => system.users.ban === null || one[system.users.ban.field] !== system.users.ban.banned)
    const key = Object.entries(system.state).find(([name]) => name === system.users.collection)?.[1].key ?? 'id'
    const realm = system.users.realm === null ? '' : String(user?.[system.users.realm])
    const sessions = new Sessions(system.sessions, tx, new Ids(seed), now)
    return sessions.issue({ userId: String(user?.[key]), realm })
  })
  return credentials.carry(value.accessToken)
}
