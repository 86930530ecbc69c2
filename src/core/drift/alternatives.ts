/** What is wrong with a value that could be one of several things: every one of them complains, and only one of them matters. */
import { stepsOf } from '../../plain/pointer.js'
import type { Violation } from '../contract.js'

/** That a value is none of several things adds nothing to why it is not the one that it comes nearest to. */
const COMBINED = ['anyOf', 'oneOf']
/** What a thing says that the value was not meant to be. */
const BARE = ['type', 'const', 'enum']

/**
 * @param complaints what each of several things says of one value
 * @returns those of the thing that the value comes nearest to: with which it has most in common in its own fields, by which things are told apart, and of
 *   such ones that which says the least
 */
export function nearest(complaints: readonly (readonly Violation[])[]): readonly Violation[] {
  const foreign = (violations: readonly Violation[]) => violations.filter(({ instancePath, keyword }) => BARE.includes(keyword) && stepsOf(instancePath).length <= 1).length
  const [first] = complaints.map((violations) => ({ violations, foreign: foreign(violations) })).sort((a, b) => a.foreign - b.foreign || a.violations.length - b.violations.length)
  return first?.violations ?? []
}

/** @returns the violations of a whole value, in their order, without those of alternatives that were not meant: `null` where an object is wrong inside */
export function withoutAlternatives(violations: readonly Violation[]): readonly Violation[] {
  const dropped = new Set<Violation>()
  for (const [at, combined] of violations.entries()) {
    if (!COMBINED.includes(combined.keyword)) continue
    const { instancePath: place } = combined
    const inside: Violation[] = []
    // An alternative's own violations stand right before the one that says that none of them fits.
    for (let before = at - 1; before >= 0; before--) {
      const one = violations[before]
      if (one === undefined || !(one.instancePath === place || one.instancePath.startsWith(`${place}/`))) break
      inside.push(one)
    }
    if (inside.length > 0) dropped.add(combined)
    const isBare = ({ instancePath, keyword }: Violation) => instancePath === place && BARE.includes(keyword)
    if (inside.some((one) => !dropped.has(one) && !isBare(one))) for (const one of inside.filter(isBare)) dropped.add(one)
  }
  return violations.filter((one) => !dropped.has(one))
}
