/** Fault rules. */
import { readClock } from '../core/clock.js'
import { hasError } from '../core/faults/error.js'
import { ANY, type FaultRule } from '../core/faults/rule.js'
import { didYouMean } from '../core/guess.js'
import { operationNames } from '../core/sockets/definition.js'
import type { System } from '../core/system.js'
import { lookAt, openSandbox, systemOf, systemsOf } from './access.js'
import { endOfRule } from './clock.js'
import type { ControlParts, Handlers, Task } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

/** So many rules a sandbox holds. */
const MOST_RULES = 1000

export const faults: Handlers<'listFaults' | 'addFault' | 'clearFaults' | 'getFault' | 'removeFault'> = {
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
 * @throws Refusal when there is no such system or operation, the fault says too little or too much, or no operation that the rule
 * is about has the error
 */
export function checkRule(parts: ControlParts, { system: id, operationId, fault }: Rule): void {
  const systems = id === ANY ? systemsOf(parts, undefined) : [systemOf(parts, id)]
  const covered = systems.flatMap((system) => operationNames(system).filter((name) => operationId === ANY || name === operationId).map((name) => ({ system, name })))
  if (covered.length === 0) {
    const known = systems.flatMap(operationNames)
    throw refusal(422, 'no-such-operation', `${id === ANY ? 'No system' : id} has ${id === ANY ? 'an' : 'no'} operation ${quote(operationId)}. There are ${listOf(known)}.${didYouMean(operationId, known)}`, { known })
  }
  if (fault.kind === 'latency' && fault.max !== undefined && fault.max < fault.min) {
    throw refusal(422, 'fault-misfit', `The latency's max, ${String(fault.max)}, is below its min, ${String(fault.min)}.`)
  }
  if (fault.kind !== 'error') return
  const asked = [fault.error, fault.code, fault.condition].filter((choice) => choice !== undefined)
  if (asked.length !== 1) throw refusal(422, 'fault-misfit', 'Say which error by one of "error" (its CONSTANT_NAME), "code" and "condition".')
  if (covered.some(({ system, name }) => hasError(system, name, fault))) return
  const known = [...new Set(covered.flatMap(({ system, name }) => answersOf(system, name, fault)))]
  const who = operationId === ANY ? (id === ANY ? 'No system' : id) : operationId
  throw refusal(422, 'no-such-error', `${who} has ${who === 'No system' ? 'an' : 'no'} error ${quote(String(asked[0]))}. There are ${listOf(known)}.${didYouMean(String(asked[0]), known)}`, { known })
}

/** What the operation can answer with, in the words that the rule was given in. */
function answersOf({ contract }: System, operation: string, { code, condition }: { readonly code?: number; readonly condition?: string }): readonly string[] {
  return (contract.operations[operation]?.errors ?? []).flatMap((name) => {
    const row = contract.errors[name]
    if (row === undefined) return []
    return [code !== undefined ? String(row.code) : condition !== undefined ? row.condition : name]
  })
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
