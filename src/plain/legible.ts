/**
 * Texts from elsewhere, made fit to be shown. A terminal does what some characters say: it clears itself, takes another title, fills the clipboard;
 * others turn the direction of what stands around them, so that a line reads as it is not.
 */

/** Control characters and what steers the direction of text, with the line ends of Unicode. */
const STEERING = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu
/** The same but for the line ends and tabs of a text of several lines. */
const STEERING_BUT_LINES = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/gu
/** Those of them that `JSON.stringify` leaves as they are. */
const STEERING_IN_JSON = /[\u007f-\u009f\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** @returns the text in one line, in which characters that steer whoever shows it are written out: `\x1b`, `\u202e` */
export function legible(text: string): string {
  return text.replace(STEERING, (character) => NAMED[character] ?? writtenOut(character))
}

/** @returns the same of a text of several lines, which stay */
export function legibleLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(STEERING_BUT_LINES, writtenOut)
}

/** @returns the same data with every text in it legible, the names of fields among them */
export function legibleData<T>(data: T): T {
  return changed(data) as T // texts became texts, and nothing else was touched
}

function changed(data: unknown): unknown {
  if (typeof data === 'string') return legible(data)
  if (Array.isArray(data)) return data.map(changed)
  return typeof data === 'object' && data !== null ? Object.fromEntries(Object.entries(data).map(([name, value]) => [legible(name), changed(value)])) : data
}

/** @returns the value as JSON that says the same, in which no character steers whoever shows it */
export function legibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(STEERING_IN_JSON, inFour)
}

function writtenOut(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : inFour(character)
}

function inFour(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
