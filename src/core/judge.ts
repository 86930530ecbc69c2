/**
 * Where an answer departs from the contract, whoever gave it: the stub itself, or a backend that it is compared with. It knows systems
 * only by their contracts, and HTTP not at all.
 */
import { type AnswerValidators, type Contract, namesOfCode, type Validator } from './contract.js'
import { placedLines } from './violations.js'

/** Whose contract an answer is held against. */
export interface Judged {
  readonly contract: Contract
  readonly validators: AnswerValidators
}

/** An answer as it is judged. */
export interface JudgedReply {
  readonly status: number
  /** The value of its JSON body; undefined where it is none. */
  readonly body: unknown
  /**
   * CONSTANT_NAME of the error that is answered, null for a success. Left out, it is read off the code in the body; where one code has
   * several errors, the answer is held against the one that it fits best.
   */
  readonly error?: string | null
  /** Whether the error was asked for; the operation need not list it then. */
  readonly forced?: boolean
  /** Whether the status was chosen by somebody and says nothing about the answer. */
  readonly anyStatus?: boolean
}

/** One way in which an answer departs from the contract. */
export interface Departure {
  readonly kind: 'noJson' | 'noSchema' | 'unknownCode' | 'body' | 'unlistedError' | 'status'
  /** JSON pointer into the body; empty for the whole answer. */
  readonly pointer: string
  /** What is wrong, for people. */
  readonly message: string
  /** Of a body: the keyword of JSON Schema that was broken, and the field that is missing. */
  readonly rule?: { readonly keyword: string; readonly missing: string | null }
}

const NONE: readonly Departure[] = []

/**
 * @param operation the operation that was asked for; null where there is none for the path and the verb
 * @returns where the answer departs from the contract; nothing when it keeps it
 */
export function judge(subject: Judged, operation: string | null, reply: JudgedReply): readonly Departure[] {
  const { contract, validators } = subject
  const row = operation === null ? undefined : contract.operations[operation]
  if (operation === null || row === undefined) return judgeBody(validators.unmatched ?? undefined, reply.body, 'answer outside any operation', null)
  if (reply.error === undefined) return judgeByCode(subject, operation, reply)
  if (reply.error === null) {
    const departures = judgeBody(validators.success[operation], reply.body, 'success', operation)
    return reply.anyStatus === true || reply.status === row.success.status ? departures : [...departures, departure('status', `a success of ${operation} does not travel with HTTP status ${String(reply.status)}`)]
  }
  return judgeFailure(subject, operation, reply, reply.error)
}

/** @returns where a value departs from a schema of the contract that has a name */
export function judgeSchema({ validators }: Judged, schema: string, value: unknown, subject: string): readonly Departure[] {
  return judgeBody(validators.schemas[schema], value, subject, null)
}

function judgeFailure({ contract, validators }: Judged, operation: string, { body, status, forced = false, anyStatus = false }: JudgedReply, error: string): readonly Departure[] {
  const departures = [...judgeBody(validators.failures[error], body, `failure ${error}`, operation)]
  if (!forced && !contract.operations[operation]?.errors.includes(error)) departures.push(departure('unlistedError', `${operation} does not list the error ${error}`))
  if (!anyStatus && !contract.errors[error]?.status.includes(status)) departures.push(departure('status', `${error} does not travel with HTTP status ${String(status)}`))
  return departures
}

/** Nobody said what the answer means: its code does. */
function judgeByCode(subject: Judged, operation: string, reply: JudgedReply): readonly Departure[] {
  const { contract } = subject
  const { body } = reply
  const { mediaType } = contract.operations[operation]?.success ?? {}
  if (body === undefined && mediaType !== 'application/json') return judge(subject, operation, { ...reply, error: null })
  if (typeof body !== 'object' || body === null) return [departure('noJson', `the answer of ${operation} is no JSON object`)]
  const code: unknown = Object.hasOwn(body, contract.dialect.code) ? Reflect.get(body, contract.dialect.code) : undefined
  const verdict = (name: string) => judge(subject, operation, { status: reply.status, body, error: name === contract.dialect.success ? null : name, forced: reply.forced ?? false, anyStatus: reply.anyStatus ?? false })
  const [best] = namesOfCode(contract.errors, code).map(verdict).sort((a, b) => a.length - b.length)
  return best ?? [departure('unknownCode', `${saidCode(code)} under ${JSON.stringify(contract.dialect.code)} is no code of the contract`, `/${contract.dialect.code}`)]
}

/** A longer one is no code that anybody has written. */
const LONGEST_CODE = 200

function saidCode(code: unknown): string {
  const said = code === undefined ? 'nothing' : JSON.stringify(code)
  return said.length > LONGEST_CODE ? `something of ${String(said.length)} characters` : said
}

/** @param operation what the subject is one of, where it is one of an operation's */
function judgeBody(validate: Validator | undefined, body: unknown, what: string, operation: string | null): readonly Departure[] {
  if (validate?.(body) === true) return NONE
  const subject = operation === null ? what : `${what} of ${operation}`
  if (validate === undefined) return [departure('noSchema', `${subject}: the contract has no schema for it`)]
  return placedLines(validate.errors ?? [], 'the body').map(({ pointer, line, keyword, missing }) => ({ ...departure('body', `${subject}: ${line}`, pointer), rule: { keyword, missing } }))
}

function departure(kind: Departure['kind'], message: string, pointer = ''): Departure {
  return { kind, pointer, message }
}
