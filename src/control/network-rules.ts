/** Networks that a configuration adds: whether they are such as control.yaml says. */
import type { Validator } from '../core/contract.js'
import { parseDuration } from '../core/duration.js'
import { misfitOf, networkKinds } from '../core/faults/kinds.js'
import type { NetworkRule, Networks } from '../core/faults/networks.js'
import { didYouMean } from '../core/guess.js'
import { complaintsOf, sayComplaint } from '../core/violations.js'
import { faultForms } from '../generated/control/faults.js'
import { validators } from '../generated/control/validators.js'
import { isObject } from '../plain/json.js'

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
/** What ends a network, so that none is called so. */
const OFF = 'off'
const MOST_NETWORKS = 50
const MOST_RULES = 20

/** What stands in a rule. */
const KEYS = ['fault', 'probability', 'for']
/** What stands in the fault of one. */
const FAULT_KEYS = [...new Set(faultForms.filter(({ kind }) => networkKinds.some((one) => one === kind)).flatMap(({ keys }): readonly string[] => keys))]

/** @returns what is wrong with networks, a sentence each; none where they are what they have to be */
export function networkMisfits(given: unknown): readonly string[] {
  if (!isObject(given)) return ['networks has to be an object from name to rules, such as { lift: [{ fault: { kind: "latency", min: 2000 } }] }']
  const names = Object.keys(given)
  return [
    ...(names.length > MOST_NETWORKS ? [`networks has ${String(names.length)} of them; ${String(MOST_NETWORKS)} is the most`] : []),
    ...Object.entries(given).flatMap(([name, rules]) => [
      ...(NAME.test(name) && name !== OFF ? [] : [`networks: ${JSON.stringify(name)} cannot be a name; it is made of small letters, digits and dashes, 40 at the most, and is not "${OFF}"`]),
      ...(Array.isArray(rules) && rules.length > 0 && rules.length <= MOST_RULES
        ? rules.flatMap((rule: unknown, index) => ruleMisfits(rule).map((why) => `networks.${name}[${String(index)}]: ${why}`))
        : [`networks.${name} has to be a list of 1 to ${String(MOST_RULES)} rules, such as [{ fault: { kind: "latency", min: 2000 } }]`]),
    ]),
  ]
}

/** @throws TypeError that says what is wrong, a line for each */
export function checkNetworks(given: Networks): void {
  const misfits = networkMisfits(given)
  if (misfits.length > 0) throw new TypeError(misfits.join('\n'))
}

function ruleMisfits(rule: unknown): readonly string[] {
  const unknown = isObject(rule) ? Object.keys(rule).find((key) => !KEYS.includes(key)) : undefined
  // Where a word is misspelt, that it is missing is no news.
  if (unknown !== undefined) return [`${unknown} is not known here.${didYouMean(unknown, KEYS)}`]
  if (isRule(rule)) {
    const misfit = misfitOf(rule.fault)
    return [...(rule.for === undefined ? [] : spanMisfits(rule.for)), ...(misfit === null ? [] : [misfit.line])]
  }
  const { errors } = validator()
  const kind = isObject(rule) && isObject(rule['fault']) ? rule['fault']['kind'] : undefined
  return complaintsOf(errors ?? [], rule).map((complaint) => `${sayComplaint(complaint, 'the rule')}${complaint.field === 'fault.kind' && typeof kind === 'string' ? `.${didYouMean(kind, networkKinds)}` : complaint.message === 'is not known here' ? `.${didYouMean(lastOf(complaint.field), FAULT_KEYS)}` : ''}`)
}

function isRule(rule: unknown): rule is NetworkRule {
  return validator()(rule)
}

function validator(): Validator {
  const found = validators.schemas['NetworkRule']
  if (found === undefined) throw new Error('control.yaml has no NetworkRule')
  return found
}

function spanMisfits(span: string): readonly string[] {
  const duration = parseDuration(span)
  if (duration === null || span.startsWith('-')) return [`for is ${JSON.stringify(span)}, which is no duration; write it like 20s or PT5M`]
  const isNone = duration.years === 0 && duration.months === 0 && duration.ms === 0
  return isNone ? [`for is ${JSON.stringify(span)}, which is no time at all; the rule would never act`] : []
}

function lastOf(field: string | null): string {
  return field?.split('.').at(-1) ?? ''
}
