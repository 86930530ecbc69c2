/** Whether records may be stored: held to the schema of their collection. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '../plain/json.js'
import { readJsonFile } from './json-file.js'
import { resolveBoot } from './store/boot.js'
import type { System } from './system.js'
import { complaintsOf, sayComplaint } from './violations.js'

/** So many records are complained of at once. */
const MOST_COMPLAINTS = 10

/** @returns what is wrong with the record as one of this collection; null when nothing is. Fields that have a default are filled in. */
export function misfitOf(system: System, collection: string, record: unknown): string | null {
  const validate = system.validators.records[collection]
  if (validate === undefined) return `the collection ${collection} has no schema`
  if (validate(record)) return null
  const [first] = complaintsOf(validate.errors ?? [])
  return first === undefined ? 'it is not valid' : sayComplaint(first)
}

/**
 * Holds a fixture to the schemas of its records.
 * @param content a map from collection to records, times relative to boot resolved
 * @throws Error that names file, record, field and what is wrong, for the first ten records
 */
export function checkRecords(system: System, content: unknown, file: string): void {
  if (!isObject(content)) throw new Error(`${file} must map each collection to a list of records`)
  const complaints = Object.entries(content).flatMap(([collection, records]) => {
    if (!Object.hasOwn(system.state, collection)) return [`there is no collection ${collection}; there are ${Object.keys(system.state).join(', ')}`]
    if (!Array.isArray(records)) return [`${collection} must be a list of records`]
    const key = system.state[collection]?.key ?? ''
    return records.flatMap((record: unknown, index) => {
      const fault = misfitOf(system, collection, record)
      const name = isObject(record) && ['string', 'number'].includes(typeof record[key]) ? `, ${key} ${JSON.stringify(record[key])}` : ''
      return fault === null ? [] : [`${collection}[${String(index)}]${name}: ${fault}`]
    })
  })
  if (complaints.length === 0) return
  const shown = complaints.slice(0, MOST_COMPLAINTS)
  const more = complaints.length - shown.length
  throw new Error([`${file} does not fit its schema:`, ...shown.map((complaint) => `  ${complaint}`), ...(more > 0 ? [`  and ${String(more)} more`] : [])].join('\n'))
}

/**
 * Holds the scenarios of a system to the same schemas.
 * @param folder the system's folder of fixtures; it need not have any scenario
 * @throws as {@link checkRecords}
 */
export async function checkScenarios(system: System, folder: string, boot: number): Promise<void> {
  const names = await readdir(join(folder, 'scenarios')).catch(() => [])
  for (const name of names.filter((one) => one.endsWith('.json')).sort()) {
    const file = join(folder, 'scenarios', name)
    const content = await readJsonFile(file)
    if (!isObject(content) || !isObject(content['description'])) throw new Error(`${file} is no scenario: it has no description in "en" and "zh"`)
    checkRecords(system, resolved(content['put'] ?? {}, boot, file), file)
  }
}

/** @returns the fixture with times in the place of its markers. Throws Error naming the file where a marker is none. */
export function resolved(content: unknown, boot: number, file: string): unknown {
  try {
    return resolveBoot(content, boot)
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
