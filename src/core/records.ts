/** Whether records may be stored: held to the schema of their collection. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '../plain/json.js'
import { nameFile, takeFiles } from './files.js'
import { didYouMean } from './guess.js'
import { readJsonFile } from './json-file.js'
import { resolveBoot } from './store/boot.js'
import type { System } from './system.js'
import { complaintsOf, sayComplaint } from './violations.js'
import { messageOf } from '../plain/message.js'

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
    if (!Object.hasOwn(system.state, collection)) return [unknownCollection(system, collection)]
    if (!Array.isArray(records)) return [`${collection} must be a list of records`]
    return records.flatMap((record: unknown, index) => {
      const fault = misfitOf(system, collection, record)
      return fault === null ? [] : [`${nameOf(system, collection, record, index)}: ${fault}`]
    })
  })
  if (complaints.length === 0) return
  const shown = complaints.slice(0, MOST_COMPLAINTS)
  const more = complaints.length - shown.length
  throw new Error([`${file} does not fit its schema:`, ...shown.map((complaint) => `  ${complaint}`), ...(more > 0 ? [`  and ${String(more)} more`] : [])].join('\n'))
}

function unknownCollection({ state }: System, name: string): string {
  const known = Object.keys(state)
  const meant = didYouMean(name, known)
  return `there is no collection ${name}; there are ${known.join(', ')}${meant === '' ? '' : `.${meant}`}`
}

/** Where a record stands in its file, and its key. */
function nameOf({ state }: System, collection: string, record: unknown, index: number): string {
  const key = state[collection]?.key ?? ''
  return `${collection}[${String(index)}]${isObject(record) && ['string', 'number'].includes(typeof record[key]) ? `, ${key} ${JSON.stringify(record[key])}` : ''}`
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
    checkRecords(system, resolved(system, takeFiles(system.state, content['put'] ?? {}, nameFile), boot, file), file)
  }
}

/**
 * @param content a map from collection to records
 * @returns the fixture with times in the place of its markers
 * @throws Error that names file, record and field where a marker is none
 */
export function resolved(system: System, content: unknown, boot: number, file: string): unknown {
  try {
    return resolveBoot(content, boot)
  } catch (error) {
    const { path, message } = timeFault(content, boot, error)
    const [collection = '', index, ...field] = path
    const records = isObject(content) && Object.hasOwn(content, collection) ? content[collection] : undefined
    const record: unknown = Array.isArray(records) ? records[Number(index)] : undefined
    const place = isObject(record) ? [nameOf(system, collection, record, Number(index)), field.join('.')] : path
    throw new Error([file, ...place, message].filter((part) => part !== '').join(': '), { cause: error })
  }
}

interface TimeFault {
  readonly path: readonly string[]
  readonly message: string
}

/**
 * @param error why the times of the value cannot be resolved
 * @returns where the first marker is that is none, and what is wrong with it
 */
function timeFault(value: unknown, boot: number, error: unknown): TimeFault {
  for (const [key, item] of Object.entries(Object(value) as object)) {
    try {
      resolveBoot(item, boot)
    } catch (inside) {
      const { path, message } = timeFault(item, boot, inside)
      return { path: [key, ...path], message }
    }
  }
  return { path: [], message: messageOf(error) }
}
