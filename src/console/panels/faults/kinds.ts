/** The kinds of faults, for people. */
import type { FaultForm } from '../../../core/faults/form.js'
import { faultForms } from '../../../generated/control/faults.js'
import type { Schemas } from '../../api.js'
import { span } from '../../format.js'
import { pick } from '../../language.js'
import { sandboxNow } from '../../live/connection.js'

export type Rule = Schemas['Fault']

/** All kinds, in the order in which they are offered. */
export const forms: readonly FaultForm[] = faultForms

/** @returns milliseconds of the sandbox's clock until the rule ends by itself; null for one that does not */
export function timeLeft({ until }: Pick<Rule, 'until'>): number | null {
  return until === undefined ? null : Math.max(0, Date.parse(until) - (sandboxNow() ?? 0))
}

/** @returns whether the rule will not fire any more */
export function isOver(rule: Rule): boolean {
  return rule.times === 0 || timeLeft(rule) === 0
}

/** @returns what a rule does, in a few words */
export function describeFault({ fault }: Pick<Rule, 'fault'>): string {
  const form = forms.find(({ kind }) => kind === fault.kind)
  if (form === undefined) return fault.kind
  const values = new Map<string, unknown>(Object.entries(fault))
  const has = (name: string) => values.has(name) && values.get(name) !== false
  const words = form.words.find(({ needs }) => needs.every(has))?.words ?? form.title
  return pick(words).replaceAll(/\{(\w+)( as span)?\}/g, (_, name: string, asSpan?: string) => (asSpan === undefined ? String(values.get(name)) : span(Number(values.get(name)))))
}
