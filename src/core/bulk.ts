/** Records in bulk: worlds larger than the fixtures. */
import type { Doc } from './store/types.js'

/** How a system makes records in any number. */
export interface Bulk {
  /** The collection that is counted; what its records need in other collections is made along with them. */
  readonly collection: string
  /**
   * @param count how many records of the collection
   * @returns records by collection as fixtures have them, times relative to boot; the same ones for the same count
   */
  make(count: number): Promise<Readonly<Record<string, readonly Doc[]>>>
}

/**
 * @param system the system that the world belongs to
 * @param content a world as it stands in its file
 * @param count how many records to add; 0 adds none
 * @returns the same with the system's bulk records added, where it makes any
 */
export async function addBulk({ bulk }: { readonly bulk: Bulk | null }, content: unknown, count: number): Promise<unknown> {
  if (bulk === null || count === 0 || typeof content !== 'object' || content === null) return content
  const lists = new Map<string, unknown>(Object.entries(content))
  for (const [name, records] of Object.entries(await bulk.make(count))) {
    const before: unknown = lists.get(name)
    lists.set(name, Array.isArray(before) ? before.concat(records) : records)
  }
  return Object.fromEntries(lists)
}
