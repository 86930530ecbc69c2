/** Fault rules as data: what is to go wrong, for which calls, how often. Plain JSON, so that they move with their sandbox. */
import type { Device } from '../sessions.js'

/** Answers with an error of the system. One of `error`, `code` and `condition` is given. */
export interface ErrorFault {
  readonly kind: 'error'
  /** CONSTANT_NAME. */
  readonly error?: string
  readonly code?: number
  readonly condition?: string
  readonly message?: string
  readonly extra?: Readonly<Record<string, unknown>>
  readonly displacedBy?: { readonly [K in keyof Device]?: string }
}

/** Waits `min` milliseconds, or a time between `min` and `max`. */
export interface LatencyFault {
  readonly kind: 'latency'
  readonly min: number
  readonly max?: number
}

/** Answers with a bare HTTP status. */
export interface StatusFault {
  readonly kind: 'status'
  readonly status: number
  readonly body?: string
  readonly contentType?: string
}

/** Closes the connection without an answer; before the call is carried out, or after. */
export interface DropFault {
  readonly kind: 'drop'
  readonly carriedOut?: boolean
}

/** Resets the connection in the middle of the body. */
export interface ResetFault {
  readonly kind: 'reset'
}

/** Sends a body that is broken JSON. */
export interface MalformedFault {
  readonly kind: 'malformed'
}

/** Sends the body in pieces, over so many milliseconds. */
export interface SlowFault {
  readonly kind: 'slow'
  readonly milliseconds: number
  readonly chunks?: number
}

/** What goes wrong. Each kind is one file beside this one. */
export type Fault = ErrorFault | LatencyFault | StatusFault | DropFault | ResetFault | MalformedFault | SlowFault

/** Stands for any system or any operation. */
export const ANY = '*'

export interface FaultRule {
  readonly id: string
  /** A system or {@link ANY}. */
  readonly system: string
  /** An operation or {@link ANY}. */
  readonly operationId: string
  readonly fault: Fault
  /** How often it will still fire; null: for ever. */
  readonly times: number | null
  readonly probability: number
  /** Calls that it applied to, and those of them that it broke. */
  readonly matched: number
  readonly fired: number
}
