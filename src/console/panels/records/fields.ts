/** What the fields of a collection are, and how their values are read and written. */
import type { Schemas } from '../../api.js'
import { dayAndTime } from '../../format.js'

export type Doc = Readonly<Record<string, unknown>>
export type CollectionDetail = Schemas['ListCollectionsSuccess']['collections'][number]

export interface Field {
  readonly name: string
  readonly types: readonly string[]
  /** The only values; none when anything of its types will do. */
  readonly choices: readonly unknown[]
  /** The collection whose key it holds; empty for none. */
  readonly reference: string
}

/** @returns the fields by their schema; those of collections that have none here, as their records show them */
export function fieldsOf({ fields, key }: CollectionDetail, records: readonly Doc[]): readonly Field[] {
  const names = Object.keys(fields)
  const known = names.length > 0 ? names : [...new Set(records.flatMap((record) => Object.keys(record)))]
  const all = known.map((name): Field => {
    const row = fields[name]
    const types = row?.types ?? [...new Set(records.map((record) => typeOf(record[name])))]
    return { name, types, choices: row?.choices ?? [], reference: row?.reference ?? '' }
  })
  return [...all.filter(({ name }) => name === key), ...all.filter(({ name }) => name !== key)]
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const MOMENT = /(?:At|_at|Time|time|date)$/
/** Milliseconds, and seconds, from 2001 on. */
const FIRST_MILLISECOND = 1e12
const FIRST_SECOND = 1e9

/** @returns the moment that a number is, as people read it; null when it is none */
export function readableTime(name: string, value: unknown): string | null {
  if (typeof value !== 'number' || !MOMENT.test(name)) return null
  if (value >= FIRST_MILLISECOND) return dayAndTime(value)
  return value >= FIRST_SECOND ? dayAndTime(value * 1000) : null
}

/** @returns the value as the text of a field */
export function write(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** @returns the value that a text stands for in a field */
export function read(text: string, { types, choices }: Field): unknown {
  const choice = choices.find((one) => write(one) === text)
  if (choice !== undefined) return choice
  if (types.includes('null') && (text === '' || text === 'null') && !types.includes('string')) return null
  if (types.includes('string') && !types.some((type) => ['integer', 'number', 'boolean', 'object', 'array'].includes(type))) return text === 'null' && types.includes('null') ? null : text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
