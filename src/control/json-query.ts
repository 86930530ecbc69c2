/** json-server's own query dialect over any list of records: filters, full text, sorting, paging. */
import { searchOf } from '../core/pipeline/query.js'
import type { ReplyHeaders } from '../core/reply.js'
import type { Call } from '../core/stage/call.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { type RecordQuery, runQuery } from './json-server.js'

/** Parameters that ask for one thing at a time; of several the last counts. */
const SINGLE = ['q', '_sort', '_order', '_start', '_end', '_page', '_limit']
/** Parameters of json-server that mean nothing over a single collection, or are done by fault rules here. */
const REFUSED: Readonly<Record<string, string>> = {
  _embed: 'read the other collection by itself',
  _expand: 'read the other collection by itself',
  _delay: 'add a fault rule of the kind latency',
}

/**
 * Lets json-server answer the query of the call.
 * @param records all records of the collection
 * @returns those that the query asks for, and the headers `X-Total-Count` and `Link` of a page
 * @throws Refusal when the query cannot be understood
 */
export function queryRecords(collection: string, records: readonly object[], { url, headers: { host } }: Call): Promise<{ readonly found: readonly unknown[]; readonly headers: ReplyHeaders }> {
  const query = readQuery(new URLSearchParams(searchOf(url)))
  return runQuery(collection, records, query, `${host === undefined ? '' : `http://${host}`}${url}`)
}

function readQuery(search: URLSearchParams): RecordQuery {
  const query: RecordQuery = {}
  for (const name of new Set(search.keys())) {
    const instead = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined
    if (instead !== undefined) throw refusal(400, 'invalid-request', `${name} is not supported here: ${instead}.`)
    const values = search.getAll(name)
    if (name.endsWith('_like')) for (const value of values) checkPattern(name, value)
    const last = values.at(-1) ?? ''
    define(query, name, values.length === 1 || SINGLE.includes(name) ? last : values)
  }
  return query
}

/** A name such as `__proto__` is a field like any other. */
function define(query: RecordQuery, name: string, value: string | string[]): void {
  Object.defineProperty(query, name, { value, writable: true, enumerable: true, configurable: true })
}

function checkPattern(name: string, pattern: string): void {
  try {
    new RegExp(pattern, 'i')
  } catch {
    throw refusal(400, 'invalid-request', `${name} takes a regular expression, and ${quote(pattern)} is none. Put a backslash before ( [ { * + ? where you mean the character.`)
  }
}
