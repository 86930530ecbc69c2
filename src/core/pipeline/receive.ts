/** Phase 3, received: the body of a call is there, within the dialect's limit, before anything else waits for it. */
import type { BodyType } from '../contract.js'
import { Failure } from '../failure.js'
import type { Parts } from '../stage/call.js'
import type { Routed } from './route.js'

/** What came as a body: nothing that is read, bytes not yet decoded, the parts of a multipart one, or what was wrong with it. */
export type ReceivedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly type: BodyType; readonly bytes: Uint8Array }
  | { readonly kind: 'parts'; readonly parts: Parts }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** A call whose body is there. */
export interface Received {
  readonly routed: Routed
  readonly body: ReceivedBody
}

const NONE: ReceivedBody = { kind: 'none' }

/** Receives the body of an operation that takes one, or may carry a token in one; others are not read. */
export function receive(routed: Routed): Received | Promise<Received> {
  const { arrival, row } = routed
  // A form where the operation takes none, but the token may stand in one.
  const type = row.body ?? (arrival.system.dialect.credentials?.form?.includes(row.method) ? 'application/x-www-form-urlencoded' : null)
  return type === null ? { routed, body: NONE } : readBody(routed, type)
}

async function readBody(routed: Routed, type: BodyType): Promise<Received> {
  const { call, system } = routed.arrival
  const { limit, fileLimit = limit } = system.dialect.body
  const read = type === 'multipart/form-data' ? await call.body.parts(fileLimit) : await call.body.bytes(limit)
  if (read.kind === 'parts') return { routed, body: read }
  // Whoever has read the body before may have taken more of it.
  if (read.kind === 'bytes' && read.bytes.length <= limit) return { routed, body: { kind: 'bytes', type, bytes: read.bytes } }
  if (read.kind === 'noRoom') return { routed, body: { kind: 'refused', failure: Failure.when('internal', { shortage: read.why }) } }
  return { routed, body: { kind: 'refused', failure: Failure.when('invalidRequest', { cause: CAUSES[read.kind] }) } }
}

const CAUSES = { bytes: 'bodyTooLarge', tooLarge: 'bodyTooLarge', brokenOff: 'unreadableBody', notMultipart: 'wrongContentType' } as const
