/** What the last calls of a system tell. */
import { keptLines, version } from '../../live/calls.js'
import { watch } from '../../live/watch.js'

const MINUTE = 60_000

/** Calls of a system in each of the last minutes of the sandbox's clock, the oldest first. */
export function perMinute(system: string, now: number, minutes: number): readonly number[] {
  watch(version)
  const counts = Array.from({ length: minutes }, () => 0)
  const lines = keptLines()
  const begin = now - minutes * MINUTE
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i]
    if (line === undefined) break
    const at = Date.parse(line.at)
    if (at < begin) break
    const slot = Math.floor((at - begin) / MINUTE)
    if (line.system === system && slot < minutes) counts[slot] = (counts[slot] ?? 0) + 1
  }
  return counts
}

/** @returns the number of the last call whose answer broke the contract; null when there is none */
export function lastViolation(system: string): number | null {
  watch(version)
  return keptLines().findLast((line) => line.system === system && line.violations > 0)?.id ?? null
}
