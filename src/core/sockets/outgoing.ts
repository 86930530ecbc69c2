/** Frames on their way out: held against the contract, put on the wire, and on record. */
import type { Validator } from '../contract.js'
import { type JournalEntry, keep } from '../journal.js'
import type { Turn } from '../turn.js'
import type { CallHeaders } from '../stage/call.js'
import type { Change } from '../store/types.js'
import type { System } from '../system.js'
import { linesOf } from '../violations.js'
import type { Socket } from './definition.js'
import type { StruckFrame } from './faults.js'
import type { Wire } from './wire.js'

/** What is needed to put on record what happens on a connection, or to one that does not come about. */
export interface RecordParts {
  readonly system: System
  /** Path and query below the system's base. */
  readonly url: string
  /** Headers of the upgrade request. */
  readonly headers: CallHeaders
  /** Told of frames that break the contract and of exceptions. */
  readonly report: (problem: string) => void
  /** Who answers, where a real backend could; left out where the system has none. */
  readonly via?: JournalEntry['via']
}

/** What is needed to speak on a connection. */
export interface OutgoingParts extends RecordParts {
  readonly socket: Socket
  readonly wire: Wire
}

/** What went out. */
export interface Sent {
  readonly texts: readonly string[]
  /** Where what was to go out breaks the contract. */
  readonly violations: readonly string[]
  /** Whether the connection was cut, or had gone, when something was to go on it. */
  readonly isCut: boolean
}

export const NOTHING_SENT: Sent = { texts: [], violations: [], isCut: false }
/** Where the connection is cut instead. */
export const CUT_OFF: Sent = { ...NOTHING_SENT, isCut: true }

/** Something that happened on a connection, as the journal gets to know it. */
export interface Happening {
  readonly operation: string
  /** What it saw of its sandbox. */
  readonly turn: Turn
  readonly elapsed: () => number
  readonly user: string | null
  /** What came in, if anything did. */
  readonly request?: Uint8Array
  readonly sent: Sent
  readonly error?: string | null
  readonly faults?: readonly string[]
  readonly changes?: readonly Change[]
  /** The HTTP status of the opening. Frames have none of their own: they share that of an opening that succeeds, or 0 where they were cut off. */
  readonly status?: number
}

/** What an opening that succeeds is answered with. */
const SWITCHING_PROTOCOLS = 101
/** Stands for a connection that was cut. */
export const CUT = 0

/** Sends frames, broken where a fault says so. */
export function speak({ socket, system, wire }: OutgoingParts, frames: readonly object[], { spoil }: Pick<StruckFrame, 'spoil'> = { spoil: null }): Sent {
  const texts: string[] = []
  const violations: string[] = []
  for (const frame of frames) {
    texts.push(spoil === null ? JSON.stringify(frame) : spoil(JSON.stringify(frame)))
    violations.push(...violationsOf(system.validators.schemas[socket.schema], frame))
  }
  const gone = texts.findIndex((text) => !wire.send(text))
  return gone === -1 ? { texts, violations, isCut: false } : { texts: texts.slice(0, gone), violations, isCut: true }
}

/** Puts what happened into the journal of the sandbox. */
export function recordFrames({ system, url, headers, report, via }: RecordParts, happening: Happening): void {
  const { operation, turn, elapsed, user, request, sent, error = null, faults = [], changes = [], status = sent.isCut ? CUT : SWITCHING_PROTOCOLS } = happening
  if (via?.source !== 'real') for (const violation of sent.violations) report(`${system.id} breaks its contract: ${operation}: ${violation}`)
  void turn.record({
    at: turn.now,
    duration: elapsed(),
    system: system.id,
    operation,
    preflight: false,
    method: 'WS',
    url,
    requestHeaders: headers,
    requestBody: request === undefined ? null : keep(request),
    status,
    responseHeaders: {},
    responseBody: keep(sent.texts.join('\n')),
    user,
    error,
    faults,
    violations: sent.violations,
    changes,
    version: turn.version,
    ...(via === undefined ? {} : { via }),
  })
}

/** @returns where a frame breaks the contract */
export function violationsOf(validate: Validator | undefined, frame: unknown): readonly string[] {
  if (validate === undefined) return ['the contract has no schema for what is sent here']
  if (validate(frame)) return []
  return linesOf(validate.errors ?? [], 'the frame')
}
