/** Pages of a list of records, as json-server has them: `_page` with `_limit`, `_start` with `_end`, `_start` with `_limit`. */
import type { ReplyHeaders } from '../core/reply.js'
import type { Window } from '../core/store/types.js'

/** Parameters by name. What is asked for several times is a list. */
export type RecordQuery = Record<string, string | string[]>

/** Parameters that say which part of a list is wanted. */
const PAGING: ReadonlySet<string> = new Set(['_page', '_limit', '_start', '_end'])
const USUAL_LIMIT = 10

/** A part of a list, and which page it is; null where it is none. */
export interface Paging extends Window {
  readonly page: number | null
}

/** @returns whether a parameter says which part of a list is wanted */
export function isPaging(name: string): boolean {
  return PAGING.has(name)
}

/** @returns whether a query asks for a part of the list and for nothing else */
export function isPagingAlone(query: RecordQuery): boolean {
  return Object.keys(query).every(isPaging)
}

/** @returns which part a query asks for; null where it asks for all, or in numbers that only json-server can make something of */
export function pagingOf(query: RecordQuery): Paging | null {
  const asked = Object.entries(query).filter(([name]) => PAGING.has(name))
  if (!asked.every(([, value]) => /^\d{1,9}$/.test(String(value)))) return null
  const number = (name: string) => Number(query[name] ?? 0)
  const start = number('_start')
  if (query['_page'] !== undefined) {
    const page = Math.max(1, number('_page'))
    const limit = number('_limit') || USUAL_LIMIT
    return { page, offset: (page - 1) * limit, limit }
  }
  if (query['_end'] !== undefined) return { page: null, offset: start, limit: Math.max(0, number('_end') - start) }
  return query['_limit'] === undefined ? null : { page: null, offset: start, limit: number('_limit') }
}

/**
 * @param paging which part was asked for; null where that was for json-server to say
 * @param total how long the whole list is
 * @param address where the part was asked for
 * @returns the headers `X-Total-Count`, and `Link` of a page where there are others
 */
export function pagingHeaders(paging: Paging | null, total: number, address: URL): ReplyHeaders {
  const headers = { 'X-Total-Count': String(total) }
  if (paging === null || paging.page === null || paging.offset >= total) return headers
  const { page, limit } = paging
  const last = Math.ceil(total / limit)
  if (last === 1) return headers
  const pages = { first: 1, ...(page > 1 ? { prev: page - 1 } : {}), ...(page < last ? { next: page + 1 } : {}), last }
  const links = Object.entries(pages).map(([relation, number]) => {
    const target = new URL(address)
    target.searchParams.set('_page', String(number))
    return `<${target.href}>; rel="${relation}"`
  })
  return { ...headers, Link: links.join(', ') }
}
