/** How much memory a value takes up, roughly: enough to hold a budget. */

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
