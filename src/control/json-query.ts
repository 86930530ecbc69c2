/** json-server's own query dialect over any list of records: filters, full text, sorting, paging. */
import type { Request, Response } from 'express'
import { searchOf } from '../core/pipeline/query.js'
import { quote, refusal } from './refusal.js'

type Query = Record<string, string | string[]>

/** Fields that end in this are taken for references, and what refers to nothing is deleted; no field of a record does. */
const NO_FOREIGN_KEYS = '\u0000none'
/** Parameters that ask for one thing at a time; of several the last counts. */
const SINGLE = ['q', '_sort', '_order', '_start', '_end', '_page', '_limit']
/** Parameters of json-server that mean nothing over a single collection, or are done by fault rules here. */
const REFUSED: Readonly<Record<string, string>> = {
  _embed: 'read the other collection by itself',
  _expand: 'read the other collection by itself',
  _delay: 'add a fault rule of the kind latency',
}

/**
 * Lets json-server answer the query of the request; it also sets `X-Total-Count` and `Link`.
 * @param records all records of the collection
 * @returns those that the query asks for
 * @throws Refusal when the query cannot be understood
 */
export async function queryRecords(collection: string, records: readonly object[], request: Request, response: Response): Promise<readonly unknown[]> {
  const query = readQuery(new URLSearchParams(searchOf(request.url)))
  // Loaded at the first use: it takes as long to load as all the rest, and few servers are asked.
  const { default: jsonServer } = await import('json-server')
  const router = jsonServer.router({ [collection]: records }, { foreignKeySuffix: NO_FOREIGN_KEYS })
  // Express 5 makes `query` a getter on the prototype; json-server deletes from what it takes for a plain object.
  Object.defineProperty(request, 'query', { value: query, writable: true, configurable: true })
  // There is no body to be read: its own parser would wait for one.
  Object.defineProperty(request, '_body', { value: true, configurable: true })
  request.url = `/${collection}`
  return new Promise((resolve, reject) => {
    router.render = (_, { locals }) => {
      const found: unknown = locals['data']
      if (Array.isArray(found)) resolve(found)
      else reject(new Error(`json-server answered nothing for ${collection}`))
    }
    router(request, response, (error: unknown) => {
      reject(error instanceof Error ? error : new Error(`json-server passed ${collection} on`))
    })
  })
}

function readQuery(search: URLSearchParams): Query {
  const query: Query = {}
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
function define(query: Query, name: string, value: string | string[]): void {
  Object.defineProperty(query, name, { value, writable: true, enumerable: true, configurable: true })
}

function checkPattern(name: string, pattern: string): void {
  try {
    new RegExp(pattern, 'i')
  } catch {
    throw refusal(400, 'invalid-request', `${name} takes a regular expression, and ${quote(pattern)} is none. Put a backslash before ( [ { * + ? where you mean the character.`)
  }
}
