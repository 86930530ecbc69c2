/** Secrets under their names in a text of whatever kind: a query, a header, a script, a piece of JSON that was cut, the parts of a form with files. */
import { parseForeignJson } from '../plain/json.js'
import { isSecret, mask, maskDeep, maskForm } from './secrets.js'

/** A letter as JSON may write it. */
const ESCAPE = String.raw`\\u[\da-f]{4}`
/** A name and what stands between it and its value. */
const NAME = new RegExp(String.raw`(?<![\w-])(?<!\\(?=u[\da-f]{4}))((?:[\w-]|${ESCAPE})+)(\\{0,2}["']?\s{0,4}(?:[=:]|%3[ad])\s{0,4})(\\{0,2}["']?)`, 'gi')
/** What a value reaches to, by how it begins. */
const TO_QUOTE = /[^"\\]*(?:\\[^][^"\\]*)*/y
const TO_APOSTROPHE = /[^'\\]*(?:\\[^][^'\\]*)*/y
const TO_ESCAPED = /[^"'\\]*/y
const TO_GAP = /[^\s"'<>\\;,&]+/y

/**
 * @param isNamed whether what has this name is secret; `between` is what stands between name and value: an equals sign or a colon among quotes and blanks
 * @returns the text with the values of such names masked. It takes time in proportion to the text, whatever that is
 */
export function hidePairs(text: string, isNamed: (name: string, between: string) => boolean): string {
  let shown = ''
  let from = 0
  NAME.lastIndex = 0
  for (let pair = NAME.exec(text); pair !== null; pair = NAME.exec(text)) {
    const [, name = '', between = '', quote = ''] = pair
    // A value that has members is not read to its end, for what stands in it is looked at as well.
    if (!isNamed(asRead(name), between) || (quote === '' && hasMembers(text, NAME.lastIndex))) continue
    const reach = quote === '' ? TO_GAP : quote === '"' ? TO_QUOTE : quote === "'" ? TO_APOSTROPHE : TO_ESCAPED
    const start = (reach.lastIndex = NAME.lastIndex)
    const value = reach.exec(text)?.[0] ?? ''
    if (value === '' || (quote === '' && isNoSecret(value))) continue
    shown += text.slice(from, start) + mask(value)
    from = NAME.lastIndex = start + value.length
  }
  return shown + text.slice(from)
}

function asRead(name: string): string {
  return name.replace(new RegExp(ESCAPE, 'gi'), (escape) => String.fromCharCode(parseInt(escape.slice(2), 16)))
}

/** How many of something there are, or whether there is one, is no secret; nor is a value that has members of its own, which have their names. */
export function isNoSecret(value: string): boolean {
  return /^(?:\d{1,3}|true|false|null)$/.test(value) || hasMembers(value, 0)
}

function hasMembers(text: string, at: number): boolean {
  return text[at] === '[' || text[at] === '{'
}

/**
 * @param type the `content-type`
 * @returns the text of a form in parts (RFC 7578) without what stands in parts of such a name; any other text as it is
 */
export function hideParts(text: string, type: string, isNamed: (name: string) => boolean): string {
  const boundary = /^multipart\/.*?;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) return text
  return text.split(`--${mark}`).map((part) => {
    const head = /^[^]*?\r?\n\r?\n/.exec(part)?.[0] ?? ''
    const name = /\bname=(?:"([^"\r\n]*)"|([^\s;]+))/i.exec(head)
    if (name === null || !isNamed(name[1] ?? name[2] ?? '')) return part
    const [end = ''] = /\r?\n?$/.exec(part) ?? []
    return head + mask(part.slice(head.length, part.length - end.length)) + end
  }).join(`--${mark}`)
}

/**
 * By the names in it, whatever its type says it is: it may be cut, broken by whoever sent it, nested too deeply, or of another type than is said.
 * @param type the `content-type`
 * @returns the body of a call without its secrets; as it was written where it has none
 */
export function maskBody(text: string, type: string): string {
  try {
    const value = parseForeignJson(text)
    const masked = typeof value === 'string' ? hidePairs(value, isSecret) : maskDeep(value)
    return JSON.stringify(masked) === JSON.stringify(value) ? text : JSON.stringify(masked)
  } catch {
    const form = /^application\/x-www-form-urlencoded/i.test(type) ? maskForm(text) : hideParts(text, type, isSecret)
    return hidePairs(form, isSecret)
  }
}
