/**
 * json-server, taken for what it knows about queries: it is handed plain objects in the place of a request and a response. It works in one
 * piece, so it is asked about a few records at a time; they are sorted here.
 */
import type { JsonLodash, JsonRequest, JsonResponse, JsonRouter } from 'json-server'
import type { Pace } from '../core/slices.js'
import { isPaging, type Paging, type RecordQuery } from './paging.js'
import { type Primitive, sortRecords } from './sorting.js'

/** What a condition ends in that compares. */
export const COMPARED = /_(?:lte|gte|ne|like)$/

/** Fields that end in this are taken for references, and what refers to nothing is deleted; no field of a record does. */
const NO_FOREIGN_KEYS = '\u0000none'
/** What the collection is called there, whichever it is. */
const COLLECTION = 'records'
/** So many records are looked at in one piece, those that fit copied, and so many values compared. */
const AT_ONCE = 1000
const COMPARED_AT_ONCE = 10_000
/** What is a way into a field, and not the name of one: lodash's own rule. */
const WAY = /\.|\[(?:[^[\]]*|(["'])(?:(?!\1)[^\\]|\\.)*?\1)\]/

const textOf: (value: unknown) => string = String

/** What a query finds. */
export interface QueryResult {
  readonly found: readonly object[]
  /** How many there are on all pages; null where all of them were asked for. */
  readonly total: number | null
}

/** A field of a record, or one inside another. */
interface Field {
  readonly isIn: (record: object) => boolean
  readonly valueIn: (record: object) => Primitive
}

interface Condition extends Field {
  /** How it is compared: `_ne`; nothing where it is to be the same. */
  readonly way: string
  readonly value: string | string[]
}

/**
 * @param collection all records; a condition is about a field that one of them has
 * @param records those among which some are asked for
 * @param paging which part it asks for; null where that is for json-server to say
 * @returns the records that it asks for, themselves
 */
export async function runQuery(pace: Pace, collection: readonly object[], records: readonly object[], query: RecordQuery, paging: Paging | null): Promise<QueryResult> {
  // Loaded at the first use: it takes as long to load as all the rest, and few servers are asked.
  const { default: jsonServer } = await import('json-server')
  const router = jsonServer.router({ [COLLECTION]: [] }, { foreignKeySuffix: NO_FOREIGN_KEYS })
  const { _sort: sort = '', _order: order = '', ...others } = query
  const conditions: Condition[] = []
  for (const [name, value] of Object.entries(others).filter(([one]) => !isPaging(one))) {
    const path = name.replace(COMPARED, '')
    const field = fieldAt(router.db._, path)
    // To json-server, what no record has is no condition.
    if (name !== path || (await pace.inSlices(isInAny(field, collection)))) conditions.push({ ...field, way: name.slice(path.length), value })
  }
  const fitting = conditions.length === 0 ? records : await chooseFitting(router, pace, records, conditions)
  const orders = String(order).split(',')
  const by = String(sort).split(',').map((path, i) => ({ ...fieldAt(router.db._, path), isDescending: orders[i]?.toLowerCase() === 'desc' }))
  const sorted = String(sort) === '' ? fitting : await sortRecords(pace, fitting, by)
  if (paging !== null) return { found: sorted.slice(paging.offset, paging.offset + paging.limit), total: sorted.length }
  const pages = Object.entries(others).filter(([name]) => isPaging(name))
  if (pages.length === 0) return { found: sorted, total: null }
  const { found, total } = await ask(router, [...sorted.keys()], Object.fromEntries(pages))
  return { found: found.flatMap((place) => sorted[place] ?? []), total }
}

/**
 * json-server is handed the values that the conditions are about, and no names: it would look for each way in each record. It gets a few records
 * at a time, and others are answered in between.
 */
async function chooseFitting(router: JsonRouter, pace: Pace, records: readonly object[], conditions: readonly Condition[]): Promise<readonly object[]> {
  const query = Object.fromEntries(conditions.map(({ way, value }, i) => [`field${i}${way}`, value]))
  const size = Math.min(AT_ONCE, Math.ceil(COMPARED_AT_ONCE / Object.values(query).flat().length))
  const fitting: object[] = []
  for (let start = 0; start < records.length; start += size) {
    const some = records.slice(start, start + size)
    const standIns = await pace.map(some.entries(), ([place, record]) => ({ place, ...Object.fromEntries(conditions.map(({ valueIn }, i) => [`field${i}`, valueIn(record)])) }))
    for (const { place } of (await ask(router, standIns, query)).found) fitting.push(...some.slice(place, place + 1))
  }
  return fitting
}

/** @returns which of what it is handed json-server finds */
async function ask<T>(router: JsonRouter, among: readonly T[], query: RecordQuery): Promise<{ readonly found: readonly T[]; readonly total: number | null }> {
  router.db.setState({ [COLLECTION]: among })
  let total: number | null = null
  const response: JsonResponse = {
    locals: {},
    setHeader: (name, value) => {
      if (name === 'X-Total-Count') total = Number(value)
    },
    links: () => undefined,
  }
  return new Promise((resolve, reject) => {
    const url = `/${COLLECTION}`
    // `_body`: its parser takes the body for read, of which there is none.
    const request: JsonRequest = { method: 'GET', url, originalUrl: url, protocol: 'http', headers: {}, query: { ...query }, _body: true, get: () => 'localhost' }
    router.render = () => {
      const { data } = response.locals
      if (Array.isArray(data)) resolve({ found: data as readonly T[], total }) // copies of what it was handed
      else reject(new Error('json-server answered nothing'))
    }
    router(request, response, (error) => {
      reject(error instanceof Error ? error : new Error('json-server passed a query on'))
    })
  })
}

function* isInAny({ isIn }: Field, records: readonly object[]): Generator<void, boolean> {
  for (const record of records) {
    if (isIn(record)) return true
    yield
  }
  return false
}

/** The way is read once, and not for each record. */
function fieldAt(lodash: JsonLodash, path: string): Field {
  const way = WAY.test(path) ? lodash.toPath(path) : [path]
  const wayIn = (record: object) => (path in record ? [path] : way)
  return { isIn: (record) => lodash.has(record, wayIn(record)), valueIn: (record) => primitiveOf(lodash.get(record, wayIn(record))) }
}

/** @returns the value as the language compares it with a text: of an object and a list, its text */
function primitiveOf(value: unknown): Primitive {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  try {
    return textOf(value)
  } catch {
    // A field of its own is called toString.
    return '[object Object]'
  }
}
