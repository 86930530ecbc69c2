/** When a backend has given no answer: the call never reached it, somebody else answered, or the answer cannot be read. */
import type { NoAnswerCondition } from '../generated/conditions.js'

/** What there is to say about a call without an answer. */
export interface NoAnswerDetails {
  /** What fetch rejected with, or what was wrong with the text. */
  readonly cause?: unknown
  /** The URL that was called. */
  readonly url: string
  readonly message: string
  /** What came in the place of an answer; of fetch's type `error` where nothing came. */
  readonly response: Response
}

/**
 * The `error` of a call that got no answer from the backend. It is an Error, so that a library that throws it shows where it comes from; and
 * it has none of the keys by which a backend's own failures are told apart, so that these can be tested without looking at it first.
 */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  readonly condition: NoAnswerCondition
  readonly url: string
  readonly response: Response
  declare readonly code?: undefined
  declare readonly status?: undefined
  declare readonly error_no?: undefined

  constructor(condition: NoAnswerCondition, { message, url, response, cause }: NoAnswerDetails) {
    super(message, cause === undefined ? undefined : { cause })
    this.condition = condition
    this.url = url
    this.response = response
  }
}

/** Whether a value is a {@link NoAnswer}, also one that another copy of this package made. */
export function isNoAnswer(value: unknown): value is NoAnswer {
  return value instanceof Error && value.name === 'NoAnswer' && 'condition' in value
}

/**
 * What it means that a call of fetch, or the reading of its body, was rejected.
 * @param thrown what it was rejected with
 * @param signal the one that the call was given, if any
 * @param otherwise what it means when nobody gave the call up: `offline` before an answer has begun, `malformedAnswer` in the midst of it
 */
export function conditionOfThrown(thrown: unknown, signal?: AbortSignal | null, otherwise: NoAnswerCondition = 'offline'): NoAnswerCondition {
  const aborted = signal?.aborted === true
  // An app may abort with a reason of its own; React Native's signals have none.
  const names = [nameOf(thrown), aborted ? nameOf(signal.reason) : '']
  if (names.includes('TimeoutError')) return 'timedOut'
  return aborted || names.includes('AbortError') ? 'aborted' : otherwise
}

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : ''
}

/**
 * What a text is that is not what the backend would have said.
 * @param type the header `content-type`, or an empty text
 * @returns `malformedAnswer` where it was meant to be JSON, `notOurs` where it is a page or anything else
 */
export function conditionOfText(text: string, type: string): NoAnswerCondition {
  const start = text.trimStart().charAt(0)
  return start === '' || start === '{' || start === '[' || (/json/i.test(type) && start !== '<') ? 'malformedAnswer' : 'notOurs'
}
