/** What an address of Redis means: `redis://[user:password@]host[:port][/db][?prefix=…]`, or `rediss://…` for TLS. */
import { connectRedis } from './client.js'
import type { RedisPort } from './port.js'

const PREFIX = 'understudy'

/**
 * @param report told when Redis goes and comes back
 * @throws Error when nobody answers there
 */
export function openPort(url: string, report: (problem: string) => void): Promise<RedisPort> {
  return connectRedis(url.replace(/\?.*$/, ''), report)
}

/** @returns what stands in front of all keys */
export function prefixOf(url: string): string {
  return /[?&]prefix=([A-Za-z0-9._-]+)/.exec(url)?.[1] ?? PREFIX
}
