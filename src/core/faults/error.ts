/** The fault `error`: the system answers with one of its own errors, and nothing in the world changes. */
import { type ErrorRow, namesOfCode } from '../contract.js'
import { type CoreCondition, Failure, type FailureDetails } from '../failure.js'
import type { Device } from '../sessions.js'
import type { System } from '../system.js'
import type { FailureExamples } from './examples.js'
import type { ErrorChoice, FaultKind } from './kind.js'

/** Answers with an error of the system. One of `error`, `code` and `condition` is given. */
export interface ErrorFault extends ErrorChoice {
  readonly kind: 'error'
  readonly message?: string
  readonly extra?: Readonly<Record<string, unknown>>
  readonly displacedBy?: { readonly [K in keyof Device]?: string }
}

export const error: FaultKind<ErrorFault> = {
  kind: 'error',
  schema: 'ErrorFault',
  role: 'answer',
  canStrike: (fault, system, operation) => errorFor(system, operation, fault) !== null || isOfEverySystem(fault),
  naming: { what: 'error', given: (fault) => String(choicesOf(fault)[0]), known: answersOf },
  misfit: (fault) => (choicesOf(fault).length === 1 ? null : { detail: 'Say which error by one of "error" (its CONSTANT_NAME), "code" and "condition".', line: 'fault has to have one of error, code and condition' }),
  async onCall(fault, { system, operation, now, examples }) {
    const failure = await faultFailure(fault, system, operation, now, examples)
    return failure === null ? {} : { end: failure }
  },
  onFrame: (fault) => ({ error: fault }),
  flags: [
    { name: 'error', value: '<name>', description: 'answer with this error of the system', read: (value) => ({ kind: 'error', error: value }) },
    {
      name: 'code',
      value: '<number>',
      description: 'answer with the error that has this code',
      expected: 'a number is needed.',
      read: (value) => (/^-?\d+$/.test(value) ? { kind: 'error', code: Number(value) } : null),
    },
    { name: 'condition', value: '<name>', description: 'answer with the error that means this', read: (value) => ({ kind: 'error', condition: value }) },
  ],
}

/** A server may fail in these ways whether or not its error table has a row for it. */
const OF_EVERY_SYSTEM: readonly string[] = ['internal', 'maintenance', 'networkError'] satisfies readonly CoreCondition[]

/**
 * @returns the CONSTANT_NAME of the error that is meant, or null when this operation has none like it. Where one code has
 * several meanings, only those that the operation lists count; else any error of the system's table does.
 */
export function errorFor(system: System, operation: string, choice: ErrorChoice): string | null {
  const { errors, dialect, operations } = system.contract
  const listed = operations[operation]?.errors ?? []
  /** The first whose code no other error has. */
  let clear: string | null = null
  // Asked for each rule at each call: without lists of the whole table.
  for (const name in errors) {
    const row = errors[name]
    if (row === undefined || name === dialect.success || !isMeant(name, row, choice)) continue
    if (listed.includes(name)) return name
    if (clear === null && !hasTwin(system, name, row)) clear = name
  }
  return clear
}

function isMeant(name: string, { code, condition }: ErrorRow, choice: ErrorChoice): boolean {
  if (choice.error !== undefined) return name === choice.error
  return choice.code === undefined ? condition === choice.condition : code === choice.code
}

/** Whether another error has the same code. */
function hasTwin({ contract: { errors, dialect } }: System, name: string, { code }: ErrorRow): boolean {
  return namesOfCode(errors, code).some((other) => other !== name && other !== dialect.success)
}

function choicesOf({ error: name, code, condition }: ErrorChoice): readonly (string | number)[] {
  return [name, code, condition].filter((choice) => choice !== undefined)
}

/** What the operation can answer with, in the words that the choice was made in. */
function answersOf({ code, condition }: ErrorChoice, { contract }: System, operation: string): readonly string[] {
  return (contract.operations[operation]?.errors ?? []).flatMap((name) => {
    const row = contract.errors[name]
    if (row === undefined) return []
    return [code !== undefined ? String(row.code) : condition !== undefined ? row.condition : name]
  })
}

/** @returns the failure that the fault makes of a call; null when the operation has no such error */
export async function faultFailure(fault: ErrorFault, system: System, operation: string, now: number, examples: FailureExamples): Promise<Failure | null> {
  const named = errorFor(system, operation, fault)
  const given = { ...(fault.message === undefined ? {} : { message: fault.message }), ...(fault.extra === undefined ? {} : { extra: fault.extra }) }
  if (named === null) return isOfEverySystem(fault) ? Failure.when(fault.condition, given) : null
  const { displacedBy } = fault
  const details: FailureDetails = {
    ...given,
    defaults: await examples.keysOf(system, named),
    ...(displacedBy === undefined ? {} : { displacedBy: { label: null, platform: null, client: null, ...displacedBy, at: now } }),
  }
  return Failure.of(named, details)
}

function isOfEverySystem(choice: ErrorChoice): choice is { readonly condition: CoreCondition } {
  return choice.error === undefined && choice.code === undefined && OF_EVERY_SYSTEM.includes(choice.condition ?? '')
}
