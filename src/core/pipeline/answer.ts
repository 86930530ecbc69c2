/** From what came out of an operation to an HTTP answer in the system's dialect, held against the contract. */
import type { NamedFailure, ConditionAnswer } from '../dialect.js'
import type { Failure } from '../failure.js'
import { type Departure, judge } from '../judge.js'
import { asHeader, jsonReply, type RawBody, type Reply, type ReplyHeaders } from '../reply.js'
import type { System } from '../system.js'
import { aboutOf } from './address.js'
import { rawReply } from './raw.js'
import type { StreamedReply } from '../stage/outcome.js'
import type { AnsweredSite, Routed } from './route.js'

/** An answer, not yet on its way. */
export interface Answer {
  /** Of a real backend it may still be coming. */
  readonly reply: Reply | StreamedReply
  /** CONSTANT_NAME of the failure; null on success and outside the dialect. */
  readonly error: string | null
  /** Where the answer breaks the contract. */
  readonly violations: readonly string[]
}

/** Says what there was no room for, beside an answer in the dialect. */
export const SHORTAGE_HEADER = 'understudy-refused'

const NONE: readonly string[] = []

/** @returns an answer that is none of the dialect's, and so not held against the contract */
export function plain(reply: Reply): Answer {
  return { reply, error: null, violations: NONE }
}

/** @returns the answer to a call that was carried out */
export function succeed(routed: Routed, payload: unknown, headers?: ReplyHeaders): Answer {
  const { arrival, row, operation } = routed
  const { system } = arrival
  const { status, mediaType } = row.success
  if (mediaType !== null && mediaType !== 'application/json') return plain(rawReply(arrival.call.headers, payload as RawBody, status)) // typed by the handler's payload
  const body = system.dialect.success(payload, aboutOf(routed))
  const code = system.contract.errors[system.contract.dialect.success]?.code
  const whole = { [system.contract.dialect.code]: code, ...body }
  return { reply: jsonReply(status, whole, typed(system, headers)), error: null, violations: violationsOf(judge(system, operation, { status, body: whole, error: null })) }
}

/**
 * @param forced whether the failure was asked for, by a fault rule or by the request; the operation need not list it then
 * @returns the answer to a request that was refused
 */
export function refuse(site: AnsweredSite, failure: Failure, forced = false): Answer {
  const answer = refusalOf(site, failure, forced)
  const { shortage } = failure.details
  return shortage === undefined ? answer : { ...answer, reply: { ...answer.reply, headers: { ...answer.reply.headers, [SHORTAGE_HEADER]: asHeader(shortage) } } }
}

function refusalOf(site: AnsweredSite, failure: Failure, forced: boolean): Answer {
  const outcome = outcomeOf(site, failure)
  if (typeof outcome !== 'string' && 'reply' in outcome) return plain(outcome.reply)
  const { system } = site.arrival
  const named = nameFailure(site, failure, outcome)
  const { error, code, message, details } = named
  const about = aboutOf(site)
  const body = { ...details.defaults, [system.contract.dialect.code]: code, [system.contract.dialect.message]: message, ...system.dialect.failure(named, about), ...details.extra }
  const head = system.dialect.failureHead?.(named, about)
  const status = head?.status ?? named.status
  const allow: ReplyHeaders = status === 405 && details.allow ? { allow: details.allow.join(', ') } : {}
  const departures = judge(system, site.operation, { status, body, error, forced, anyStatus: head?.unlisted === true })
  return { reply: jsonReply(status, body, typed(system, allow)), error, violations: violationsOf(departures) }
}

/** @returns the headers, with the type that the system gives its answers where that is not the usual one */
function typed({ dialect: { contentType } }: System, headers?: ReplyHeaders): ReplyHeaders | undefined {
  return contentType === undefined ? headers : { 'content-type': contentType, ...headers }
}

/** @returns the CONSTANT_NAME that a failure is answered with, or null where the answer lies outside the dialect */
export function errorOf(site: AnsweredSite, failure: Failure): string | null {
  const outcome = outcomeOf(site, failure)
  if (typeof outcome === 'string') return outcome
  return 'reply' in outcome ? null : outcome.error
}

function outcomeOf(site: AnsweredSite, failure: Failure): ConditionAnswer<string> {
  if (failure.error !== null) return failure.error
  const entry = site.arrival.system.dialect.conditions[failure.condition ?? 'internal']
  return typeof entry === 'function' ? entry(failure.details, aboutOf(site)) : entry
}

function nameFailure({ arrival: { system } }: AnsweredSite, { details }: Failure, outcome: Exclude<ConditionAnswer<string>, { reply: Reply }>): NamedFailure {
  const choice = typeof outcome === 'string' ? { error: outcome } : outcome
  const row = system.contract.errors[choice.error]
  if (row === undefined) throw new Error(`${system.id} has no error ${choice.error}`)
  return {
    error: choice.error,
    code: row.code,
    message: details.message ?? choice.message ?? row.message,
    status: choice.status ?? row.status[0] ?? 200,
    details,
  }
}

function violationsOf(departures: readonly Departure[]): readonly string[] {
  return departures.length === 0 ? NONE : departures.map(({ message }) => message)
}
