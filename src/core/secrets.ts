/** What is not shown unless somebody asks for it: tokens, passwords, cookies. */
import { parseForeignJson } from '../plain/json.js'
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
  const words = key.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z\d]+/).filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  if (ABOUT.has(last)) return false
  if (words.length === 1 && SECRET_ALONE.has(last)) return true
  return words.some((word, i) => SECRET.has(word) || (i > 0 && SECRET_PAIRS.has(`${words[i - 1] ?? ''} ${word}`)))
}

/** @returns the value with every text in it changed, at any depth */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change)]))
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
  if (!HINT.test(text)) return text
  return text.replace(/(^|&)([^=&]*)=([^&]*)/g, (whole, before: string, name: string, value: string) => {
    return isSecret(name) && value !== '' ? `${before}${name}=${MASK}` : whole
  })
}

/** @returns the text with all but the first digit of what may be a mobile number masked */
export function maskPhones(text: string): string {
  return text.replace(/(?<!\d)1\d{10}(?!\d)/g, `1${MASK}`)
}

/** @returns the JSON text with its secrets and phone numbers masked; of what is no JSON, what looks like a member of it */
export function maskJsonText(text: string): string {
  return maskPhones(maskMembers(text))
}

/** @returns the JSON text with the secrets in it masked; of what is no JSON as a whole, what looks like a member of it */
export function maskMembers(text: string): string {
  try {
    const value = parseForeignJson(text)
    const masked = maskDeep(value)
    return JSON.stringify(masked) === JSON.stringify(value) ? text : JSON.stringify(masked)
  } catch {
    // Cut, or broken by whoever sent it, or nested too deeply.
    return text.replace(/"([^"\\]{1,100})"(\s*:\s*)"((?:[^"\\]|\\.)*)("?)/g, (whole, key: string, colon: string, value: string, end: string) => {
      return isSecret(key) && value !== '' ? `"${key}"${colon}"${mask(value)}${end}` : whole
    })
  }
}

/** @returns the URL with secret values in its query masked */
export function maskUrl(url: string): string {
  return url.includes('?') ? `${pathOf(url)}?${maskForm(searchOf(url))}` : url
}
