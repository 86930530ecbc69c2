/** json-server, taken for what it knows about queries: it is handed plain objects in the place of a request and a response. */
import type { JsonRequest, JsonResponse } from 'json-server'
import type { ReplyHeaders } from '../core/reply.js'

/** Parameters by name. What is asked for several times is a list. */
export type RecordQuery = Record<string, string | string[]>

/** Fields that end in this are taken for references, and what refers to nothing is deleted; no field of a record does. */
const NO_FOREIGN_KEYS = '\u0000none'

/**
 * @param records all records of the collection
 * @param url where the query was asked, for the links to other pages
 * @returns the records that the query asks for, and what json-server tells beside them
 */
export async function runQuery(collection: string, records: readonly object[], query: RecordQuery, url: string): Promise<{ readonly found: readonly unknown[]; readonly headers: ReplyHeaders }> {
  // It would copy them all, whatever is asked.
  if (Object.keys(query).length === 0) return { found: records, headers: {} }
  // Loaded at the first use: it takes as long to load as all the rest, and few servers are asked.
  const { default: jsonServer } = await import('json-server')
  const router = jsonServer.router({ [collection]: records }, { foreignKeySuffix: NO_FOREIGN_KEYS })
  const { pathname, search, protocol, host } = new URL(url, 'http://localhost')
  // `_body`: its parser takes the body for read, of which there is none.
  const request: JsonRequest = { method: 'GET', url: `/${collection}`, originalUrl: `${pathname}${search}`, protocol: protocol.slice(0, -1), headers: {}, query, _body: true, get: () => host }
  const headers: Record<string, string> = {}
  const response: JsonResponse = {
    locals: {},
    setHeader: (name, value) => {
      if (name === 'X-Total-Count') headers[name] = String(value)
    },
    links: (pages) => {
      // What fits on one page has no others.
      if (Object.keys(pages).length > 0) headers['Link'] = Object.entries(pages).map(([relation, target]) => `<${target}>; rel="${relation}"`).join(', ')
    },
  }
  return new Promise((resolve, reject) => {
    router.render = () => {
      const { data } = response.locals
      if (Array.isArray(data)) resolve({ found: data, headers })
      else reject(new Error(`json-server answered nothing for ${collection}`))
    }
    router(request, response, (error) => {
      reject(error instanceof Error ? error : new Error(`json-server passed ${collection} on`))
    })
  })
}
