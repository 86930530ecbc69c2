/** Whether a record may be stored: held to the schema of its collection. */
import { validators as control } from '../generated/control/validators.js'
import type { Validator } from '../core/contract.js'
import type { System } from '../core/system.js'
import { complaintsOf, sayComplaint } from '../core/violations.js'

/** The collections that every system has. */
const ofEverySystem: Readonly<Record<string, Validator | undefined>> = { sessions: control.schemas['SessionRecord'], smsCodes: control.schemas['SmsCodeRecord'] }

/** @returns what is wrong with the record as one of this collection; null when nothing is */
export function misfitOf(system: System, collection: string, record: unknown): string | null {
  const validate = system.validators.records[collection] ?? ofEverySystem[collection]
  if (validate === undefined) return `the collection ${collection} has no schema`
  if (validate(record)) return null
  const [first] = complaintsOf(validate.errors ?? [])
  return first === undefined ? 'it is not valid' : sayComplaint(first)
}
