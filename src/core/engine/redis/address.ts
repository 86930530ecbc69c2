/**
 * What an address of Redis means: `redis://[user:password@]host[:port][,host[:port]…][/db][?prefix=…]`, or `rediss://…` for TLS. Several
 * hosts are nodes of one cluster; one is enough to find the others.
 */
import { ClientPort } from './client.js'
import { ClusterPort } from './cluster.js'
import { loadLibrary } from './library.js'
import type { RedisPort } from './port.js'
import { messageOf } from '../../../plain/message.js'

const PREFIX = 'understudy'

/**
 * @param report told when Redis goes and comes back
 * @throws Error when nobody answers there
 */
export async function openPort(url: string, report: (problem: string) => void): Promise<RedisPort> {
  const library = await loadLibrary()
  const hosts = hostsOf(url)
  const port = (host: string) => new ClientPort(library, host, report)
  const first = await reachOne(hosts, port)
  let reached: RedisPort = first
  try {
    if (await isOfCluster(first)) {
      const cluster = new ClusterPort(first, hosts[0] ?? url, port)
      reached = cluster
      await cluster.learn()
    } else if (hosts.length > 1) throw new Error(`several hosts are nodes of a Redis Cluster, and the Redis at ${first.where} is by itself`)
    return reached
  } catch (error) {
    await reached.close()
    throw error
  }
}

/** @returns what stands in front of all keys */
export function prefixOf(url: string): string {
  return /[?&]prefix=([A-Za-z0-9._-]+)/.exec(url)?.[1] ?? PREFIX
}

/** @returns an address for each host */
function hostsOf(url: string): readonly string[] {
  const [, scheme = 'redis://', who = '', hosts = '', db = ''] = /^(rediss?:\/\/)((?:[^@/]*@)?)([^/?]*)\/?([^?]*)/.exec(url) ?? []
  return hosts.split(',').map((host) => `${scheme}${who}${host}${db === '' ? '' : `/${db}`}`)
}

/** @throws Error when none answers */
async function reachOne(hosts: readonly string[], make: (host: string) => ClientPort): Promise<ClientPort> {
  const refused: string[] = []
  for (const host of hosts) {
    const port = make(host)
    try {
      await port.reach()
      return port
    } catch (error) {
      refused.push(messageOf(error))
    }
  }
  throw new Error(refused.join('; '))
}

async function isOfCluster(port: ClientPort): Promise<boolean> {
  const info = await port.send('', ['INFO', 'cluster'])
  return typeof info === 'string' && /^cluster_enabled:1/m.test(info)
}
