/** Whether a record may be stored: held to the schema of its collection. */
import { validators as control } from '../generated/control/validators.js'
import type { Validator } from '../core/contract.js'
import type { System } from '../core/system.js'

/** The collections that every system has. */
const ofEverySystem: Readonly<Record<string, Validator | undefined>> = { sessions: control.schemas['SessionRecord'], smsCodes: control.schemas['SmsCodeRecord'] }

/** @returns what is wrong with the record as one of this collection; null when nothing is */
export function recordFault(system: System, collection: string, record: unknown): string | null {
  const validate = system.validators.records[collection] ?? ofEverySystem[collection]
  if (validate === undefined) return `the collection ${collection} has no schema`
  if (validate(record)) return null
  const [first] = validate.errors ?? []
  const { instancePath = '', message = 'is not valid', params = {} } = first ?? {}
  const field = params['additionalProperty'] ?? params['missingProperty']
  const where = `${instancePath.slice(1).replaceAll('/', '.')}${typeof field === 'string' ? ` "${field}"` : ''}`.trim()
  // The values of a pattern are data of people: a regular expression is what they have.
  const rule = typeof params['pattern'] === 'string' ? `does not have the form ${params['pattern']}` : message
  return `${where === '' ? 'it' : where} ${rule}`
}
