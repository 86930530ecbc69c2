/** Hides secrets and phone numbers in what came of a real backend. It may call anything by any name, so more is hidden than of what the stub says. */
import { isObject, parseForeignJson } from '../../plain/json.js'
import { searchOf } from '../../plain/url.js'
import type { ReplyHeaders } from '../reply.js'
import { hidePairs, isNoSecret } from '../secret-pairs.js'
import { isForeignSecret, mask, maskPhones } from '../secrets.js'
import type { CallHeaders } from '../stage/call.js'
import { SecretTexts } from './secret-texts.js'

/** A call, and what it was answered with, as far as either is at hand. */
export interface CallAndAnswer {
  readonly url: string
  readonly headers: readonly (CallHeaders | ReplyHeaders)[]
  readonly bodies: readonly string[]
}

/** So many secrets, of so many characters in all, are taken of one exchange: of its headers first, for a body can be filled with anything. */
const MOST_TAKEN = 500
const MOST_CHARACTERS = 64 * 1024

/**
 * @param into what they are added to
 * @returns the secrets that the call carried and those that its answer gave: cookies, Authorization, and whatever has the name of a secret
 */
export function secretsIn({ url, headers, bodies }: CallAndAnswer, into = new SecretTexts()): SecretTexts {
  const found = new Set<string>()
  let characters = 0
  const take = (text: string) => {
    if (found.has(text) || found.size === MOST_TAKEN || characters + text.length > MOST_CHARACTERS) return
    found.add(text)
    characters += text.length
  }
  for (const one of headers) {
    for (const [name, value] of Object.entries(one)) {
      if (value !== undefined && isForeignSecret(name)) for (const text of [value].flat()) takeHeader(name, text, take)
    }
  }
  takePairs(searchOf(url), take)
  for (const body of bodies) {
    const value = parse(body)
    if (value === undefined) takePairs(body, take)
    else takeMembers(value, false, take)
  }
  for (const text of found) into.add(text)
  return into
}

type Take = (text: string) => void

function takeHeader(name: string, value: string, take: Take): void {
  if (/cookie/.test(name)) {
    for (const pair of name === 'set-cookie' ? [value.split(';', 1)[0] ?? ''] : value.split(';')) take(pair.slice(pair.indexOf('=') + 1).trim().replace(/^"|"$/g, ''))
    return
  }
  const credential = value.slice(value.trim().lastIndexOf(' ') + 1).trim()
  take(credential)
  const decoded = Buffer.from(credential, 'base64').toString('latin1')
  if (/^[\x20-\x7e]+$/.test(decoded)) take(decoded.slice(Math.max(decoded.indexOf('='), decoded.indexOf(':')) + 1))
}

function takePairs(text: string, take: Take): void {
  if (!text.includes('=')) return
  for (const [name, value] of new URLSearchParams(text)) if (isForeignSecret(name)) take(value)
}

function takeMembers(value: unknown, isSecret: boolean, take: Take): void {
  if (typeof value === 'string') {
    if (isSecret) take(value)
  } else if (Array.isArray(value)) for (const item of value as readonly unknown[]) takeMembers(item, isSecret, take)
  else if (isObject(value)) for (const [name, item] of Object.entries(value)) takeMembers(item, isSecret || isForeignSecret(name), take)
}

/** Hides what must not be seen. */
export interface Veil {
  /** @returns a text, URL or pointer without secrets and phone numbers */
  readonly text: (text: string) => string
  /** @returns a body without them: of JSON, by the names of its fields */
  readonly body: (text: string) => string
  /** @returns a value without them, at any depth */
  readonly value: (value: unknown, name?: string) => unknown
}

/**
 * @param known what is hidden wherever it stands
 * @param phones hides phone numbers
 */
export function veilOver(known: readonly Pick<SecretTexts, 'hide'>[], phones = maskPhones): Veil {
  const exact = (text: string) => known.reduce((shown, one) => one.hide(shown), text)
  const text = (said: string) => phones(hidePairs(exact(said).replace(JWT, mask).replace(SCHEME, (_whole, scheme: string) => `${scheme} ${mask('secret')}`), isForeignPair))
  const value = (said: unknown, name = '') => hideMembers(said, isForeignSecret(name), text)
  return {
    text,
    value,
    body: (said) => {
      const parsed = parse(said)
      if (parsed === undefined) return text(said)
      const [before, after] = [JSON.stringify(parsed), JSON.stringify(value(parsed))]
      // Numbers may be somebody's phone, too.
      return phones(exact(before === after ? said : after))
    },
  }
}

/** A JSON object in Base64 is what a JSON Web Token begins with. */
const JWT = /(?<![\w-])eyJ[\w.-]{10,}/g
const SCHEME = /(?<![\w-])(Bearer|Basic)(?:\s|%20|\+){1,4}[^\s"'<>\\;,]+/gi
/** A word before an equals sign may be any key. */
function isForeignPair(name: string, between: string): boolean {
  return isForeignSecret(name) || (between.includes('=') && /.key$/i.test(name))
}

function hideMembers(value: unknown, isSecret: boolean, text: (said: string) => string): unknown {
  if (typeof value === 'string') return isSecret ? mask(value) : text(value)
  if (typeof value === 'number') return isSecret && !isNoSecret(String(value)) ? mask('secret') : value
  if (Array.isArray(value)) return value.map((item: unknown) => hideMembers(item, isSecret, text))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [text(name), hideMembers(item, isSecret || isForeignSecret(name), text)]))
}

function parse(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined
  try {
    return parseForeignJson(text)
  } catch {
    return undefined
  }
}
