/** Credentials without a login: each system has its own way in, a test over all of them cannot know it. */
import type { Box } from '../../src/client/box.js'
import type { System } from '../../src/core/system.js'

/**
 * Logs the first user of the world in who is not banned.
 * @returns the headers of his credential; none where the system has no credentials
 */
export async function credential(system: System, box: Box): Promise<Readonly<Record<string, string>>> {
  if (system.dialect.credentials === null) return {}
  const user = (await box.sessions.users(system.id)).find(({ banned }) => !banned)
  if (user === undefined) throw new Error(`the world of ${system.id} has no user who is not banned`)
  return (await box.sessions.issue({ system: system.id, user: user.id, realm: user.realm })).headers
}
