/**
 * The control state as records, so that it changes by commits like everything else: the clock, each system's switches, each fault
 * rule. Whoever changes it has read all of it, for the parts are few and what depends on what is for nobody to guess.
 */
import type { FaultRule } from './faults/rule.js'
import type { ClockState } from './clock.js'
import type { ControlState, SystemSwitches } from './sandbox-state.js'
import type { Change, Doc } from './store/types.js'

const COLLECTION = 'control'
const CLOCK = 'clock'
const NEXT_FAULT = 'nextFault'
const SYSTEM = 'system/'
const FAULT = 'fault/'

/** What every change of the control state has read, and touches. */
export const CONTROL_NAMES: readonly string[] = [`${COLLECTION}*`]

/**
 * @returns what makes `after` of `before`
 * @throws Error when something differs that no change may touch
 */
export function controlChanges(before: ControlState, after: ControlState): readonly Change[] {
  if (after.requests !== before.requests || after.seed !== before.seed || after.era !== before.era) throw new Error('requests, seed and era of a sandbox are not changed but replaced')
  const changes: Change[] = []
  const note = (key: string, was: object | null, is: object | null) => {
    if (was !== is) changes.push({ collection: COLLECTION, key, before: was as Doc | null, after: is as Doc | null }) // plain JSON all of it
  }
  note(CLOCK, before.clock, after.clock)
  for (const id in after.systems) note(`${SYSTEM}${id}`, before.systems[id] ?? null, after.systems[id] ?? null)
  if (before.faults !== after.faults) {
    // Rules that were only counted stand where they stood: those before the first that does not are compared in pairs.
    let same = 0
    for (; same < after.faults.length; same++) {
      const [was, is] = [before.faults[same], after.faults[same]]
      if (was === undefined || is === undefined || was.id !== is.id) break
      if (was !== is) note(`${FAULT}${is.id}`, was, is)
    }
    const rest = after.faults.slice(same)
    const gone = before.faults.slice(same)
    const kept = new Set(rest.map(({ id }) => id))
    const known = new Map(gone.map((rule) => [rule.id, rule]))
    for (const rule of gone) if (!kept.has(rule.id)) note(`${FAULT}${rule.id}`, rule, null)
    for (const rule of rest) note(`${FAULT}${rule.id}`, known.get(rule.id) ?? null, rule)
  }
  if (before.nextFault !== after.nextFault) note(NEXT_FAULT, { value: before.nextFault }, { value: after.nextFault })
  return changes
}

/** @returns the state with the changes of a commit carried out. A commit may count a thousand rules: they are gone through once, however many have changed. */
export function applyControl(state: ControlState, changes: readonly Change[]): ControlState {
  let next = state
  const rules = new Map<string, FaultRule | null>()
  for (const { key: name, after } of changes) {
    const key = String(name)
    // `controlChanges` has written it, and under each key one of these.
    const kept = after as unknown as (ClockState & SystemSwitches & FaultRule) | null
    if (key.startsWith(FAULT)) rules.set(key.slice(FAULT.length), kept)
    else if (key === NEXT_FAULT) next = { ...next, nextFault: Number(after?.['value']) }
    else if (kept !== null) next = { ...next, ...(key === CLOCK ? { clock: kept } : { systems: { ...next.systems, [key.slice(SYSTEM.length)]: kept } }) }
  }
  return rules.size === 0 ? next : { ...next, faults: changedRules(state.faults, rules) }
}

/** @returns those that are left, in their order, and behind them those that are new */
function changedRules(before: readonly FaultRule[], rules: Map<string, FaultRule | null>): readonly FaultRule[] {
  const after: FaultRule[] = []
  for (const rule of before) {
    const now = rules.get(rule.id)
    rules.delete(rule.id)
    if (now !== null) after.push(now ?? rule)
  }
  for (const rule of rules.values()) if (rule !== null) after.push(rule)
  return after
}
