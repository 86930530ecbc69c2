/** URLs as they travel, cut where the query begins. */

/** @returns what stands before the first question mark of a URL */
export function pathOf(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? url : url.slice(0, at)
}

/** @returns what stands behind the first question mark of a URL; an empty text where there is none */
export function searchOf(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? '' : url.slice(at + 1)
}
