/** The fields of a call, brought to the types that the contract gives them and held against its rules. */
import { memberOf } from '../../plain/json.js'
import { callErased } from '../erased.js'
import type { FieldRow, OperationRow, Violation } from '../contract.js'
import { Failure, failWith } from '../failure.js'
import type { KnownCaller, Registry } from '../identify.js'
import { errorOf } from './answer.js'
import type { Routed } from './route.js'
import { fieldsAtFault, firstBrokenRule } from './rules.js'
import type { BodyFields } from './view.js'

/**
 * @param body decoded fields of the body
 * @returns path, query and body fields by name, texts turned into what they stand for
 */
export function readFields({ arrival, row, parameters }: Routed, body: BodyFields): BodyFields {
  const { emptyIsMissing } = arrival.system.dialect
  const input: Record<string, unknown> = {}
  for (const name in row.fields) {
    const field = row.fields[name]
    if (field === undefined) continue
    const value = field.in === 'path' ? parameters[name] : field.in === 'query' ? arrival.query.get(name) : field.at === undefined ? memberOf(body, name) : inBody(body, field.at)
    if (value === undefined || (emptyIsMissing && (value === null || (value === '' && !field.emptyIsValue)))) continue
    input[name] = convert(value, field, field.in !== 'body' || row.body !== 'application/json')
  }
  return input
}

/** @returns what stands at this place in the body; undefined where it has no such place */
function inBody(body: BodyFields, [name = '', ...inside]: readonly string[]): unknown {
  const value = memberOf(body, name)
  if (inside.length === 0) return value
  // An object's keys are texts and its values unknown: that is all the type says.
  return typeof value === 'object' && value !== null ? inBody(value as BodyFields, inside) : undefined
}

/**
 * Holds the fields against the contract's schema, and against the rule that the system itself has for the operation.
 * @param caller who calls; null where nobody is known
 * @returns why the fields do not pass, null when they do. Of all rules that are broken the one counts whose error the contract lists first
 */
export function checkFields(routed: Routed, input: BodyFields, caller: KnownCaller | null, { tx }: Registry): Failure | null | Promise<Failure | null> {
  const { arrival, operation } = routed
  const { system } = arrival
  const validate = system.validators.fields[operation]
  const violations = validate === undefined || validate(input) ? [] : (validate.errors ?? [])
  const rule = system.rules[operation]
  if (rule === undefined) return violations.length === 0 ? null : fieldFailure(routed, violations)
  const atFault = fieldsAtFault(violations)
  const sound = Object.fromEntries(Object.entries(input).filter(([name]) => !atFault.has(name)))
  const work = { input: sound, session: caller?.session ?? null, user: caller?.user ?? null, tx, fail: failWith }
  // The rule's generated type has these fields, all optional; the ones left in have just been found to be sound.
  return checkRule(routed, callErased(rule, work), violations)
}

async function checkRule(routed: Routed, rule: Promise<void>, violations: readonly Violation[]): Promise<Failure | null> {
  const failures = violations.length === 0 ? [] : [fieldFailure(routed, violations)]
  failures.push(...(await failuresOf(rule)))
  const place = (failure: Failure) => routed.row.errors.indexOf(errorOf(routed, failure) ?? '')
  return failures.sort((a, b) => place(a) - place(b))[0] ?? null
}

function fieldFailure(routed: Routed, violations: readonly Violation[]): Failure {
  const rule = firstBrokenRule(violations, routed.row, (condition) => errorOf(routed, Failure.when(condition, { cause: 'field' })))
  const field = rule.field === null ? {} : { field: rule.field }
  return rule.error === null ? Failure.when(rule.missing ? 'missingField' : 'invalidRequest', { cause: 'field', ...field }) : Failure.of(rule.error, field)
}

async function failuresOf(rule: Promise<void>): Promise<readonly Failure[]> {
  try {
    await rule
    return []
  } catch (error) {
    if (error instanceof Failure) return [error]
    throw error
  }
}

/** A text of a URL or form becomes what the contract says it stands for; one that cannot stays a text, and breaks the type rule. */
export function convert(value: unknown, field: FieldRow, isText: boolean): unknown {
  if (typeof value === 'number' && field.numberAsText) return String(value)
  if (typeof value !== 'string' || !isText) return value
  if (field.type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (field.type === 'number' && /^-?\d{1,15}(\.\d+)?$/.test(value)) return Number(value)
  if (field.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

/** @returns the header parameters of the operation, as far as the call has them, in the letters that the contract compares */
export function readHeaders({ arrival: { call, system } }: Routed, { headers: names }: OperationRow): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const name of names) {
    const value = call.headers[name]
    if (typeof value === 'string') headers[name] = system.dialect.foldedHeaders?.includes(name) ? value.toLowerCase() : value
  }
  return headers
}
