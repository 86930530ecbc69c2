/** Query strings and forms, which share one encoding. */
import { parse } from 'node:querystring'

/** The names and values of `a=1&b=2`. */
export class Query {
  /** The last value of each name. */
  readonly #values: ReadonlyMap<string, string>
  /** Whether every percent sign began an encoded UTF-8 character. */
  readonly decodable: boolean

  constructor(text: string) {
    const isEncoded = text.includes('%')
    this.#values = isEncoded || text.includes('+') ? decoded(text) : plain(text)
    this.decodable = !isEncoded || decode(text) !== null
  }

  /** @returns the last value of the name; undefined where there is none */
  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  get names(): readonly string[] {
    return [...this.#values.keys()]
  }

  /** @returns the last value of each name */
  get all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values)
  }
}

function decoded(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(parse(text, '&', '=', { maxKeys: 0 }))) values.set(name, (typeof value === 'object' ? value.at(-1) : value) ?? '')
  return values
}

/** Most queries have nothing in them to be decoded. */
function plain(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('&', start)
    const end = found === -1 ? text.length : found
    const equals = text.indexOf('=', start)
    if (end > start) {
      if (equals === -1 || equals > end) values.set(text.slice(start, end), '')
      else values.set(text.slice(start, equals), text.slice(equals + 1, end))
    }
    start = end + 1
  }
  return values
}

const EMPTY = new Query('')

/** @returns the names and values of `a=1&b=2` */
export function parseQuery(text: string): Query {
  return text === '' ? EMPTY : new Query(text)
}

/** @returns the text with its percent-encoding undone, or null when it is broken */
export function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
