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

/** A change that is weighed once, however many ask: history, journal and the bound of the records each count it. */
export class WeighedChange implements Change {
  readonly collection: string
  readonly key: Key
  readonly before: Doc | null
  readonly after: Doc | null
  #before = -1
  #after = -1

  constructor(collection: string, key: Key, before: Doc | null, after: Doc | null) {
    this.collection = collection
    this.key = key
    this.before = before
    this.after = after
  }

  /** What the record was, in bytes. */
  weighBefore(): number {
    return this.#before === -1 ? (this.#before = weigh(this.before)) : this.#before
  }

  /** What the record is, in bytes. */
  weighAfter(): number {
    return this.#after === -1 ? (this.#after = weigh(this.after)) : this.#after
  }
}

/** @returns how many bytes the record takes up after the change */
export function weighAfter(change: Change): number {
  return change instanceof WeighedChange ? change.weighAfter() : weigh(change.after)
}

/** @returns how many bytes the changes take up, with the records before and after */
export function weighChanges(changes: readonly Change[]): number {
  let bytes = MEMBER
  for (const change of changes) {
    const { collection, key } = change
    const records = change instanceof WeighedChange ? change.weighBefore() + change.weighAfter() : weigh(change.before) + weigh(change.after)
    bytes += MEMBER + weighText(collection) + weigh(key) + records
  }
  return bytes
}
