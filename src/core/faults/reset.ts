/** The fault `reset`: the connection is reset in the middle of the answer's body. */
import type { FaultKind } from './kind.js'

/** Resets the connection in the middle of the body. */
export interface ResetFault {
  readonly kind: 'reset'
}

export const reset: FaultKind<ResetFault> = {
  kind: 'reset',
  schema: 'ResetFault',
  role: 'delivery',
  onCall: () => ({ delivery: { kind: 'cut', at: 'body' } }),
  onFrame: () => ({ cut: 'after' }),
  flags: [{ name: 'reset', value: null, description: 'break the connection in the middle of the answer', read: () => ({ kind: 'reset' }) }],
}
