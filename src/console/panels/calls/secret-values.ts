/** Which secrets a call carries: found where it is shown with a mask in one place and with something else there when it is shown as it was. */
import { searchOf } from '../../../plain/url.js'
import { headersOf } from './as-code.js'
import type { Entry } from './entry.js'

const MASK = '***'
/** Secrets that a login hands out. The others, passwords above all, are the user's own. */
const TOKEN = /token|api.?key|session|authorization|cookie|^auth$/i

/** A secret in the body or the query. */
interface Secret {
  readonly name: string
  readonly value: string
}

/**
 * @param masked the call with its secrets masked
 * @param whole the same as it was
 * @returns the names of the headers that are secret, and the tokens in body and query
 */
export function secretsOf(masked: Entry, whole: Entry): { readonly headers: readonly string[]; readonly tokens: readonly Secret[] } {
  const known = new Map(headersOf(masked.request))
  const headers = headersOf(whole.request).flatMap(([name, value]) => (known.get(name) === MASK && value !== MASK ? [name] : []))
  const inBody = pairsOf(parsed(masked.request.body?.text), parsed(whole.request.body?.text), '')
  const inQuery = inForm(searchOf(masked.request.url), searchOf(whole.request.url))
  return { headers, tokens: [...inBody, ...inQuery].filter(({ name }) => TOKEN.test(name)) }
}

/** @returns JSON as it is, a form as an object of its fields */
function parsed(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return Object.fromEntries(fieldsOf(text))
  }
}

function fieldsOf(text: string): [string, string][] {
  return text.split('&').map((part): [string, string] => {
    const at = part.indexOf('=')
    return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
  })
}

function inForm(masked: string, whole: string): readonly Secret[] {
  return pairsOf(Object.fromEntries(fieldsOf(masked)), Object.fromEntries(fieldsOf(whole)), '')
}

function pairsOf(masked: unknown, whole: unknown, name: string): readonly Secret[] {
  if (typeof masked === 'string' && typeof whole === 'string') return masked === MASK && whole !== MASK && whole !== '' ? [{ name, value: whole }] : []
  if (typeof masked !== 'object' || masked === null || typeof whole !== 'object' || whole === null) return []
  const others = new Map(Object.entries(whole))
  return Object.entries(masked).flatMap(([key, value]) => pairsOf(value, others.get(key), Array.isArray(masked) ? name : key))
}
