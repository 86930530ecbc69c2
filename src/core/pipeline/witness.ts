/** Notes where a real answer differs from what it should be. */
import { ForwardError, type Unanswered } from '../backends/forward.js'
import { isNotThere, isUnknownThere, readReply } from '../backends/read.js'
import { maskTokens } from '../backends/tokens.js'
import { SecretTexts } from '../backends/secret-texts.js'
import { secretsIn, type Veil, veilOver } from '../backends/veil.js'
import { adoptedIn, type IssuedTokens } from '../backends/issued.js'
import type { DriftDocument, DriftDocuments } from '../drift/documents.js'
import { differencesOf } from '../drift/compare.js'
import { type CallFault, departuresOf } from '../drift/find.js'
import { type DriftExample, type Finding, messageTold, MOST_FINDINGS, placeTold } from '../drift/finding.js'
import type { DriftBook } from '../drift/ledger.js'
import type { Awaitable } from '../engine/engine.js'
import type { Reply } from '../reply.js'
import { isStreamed, type StreamedReply } from '../stage/outcome.js'
import type { Validator } from '../contract.js'
import { Superseded } from '../superseded.js'
import type { System } from '../system.js'
import { urlBelow } from './address.js'
import type { Answer } from './answer.js'
import type { AskOutcome } from './ask.js'
import { complaintsOf } from '../violations.js'
import { readFields, readHeaders } from './fields.js'
import type { Routed } from './route.js'

/** Where differences are noted. */
export interface WitnessParts {
  readonly drift: DriftBook
  readonly documents: DriftDocuments
  readonly issued: IssuedTokens
}

/** What these say is no fault of the backend's. */
export const NOT_ITS_FAULT: readonly Unanswered[] = ['cancelled', 'loop', 'stubToken', 'path']

/** So much of a body is masked as JSON, and so much of an example is kept. */
const MOST_MASKED = 256 * 1024
const MOST_BODY = 2000
const MOST_TEXT = 300

/**
 * Notes what the answer shows.
 * @param compared the stub's answer to the same call, where it was played there as well
 * @returns where the answer departs from the contract, or from the stub's
 */
export function witness(routed: Routed, asked: AskOutcome, parts: WitnessParts, compared: Compared | null): Awaitable<readonly Finding[]> {
  if (asked.kind === 'none') return NOT_ITS_FAULT.includes(asked.reason) ? [] : note(routed, asked, parts, [unanswered(asked)])
  const document = parts.documents.of(routed.arrival.system.id)
  const found = document instanceof Promise ? document.then((read) => findingsOf(routed, asked, read, compared)) : findingsOf(routed, asked, document, compared)
  return found instanceof Promise ? found.then((findings) => note(routed, asked, parts, findings)) : note(routed, asked, parts, found)
}

/** @returns the answer of which the rest is on its way; where that breaks off, it is noted as well */
export function witnessRest(routed: Routed, asked: Extract<AskOutcome, { kind: 'answer' }>, parts: WitnessParts): Reply | StreamedReply {
  const { reply } = asked
  return isStreamed(reply) ? { ...reply, body: watched(reply.body, async (broken) => note(routed, asked, parts, [unanswered({ reason: broken.reason, detail: broken.message })], true)) } : reply
}

async function* watched<T>(body: AsyncIterable<T>, tell: (broken: ForwardError) => Promise<unknown>): AsyncGenerator<T> {
  try {
    yield* body
  } catch (error) {
    if (error instanceof ForwardError && !NOT_ITS_FAULT.includes(error.reason)) await tell(error)
    throw error
  }
}

function note(routed: Routed, asked: AskOutcome, parts: WitnessParts, found: readonly Finding[], isLate = false): Awaitable<readonly Finding[]> {
  const { arrival, operation } = routed
  if (found.length > 0) return show(routed, asked, parts, found, isLate)
  parts.drift.note(arrival.sandbox, { system: arrival.system.id, operation, findings: found, example: nothingToShow })
  return found
}

async function show(routed: Routed, asked: AskOutcome, { drift, issued }: WitnessParts, found: readonly Finding[], isLate: boolean): Promise<readonly Finding[]> {
  const { arrival, operation } = routed
  const veil = veilOver([secretsIn(exchangeOf(routed, asked)), await adoptedHere(routed), issued.adopted])
  const findings = found.slice(0, MOST_FINDINGS).map((finding) => veiled(arrival.system, finding, veil))
  const body = onceFor(() => bodyOf(asked, arrival.system, veil))
  drift.note(arrival.sandbox, { system: arrival.system.id, operation, findings, more: found.length - findings.length, isLate, example: (finding) => ({ ...exampleOf(arrival.system, shown(routed, asked, finding), veil), body: body() }) })
  return findings
}

/** Where nothing was found, no example is asked for. */
function nothingToShow(): never {
  throw new Error('there is nothing to show')
}

/** The stub's side of a call that both have played. */
export interface Compared {
  readonly answer: Answer
  /** Whether both keep the same records. */
  readonly isSameData: boolean
}

function unanswered({ reason, detail }: Pick<Extract<AskOutcome, { kind: 'none' }>, 'reason' | 'detail'>): Finding {
  return { kind: 'noAnswer', pointer: '', message: `${reason}: ${detail}`, reason }
}

/** What came of the sandbox meanwhile is nothing to what the backend has answered. */
async function adoptedHere({ arrival: { turn, system } }: Routed): Promise<Pick<SecretTexts, 'hide'>> {
  try {
    return await adoptedIn([turn.store(system.id)])
  } catch (error) {
    if (error instanceof Superseded) return new SecretTexts()
    throw error
  }
}

/** @returns what makes something once: one body is the example of all that is found in it */
export function onceFor<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

/** @returns the finding without secrets and phone numbers: fields are named by the backend, and may be any of these */
export function veiled(system: System, finding: Finding, veil: Veil): Finding {
  return { ...finding, pointer: apart(maskTokens(system, veil.text(placeTold(finding.pointer)))), message: apart(maskTokens(system, veil.text(messageTold(finding.message)))) }
}

function exchangeOf({ arrival: { call } }: Routed, asked: AskOutcome): Parameters<typeof secretsIn>[0] {
  const answered = asked.kind === 'answer' ? asked : null
  const body = answered === null || isStreamed(answered.reply) ? '' : Buffer.from(answered.reply.body).toString('utf8', 0, MOST_MASKED)
  return { url: call.url, headers: [call.headers, answered?.original ?? {}], bodies: [JSON.stringify(asked.fields), body] }
}

function findingsOf(routed: Routed, asked: Extract<AskOutcome, { kind: 'answer' }>, document: DriftDocument, compared: Compared | null): Awaitable<readonly Finding[]> {
  const { arrival: { call, system }, operation } = routed
  const { status, error } = asked.read
  const isPlain = isDeclaredPlain(operation, asked, document)
  if (!isPlain && isUnknownThere(system.contract, operation, asked.read)) return [{ kind: 'notThere', pointer: '', message: `the backend answers ${operation} with HTTP ${String(status)}`, ...(typeof error === 'string' ? { error } : {}) }]
  const sent = readFields(routed, asked.fields)
  const looked = {
    operation,
    read: asked.read,
    headers: asked.original,
    declared: document.headersOf(operation, status),
    mediaType: String(asked.original['content-type'] ?? ''),
    isHead: call.method === 'HEAD',
    isStreamed: isStreamed(asked.reply),
    isDeclaredPlain: isPlain,
    callFaults: callFaults(routed, sent),
  }
  const departures = departuresOf(system, looked, document)
  if (compared === null || isStreamed(compared.answer.reply) || looked.isHead) return departures
  return besideStub(routed, asked, sent, departures, { ...compared, reply: compared.answer.reply })
}

async function besideStub({ arrival: { system }, operation }: Routed, asked: Extract<AskOutcome, { kind: 'answer' }>, sent: ReturnType<typeof readFields>, found: Awaitable<readonly Finding[]>, { reply, isSameData }: Pick<Compared, 'isSameData'> & { readonly reply: Reply }): Promise<readonly Finding[]> {
  const departures = await found
  const stub = readReply(system.contract, operation, reply.status, Buffer.from(reply.body))
  const known = new Set(departures.map(({ kind, pointer }) => `${kind} ${pointer}`))
  return [...departures, ...differencesOf(system.contract, { operation, stub, real: asked.read, sent, isSameData }).filter(({ kind, pointer }) => !known.has(`${kind} ${pointer}`))]
}

function isDeclaredPlain(operation: string, { read, reply, original }: Extract<AskOutcome, { kind: 'answer' }>, document: DriftDocument): boolean {
  return read.json === undefined && !isStreamed(reply) && document.isDeclaredPlain(operation, read.status, { mediaType: String(original['content-type'] ?? ''), isEmpty: reply.body.length === 0 })
}

/** @returns whether the stub is to answer in the backend's place; not where the answer is one that the contract declares without JSON, with all its headers */
export async function isInItsPlace({ arrival: { system }, operation }: Routed, asked: Extract<AskOutcome, { kind: 'answer' }>, { documents }: Pick<WitnessParts, 'documents'>): Promise<boolean> {
  if (!isNotThere(system.contract, operation, asked.read)) return false
  const document = await documents.of(system.id)
  return !isDeclaredPlain(operation, asked, document) || document.headersOf(operation, asked.read.status).some(({ name, isRequired }) => isRequired && asked.original[name] === undefined)
}

/** What the call breaks of the contract's rules for its fields, and for its headers where the dialect looks at them; of each the first. */
function callFaults(routed: Routed, sent: ReturnType<typeof readFields>): readonly CallFault[] {
  const { arrival: { system: { dialect, validators } }, operation, row } = routed
  const found = new Map<string | null, CallFault>()
  const look = (validate: Validator | undefined, value: unknown): void => {
    if (validate === undefined || validate(value)) return
    for (const { field, message } of complaintsOf(validate.errors ?? [])) if (!found.has(field)) found.set(field, { name: field, says: `${field ?? 'it'} ${message}` })
  }
  if (dialect.checks.includes('headers')) look(validators.headers[operation], readHeaders(routed, row))
  if (dialect.checks.includes('fields')) look(validators.fields[operation], sent)
  return [...found.values()]
}

/** A call as it may be shown, before it is masked and cut. */
export interface Shown {
  readonly at: number
  readonly method: string
  /** Path and query below the system's base. */
  readonly url: string
  readonly status: number | null
  readonly message: string
  /** Null where there is nothing that can be shown. */
  readonly body: Uint8Array | string | null
}

/** @returns the call as an example: its secrets and phone numbers masked, and whatever may be a token, for a backend may call it anything */
export function exampleOf(system: System, { at, method, url, status, message, body }: Shown, veil: Veil): DriftExample {
  return {
    at,
    method,
    url: apart(maskTokens(system, veil.text(url)).slice(0, MOST_TEXT)),
    status,
    message: apart(maskTokens(system, veil.text(messageTold(message))).slice(0, MOST_TEXT)),
    body: body === null ? null : shownBody(body, system, veil),
  }
}

function shown({ arrival }: Routed, asked: AskOutcome, { message }: Finding): Shown {
  const { call, turn } = arrival
  return { at: turn.now, method: call.method, url: urlBelow(arrival), status: asked.kind === 'answer' ? asked.read.status : null, message, body: null }
}

function bodyOf(asked: AskOutcome, system: System, veil: Veil): string | null {
  return asked.kind === 'none' || isStreamed(asked.reply) ? null : shownBody(asked.reply.body, system, veil)
}

/** @returns the body as it may be shown; of one that is too long to be masked as a whole, the beginning is masked as a text */
export function shownBody(body: Uint8Array | string, system: System, veil: Veil): string | null {
  if (body.length === 0) return null
  const most = body.length > MOST_MASKED ? 4 * MOST_BODY : MOST_MASKED
  return apart(maskTokens(system, veil.body(Buffer.from(body).toString('utf8', 0, most))).slice(0, MOST_BODY))
}

/** A part of a long text keeps the whole of it in memory; this is the same text by itself. */
function apart(text: string): string {
  return String(JSON.parse(JSON.stringify(text)))
}
