/** What can be done to sandboxes in Redis while no stub has them. */
import { openPort, prefixOf } from './address.js'
import { houseKeysOf } from './layout.js'
import type { RedisPort } from './port.js'
import { listFrom, numberFrom, textFrom } from './reply.js'
import { BEAT } from './registry-scripts.js'
import { SILENT } from './registry.js'

/** So many keys are looked at in one go. */
const SOME = '1000'

/**
 * Removes all sandboxes, and what they were made for.
 * @param url as for the engine; of its prefix
 * @returns how many sandboxes there were
 * @throws Error when stubs are using them
 */
export async function clearRedis(url: string): Promise<number> {
  const port = await openPort(url, () => undefined)
  try {
    const prefix = prefixOf(url)
    const { processes, sandboxes } = houseKeysOf(prefix)
    const others = numberFrom(await port.run(BEAT, [processes], [String(SILENT)]))
    if (others > 0) throw new Error(`${String(others)} ${others === 1 ? 'stub uses' : 'stubs use'} the sandboxes in Redis at ${port.where}; stop all, and clear them then. One that was killed is forgotten after a minute.`)
    const count = numberFrom(await port.send(sandboxes, ['ZCARD', sandboxes]))
    for (const node of port.nodes()) {
      // One by one, for a cluster takes no two that differ in their tags.
      for await (const keys of keysIn(node, `${prefix}:{*}:*`)) await Promise.all(keys.map((key) => port.send(key, ['UNLINK', key])))
    }
    return count
  } finally {
    await port.close()
  }
}

async function* keysIn(port: RedisPort, pattern: string): AsyncGenerator<readonly string[]> {
  let cursor = '0'
  do {
    const [next, keys] = listFrom(await port.send('', ['SCAN', cursor, 'MATCH', pattern, 'COUNT', SOME]))
    cursor = textFrom(next)
    yield listFrom(keys).map(textFrom)
  } while (cursor !== '0')
}
