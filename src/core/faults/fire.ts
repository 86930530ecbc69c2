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
export function chance(seed: string, rule: Pick<FaultRule, 'id' | 'matched'>): Ids {
  return new Ids(`${seed}/${rule.id}/${String(rule.matched)}`)
}

/**
 * @param now what the sandbox's clock shows
 * @returns the rules that act on the call, as they are after it, and the state with all rules counted; the same state where no rule is about the call
 */
export function fire(state: ControlState, system: System, operation: string, now: number): { readonly state: ControlState; readonly fired: readonly FaultRule[] } {
  const taken = new Set<string>()
  const fired: FaultRule[] = []
  /** Null as long as no rule was counted. */
  let faults: FaultRule[] | null = null
  for (const [at, rule] of state.faults.entries()) {
    if (isOver(rule, now) || !applies(rule, system, operation)) continue
    const role = roleOf(rule.fault)
    if (role !== 'wait' && taken.has(role)) continue
    const matched = rule.matched + 1
    const acts = rule.probability >= 1 || chance(state.seed, { id: rule.id, matched }).fraction() < rule.probability
    const counted = acts ? { ...rule, matched, fired: rule.fired + 1, times: rule.times === null ? null : rule.times - 1 } : { ...rule, matched }
    faults ??= [...state.faults]
    faults[at] = counted
    if (!acts) continue
    taken.add(role)
    fired.push(counted)
  }
  return { state: faults === null ? state : { ...state, faults }, fired }
}
