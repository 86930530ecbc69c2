/** From what came out of an operation to an HTTP answer in the system's dialect, held against the contract. */
import type { Validator, Violation } from '../contract.js'
import type { NamedFailure, Outcome } from '../dialect.js'
import type { Failure } from '../failure.js'
import { jsonReply, type RawBody, type Reply, type ReplyHeaders } from '../reply.js'
import { rawReply } from './raw.js'
import type { Exchange } from './exchange.js'

/** @returns the answer to a request that was carried out */
export function succeed(exchange: Exchange, payload: unknown, headers?: ReplyHeaders): Reply {
  const { system, row, operation } = exchange
  if (row === null || operation === null) throw new Error('nothing was carried out')
  const { status, mediaType } = row.success
  if (mediaType !== null && mediaType !== 'application/json') return rawReply(exchange, payload as RawBody, status) // typed by the handler's payload
  const body = system.dialect.success(payload, exchange.about)
  const code = system.contract.errors[system.contract.dialect.success]?.code
  const whole = { [system.contract.dialect.code]: code, ...body }
  exchange.violations = violationsOf(system.validators.success[operation], whole, `success of ${operation}`)
  return jsonReply(status, whole, headers)
}

/** @returns the answer to a request that was refused */
export function refuse(exchange: Exchange, failure: Failure): Reply {
  const outcome = outcomeOf(exchange, failure)
  if (typeof outcome !== 'string' && 'reply' in outcome) return outcome.reply
  const named = nameFailure(exchange, failure, outcome)
  const { system, about } = exchange
  exchange.error = named.error
  const body = { ...named.details.defaults, [system.contract.dialect.code]: named.code, [system.contract.dialect.message]: named.message, ...system.dialect.failure(named, about), ...named.details.extra }
  const head = system.dialect.failureHead?.(named, about)
  const status = head?.status ?? named.status
  exchange.violations = failureViolations(exchange, named, body, head?.unlisted ? null : status)
  const allow: ReplyHeaders = status === 405 && named.details.allow ? { allow: named.details.allow.join(', ') } : {}
  return jsonReply(status, body, { ...allow, ...head?.headers })
}

/** @returns the CONSTANT_NAME that a failure is answered with, or null where the answer lies outside the dialect */
export function errorOf(exchange: Exchange, failure: Failure): string | null {
  const outcome = outcomeOf(exchange, failure)
  if (typeof outcome === 'string') return outcome
  return 'reply' in outcome ? null : outcome.error
}

function outcomeOf(exchange: Exchange, failure: Failure): Outcome<string> {
  if (failure.error !== null) return failure.error
  const entry = exchange.system.dialect.conditions[failure.condition ?? 'internal']
  return typeof entry === 'function' ? entry(failure.details, exchange.about) : entry
}

function nameFailure(exchange: Exchange, { details }: Failure, outcome: Exclude<Outcome<string>, { reply: Reply }>): NamedFailure {
  const choice = typeof outcome === 'string' ? { error: outcome } : outcome
  const row = exchange.system.contract.errors[choice.error]
  if (row === undefined) throw new Error(`${exchange.system.id} has no error ${choice.error}`)
  return {
    error: choice.error,
    code: row.code,
    message: details.message ?? choice.message ?? row.message,
    status: choice.status ?? row.status[0] ?? 200,
    details,
  }
}

/** @param status null where it is not to be held against the error table */
function failureViolations(exchange: Exchange, { error }: NamedFailure, body: object, status: number | null): readonly string[] {
  const { row, operation, system } = exchange
  if (row === null || operation === null) return violationsOf(system.validators.unmatched ?? undefined, body, 'answer outside any operation')
  const violations = [...violationsOf(system.validators.failures[error], body, `failure ${error} of ${operation}`)]
  if (!row.errors.includes(error) && !exchange.forced) violations.push(`${operation} does not list the error ${error}`)
  if (status !== null && !system.contract.errors[error]?.status.includes(status)) violations.push(`${error} does not travel with HTTP status ${String(status)}`)
  return violations
}

const NONE: readonly string[] = []

function violationsOf(validate: Validator | undefined, body: unknown, subject: string): readonly string[] {
  if (validate === undefined) return [`${subject}: the contract has no schema for it`]
  if (validate(body)) return NONE
  return (validate.errors ?? []).map((violation) => `${subject}: ${describeViolation(violation)}`)
}

function describeViolation({ instancePath, message, params }: Violation): string {
  return `${instancePath === '' ? 'the body' : instancePath} ${message ?? 'is not valid'} ${JSON.stringify(params)}`
}
