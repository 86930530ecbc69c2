/** A sandbox at a glance: a few figures for each system, whatever it holds. */
import type { EntryHead } from '../core/journal.js'
import type { System } from '../core/system.js'
import type { Turn } from '../core/turn.js'
import { lookAt, systemsOf, transact } from './access.js'
import type { ControlHandlers } from './task.js'

const MINUTE = 60_000
/** So many minutes are counted. */
const MINUTES = 30

/** What the journal tells of a system. */
interface Told {
  readonly perMinute: number[]
  violation: number | null
}

export const overview: ControlHandlers<'getOverview'> = {
  getOverview: async ({ input, parts }) => {
    const sandbox = await lookAt(parts, input.sandbox)
    const heads = await sandbox.journal.heads()
    return sandbox.during(async (turn) => {
      const told = tell(heads, turn.now)
      const figures = systemsOf(parts, undefined).map(async (system) => ({ system: system.id, ...(await kept(turn, system)), ...(told.get(system.id) ?? nothing()) }))
      return { systems: await Promise.all(figures) }
    })
  },
}

function nothing(): Told {
  return { perMinute: Array.from({ length: MINUTES }, () => 0), violation: null }
}

function tell(heads: readonly EntryHead[], now: number): ReadonlyMap<string, Told> {
  const found = new Map<string, Told>()
  for (const { system, at, id, violations } of heads) {
    let told = found.get(system)
    if (told === undefined) found.set(system, (told = nothing()))
    if (violations.length > 0) told.violation = id
    const slot = MINUTES - 1 - Math.floor((now - at) / MINUTE)
    const counted = told.perMinute[slot]
    if (counted !== undefined) told.perMinute[slot] = counted + 1
  }
  return found
}

/** Counted by themselves, or of no use beyond their call. */
const PASSING: ReadonlySet<string> = new Set(['sessions', 'smsCodes'])

/** @returns how many sessions are active, and how many records beside them differ from the start */
async function kept(turn: Turn, system: System): Promise<{ sessions: number; changed: number }> {
  const active = await transact(turn, system, (tx) => tx.list('sessions', ({ endedAt, accessExpiresAt }) => endedAt === null && (accessExpiresAt === null || turn.now < accessExpiresAt)))
  const content = await turn.store(system.id).export()
  const changed = Object.keys(system.state).filter((name) => !PASSING.has(name)).reduce((sum, name) => sum + (content[name]?.put.length ?? 0) + (content[name]?.deleted.length ?? 0), 0)
  return { sessions: active.length, changed }
}
