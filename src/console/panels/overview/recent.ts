/** What the last calls of the systems tell. Worked out once a second for all of them: in a rush the lines change with every picture. */
import { computed } from '@preact/signals'
import { keptLines } from '../../live/calls.js'
import { connection, sandboxNow } from '../../live/connection.js'
import { tick } from '../../live/tick.js'
import { watch } from '../../live/watch.js'

const MINUTE = 60_000
/** So many minutes are counted. */
export const MINUTES = 30

export interface Recent {
  /** Calls in each of the last minutes of the sandbox's clock, the oldest first. */
  readonly perMinute: readonly number[]
  /** The number of the last call whose answer broke the contract; null where there is none. */
  readonly violation: number | null
}

const NOTHING: Recent = { perMinute: Array.from({ length: MINUTES }, () => 0), violation: null }

const bySystem = computed((): ReadonlyMap<string, Recent> => {
  watch(tick, connection)
  const begin = (sandboxNow() ?? 0) - MINUTES * MINUTE
  const found = new Map<string, { perMinute: number[]; violation: number | null }>()
  for (const { system, at, id, violations } of keptLines()) {
    let recent = found.get(system)
    if (recent === undefined) found.set(system, (recent = { perMinute: [...NOTHING.perMinute], violation: null }))
    if (violations > 0) recent.violation = id
    const slot = Math.floor((Date.parse(at) - begin) / MINUTE)
    const counted = recent.perMinute[slot]
    if (counted !== undefined) recent.perMinute[slot] = counted + 1
  }
  return found
})

/** @returns what its last calls tell of a system */
export function recentOf(system: string): Recent {
  return bySystem.value.get(system) ?? NOTHING
}
