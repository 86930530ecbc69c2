/** json-server, taken for what it knows about queries: it is handed plain objects in the place of a request and a response. */
import type { JsonRequest, JsonResponse } from 'json-server'
import type { Pace } from '../core/slices.js'

/** Parameters by name. What is asked for several times is a list. */
export type RecordQuery = Record<string, string | string[]>

/** What a condition ends in that compares. */
export const COMPARED = /_(?:lte|gte|ne|like)$/

/** Fields that end in this are taken for references, and what refers to nothing is deleted; no field of a record does. */
const NO_FOREIGN_KEYS = '\u0000none'

/** Where the place of a record stands among all in what stands in for it; no field of a record is called so. */
const PLACE = '\u0000place'

/** A record, as far as the query is about it. */
type StandIn = Record<string, unknown>

/** What a query finds. */
export interface Found {
  readonly found: readonly object[]
  /** How many there are on all pages; null where all of them were asked for. */
  readonly total: number | null
}

/**
 * It is handed no more of each record than the query is about: it goes through all of them in one piece, and copies what it finds.
 * @param records those that the query is about
 * @returns the records that it asks for, themselves
 */
export async function runQuery(pace: Pace, collection: string, records: readonly object[], query: RecordQuery): Promise<Found> {
  // Loaded at the first use: it takes as long to load as all the rest, and few servers are asked.
  const { default: jsonServer } = await import('json-server')
  const names = topsOf(query)
  const standIns = await pace.map(records.entries(), ([place, record]) => standInFor(record, place, names))
  let total: number | null = null
  const response: JsonResponse = {
    locals: {},
    setHeader: (name, value) => {
      if (name === 'X-Total-Count') total = Number(value)
    },
    links: () => undefined,
  }
  return new Promise<Found>((resolve, reject) => {
    const router = jsonServer.router({ [collection]: standIns }, { foreignKeySuffix: NO_FOREIGN_KEYS })
    // `_body`: its parser takes the body for read, of which there is none.
    const request: JsonRequest = { method: 'GET', url: `/${collection}`, originalUrl: `/${collection}`, protocol: 'http', headers: {}, query: { ...query }, _body: true, get: () => 'localhost' }
    router.render = () => {
      const { data } = response.locals
      if (Array.isArray(data)) resolve({ found: (data as readonly StandIn[]).flatMap((found) => records[Number(found[PLACE])] ?? []), total }) // what it was handed
      else reject(new Error(`json-server answered nothing for ${collection}`))
    }
    router(request, response, (error) => {
      reject(error instanceof Error ? error : new Error(`json-server passed ${collection} on`))
    })
  })
}

function standInFor(record: object, place: number, names: readonly string[]): StandIn {
  const standIn: StandIn = { [PLACE]: place }
  for (const name of names) if (Object.hasOwn(record, name)) standIn[name] = Reflect.get(record, name)
  return standIn
}

/** @returns the names of all fields that the query may look into: a name may stand for itself, or for a way into a field */
function topsOf(query: RecordQuery): readonly string[] {
  const paths = Object.entries(query).flatMap(([name, value]) => (name === '_sort' ? String(value).split(',') : [name, name.replace(COMPARED, '')]))
  return [...new Set(paths.flatMap((path) => [path, path.split(/[.[]/, 1)[0] ?? path]))].filter((name) => name !== '__proto__')
}
