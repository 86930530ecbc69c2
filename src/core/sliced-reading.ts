/**
 * JSON text that may be large, read piece by piece, so that others are answered in between. What lies on the way to the many (the members of
 * objects, some levels deep, and the items of lists in them) is gone through here; each piece is left to the engine.
 */
import { behindText, parseForeignJson, tooDeep } from '../plain/json.js'
import { CHARACTERS, LEVELS, MOST_VALUES } from './sliced-json.js'

/** A shorter text is read at once. */
const SHORT = 256 * 1024
/** What is read in one piece has so many characters at the most beside those of its texts, which cost next to nothing. */
const MOST_CHARACTERS = 1024 * 1024

/** What is kept of a long text of which not everything is wanted. */
export interface Keeping {
  /** Of an object that is gone into, so many fields; those after them are read and forgotten. */
  readonly fields: number
  /** The name of a field that is kept wherever it stands. */
  readonly always: string
}

/**
 * Parses JSON text that comes from outside.
 * @param nested so many objects and lists may lie inside one another
 * @param values so many values there may be, in a text that is no short one
 * @param keeping what is kept; with it everything large is gone into, wherever it lies, and nothing is too large. Everything when left out
 * @throws SyntaxError if it is no JSON, nested more deeply, or more than can be held
 */
export function* readJson(text: string, nested: number, values = MOST_VALUES, keeping: Keeping | null = null): Generator<void, unknown> {
  if (text.length < SHORT) return parseForeignJson(text, nested)
  const reader = new Reader(text, nested, values, keeping)
  const read = yield* reader.value()
  if (read === UNREADABLE || !reader.isAtEnd) throw new SyntaxError(`it is broken somewhere behind character ${String(reader.place)}`)
  return read
}

/** What JSON says is never this. */
const UNREADABLE = Symbol('unreadable')

/** What something that lies in the text begins or ends with, but for blanks. */
const MARKS = /["{}[\]]/g
const SCALAR_END = /[,\]}]/g
const NO_BLANK = /[^ \t\n\r]/g

class Reader {
  readonly #text: string
  readonly #nested: number
  readonly #mostValues: number
  readonly #keeping: Keeping | null
  readonly #levels: number
  #at = 0
  #values = 0

  constructor(text: string, nested: number, values: number, keeping: Keeping | null) {
    this.#text = text
    this.#nested = nested
    this.#mostValues = values
    this.#keeping = keeping
    this.#levels = keeping === null ? LEVELS : nested
  }

  get isAtEnd(): boolean {
    this.#skipBlanks()
    return this.#at === this.#text.length
  }

  /** Everything before it is in order. */
  get place(): number {
    return this.#at
  }

  *value(levels = this.#levels): Generator<void, unknown> {
    this.#skipBlanks()
    const first = this.#text[this.#at]
    if (first === '{' && levels > 0) return yield* this.#object(levels)
    if (first === '[' && levels > 0) return yield* this.#list(levels)
    const start = this.#at
    return this.#skipValue() ? this.#piece(start, levels) : UNREADABLE
  }

  *#object(levels: number): Generator<void, unknown> {
    const made: Record<string, unknown> = {}
    let fields = 0
    this.#at++
    if (this.#take('}')) return made
    do {
      this.#skipBlanks()
      const start = this.#at
      if (this.#text[start] !== '"' || !this.#skipText()) return UNREADABLE
      const name = this.#piece(start, levels)
      if (typeof name !== 'string' || !this.#take(':')) return UNREADABLE
      const value = yield* this.value(levels - 1)
      if (value === UNREADABLE) return UNREADABLE
      // As JSON.parse has it: `__proto__` is a name as any other.
      if (this.#keeping === null || fields++ < this.#keeping.fields || name === this.#keeping.always) Object.defineProperty(made, name, { value, writable: true, enumerable: true, configurable: true })
      yield
    } while (this.#take(','))
    return this.#take('}') ? made : UNREADABLE
  }

  *#list(levels: number): Generator<void, unknown> {
    const made: unknown[] = []
    this.#at++
    if (this.#take(']')) return made
    do {
      const start = this.#at
      let end = start
      let isLarge = false
      do {
        this.#skipBlanks()
        const item = this.#at
        if (!this.#skipValue(this.#keeping !== null)) return UNREADABLE
        isLarge = this.#keeping !== null && this.#at - item > CHARACTERS
        if (isLarge) this.#at = item
        else end = this.#at
      } while (!isLarge && this.#at - start < CHARACTERS && this.#take(','))
      const items = this.#piece(start, levels, (text) => `[${text}]`, end)
      if (!Array.isArray(items)) return UNREADABLE
      for (const item of items as readonly unknown[]) made.push(item)
      yield
      if (!isLarge) continue
      const value = yield* this.value(levels - 1)
      if (value === UNREADABLE) return UNREADABLE
      made.push(value)
    } while (this.#take(','))
    return this.#take(']') ? made : UNREADABLE
  }

  /** What stands between the start and the end. @throws SyntaxError where it is nested too deeply, or the values come to be too many */
  #piece(start: number, levels: number, asWritten = (text: string) => text, end = this.#at): unknown {
    let value: unknown
    try {
      value = JSON.parse(asWritten(this.#text.slice(start, end)))
    } catch {
      this.#at = start
      return UNREADABLE
    }
    this.#count(value, this.#nested - (this.#levels - levels))
    return value
  }

  #count(value: unknown, levels: number): void {
    if (++this.#values > this.#mostValues) throw new SyntaxError(`it has more than ${this.#mostValues.toLocaleString('en')} values, and no more are held`)
    if (typeof value !== 'object' || value === null) return
    if (levels === 0) throw tooDeep(this.#nested)
    if (Array.isArray(value)) for (const item of value as readonly unknown[]) this.#count(item, levels - 1)
    else for (const name in value) this.#count((value as Readonly<Record<string, unknown>>)[name], levels - 1) // of an object any own key may be read
  }

  #skipBlanks(): void {
    if (this.#find(NO_BLANK) === null) this.#at = this.#text.length
  }

  #take(mark: string): boolean {
    this.#skipBlanks()
    if (this.#text[this.#at] !== mark) return false
    this.#at++
    return true
  }

  /** Goes behind a value, without looking at what it is; of one that may be large no further than to where that shows. @throws SyntaxError where it is nested too deeply or too large, whatever comes then */
  #skipValue(mayBeLarge = false): boolean {
    this.#skipBlanks()
    const first = this.#text[this.#at]
    if (first === '"') return this.#skipText()
    const start = this.#at
    if (first !== '{' && first !== '[') {
      if (this.#find(SCALAR_END) === null) this.#at = this.#text.length
      return this.#at > start
    }
    let depth = 0
    let texts = 0
    do {
      const mark = this.#find(MARKS)
      const from = this.#at
      if (mark === '"' && !this.#skipText()) return false
      if (mark === null) return false
      if (mark === '"') {
        texts += this.#at - from
        continue
      }
      if (mayBeLarge && from - start > CHARACTERS) return true
      if (from - start - texts > MOST_CHARACTERS) throw new SyntaxError(`behind character ${String(start)} there is a value of more than ${String(MOST_CHARACTERS / 1024 / 1024)} MiB`)
      this.#at++
      depth += mark === '{' || mark === '[' ? 1 : -1
      if (depth > this.#nested) throw tooDeep(this.#nested)
    } while (depth > 0)
    return true
  }

  /** Goes behind the text that begins here. */
  #skipText(): boolean {
    const end = behindText(this.#text, this.#at)
    if (end !== -1) this.#at = end
    return end !== -1
  }

  /** Goes to what comes next of these. @returns what it is; null when there is none */
  #find(marks: RegExp): string | null {
    marks.lastIndex = this.#at
    const found = marks.exec(this.#text)
    if (found === null) return null
    this.#at = found.index
    return found[0]
  }
}
