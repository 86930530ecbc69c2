/** `expect(answer).toFailWith('CONSTANT')`: one matcher for the failures of all systems. */
import { type Classification, classify, type Condition, conditions, type ErrorName, errorsOf, isNoAnswer, type OperationIds, type SystemId, systemIds } from '../errors/index.js'
import { receive, type Received } from './received.js'

/** A CONSTANT_NAME of a system's error table, or a condition, the word that all systems share. */
export type ExpectedFailure = ErrorName | Condition

export interface FailWithOptions {
  /** The system that answered, where its URL does not tell: behind a proxy, served alone at the root, or when a client made the answer up. */
  readonly system?: SystemId
  /** The operation that was called, where the answer alone has two meanings. */
  readonly operation?: OperationIds[SystemId]
}

/** What a matcher tells `expect`; the same for Vitest, Jest and Playwright. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/**
 * Passes when the answer is this failure of the system that gave it.
 * @param received a `Response` of fetch, what a call of openapi-fetch came back with, an answer of Playwright, or a promise of one
 * @param expected `'API_INVALID_AUTH_CODE'`, or a condition like `'smsCodeInvalid'`
 * @throws Error when no answer came, the system cannot be told, or it has no such error
 */
export async function toFailWith(received: unknown, expected: ExpectedFailure, options: FailWithOptions = {}): Promise<MatcherResult> {
  const answer = await receive(received)
  const system = options.system ?? systemOf(answer.url)
  if (system === null) throw new Error(`${answer.url || 'an answer without a URL'} does not tell which system answered; say it: toFailWith(${JSON.stringify(expected)}, { system: 'live' })`)
  checkKnown(system, expected)
  const found = classify(system, { ...answer, operation: options.operation })
  const pass = found.name === expected || (found.condition === expected && expected !== 'ok')
  return { pass, message: () => explain(answer, system, found, expected, pass) }
}

/** For `expect.extend(matchers)`. */
export const matchers = { toFailWith }

/** @returns the system whose base path the URL begins with, in a sandbox or not; null where there is none */
export function systemOf(url: string): SystemId | null {
  if (!URL.canParse(url)) return null
  const [first, second] = new URL(url).pathname.split('/').slice(1)
  const id = first?.startsWith('@') ? second : first
  return systemIds.find((system) => system === id) ?? null
}

function checkKnown(system: SystemId, expected: string): void {
  const names = errorsOf(system).map((error): string => error.name)
  if (names.includes(expected) || Object.hasOwn(conditions, expected)) return
  throw new Error(`${system} has no error ${expected}; it has ${names.join(', ')}`)
}

function explain(answer: Received, system: SystemId, found: Classification, expected: string, pass: boolean): string {
  const row = errorsOf(system).find((error) => error.name === expected)
  const wanted = row === undefined ? expected : `${expected} (code ${row.code}, ${row.condition}: ${row.meaning.en})`
  const body = typeof answer.body === 'string' ? answer.body : isNoAnswer(answer.body) ? answer.body.message : JSON.stringify(answer.body)
  return [
    `expected the answer of ${system} ${pass ? 'not ' : ''}to fail with ${wanted}`,
    `but it ${outcome(found)}`,
    '',
    `HTTP ${answer.status} ${answer.url}`.trimEnd(),
    body.length > 500 ? `${body.slice(0, 500)}…` : body,
  ].join('\n')
}

function outcome({ name, code, condition, meaning }: Classification): string {
  const about = [name, code === null ? null : `code ${code}`, condition].filter((part) => part !== null).join(', ')
  if (condition === 'ok') return `succeeded (${about})`
  return condition === null ? `is not understood (${code === null ? 'no code' : about}): not an answer of this system's contract` : `failed with ${about}: ${meaning.en}`
}
