/** Which rules act on a call. A pure function of the sandbox's state, so that counting and choosing are one step. */
import { Ids } from '../ids.js'
import type { ControlState } from '../sandbox.js'
import type { System } from '../system.js'
import { canStrike, roleOf } from './kinds.js'
import { ANY, type FaultRule, isOver } from './rule.js'

/** @returns whether the rule is about this operation and can act on it */
export function applies({ system: id, operationId, fault }: FaultRule, system: System, operation: string): boolean {
  if (id !== ANY && id !== system.id) return false
  if (operationId !== ANY && operationId !== operation) return false
  return canStrike(fault, system, operation)
}

/** @returns the seeded source of chance of a rule for one call: the same calls meet the same faults again */
export function chance(seed: string, rule: FaultRule): Ids {
  return new Ids(`${seed}/${rule.id}/${String(rule.matched)}`)
}

/**
 * @param now what the sandbox's clock shows
 * @returns the rules that act on the call, as they are after it, and the state with all rules counted
 */
export function fire(state: ControlState, system: System, operation: string, now: number): { readonly state: ControlState; readonly fired: readonly FaultRule[] } {
  const taken = new Set<string>()
  const fired: FaultRule[] = []
  const faults = state.faults.map((rule) => {
    const role = roleOf(rule.fault)
    if (isOver(rule, now) || !applies(rule, system, operation) || (role !== 'wait' && taken.has(role))) return rule
    const counted = { ...rule, matched: rule.matched + 1 }
    if (chance(state.seed, counted).fraction() >= rule.probability) return counted
    taken.add(role)
    const used = { ...counted, fired: rule.fired + 1, times: rule.times === null ? null : rule.times - 1 }
    fired.push(used)
    return used
  })
  return { state: { ...state, faults }, fired }
}
