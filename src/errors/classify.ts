/** What an answer means: the same words for all systems. */
import { type Answer, headerOf, isBinary, isJson, objectOf } from './answer.js'
import { conditionOfStatus } from './http.js'
import { conditionOfText, conditionOfThrown, isNoAnswer, NoAnswer } from './no-answer.js'
import { isOwnWord, refine } from './refine.js'
import type { Row } from './table.js'
import { tables } from '../generated/errors.js'
import { type Advice, type Condition, conditions, type ErrorName, type Message, type OperationIds, type SystemId } from './vocabulary.js'

/** An answer that was understood. */
export interface Classified<S extends SystemId = SystemId> {
  readonly system: S
  /** The code in the body; null where the answer has none and the HTTP status or a header says it all. */
  readonly code: number | null
  /** The code's name in the system's table; null where `code` is. */
  readonly name: ErrorName<S> | null
  readonly condition: Condition
  /** What to do next. */
  readonly advice: Advice
  /** A text to show to those who use the app. */
  readonly message: Message
  /** What it means, for those who build the app: in the words of the backend team's table where that has them. */
  readonly meaning: Message
}

/** An answer that nothing is known about: a code that the table does not have, or a body that could not be looked at. */
export interface Unclassified<S extends SystemId = SystemId> {
  readonly system: S
  /** The code that is not in the table, or null. */
  readonly code: number | null
  readonly name: null
  readonly condition: null
  readonly advice: null
  readonly message: Message
  readonly meaning: Message
}

export type Classification<S extends SystemId = SystemId> = Classified<S> | Unclassified<S>

/** HTTP statuses whose answers have no body; no system answers so. */
const BODILESS: readonly number[] = [204, 205, 304]

const UNKNOWN = {
  message: { zh: '出了点问题，请稍后再试', en: 'Something went wrong. Please try again later' },
  meaning: { zh: '无法识别的响应', en: 'The answer is not understood' },
} as const

/**
 * Says what an answer means.
 * - A header `Server-Status` is maintenance, whatever else the answer says.
 * - A code of the system's table is what the table says, refined by the rest of the answer (`x-refine` of the contract); under an HTTP status of
 *   failure only where the contract has it there (`x-status`). So no session ends by what a proxy or a maintenance page says.
 * - A body without a code that the contract has for unknown paths is `unknownEndpoint`.
 * - Anything else under 4XX is `notOurs`, but for what holds whoever says it: a request that is too large (`invalidRequest`) or came too soon
 *   (`tooFrequent`). A 5XX is `internal`, 503 `maintenance`.
 * - Under any other status a body that is no answer of the system is `notOurs`, and `malformedAnswer` where it was meant to be one or there can be none.
 * - A {@link NoAnswer} in the place of a body is what it says; one that is `notOurs` only where the HTTP status does not say more.
 * - Anything else is not known: `condition`, `advice` and `name` are null.
 * @param answer the HTTP status, the headers and the body, parsed or not; `operation` tells apart what these do not
 * @throws TypeError when there is no such system; nothing that is in an answer makes it throw
 */
export function classify<S extends SystemId>(system: S, answer: Answer<S>): Classification<S> {
  const { status, headers, operation } = answer
  const table = tableOf(system)
  const body = objectOf(answer.body)
  const code = numberOf(body?.[table.code])
  const found = body === null || code === null ? null : find(system, code, body)
  const isOurs = found !== null && isOwnWord(table, found.name, status)
  if (headerOf(headers, 'server-status') !== null) return result(system, isOurs ? found : null, 'maintenance')
  if (isOurs && body !== null) return result(system, found, refine(table.errors[found.name], { status, body, operation }))
  if (code === null || found !== null || status >= 500 || (status >= 400 && Object.keys(table.failing).length === 0)) {
    // A client says itself what became of the answer; of a page of somebody else the status knows more.
    const lost = isNoAnswer(answer.body) && answer.body.condition !== 'notOurs' ? answer.body.condition : null
    const isUnmatched = (status === 404 || status === 405) && body !== null && table.unmatched.length > 0 && table.unmatched.every((key) => body[key] !== undefined)
    const condition = lost ?? (isUnmatched ? 'unknownEndpoint' : conditionOfStatus(status)) ?? conditionOfBody(answer.body, status, headerOf(headers, 'content-type') ?? '', isRaw(table.raw, status, operation))
    if (condition !== null) return result(system, null, condition)
  }
  return { system, code, name: null, condition: null, advice: null, ...UNKNOWN }
}

/**
 * `classify` for a `Response` of fetch. It reads a copy: the response can still be read afterwards. A body that breaks off is `malformedAnswer`.
 * @throws TypeError when the response has been read already
 */
export async function classifyResponse<S extends SystemId>(system: S, response: Response, operation?: OperationIds[S]): Promise<Classification<S>> {
  const type = response.headers.get('content-type') ?? ''
  const unread = response.clone()
  const interrupted = (cause: unknown) => new NoAnswer(conditionOfThrown(cause, null, 'malformedAnswer'), { message: 'the answer broke off', url: response.url, response, cause })
  const body = /^(?:image|audio|video)\/|octet-stream/i.test(type) ? null : await unread.text().catch(interrupted)
  return classify(system, { status: response.status, headers: response.headers, body, operation })
}

/** `classify` for what a call of fetch was rejected with, or of a library that rejects as fetch does: `offline`, `timedOut` or `aborted`. */
export function classifyThrown<S extends SystemId>(system: S, thrown: unknown): Classified<S> {
  return result(system, null, isNoAnswer(thrown) ? thrown.condition : conditionOfThrown(thrown))
}

/** `classify` for what a call of openapi-fetch, and of the clients of this package, came back with. */
export function classifyResult<S extends SystemId>(
  system: S,
  { data, error, response }: { readonly data?: unknown; readonly error?: unknown; readonly response?: Pick<Response, 'status' | 'headers'> | undefined },
  operation?: OperationIds[S],
): Classification<S> {
  return classify(system, { status: response?.status ?? 0, headers: response?.headers, body: data ?? error, operation })
}

/** A row of the table and what it is called. */
interface Found<S extends SystemId> {
  readonly name: ErrorName<S>
  readonly code: number
  readonly condition: Condition
  readonly meaning: Message
}

/** @throws TypeError when there is no such system */
function tableOf<S extends SystemId>(system: S): (typeof tables)[S] {
  if (!Object.keys(tables).includes(system)) throw new TypeError(`there is no system ${JSON.stringify(system)}: there are ${Object.keys(tables).join(', ')}`)
  return tables[system]
}

function find<S extends SystemId>(system: S, code: number, body: Readonly<Record<string, unknown>>): Found<S> | null {
  const rows = Object.entries(tables[system].errors) as [ErrorName<S>, Row][] // the keys of the record are the system's names
  for (const [name, [rowCode, condition, zh, en, marks]] of rows) {
    const fits = rowCode === code && Object.entries(marks ?? {}).every(([key, value]) => body[key] === value)
    if (fits) return { name, code, condition, meaning: { zh, en } }
  }
  return null
}

/** What a body without a code says: null where there is none to look at. */
function conditionOfBody(body: unknown, status: number, type: string, raw: boolean): Condition | null {
  if (isNoAnswer(body)) return body.condition
  if (raw) return 'ok'
  if (body === undefined && BODILESS.includes(status)) return 'malformedAnswer'
  if (typeof body === 'string') return isJson(body) ? 'notOurs' : conditionOfText(body, type)
  return typeof body === 'object' && body !== null && (Array.isArray(body) || objectOf(body) !== null) && !isBinary(body) ? 'notOurs' : null
}

/** The table's own text fits as long as the table's own condition does. */
function result<S extends SystemId>(system: S, found: Found<S> | null, condition: Condition): Classified<S> {
  const { advice, meaning, message } = conditions[condition]
  return {
    system,
    code: found?.code ?? null,
    name: found?.name ?? null,
    condition,
    advice,
    message: { zh: message.zh, en: message.en },
    meaning: found?.condition === condition ? found.meaning : { zh: meaning.zh, en: meaning.en },
  }
}

/** Whether an operation that answers no JSON has succeeded. */
function isRaw(raw: readonly string[], status: number, operation: string | undefined): boolean {
  return operation !== undefined && raw.includes(operation) && status < 400
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
