/** The calls of the sandbox as the stream tells them. Kept outside of signals: thousands come in a second, and a page draws sixty times at most. */
import { signal } from '@preact/signals'
import type { Schemas } from '../api.js'

export type Line = Schemas['CallLine']

/** Lines that the page keeps; said where they are listed. */
export const MOST_KEPT = 10_000

/** Oldest first. */
let lines: Line[] = []
/** Numbers that the page knows to be missing: they came too fast to be sent. */
let left = 0

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

/** Puts lines in that come next. Those that are there already are passed over. */
export function append(more: readonly Line[], missing = 0): void {
  const last = lines.at(-1)?.id ?? 0
  const fresh = more.filter(({ id }) => id > last)
  if (fresh.length === 0 && missing === 0) return
  for (const line of fresh) lines.push(line)
  // Some at a time, as moving the array costs.
  if (lines.length > MOST_KEPT * 1.02) lines = lines.slice(-MOST_KEPT)
  left += missing
  changed()
}

let isDue = false

/** A page is drawn sixty times a second at the most, and one that is not seen never: until then any number of changes are one. */
function changed(): void {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    version.value++
  })
}

/** Takes these lines in place of all. */
export function replace(all: readonly Line[]): void {
  lines = [...all]
  left = 0
  version.value++
}

/** Forgets everything: another sandbox, a reset, a cleared journal. */
export function forget(): void {
  pausedAt.value = null
  replace([])
}
