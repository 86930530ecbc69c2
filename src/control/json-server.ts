/** json-server, taken for what it knows about queries: it is handed plain objects in the place of a request and a response. */
import type { JsonRequest, JsonResponse } from 'json-server'
import { inTurn } from '../core/slices.js'

/** Parameters by name. What is asked for several times is a list. */
export type RecordQuery = Record<string, string | string[]>

/** Fields that end in this are taken for references, and what refers to nothing is deleted; no field of a record does. */
const NO_FOREIGN_KEYS = '\u0000none'

/** What a query finds. */
export interface Found {
  readonly found: readonly unknown[]
  /** How many there are on all pages; null where all of them were asked for. */
  readonly total: number | null
}

/**
 * @param records those that the query is about
 * @returns the records that it asks for
 */
export async function runQuery(collection: string, records: readonly object[], query: RecordQuery): Promise<Found> {
  // Loaded at the first use: it takes as long to load as all the rest, and few servers are asked.
  const { default: jsonServer } = await import('json-server')
  let total: number | null = null
  const response: JsonResponse = {
    locals: {},
    setHeader: (name, value) => {
      if (name === 'X-Total-Count') total = Number(value)
    },
    links: () => undefined,
  }
  const ask = () => new Promise<Found>((resolve, reject) => {
    const router = jsonServer.router({ [collection]: records }, { foreignKeySuffix: NO_FOREIGN_KEYS })
    // `_body`: its parser takes the body for read, of which there is none.
    const request: JsonRequest = { method: 'GET', url: `/${collection}`, originalUrl: `/${collection}`, protocol: 'http', headers: {}, query, _body: true, get: () => 'localhost' }
    router.render = () => {
      const { data } = response.locals
      if (Array.isArray(data)) resolve({ found: data, total })
      else reject(new Error(`json-server answered nothing for ${collection}`))
    }
    router(request, response, (error) => {
      reject(error instanceof Error ? error : new Error(`json-server passed ${collection} on`))
    })
  })
  // It goes through all of them in one piece.
  return inTurn(records.length, ask)
}
