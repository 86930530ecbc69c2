/** The fault `drop`: the connection closes without a byte of an answer. */
import { emptyReply } from '../reply.js'
import type { FaultKind } from './kind.js'

/** Closes the connection without an answer; before the call is carried out, or after. */
export interface DropFault {
  readonly kind: 'drop'
  readonly carriedOut?: boolean
}

/** What the journal shows of a call that nobody answers. */
const nothingSent = emptyReply(0)

export const drop: FaultKind<DropFault> = {
  kind: 'drop',
  schema: 'DropFault',
  role: 'delivery',
  onCall: ({ carriedOut }) => ({ delivery: { kind: 'cut', at: 'start' }, ...(carriedOut === true ? {} : { end: nothingSent }) }),
  onFrame: ({ carriedOut }) => ({ cut: carriedOut === true ? 'after' : 'before' }),
  flags: [{ name: 'drop', value: null, description: 'close the connection without an answer', read: () => ({ kind: 'drop', carriedOut: false }) }],
}
