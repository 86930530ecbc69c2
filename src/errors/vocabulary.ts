/** The words that answers are classified in: systems, their error names and codes, and what they have in common. */
import type { ErrorCodes, ErrorNames } from '../generated/errors.js'

export { type Advice, advices, type Condition, conditions, type NoAnswerCondition } from '../generated/conditions.js'
export type { OperationIds } from '../generated/errors.js'

/** A backend with an error table. */
export type SystemId = keyof ErrorNames
/** A CONSTANT_NAME of a system's error table. */
export type ErrorName<S extends SystemId = SystemId> = ErrorNames[S]
/** A code of a system's error table, as it travels. */
export type ErrorCode<S extends SystemId = SystemId> = ErrorCodes[S]

/** A text in Chinese and in English. */
export interface Message {
  readonly zh: string
  readonly en: string
}

/**
 * For the default branch of an exhaustive `switch`: it compiles only while every case is handled.
 * @throws Error when it is reached all the same
 */
export function assertNever(value: never): never {
  throw new Error(`a case that was not foreseen: ${JSON.stringify(value)}`)
}
