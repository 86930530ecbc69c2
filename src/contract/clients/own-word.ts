/** Whose word an answer is: what is handed on as the backend's own counts for the session, and what is handed on as a `NoAnswer` never does. */
import { conditionOfText, conditionOfThrown } from '../../errors/no-answer.js'
import type { NoAnswerCondition } from '../../generated/conditions.js'
import { asObject, type JsonObject } from './shared.js'

/** How the bodies of a backend are known from those of somebody else. */
export interface DialectRules {
  /** Whether a JSON object has the outer form of the dialect, and the contract has it under this HTTP status. */
  readonly isOwn: (body: JsonObject, status: number) => boolean
  /** Whether an answer without a body can be the backend's own, as under 204. */
  readonly mayBeEmpty?: boolean
}

/** Why an answer is none of the backend's. */
interface Lost {
  readonly condition: NoAnswerCondition
  readonly what: string
  readonly cause?: unknown
}

/** Whether an HTTP status is one of success. */
export function isSuccessful(status: number): boolean {
  return status >= 200 && status < 300
}

/**
 * Reads the JSON of an answer. The header `content-type` does not matter: PHP calls everything a page unless it is told otherwise.
 * @param signal what the call can be given up by
 * @returns the body where it is the backend's own, or why it is not. The response itself stays unread.
 */
export async function readAnswer(response: Response, { isOwn }: DialectRules, signal?: AbortSignal | null): Promise<{ readonly body: JsonObject } | Lost> {
  const { status, headers } = response
  let text: string
  try {
    text = await response.clone().text()
  } catch (cause) {
    return brokenOff(cause, signal)
  }
  const type = headers.get('content-type') ?? ''
  try {
    const body = asObject(JSON.parse(text))
    return body !== null && isOwn(body, status) ? { body } : { condition: 'notOurs', what: "JSON that is none of the backend's" }
  } catch (cause) {
    // A bare status of failure is nothing that broke off.
    const condition = status >= 400 && text === '' ? 'notOurs' : conditionOfText(text, type)
    return { condition, what: text === '' ? 'an empty body' : `${type || 'a text'} that is no JSON`, cause }
  }
}

/**
 * Reads what a backend itself says of a session. A proxy, a gateway and a maintenance page answer in its place too, and no session may begin
 * or end by their words. An answer with `Server-Status` is maintenance, whatever else it says.
 * @param parseAs what the call asked for: of bytes only those are looked into that call themselves JSON
 * @returns a copy of the body; null where it says nothing. The response itself stays unread.
 */
export async function ownWord(response: Response, dialect: DialectRules, parseAs = 'json'): Promise<JsonObject | null> {
  const { headers } = response
  if (headers.get('server-status') !== null || (parseAs !== 'json' && !/json/i.test(headers.get('content-type') ?? ''))) return null
  const found = await readAnswer(response, dialect)
  return 'body' in found ? found.body : null
}

/**
 * Waits for an answer that is not JSON. A stream is the app's to read.
 * @returns null once it is there, or why it never will be. The response itself stays unread.
 */
export async function readBytes(response: Response, parseAs: string, signal: AbortSignal | null): Promise<Lost | null> {
  if (parseAs === 'stream') return null
  try {
    await response.clone().arrayBuffer()
    return null
  } catch (cause) {
    return brokenOff(cause, signal)
  }
}

function brokenOff(cause: unknown, signal?: AbortSignal | null): Lost {
  return { condition: conditionOfThrown(cause, signal, 'malformedAnswer'), what: 'the answer broke off', cause }
}
