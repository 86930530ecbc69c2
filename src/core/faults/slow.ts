/** The fault `slow`: the answer's body trickles in small pieces. */
import { parseMilliseconds } from '../duration.js'
import type { FaultKind } from './kind.js'

/** Sends the body in pieces, over so many milliseconds. */
export interface SlowFault {
  readonly kind: 'slow'
  readonly milliseconds: number
  readonly chunks?: number
}

const CHUNKS = 10

export const slow: FaultKind<SlowFault> = {
  kind: 'slow',
  schema: 'SlowFault',
  role: 'delivery',
  onCall: ({ milliseconds, chunks = CHUNKS }) => ({ delivery: { kind: 'slow', milliseconds, chunks } }),
  // A frame arrives whole or not at all, so this one takes its time to set out.
  onFrame: ({ milliseconds }) => ({ wait: milliseconds }),
  flags: [
    {
      name: 'slow',
      value: '<time>',
      description: 'let the answer trickle for so long: 800 (milliseconds) or 2s',
      expected: 'write it in milliseconds, as in 800, or like 2s.',
      read(value) {
        const milliseconds = parseMilliseconds(value)
        return milliseconds === null ? null : { kind: 'slow', milliseconds, chunks: CHUNKS }
      },
    },
  ],
}
