/** The fault `error`: the system answers with one of its own errors, and nothing in the world changes. */
import { type CoreCondition, Failure, type FailureDetails } from '../failure.js'
import type { System } from '../system.js'
import type { FailureExamples } from './examples.js'
import type { ErrorFault } from './rule.js'

/** The error that is meant: by CONSTANT_NAME, by the code as it travels, or by condition. */
export type ErrorChoice = Pick<ErrorFault, 'error' | 'code' | 'condition'>

/** A server may fail in these ways whether or not its error table has a row for it. */
const OF_EVERY_SYSTEM: readonly string[] = ['internal', 'maintenance', 'networkError'] satisfies readonly CoreCondition[]

/**
 * @returns the CONSTANT_NAME of the error that is meant, or null when this operation has none like it. Where one code has
 * several meanings, only those that the operation lists count; else any error of the system's table does.
 */
export function errorFor(system: System, operation: string, choice: ErrorChoice): string | null {
  const table = Object.entries(system.contract.errors).filter(([name]) => name !== system.contract.dialect.success)
  const fitting = table.filter(([name, { code, condition }]) => {
    if (choice.error !== undefined) return name === choice.error
    return choice.code === undefined ? condition === choice.condition : code === choice.code
  })
  const listed = system.contract.operations[operation]?.errors ?? []
  const own = fitting.find(([name]) => listed.includes(name))
  if (own !== undefined) return own[0]
  const clear = fitting.find(([, row]) => table.filter(([, { code }]) => code === row.code).length === 1)
  return clear?.[0] ?? null
}

/** @returns whether the operation can answer with what is meant */
export function hasError(system: System, operation: string, choice: ErrorChoice): boolean {
  return errorFor(system, operation, choice) !== null || isOfEverySystem(choice)
}

/** @returns the failure that the fault makes of a call; null when the operation has no such error */
export async function faultFailure(fault: ErrorFault, system: System, operation: string, now: number, examples: FailureExamples): Promise<Failure | null> {
  const error = errorFor(system, operation, fault)
  const given = { ...(fault.message === undefined ? {} : { message: fault.message }), ...(fault.extra === undefined ? {} : { extra: fault.extra }) }
  if (error === null) return isOfEverySystem(fault) ? Failure.when(fault.condition, given) : null
  const { displacedBy } = fault
  const details: FailureDetails = {
    ...given,
    defaults: await examples.keysOf(system, error),
    ...(displacedBy === undefined ? {} : { displacedBy: { label: null, platform: null, client: null, ...displacedBy, at: now } }),
  }
  return Failure.of(error, details)
}

function isOfEverySystem(choice: ErrorChoice): choice is { readonly condition: CoreCondition } {
  return choice.error === undefined && choice.code === undefined && OF_EVERY_SYSTEM.includes(choice.condition ?? '')
}
