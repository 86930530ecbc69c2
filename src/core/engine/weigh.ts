/** How much memory a value takes up, roughly: enough to hold a budget. */

/** A member of an object or an array, with its share of what holds it. */
const MEMBER = 24

/** Texts that are longer are looked at: a character is one byte where all of them are of Latin-1. */
const LONG = 1024

/** @returns bytes; a character of a short text counts two, for that is what it may take */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return MEMBER + (value.length > LONG && !/[^\u0000-\u00ff]/.test(value) ? 1 : 2) * value.length
  if (typeof value !== 'object' || value === null) return MEMBER
  let bytes = MEMBER
  if (Array.isArray(value)) for (const item of value) bytes += weigh(item)
  else for (const key in value) bytes += weigh((value as Readonly<Record<string, unknown>>)[key]) // of an object any own key may be read
  return bytes
}
