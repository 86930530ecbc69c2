/** The calls of the sandbox as the stream tells them. Kept outside of signals: thousands come in a second, and a page draws sixty times at most. */
import { signal } from '@preact/signals'
import type { Schemas } from '../api.js'
import { whenStill } from './still.js'

export type Line = Schemas['CallLine']

/** Lines that the page keeps; said where they are listed. */
export const MOST_KEPT = 10_000
/** Lines that are read at once. */
export const PAGE = 500

/** Oldest first. */
let lines: Line[] = []
/** Numbers that the page knows to be missing: they came too fast to be sent. */
let left = 0
/** So many calls the journal holds before those that are here. */
let older = 0
/** Counts how often all lines have been replaced: numbers of calls may begin anew then. */
let edition = 0

/** Counts up when the lines have changed, once for each picture that is drawn. */
export const version = signal(0)
/** So many calls the stub's journal holds; older ones are gone. */
export const capacity = signal(0)
/** While paused, what comes is kept but not shown. */
export const pausedAt = signal<number | null>(null)

/** @returns the lines kept, oldest first; the array is not to be changed */
export function keptLines(): readonly Line[] {
  return lines
}

/** @returns another number where the lines have nothing to do with those before */
export function editionOfLines(): number {
  return edition
}

/** @returns the line of a call if it is kept */
export function lineOf(id: number): Line | undefined {
  const line = lines[placeUpTo(lines, id)]
  return line?.id === id ? line : undefined
}

/** @returns the place of the last of some lines whose number is not above `id`; -1 where all are */
export function placeUpTo(lines: readonly Line[], id: number): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.id ?? 0) <= id) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** @returns how many calls of a rush are not among the lines */
export function leftOut(): number {
  return left
}

/** @returns how many calls the journal holds before those that are here */
export function olderInJournal(): number {
  return older
}

/** @returns whether a page of older lines can be read, and has room here */
export function hasMore(): boolean {
  return older > 0 && lines.length + Math.min(PAGE, older) <= MOST_KEPT
}

/** Puts lines in that come next. Those that are there already are passed over. */
export function append(more: readonly Line[], missing = 0): void {
  const last = lines.at(-1)?.id ?? 0
  const fresh = more.filter(({ id }) => id > last)
  if (fresh.length === 0 && missing === 0) return
  for (const line of fresh) lines.push(line)
  // Some at a time, as moving the array costs.
  if (lines.length > MOST_KEPT * 1.02) {
    older += lines.length - MOST_KEPT
    lines = lines.slice(-MOST_KEPT)
  }
  left += missing
  // As many as came, the journal has let go of.
  older = Math.max(0, Math.min(older, capacity.value - lines.length - left))
  changed()
}

/** Puts a page in that comes before all others, the newest first. */
export function prepend(page: readonly Line[]): void {
  const first = lines[0]?.id ?? Number.POSITIVE_INFINITY
  const fresh = page.filter(({ id }) => id < first).reverse()
  lines = [...fresh, ...lines]
  older = page.length < PAGE ? 0 : Math.max(0, older - fresh.length)
  changed()
}

let isDue = false

/** A page is drawn sixty times a second at the most, and one that is not seen never: until then any number of changes are one. */
function changed(): void {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    whenStill(version, () => {
      isDue = false
      version.value++
    })
  })
}

/**
 * Takes these lines in place of all.
 * @param all the newest first
 * @param total how many the journal holds
 */
export function replace(all: readonly Line[], total: number): void {
  lines = [...all].reverse()
  left = 0
  older = Math.max(0, total - lines.length)
  edition++
  version.value++
}

/** Forgets everything: another sandbox, a reset, a cleared journal. */
export function forget(): void {
  pausedAt.value = null
  replace([], 0)
}
