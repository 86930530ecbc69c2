/** How much memory a value takes up, roughly: enough to hold a budget. */
import type { Change, Doc, Key } from '../store/types.js'

/** A member of an object or an array, with its share of what holds it. */
const MEMBER = 24

/** Texts that are longer are looked at: a character is one byte where all of them are of Latin-1. */
const LONG = 1024

/** @returns bytes; a character of a short text counts two, for that is what it may take */
export function weigh(value: unknown): number {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? weighText(value) : MEMBER
  let bytes = MEMBER
  if (Array.isArray(value)) for (const item of value) bytes += weigh(item)
  else {
    for (const key in value) {
      const part = (value as Readonly<Record<string, unknown>>)[key] // of an object any own key may be read
      // What most parts are is looked at here: a call for each would be most of the work.
      if (typeof part === 'string') bytes += weighText(part)
      else bytes += typeof part === 'object' && part !== null ? weigh(part) : MEMBER
    }
  }
  return bytes
}

function weighText(text: string): number {
  return MEMBER + (text.length > LONG && !/[^\u0000-\u00ff]/.test(text) ? 1 : 2) * text.length
}

/** A change that is weighed once, however many ask: history, journal and the bound of the records each count it. In bytes. */
export class WeighedChange implements Change {
  readonly collection: string
  readonly key: Key
  readonly before: Doc | null
  readonly after: Doc | null
  readonly #before: number
  readonly #after: number

  constructor(collection: string, key: Key, before: Doc | null, after: Doc | null) {
    this.collection = collection
    this.key = key
    this.before = before
    this.after = after
    this.#before = weigh(before)
    this.#after = weigh(after)
  }

  /** @returns how many bytes the record takes up after the change */
  static after(change: Change): number {
    return #after in change ? change.#after : weigh(change.after)
  }

  /** @returns how many bytes the record takes up before and after the change together */
  static both(change: Change): number {
    return #after in change ? change.#before + change.#after : weigh(change.before) + weigh(change.after)
  }
}

/** @returns how many bytes the changes take up, with the records before and after */
export function weighChanges(changes: readonly Change[]): number {
  let bytes = MEMBER
  for (const change of changes) {
    bytes += MEMBER + weighText(change.collection) + weigh(change.key) + WeighedChange.both(change)
  }
  return bytes
}
