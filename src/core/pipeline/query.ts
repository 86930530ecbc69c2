/** Query strings and forms, which share one encoding. */
import { parse } from 'node:querystring'

export interface Query {
  /** The last value of each name. */
  readonly values: ReadonlyMap<string, string>
  /** Whether every percent sign began an encoded UTF-8 character. */
  readonly decodable: boolean
}

const EMPTY: Query = { values: new Map(), decodable: true }

/** @returns the names and values of `a=1&b=2` */
export function parseQuery(text: string): Query {
  if (text === '') return EMPTY
  const values = new Map<string, string>()
  for (const [name, value = ''] of Object.entries(parse(text, '&', '=', { maxKeys: 0 }))) values.set(name, typeof value === 'string' ? value : (value.at(-1) ?? ''))
  return { values, decodable: !text.includes('%') || decode(text) !== null }
}

/** @returns the text with its percent-encoding undone, or null when it is broken */
export function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
