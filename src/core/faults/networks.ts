/** Networks: what befalls every call on the way, by a name. Each is a few fault rules. */
import type { NetworkFault } from './kinds.js'

/** What a network does to every call. Errors are answers of a system, and none of its doing. */
export interface NetworkRule {
  /** Its kind (`latency`, `drop`, …), with what belongs to it; spans are milliseconds. */
  readonly fault: NetworkFault
  /** 0 to 1; drawn from the sandbox's seed, so that it repeats. Always when left out. */
  readonly probability?: number
  /** So long on the sandbox's clock: `20s`, `5m`, or an ISO 8601 duration. For ever when left out. */
  readonly for?: string
}

/** Networks by their names. */
export type Networks = Readonly<Record<string, readonly NetworkRule[]>>

/** Those that everybody knows. */
export const usualNetworks: Networks = {
  '3g': [{ fault: { kind: 'latency', min: 300, max: 800 } }],
  subway: [{ fault: { kind: 'latency', min: 800, max: 2500 } }, { fault: { kind: 'drop' }, probability: 0.3 }],
  offline: [{ fault: { kind: 'drop' }, for: '20s' }],
}
