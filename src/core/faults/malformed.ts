/** The fault `malformed`: a whole answer with the right length, whose body is broken JSON. */
import { isBodiless } from '../reply.js'
import type { FaultKind } from './kind.js'

/** Sends a body that is broken JSON. */
export interface MalformedFault {
  readonly kind: 'malformed'
}

/** Without its last third and with a stray bracket no JSON text stays one. */
const STRAY = '}{'

export const malformed: FaultKind<MalformedFault> = {
  kind: 'malformed',
  schema: 'MalformedFault',
  role: 'delivery',
  onCall: () => ({ spoil: (reply) => (isBodiless(reply.status) ? reply : { ...reply, body: breakBody(reply.body) }) }),
  onFrame: () => ({ spoil: (text) => text.slice(0, twoThirds(text.length)) + STRAY }),
  flags: [{ name: 'malformed', value: null, description: 'answer with broken JSON', read: () => ({ kind: 'malformed' }) }],
}

/** Bytes are cut, not letters: the middle of a character may well be where it ends. */
function breakBody(body: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(body)
  return Buffer.concat([bytes.subarray(0, twoThirds(bytes.length)), Buffer.from(STRAY)])
}

function twoThirds(length: number): number {
  return Math.floor((length * 2) / 3)
}
