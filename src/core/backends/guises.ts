/** The forms in which a text may stand in a call: as it is, percent-encoded, with the escapes of JSON, in Base64, compressed. */
import type { CallHeaders } from '../stage/call.js'
import { compressionsIn, decompress, MOST_COMPRESSIONS } from './compression.js'

/** A value inside a URL inside a URL is encoded twice. */
const MOST_TIMES = 2
/** What may be a secret in Base64, as headers carry it. */
export const BASE64 = /[A-Za-z\d+/_-]{12,}/g
/** So many characters of a text are decoded, and so many bytes does a compressed body have at the most that is looked through. */
const MOST_DECODED = 1024 * 1024

/** What a token is written with, in whichever form: letters and digits, and what encodes them. */
const OF_TOKENS = Uint8Array.from({ length: 128 }, (_none, code) => (/[A-Za-z\d%\\+/_-]/.test(String.fromCharCode(code)) ? 1 : 0))

/** @returns whether a token of so many characters may stand in the text, in any form, of which none is shorter; only as many places are looked at as it takes to tell */
export function mayHold(text: string, length: number): boolean {
  for (let start = 0; start + length <= text.length; ) {
    let at = start + length - 1
    while (at >= start && OF_TOKENS[text.charCodeAt(at)] === 1) at--
    if (at < start) return true
    start = at + 1
  }
  return false
}

/** @returns the text as it is, and without its percent-encoding and the escapes of JSON where it has any */
export function guisesOf(text: string): readonly string[] {
  const start = text.slice(0, MOST_DECODED)
  const forms = [start]
  for (let times = 0, last = start; times < MOST_TIMES && last.includes('%'); times++) {
    last = last.replace(/%([\da-f]{2})/gi, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    forms.push(last)
  }
  return [text, ...forms.slice(1), ...forms.filter((form) => form.includes('\\')).map(unescaped)]
}

/** @returns what stands in the text in Base64, or may */
export function decodedIn(text: string): readonly string[] {
  return (text.match(BASE64) ?? []).map((word) => Buffer.from(word, 'base64').toString('latin1'))
}

/** @returns a value of a header in every form */
export function headerGuises(value: string): readonly string[] {
  return guisesOf(value).flatMap((form) => [form, ...decodedIn(form).flatMap(guisesOf)])
}

/** @returns the body without its compression, a character for each byte; empty where it has none, or one that cannot be undone, or is too long */
export async function unpackedBody(headers: CallHeaders, body: Uint8Array | null): Promise<string> {
  const compressions = compressionsIn(String(headers['content-encoding'] ?? ''))
  if (body === null || compressions === null || compressions.length === 0 || compressions.length > MOST_COMPRESSIONS) return ''
  try {
    return Buffer.from(await decompress(body, compressions, MOST_DECODED)).toString('latin1')
  } catch {
    // Whatever it is, it is no business of the stub's.
    return ''
  }
}

/** A line break and the like part words from each other. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|[\s\S])/gi, (_whole, code: string | undefined) => (code === undefined ? ' ' : String.fromCharCode(Number.parseInt(code, 16))))
}
