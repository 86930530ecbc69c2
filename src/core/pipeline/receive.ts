/** Phase 3, received: the body of a call is there, within the dialect's limit, before anything else waits for it. */
import type { BodyType } from '../contract.js'
import { Failure } from '../failure.js'
import type { Parts, ReadBytes, ReadParts } from '../stage/call.js'
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
  const type = bodyType(routed)
  return type === null ? { routed, body: NONE } : readBody(routed, type)
}

/** The media type of the body that is read: the operation's, or a form where it takes none but the token may stand in one. */
function bodyType({ arrival, row }: Routed): BodyType | null {
  if (row.body !== null) return row.body
  return arrival.system.dialect.credentials?.form?.includes(row.method) ? 'application/x-www-form-urlencoded' : null
}

async function readBody(routed: Routed, type: BodyType): Promise<Received> {
  const { call, system } = routed.arrival
  const { limit, fileLimit = limit } = system.dialect.body
  const read = type === 'multipart/form-data' ? await call.body.parts(fileLimit) : await call.body.bytes(limit)
  // Whoever has read the body before may have taken more of it.
  return { routed, body: read.kind === 'bytes' && read.bytes.length > limit ? refused('bodyTooLarge') : receivedAs(read, type) }
}

function receivedAs(read: ReadBytes | ReadParts, type: BodyType): ReceivedBody {
  switch (read.kind) {
    case 'bytes':
      return { kind: 'bytes', type, bytes: read.bytes }
    case 'parts':
      return read
    case 'tooLarge':
      return refused('bodyTooLarge')
    case 'brokenOff':
      return refused('unreadableBody')
    case 'notMultipart':
      return refused('wrongContentType')
  }
}

function refused(cause: 'bodyTooLarge' | 'unreadableBody' | 'wrongContentType'): ReceivedBody {
  return { kind: 'refused', failure: Failure.when('invalidRequest', { cause }) }
}
