/** JSON that may be large, written piece by piece as {@link readJson} takes it, so that others are answered in between; each piece is left to the engine. */

/** Objects are gone into so many levels deep: in a body that brings a snapshot along the records lie that deep. */
export const LEVELS = 7
/** So many items of a list are written in one piece, */
const ITEMS = 50
/** or as many as have so many characters; and so many of a list are read in one. */
export const CHARACTERS = 64 * 1024
/** So many values a text holds at the most, whatever lies in them and however much room there is: each takes up many times what it is written in. */
export const MOST_VALUES = 5_000_000

/** A text comes to be more than could be read again; the message says what there is too much of. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/** Measures a text while it is written, so that none is written that {@link readJson} would not take back. It never counts less than there is. */
export class Measure {
  readonly #most: number
  readonly #mostValues: number
  #bytes = 0
  #values = 0

  /**
   * @param most so many bytes are taken back
   * @param values and so many values
   */
  constructor(most: number, values = MOST_VALUES) {
    this.#most = most
    this.#mostValues = values
  }

  /** @throws TooMuch when with this piece, brackets and commas around it, there is more than is taken back */
  add(text: string, values: number): void {
    this.#bytes += Buffer.byteLength(text) + AROUND
    this.#values += values
    if (this.#bytes > this.#most) throw new TooMuch(`more than ${String(Math.ceil(this.#most / 1024 / 1024))} MiB`)
    if (this.#values > this.#mostValues) throw new TooMuch(`more than ${this.#mostValues.toLocaleString('en')} values`)
  }
}

/** Two brackets, a colon and a comma. */
const AROUND = 4

/** @returns how many values are read where this one is, itself among them */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const key in value) count += valuesIn((value as Readonly<Record<string, unknown>>)[key]) // of an object any own key may be read
  return count
}

/**
 * @param measure what the text is held against while it is written; null where it may be of any size
 * @returns the value as JSON text, as `JSON.stringify` writes it, piece by piece, each made when it is asked for; `undefined` and functions are not expected outside of objects
 * @throws TooMuch as the measure has it
 */
export function* jsonPieces(value: unknown, measure: Measure | null = null, levels = LEVELS): Generator<string, void> {
  if (typeof value !== 'object' || value === null || levels === 0 || 'toJSON' in value) {
    if (typeof value === 'string' && value.length > CHARACTERS) yield* textPieces(partsOf(value), measure)
    else {
      const text = JSON.stringify(value)
      measure?.add(text, valuesIn(value))
      yield text
    }
    return
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] as const : ['{', '}'] as const
  let before: string = open
  if (Array.isArray(value)) {
    for (let start = 0; start < value.length;) {
      const items: string[] = []
      // What is read in one piece is a list of its own, be it of one item.
      let [length, values] = [0, 1]
      for (; start < value.length && items.length < ITEMS && length < CHARACTERS; start++) {
        const item: unknown = value[start]
        const text = item === undefined ? 'null' : JSON.stringify(item)
        if (measure !== null) values += 1 + valuesIn(item)
        length += text.length
        items.push(text)
      }
      const text = items.join(',')
      measure?.add(text, values)
      yield `${before}${text}`
      before = ','
    }
  } else {
    for (const [name, pieces] of membersOf(value, measure, levels)) {
      const text = JSON.stringify(name)
      measure?.add(text, 1)
      yield `${before}${text}:`
      yield* pieces
      before = ','
    }
  }
  yield before === open ? `${open}${close}` : close
}

/** One at a time: what lies there may be made when it is asked for. */
function* membersOf(value: object, measure: Measure | null, levels: number): Generator<readonly [name: string, pieces: Generator<string, void>], void> {
  for (const name of Object.keys(value)) {
    if (value instanceof Base64Texts) yield [name, textPieces(Base64Texts.partsOf(value, name), measure)]
    else {
      const part: unknown = Reflect.get(value, name)
      if (part !== undefined) yield [name, jsonPieces(part, measure, levels - 1)]
    }
  }
}

/** So many bytes are written in one piece, a multiple of the three that base64 takes together. */
const BYTES = 48 * 1024

/** Bytes by name as base64 that is made when it is asked for; in JSON it is written part by part, and lies nowhere whole. */
export class Base64Texts {
  readonly [name: string]: string
  readonly #content: ReadonlyMap<string, Uint8Array>

  constructor(content: ReadonlyMap<string, Uint8Array>) {
    this.#content = content
    for (const [name, { buffer, byteOffset, byteLength }] of content) Object.defineProperty(this, name, { enumerable: true, get: () => Buffer.from(buffer, byteOffset, byteLength).toString('base64') })
  }

  /** @returns all of them, so many together as have so many bytes at the most, or one that has more */
  static *lots(texts: Base64Texts, bytes: number): Generator<Base64Texts, void> {
    let lot = new Map<string, Uint8Array>()
    let size = 0
    for (const [name, content] of texts.#content) {
      if (lot.size > 0 && size + content.length > bytes) {
        yield new Base64Texts(lot)
        lot = new Map()
        size = 0
      }
      lot.set(name, content)
      size += content.length
    }
    yield new Base64Texts(lot)
  }

  /** @returns the text under that name, in parts; JSON escapes none of its letters */
  static *partsOf(texts: Base64Texts, name: string): Generator<string, void> {
    const { buffer, byteOffset, byteLength } = texts.#content.get(name) ?? new Uint8Array()
    for (let start = 0; start < byteLength; start += BYTES) yield Buffer.from(buffer, byteOffset + start, Math.min(BYTES, byteLength - start)).toString('base64')
  }
}

/** @param parts of a text, as they stand in JSON */
function* textPieces(parts: Iterable<string>, measure: Measure | null): Generator<string, void> {
  measure?.add('', 1)
  let before = '"'
  for (const part of parts) {
    measure?.add(part, 0)
    yield `${before}${part}`
    before = ''
  }
  yield `${before}"`
}

/** A long text, cut, as it stands in JSON; two halves of one letter stay together. */
function* partsOf(value: string): Generator<string, void> {
  for (let start = 0; start < value.length;) {
    const end = Math.min(value.length, start + CHARACTERS)
    const next = end < value.length && /[\uD800-\uDBFF]/.test(value.charAt(end - 1)) ? end + 1 : end
    yield JSON.stringify(value.slice(start, next)).slice(1, -1)
    start = next
  }
}

/** Writes a text and keeps nothing of it. @throws TooMuch as the measure has it */
export function* measureJson(value: unknown, measure: Measure): Generator<void, void> {
  for (const _ of jsonPieces(value, measure)) yield
}

/** @returns what the next pieces are together, at the least so many characters where there are so many; and whether these are all */
export function* takePieces(pieces: Generator<string, void>, characters: number): Generator<void, { readonly text: string; readonly areAll: boolean }> {
  const taken: string[] = []
  for (let length = 0; length < characters;) {
    const next = pieces.next()
    if (next.done === true) return { text: taken.join(''), areAll: true }
    taken.push(next.value)
    length += next.value.length
    yield
  }
  return { text: taken.join(''), areAll: false }
}
