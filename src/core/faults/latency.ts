/** The fault `latency`: the call waits before anything else is done about it. */
import { parseMilliseconds } from '../duration.js'
import type { FaultKind, Struck } from './kind.js'

/** Waits `min` milliseconds, or a time between `min` and `max`. */
export interface LatencyFault {
  readonly kind: 'latency'
  readonly min: number
  readonly max?: number
}

export const latency: FaultKind<LatencyFault> = {
  kind: 'latency',
  schema: 'LatencyFault',
  role: 'wait',
  misfit: ({ min, max = min }) => (max < min ? { detail: `The latency's max, ${String(max)}, is below its min, ${String(min)}.`, line: 'fault.max is below fault.min' } : null),
  onCall: (fault, call) => ({ wait: timeOf(fault, call) }),
  onFrame: (fault, frame) => ({ wait: timeOf(fault, frame) }),
  flags: [
    {
      name: 'latency',
      value: '<time>',
      description: 'wait first: 800 (milliseconds) or 2s, or 800-2500 for something between',
      expected: 'write it like 800, 2s, 800-2500 or 1s-3s.',
      read(value) {
        const parts = value.split('-').map(parseMilliseconds)
        const [min = null, max = null] = parts
        if (min === null || parts.length > 2 || (parts.length === 2 && max === null)) return null
        return { kind: 'latency', min, ...(max === null ? {} : { max }) }
      },
    },
  ],
}

/** `min`, or a time between both drawn from the sandbox's seed. */
function timeOf({ min, max = min }: LatencyFault, struck: Struck): number {
  return min === max ? min : Math.min(min, max) + struck.chance('latency').below(Math.abs(max - min) + 1)
}
