/** The error tables side by side: condition -> code of each system. */
import type { Row } from './table.js'
import { tables } from '../generated/errors.js'
import { type Condition, conditions, type ErrorCode, type ErrorName, type Message, type SystemId } from './vocabulary.js'

/** A row of a system's error table. */
export interface ErrorInfo<S extends SystemId = SystemId> {
  readonly code: ErrorCode<S>
  readonly name: ErrorName<S>
  readonly condition: Condition
  /** A text to show to those who use the app: the condition's. */
  readonly message: Message
  /** What it means, for those who build the app: in the words of the backend team's table. */
  readonly meaning: Message
}

/** The errors that mean one condition. A system that has no word for it has an empty list. */
export type CrossReference = { readonly [S in SystemId]: readonly ErrorInfo<S>[] }

/** The ids of all systems. */
export const systemIds = Object.keys(tables) as readonly SystemId[] // the keys of an object with exactly these

/** @returns the whole error table of a system, in its own order, success included */
export function errorsOf<S extends SystemId>(system: S): readonly ErrorInfo<S>[] {
  const rows = Object.entries(tables[system].errors) as [ErrorName<S>, Row][] // the keys of the record are the system's names
  return rows.map(([name, [code, condition, zh, en]]) => ({
    code: code as ErrorCode<S>, // generated from the same rows
    name,
    condition,
    message: { zh: conditions[condition].message.zh, en: conditions[condition].message.en },
    meaning: { zh, en },
  }))
}

/**
 * The errors of every system that mean a condition by their tables: `codesOf('smsCodeInvalid').live` is that of 4011.
 * What an answer says beside its code (HTTP status, headers, other keys) does not count here: edu's 903 is listed as `unauthenticated`,
 * though `classify` calls it `kickedOut` when the body says by whom (`x-refine` of the contract).
 */
export function codesOf(condition: Condition): CrossReference {
  const entries = systemIds.map((system) => [system, errorsOf(system).filter((error) => error.condition === condition)])
  return Object.fromEntries(entries) as CrossReference // one entry for each system, with rows of its own table
}
