/** Fault rules. */
import { readClock } from '../core/clock.js'
import { canStrike, misfitOf, namingOf } from '../core/faults/kinds.js'
import { ANY, type FaultRule } from '../core/faults/rule.js'
import { didYouMean } from '../core/guess.js'
import { operationNames } from '../core/sockets/definition.js'
import { lookAt, openSandbox, systemOf, systemsOf } from './access.js'
import { endOfRule } from './clock.js'
import type { ControlParts, ControlHandlers, Task } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

/** So many rules a sandbox holds. */
const MOST_RULES = 1000

export const faults: ControlHandlers<'listFaults' | 'addFault' | 'clearFaults' | 'getFault' | 'removeFault'> = {
  listFaults: async ({ input, parts }) => {
    const { faults: rules } = await (await lookAt(parts, input.sandbox)).control.read()
    return { faults: rules.map(show) }
  },

  addFault: async ({ input, parts }) => {
    checkRule(parts, input)
    const { system, operationId, fault, times = null, probability, for: span } = input
    const sandbox = openSandbox(parts, input.sandbox)
    const { real } = sandbox
    const after = await sandbox.control.change((state) => {
      checkRoom(state.faults.length + 1)
      const until = span === undefined ? {} : { until: endOfRule(readClock(state.clock, real), span) }
      const rule: FaultRule = { id: `fault-${String(state.nextFault)}`, system, operationId, fault, times, probability, ...until, matched: 0, fired: 0 }
      return { ...state, faults: [...state.faults, rule], nextFault: state.nextFault + 1 }
    })
    return show(lastOf(after.faults))
  },

  clearFaults: async ({ input, parts }) => {
    await (await lookAt(parts, input.sandbox)).control.change((state) => ({ ...state, faults: [] }))
    return undefined
  },

  getFault: async ({ input, parts }) => {
    const { faults: rules } = await (await lookAt(parts, input.sandbox)).control.read()
    return show(ruleOf(rules, input.id))
  },

  removeFault: async ({ input, parts }) => {
    await (await lookAt(parts, input.sandbox)).control.change((state) => {
      const rule = ruleOf(state.faults, input.id)
      return { ...state, faults: state.faults.filter((other) => other !== rule) }
    })
    return undefined
  },
}

/** @throws Refusal when these are more rules than a sandbox holds */
export function checkRoom(rules: number): void {
  if (rules > MOST_RULES) throw refusal(422, 'too-many-faults', `A sandbox holds ${String(MOST_RULES)} rules. Remove those that are used up, or all: DELETE …/faults.`)
}

type Rule = Pick<Task<'addFault'>['input'], 'system' | 'operationId' | 'fault'>

/**
 * @throws Refusal when there is no such system or operation, the fault is wrong in itself, or it can act on no operation that the
 * rule is about
 */
export function checkRule(parts: ControlParts, { system: id, operationId, fault }: Rule): void {
  const systems = id === ANY ? systemsOf(parts, undefined) : [systemOf(parts, id)]
  const covered = systems.flatMap((system) => operationNames(system).filter((name) => operationId === ANY || name === operationId).map((name) => ({ system, name })))
  if (covered.length === 0) {
    const known = systems.flatMap(operationNames)
    throw refusal(422, 'no-such-operation', `${hasNo('operation', id, ANY)} ${quote(operationId)}. There are ${listOf(known)}.${didYouMean(operationId, known)}`, { known })
  }
  const misfit = misfitOf(fault)
  if (misfit !== null) throw refusal(422, 'fault-misfit', misfit.detail)
  if (covered.some(({ system, name }) => canStrike(fault, system, name))) return
  const naming = namingOf(fault)
  if (naming === null) throw refusal(422, 'fault-misfit', `${hasNo('place for', id, operationId)} ${quote(fault.kind)}.`)
  const given = naming.given(fault)
  const known = [...new Set(covered.flatMap(({ system, name }) => naming.known(fault, system, name)))]
  throw refusal(422, `no-such-${naming.what}`, `${hasNo(naming.what, id, operationId)} ${quote(given)}. There are ${listOf(known)}.${didYouMean(given, known)}`, { known })
}

function hasNo(what: string, system: string, operation: string): string {
  if (operation !== ANY) return `${operation} has no ${what}`
  return system === ANY ? `No system has ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}` : `${system} has no ${what}`
}

function ruleOf(rules: readonly FaultRule[], id: string): FaultRule {
  const rule = rules.find((other) => other.id === id)
  if (rule !== undefined) return rule
  throw refusal(404, 'no-such-fault', `There is no fault rule ${quote(id)}. There are ${listOf(rules.map((other) => other.id))}.`)
}

function lastOf(rules: readonly FaultRule[]): FaultRule {
  const last = rules.at(-1)
  if (last === undefined) throw new Error('the rule was not added')
  return last
}

function show(rule: FaultRule) {
  return { ...rule, fault: { ...rule.fault } }
}
