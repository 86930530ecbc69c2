/** Tag `app`: whether the app must be updated, and where its push broker is. */
import type { Handlers, Work } from '../../../core/system.js'
import { SETTINGS } from '../state.js'
import type { Edu } from '../../../generated/edu/contract.js'

export const app = {
  async eduCheckUpdate({ headers: { client }, tx, fail }) {
    const { minClient, latestClient, updateUrl } = await readSettings(tx)
    if (compareVersions(client, minClient) < 0) throw fail('REDIRECT_REQUIRED', { extra: { url: updateUrl } })
    // Whoever must update has been sent to the url by now.
    return { info: { latest: latestClient, url: updateUrl, force: false } }
  },

  async eduMqttInfo({ user: { userID }, session, tx }) {
    const { mqttHost, mqttPort } = await readSettings(tx)
    const identity = { clientid: userID, username: userID, password: session.accessToken }
    return { info: { host: mqttHost, port: mqttPort, ...identity, keepalive: 30, cleansession: false, topic: `clients/${userID}` } }
  },
} satisfies Partial<Handlers<Edu>>

async function readSettings(tx: Work<Edu, 'eduCheckUpdate'>['tx']): Promise<Edu['records']['settings']> {
  const settings = await tx.get('settings', SETTINGS)
  if (settings === undefined) throw new Error('the world has no record of settings')
  return settings
}

/** @returns below, at or above 0; numbers that a version lacks are 0, so 1.2 and 1.2.0.0 are the same */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]] // two in, two out
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
