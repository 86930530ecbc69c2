/** Pages count from 0; `resultCount` is the length of the whole list. */
import type { Page, Window } from '../../core/store/types.js'

/** A list as it travels. */
interface ListPage<T> {
  list: T[]
  resultCount: number
}

/** @returns the part of a list that a page is */
export function windowOf(page: number, size: number): Window {
  return { offset: page * size, limit: size }
}

/** @returns a page of a list that is at hand as a whole because it belongs to one user or one task */
export function pageOf<T>(items: readonly T[], { offset, limit }: Window): Page<T> {
  return { items: items.slice(offset, offset + limit), total: items.length }
}

/** @returns the page as it travels, each record turned into what the contract shows of it */
export function viewPage<R, T>({ items, total }: Page<R>, view: (record: R) => T): ListPage<T> {
  return { list: items.map((item) => view(item)), resultCount: total }
}
