/** Why a request was not carried out: a condition that the core knows, or an error of the system's own table. */
import type { Condition } from '../generated/conditions.js'

/** The conditions that the core itself finds; each dialect says what it answers to every one of them. */
export type CoreCondition = Extract<
  Condition,
  | 'internal'
  | 'maintenance'
  | 'networkError'
  | 'unknownEndpoint'
  | 'invalidRequest'
  | 'missingField'
  | 'unauthenticated'
  | 'tokenExpired'
  | 'kickedOut'
  | 'banned'
  | 'forbidden'
  | 'smsTooFrequent'
  | 'smsSendFailed'
  | 'smsCodeInvalid'
>

/** What exactly brought a condition about, where one condition has several causes. */
export type Cause =
  | 'unknownPath'
  | 'wrongMethod'
  | 'undecodableUrl'
  | 'bodyTooLarge'
  | 'unreadableBody'
  | 'wrongContentType'
  | 'header'
  | 'field'
  | 'noCredential'
  | 'deadCredential'

/** The client whose login ended a session. */
export interface Displacement {
  readonly label: string | null
  readonly platform: string | null
  readonly client: string | null
  /** When it logged in, in milliseconds since 1970. */
  readonly at: number
}

export interface FailureDetails {
  readonly cause?: Cause
  /** Text for the message key in place of the default one. */
  readonly message?: string
  /** The field, header or parameter at fault. */
  readonly field?: string
  /** Keys that the failure body carries beside code and message. */
  readonly extra?: Readonly<Record<string, unknown>>
  /** The same where neither the dialect nor `extra` has them. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** The HTTP status that the control plane asked for in maintenance. */
  readonly httpStatus?: number
  readonly displacedBy?: Displacement
  /** What the server has no more room for: told in a header, for in the dialect it is an error like others. */
  readonly shortage?: string
  /** HTTP methods that the path does have. */
  readonly allow?: readonly string[]
}

/** A refusal. It leaves nothing behind. */
export class Failure extends Error {
  /** CONSTANT_NAME of the system's error table, or null when the dialect is still to choose it by the condition. */
  readonly error: string | null
  readonly condition: CoreCondition | null
  readonly details: FailureDetails

  private constructor(error: string | null, condition: CoreCondition | null, details: FailureDetails) {
    super(details.message ?? error ?? condition ?? 'failure')
    this.name = 'Failure'
    this.error = error
    this.condition = condition
    this.details = details
  }

  /** @returns a failure with an error of the system's own table */
  static of(error: string, details: FailureDetails = {}): Failure {
    return withoutStack(() => new Failure(error, null, details))
  }

  /** @returns a failure in the words that all systems share */
  static when(condition: CoreCondition, details: FailureDetails = {}): Failure {
    return withoutStack(() => new Failure(null, condition, details))
  }
}

/** A refusal is an answer and no fault of the program: nobody reads its stack, and taking it down costs as much as all else of a refused call. */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** {@link Failure.of}, as handlers and rules are given it. */
export const failWith = (error: string, details?: FailureDetails) => Failure.of(error, details)

/** @returns what was thrown, with its stack where it has one; for the log, never for an answer */
export function describeException(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
