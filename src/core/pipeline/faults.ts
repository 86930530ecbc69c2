/** The fault rules of the sandbox. They act after routing, before every check. */
import type { FailureExamples } from '../faults/examples.js'
import { chance, fire } from '../faults/fire.js'
import type { CallEffect } from '../faults/kind.js'
import { callEffect } from '../faults/kinds.js'
import type { FaultRule } from '../faults/rule.js'
import type { Mishaps } from './mishaps.js'
import type { Routed } from './route.js'

/**
 * Lets the rules act that fit the call, and counts them: first all waits, then the first fault that answers; how the answer travels is noted.
 * @param before what the call has met already
 * @returns the same with what the rules did
 */
export async function strikeCall(routed: Routed, examples: FailureExamples, before: Mishaps): Promise<Mishaps> {
  const { turn, call } = routed.arrival
  const { wait, ...mishaps } = await struckBy(routed, examples, before)
  if (wait > 0) await turn.pause(wait, call.signal)
  return mishaps
}

/** What is left of the rules while a call waits: many may, and each may have met all rules that there can be. */
async function struckBy({ arrival, operation }: Routed, examples: FailureExamples, before: Mishaps): Promise<Mishaps & { readonly wait: number }> {
  const { turn, system } = arrival
  let fired: readonly FaultRule[] = []
  await turn.change((state) => {
    const after = fire(state, system, operation, turn.now)
    fired = after.fired
    return after.state
  })
  const effects: CallEffect[] = []
  for (const rule of fired) {
    const effect = callEffect(rule.fault, { system, operation, now: turn.now, examples, chance: (purpose) => chance(`${turn.state.seed}/${purpose}`, rule) })
    effects.push(effect instanceof Promise ? await effect : effect)
  }
  return {
    ...before,
    wait: effects.reduce((sum, effect) => sum + (effect.wait ?? 0), 0),
    rules: [...before.rules, ...fired.map(({ id }) => id)],
    end: effects.find(({ end }) => end !== undefined)?.end ?? null,
    delivery: effects.find(({ delivery }) => delivery !== undefined)?.delivery ?? null,
    spoil: effects.find(({ spoil }) => spoil !== undefined)?.spoil ?? null,
  }
}
