/** From the rules of a schema that a request broke to the one error that it is answered with. */
import { stepsOf } from '../../plain/pointer.js'
import type { OperationRow, Violation } from '../contract.js'

/** The broken rule that counts. */
export interface BrokenRule {
  /** CONSTANT_NAME that the contract gives for it; null where the dialect's default for the condition holds. */
  readonly error: string | null
  readonly missing: boolean
  /** Name of the field, or null where the rule belongs to no single one. */
  readonly field: string | null
}

/**
 * @param violations all broken rules, in the order of the schema
 * @param row the operation; the order of its errors decides which rule counts
 * @param errorOf the CONSTANT_NAME that the dialect gives for a condition
 * @returns the rule whose error the contract lists first
 */
export function firstBrokenRule(violations: readonly Violation[], row: OperationRow, errorOf: (condition: 'missingField' | 'invalidRequest') => string | null): BrokenRule {
  let first: BrokenRule = { error: null, missing: false, field: null }
  let place = Number.POSITIVE_INFINITY
  for (const violation of violations) {
    if (isInsideAlternative(violation)) continue
    const rule = describe(violation, row)
    const error = rule.error ?? errorOf(rule.missing ? 'missingField' : 'invalidRequest')
    const listed = error === null ? -1 : row.errors.indexOf(error)
    const rank = listed === -1 ? row.errors.length : listed
    if (rank < place) {
      first = rule
      place = rank
    }
  }
  return first
}

/** @returns the names of the fields that break a rule of their own */
export function fieldsAtFault(violations: readonly Violation[]): ReadonlySet<string> {
  return new Set(violations.map(({ instancePath }) => fieldOf(instancePath)).filter((field) => field !== null))
}

/** Rules inside `anyOf` or `oneOf` are reported branch by branch; what counts is the rule that none (or several) of them fits. */
function isInsideAlternative({ schemaPath }: Violation): boolean {
  return /\/(anyOf|oneOf)\/\d/.test(schemaPath)
}

function describe({ keyword, instancePath, params }: Violation, row: OperationRow): BrokenRule {
  const absent = keyword === 'required' || keyword === 'dependentRequired'
  // An empty text where there has to be something is as good as none.
  const missing = absent || (keyword === 'minLength' && params['limit'] === 1)
  const parameter = params['missingProperty']
  const field = absent && instancePath === '' && typeof parameter === 'string' ? parameter : fieldOf(instancePath)
  const ofField = field === null ? undefined : row.fields[field]?.errors
  const error = ofField?.[keyword] ?? ofField?.['default'] ?? row.rules[keyword] ?? null
  return { error, missing: missing || (keyword === 'anyOf' && instancePath === ''), field }
}

function fieldOf(instancePath: string): string | null {
  return stepsOf(instancePath)[0] ?? null
}
