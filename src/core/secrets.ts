/** What is not shown unless somebody asks for it: tokens, passwords, cookies. */
import { pathOf, searchOf } from '../plain/url.js'

const MASK = '***'

/** Words that make the value under a key secret, and pairs of words that do. */
const SECRET = new Set(['authorization', 'cookie', 'passwd', 'password', 'pwd', 'passphrase', 'secret', 'token', 'apikey', 'sessionid'])
const SECRET_PAIRS = new Set(['api key', 'session id'])
/** A key that ends in one of these is about a secret, but holds none. */
const ABOUT = new Set(['expire', 'expires', 'at', 'type', 'set'])
/** Too short to be taken as parts of other keys. */
const SECRET_ALONE = new Set(['auth'])

/** What no key is secret without; most keys and queries have nothing of it, which is soon seen. */
const HINT = new RegExp([...SECRET, ...SECRET_ALONE, ...[...SECRET_PAIRS].map((pair) => pair.split(' ', 1)[0])].join('|'), 'i')

/** @returns what stands in the place of a secret */
export function mask(value: string): string {
  return value === '' ? '' : MASK
}

/** @returns whether the text under this key of a body, header or query is secret */
export function isSecret(key: string): boolean {
  if (!HINT.test(key)) return false
  const words = wordsOf(key)
  const last = words.at(-1) ?? ''
  if (ABOUT.has(last)) return false
  if (words.length === 1 && SECRET_ALONE.has(last)) return true
  return words.some((word, i) => SECRET.has(word) || (i > 0 && SECRET_PAIRS.has(`${words[i - 1] ?? ''} ${word}`)))
}

/** What makes the value under a key secret, in whatever way the words in the key are parted. */
const FOREIGN = /token|secret|passw|pwd|passphrase|jwt|session|sessid|apikey|accesskey|authcode|verifycode|smscode|cookie|authorization/

/** @returns whether what a real backend, or a call to it, has under this key is secret: it names things as it likes */
export function isForeignSecret(key: string): boolean {
  if (isSecret(key)) return true
  const words = wordsOf(key)
  if (ABOUT.has(words.at(-1) ?? '')) return false
  return words.includes('sid') || FOREIGN.test(words.join(''))
}

function wordsOf(key: string): readonly string[] {
  return key.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z\d]+/).filter((word) => word !== '')
}

/** @returns the value with every secret text in it masked, at any depth */
export function maskDeep(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return isSecret(key) ? mask(value) : value
  if (Array.isArray(value)) return value.map((item: unknown) => maskDeep(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskDeep(item, name)]))
}

/** @returns the form or query with secret values masked; the rest stays as it was written */
export function maskForm(text: string): string {
  if (!HINT.test(text) && !text.includes('%')) return text
  return text.replace(/(^|&)([^=&]*)=([^&]*)/g, (whole, before: string, name: string, value: string) => {
    return isSecret(unescaped(name)) && value !== '' ? `${before}${name}=${MASK}` : whole
  })
}

/** @returns the name as forms mean it: what is no escape stays */
function unescaped(name: string): string {
  return name.replace(/%([\da-f]{2})/gi, (_escape, code: string) => String.fromCharCode(parseInt(code, 16)))
}

/** A mobile number in one piece, or in three or two as people write it; with the code of the country before it or without. */
const PHONE = /(?:(?<!\d)|(?<=%[\dA-F]{2}))(?:(?:00)?86[ -]?)?(?:1\d{10}|1[3-9]\d[ -]\d{8}|1[3-9]\d{5}[ -]\d{4}|1[3-9]\d[ .()\u2010-\u2015\u00a0-]{1,3}\d{4}[ .\u2010-\u2015\u00a0-]{1,2}\d{4})(?!\d)/gi

/** The same in digits as wide as a Chinese character, in one piece. */
const WIDE_PHONE = /(?<![０-９])１[０-９]{10}(?![０-９])/g
/** A wide digit stands so many characters behind the usual one. */
const WIDER = 0xff10 - 0x30

/** @returns the text with all but the first digit of what may be a mobile number masked */
export function maskPhones(text: string): string {
  return text.replace(PHONE, `1${MASK}`).replace(WIDE_PHONE, `1${MASK}`)
}

/**
 * @param instead gives a number of eleven digits for another
 * @returns the text with what may be mobile numbers replaced, each in the spelling in which it stands there
 */
export function replacePhones(text: string, instead: (phone: string) => string): string {
  return text.replace(PHONE, (spelled) => {
    const digits = spelled.replace(/\D/g, '')
    // The code of the country may stand before it.
    const before = digits.length - PHONE_DIGITS
    const other = instead(digits.slice(before))
    let at = 0
    return spelled.replace(/\d/g, (digit) => other[at++ - before] ?? digit)
  }).replace(WIDE_PHONE, (wide) => shifted(instead(shifted(wide, -WIDER)), WIDER))
}

function shifted(digits: string, by: number): string {
  return digits.replace(/[\d０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + by))
}

const PHONE_DIGITS = 11

/** @returns the URL with secret values in its query masked */
export function maskUrl(url: string): string {
  return url.includes('?') ? `${pathOf(url)}?${maskForm(searchOf(url))}` : url
}
