/** The fault `latency`: the call waits before anything else is done about it. */
import type { Ids } from '../ids.js'
import type { LatencyFault } from './rule.js'

/** @returns the milliseconds to wait: `min`, or a time between both drawn from the sandbox's seed */
export function latencyOf({ min, max = min }: LatencyFault, ids: Ids): number {
  return Math.min(min, max) + ids.below(Math.abs(max - min) + 1)
}
