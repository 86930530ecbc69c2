/** Notes where a real answer differs from what it should be. */
import type { Unanswered } from '../backends/forward.js'
import { readReply } from '../backends/read.js'
import { maskTokens } from '../backends/tokens.js'
import { secretsIn, type Veil, veilOver } from '../backends/veil.js'
import type { IssuedTokens } from '../backends/issued.js'
import type { DriftDocuments } from '../drift/documents.js'
import { departuresOf, differencesOf } from '../drift/find.js'
import type { DriftExample, Finding } from '../drift/finding.js'
import type { DriftBook } from '../drift/ledger.js'
import { isStreamed } from '../stage/outcome.js'
import type { System } from '../system.js'
import { urlBelow } from './address.js'
import type { Answer } from './answer.js'
import type { Asked } from './ask.js'
import { readFields } from './fields.js'
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
 * @param stubbed the stub's answer to the same call, where it was played there as well
 * @param isNotThere whether the backend was found not to have the operation
 * @returns where the answer departs from the contract, or from the stub's
 */
export async function witness(routed: Routed, asked: Asked, { drift, documents, issued }: WitnessParts, stubbed: Answer | null, isNotThere: boolean): Promise<readonly Finding[]> {
  if (asked.kind === 'none' && NOT_ITS_FAULT.includes(asked.reason)) return []
  const { arrival, operation } = routed
  const found = asked.kind === 'none' ? [{ kind: 'noAnswer', pointer: '', message: `${asked.reason}: ${asked.detail}` } as const] : isNotThere ? [{ kind: 'notThere', pointer: '', message: `the backend answers ${operation} with HTTP ${String(asked.read.status)}` } as const] : await findingsOf(routed, asked, documents, stubbed)
  const veil = veilOver([...(found.length === 0 ? [] : [secretsIn(exchangeOf(routed, asked))]), issued.adopted])
  const findings = found.map((finding) => veiled(arrival.system, finding, veil))
  drift.note(arrival.sandbox, { system: arrival.system.id, operation, findings, example: (finding) => exampleOf(arrival.system, shown(routed, asked, finding), veil) })
  return findings
}

/** @returns the finding without secrets and phone numbers: fields are named by the backend, and may be any of these */
export function veiled(system: System, finding: Finding, veil: Veil): Finding {
  return { ...finding, pointer: maskTokens(system, veil.text(finding.pointer)), message: maskTokens(system, veil.text(finding.message)) }
}

function exchangeOf({ arrival: { call } }: Routed, asked: Asked): Parameters<typeof secretsIn>[0] {
  const answered = asked.kind === 'answer' ? asked : null
  const body = answered === null || isStreamed(answered.reply) ? '' : Buffer.from(answered.reply.body).toString('utf8', 0, MOST_MASKED)
  return { url: call.url, headers: [call.headers, answered?.original ?? {}], bodies: [JSON.stringify(asked.fields), body] }
}

async function findingsOf(routed: Routed, asked: Extract<Asked, { kind: 'answer' }>, documents: DriftDocuments, stubbed: Answer | null): Promise<readonly Finding[]> {
  const { arrival: { call, system }, operation } = routed
  const document = await documents.of(system.id)
  const validate = system.validators.fields[operation]
  const looked = {
    operation,
    read: asked.read,
    headers: asked.original,
    declared: document.headersOf(operation, asked.read.status),
    mediaType: String(asked.original['content-type'] ?? ''),
    isHead: call.method === 'HEAD',
    isStreamed: isStreamed(asked.reply),
    isCallBroken: validate !== undefined && !validate(readFields(routed, asked.fields)),
  }
  const departures = await departuresOf(system, looked, document)
  if (stubbed === null || isStreamed(stubbed.reply) || looked.isHead) return departures
  const stub = readReply(system.contract, operation, stubbed.reply.status, Buffer.from(stubbed.reply.body))
  const known = new Set(departures.map(({ kind, pointer }) => `${kind} ${pointer}`))
  return [...departures, ...differencesOf(system.contract, { operation, stub, real: asked.read }).filter(({ kind, pointer }) => !known.has(`${kind} ${pointer}`))]
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
    url: maskTokens(system, veil.text(url)).slice(0, MOST_TEXT),
    status,
    message: maskTokens(system, veil.text(message)).slice(0, MOST_TEXT),
    body: body === null || body.length === 0 ? null : maskTokens(system, veil.body(Buffer.from(body).toString('utf8', 0, MOST_MASKED))).slice(0, MOST_BODY),
  }
}

function shown({ arrival }: Routed, asked: Asked, { message }: Finding): Shown {
  const { call, turn } = arrival
  const isSeen = asked.kind === 'answer'
  return { at: turn.now, method: call.method, url: urlBelow(arrival), status: isSeen ? asked.read.status : null, message, body: !isSeen || isStreamed(asked.reply) ? null : asked.reply.body }
}
