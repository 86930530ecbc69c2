/** Query strings and forms, which share one encoding. */
import { parse } from 'node:querystring'

/** The names and values of `a=1&b=2`. */
export class Query {
  readonly #values: ReturnType<typeof parse>
  /** Whether every percent sign began an encoded UTF-8 character. */
  readonly decodable: boolean

  constructor(text: string) {
    this.#values = parse(text, '&', '=', { maxKeys: 0 })
    this.decodable = !text.includes('%') || decode(text) !== null
  }

  /** @returns the last value of the name; undefined where there is none */
  get(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'object' ? value.at(-1) : value
  }

  get names(): readonly string[] {
    return Object.keys(this.#values)
  }

  /** @returns the last value of each name */
  get all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.names.map((name) => [name, this.get(name) ?? '']))
  }
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
