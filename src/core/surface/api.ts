/** A surface that is an API: every call is routed, checked, carried out and judged by the tables that are generated from an OpenAPI document. */
import type { Contract, Validators } from '../contract.js'
import { withCapital } from '../../plain/capital.js'
import { isObject } from '../../plain/json.js'
import { compileRouter, type Match } from '../pipeline/router.js'
import { VIOLATION_HEADER } from '../pipeline/conclude.js'
import { asHeader, emptyReply, JSON_HEADERS, type Reply, type ReplyHeaders } from '../reply.js'
import { Base64Texts, jsonPieces, Measure, measureJson, takePieces, TooMuch } from '../sliced-json.js'
import { type Pace, Queue } from '../slices.js'
import type { Call } from '../stage/call.js'
import { type Outcome, type StreamedReply, whole } from '../stage/outcome.js'
import { linesOf } from '../violations.js'
import { type Fields, type Reading, takeBody } from './body.js'
import { readHeaders, readInput } from './input.js'
import { type Refusal, refusal } from './refusal.js'
import { findPlace, pathBelow, withHeaders } from './surface.js'

/** One call of an operation. */
export interface SurfaceTask {
  /** Path, query and body fields, checked against the contract. */
  readonly input: Fields
  /** Header parameters, names in lower case. */
  readonly headers: Fields
  /** The whole body, where the contract leaves its fields open. */
  readonly body: Fields
  readonly call: Call
}

/** A payload with headers beside it. */
export class WithHeaders<T> {
  readonly payload: T
  readonly headers: ReplyHeaders

  constructor(payload: T, headers: ReplyHeaders) {
    this.payload = payload
    this.headers = headers
  }
}

/** A body that goes on for as long as somebody listens. */
export class Stream {
  readonly mediaType: string
  readonly body: StreamedReply['body']
  readonly headers: ReplyHeaders

  constructor(mediaType: string, body: StreamedReply['body'], headers: ReplyHeaders = {}) {
    this.mediaType = mediaType
    this.body = body
    this.headers = headers
  }
}

/** A payload that is handed out to be brought back as a body, and only as long as it could be. */
export class Returnable<T> {
  readonly payload: T
  readonly most: number
  readonly refuse: (tooMuch: string) => Refusal

  /**
   * @param most so many bytes are taken back
   * @param refuse what is said instead when it would be more than can be read again: `more than 64 MiB`
   */
  constructor(payload: T, most: number, refuse: (tooMuch: string) => Refusal) {
    this.payload = payload
    this.most = most
    this.refuse = refuse
  }
}

/** An answer that has fewer characters is written whole, */
const WHOLE = 1024 * 1024
/** and a longer one in parts of so many. */
const PART = 64 * 1024

/** Of bodies that have more bytes one is worked off after another: what is read out of one may take up fifty times what it is written in, and nobody knows how many come at once. */
const LARGE = 64 * 1024

/** So many items are held against the contract in one go. */
const PORTION = 500
/** And files of so many bytes; what stands beside them is held against it again with each lot. */
const LOT = 8 * 1024 * 1024

export interface Api extends Reading {
  /** As a person calls it: `the control plane`. */
  readonly name: string
  /** What stands before the paths of the contract: `/__admin`. */
  readonly prefix: string
  /** The URL of the document. */
  readonly document: string
  readonly contract: Pick<Contract, 'operations'>
  readonly validators: Validators
  /** @returns the payload of the operation: plain, as {@link WithHeaders}, {@link Returnable} or {@link Stream}; a refusal is thrown */
  readonly carryOut: (operation: string, task: SurfaceTask) => Promise<unknown>
  readonly report: (problem: string) => void
}

/** @returns what answers calls of the API; it throws refusals, which a surface answers */
export function answerBy(api: Api): (call: Call) => Promise<Outcome> {
  const { name, prefix, document } = api
  const route = compileRouter(api.contract)
  const large = new Queue()
  return async (call) => {
    const path = pathBelow(prefix, call)
    const missing = refusal(404, 'no-such-path', `${withCapital(name)} has no path ${path}. ${document} lists those it has.`)
    const match = findPlace(route, path, call, missing)
    const come = await takeBody(api, match.row, call)
    const carryOut = async () => {
      const body = await come.read()
      return api.carryOut(match.operation, { input: readInput(api, match, call, body), headers: readHeaders(api, match, call), body, call })
    }
    const payload = await (come.bytes > LARGE ? large.run(carryOut) : carryOut())
    return payload instanceof WithHeaders ? withHeaders(await reply(api, match, payload.payload), payload.headers) : reply(api, match, payload)
  }
}

async function reply(api: Api, { operation, row }: Match, given: unknown): Promise<Outcome> {
  const { status } = row.success
  if (given instanceof Stream) return whole({ status, headers: { 'content-type': given.mediaType, ...given.headers }, body: given.body })
  const payload: unknown = given instanceof Returnable ? given.payload : given
  // Before it is written: a long answer is on its way by then.
  const violation = await api.pace.inSlices(judge(api, operation, payload))
  const sent = payload === undefined ? whole(emptyReply(status)) : whole(replyOf(status, await (given instanceof Returnable ? writeReturnable(api, given) : write(api, payload))))
  if (violation === null) return sent
  api.report(`${api.name} breaks its contract: ${violation}`)
  return withHeaders(sent, { [VIOLATION_HEADER]: asHeader(violation) })
}

function replyOf(status: number, body: string | AsyncIterable<string>): Reply | StreamedReply {
  return typeof body === 'string' ? { status, headers: JSON_HEADERS, body } : { status, headers: JSON_HEADERS, body }
}

/** Writes what goes out. A long answer is written while it does, so that it lies nowhere whole until a slow reader has had it; others come between. */
async function write({ pace }: Api, payload: unknown): Promise<string | AsyncIterable<string>> {
  const pieces = jsonPieces(payload)
  const { text, areAll } = await pace.inSlices(takePieces(pieces, WHOLE))
  return areAll ? text : writeOn(pace, text, pieces)
}

async function* writeOn(pace: Pace, first: string, pieces: Generator<string, void>): AsyncGenerator<string> {
  for (let part = { text: first, areAll: false }; ; part = await pace.inSlices(takePieces(pieces, PART))) {
    if (part.text !== '') yield part.text
    if (part.areAll) return
  }
}

/** Written twice, so that not even a long one lies anywhere whole: whether it is too much has to be known before it is on its way. */
async function writeReturnable(api: Api, { payload, most, refuse }: Returnable<unknown>): Promise<string | AsyncIterable<string>> {
  try {
    await api.pace.inSlices(measureJson(payload, new Measure(most, api.mostValues)))
  } catch (error) {
    throw error instanceof TooMuch ? refuse(error.message) : error
  }
  return write(api, payload)
}

/** A long list is held against the contract in portions. */
function* judge({ validators }: Api, operation: string, payload: unknown): Generator<void, string | null> {
  const validate = validators.success[operation]
  if (validate === undefined) return null
  for (const portion of portionsOf(payload)) {
    if (!validate(portion)) return `${operation}: ${linesOf(validate.errors ?? [])[0] ?? ''}`
    yield
  }
  return null
}

/** @returns the payload; one that is a long list, or has some or files, several times, each with others of them */
function* portionsOf(payload: unknown): Iterable<unknown> {
  const portions = cut(payload)
  if (portions !== null) yield* portions
  else if (isObject(payload)) {
    const long = Object.entries(payload).flatMap(([name, part]) => {
      const parts = cut(part)
      return parts === null ? [] : [{ name, parts, none: Array.isArray(part) ? [] : {} }]
    })
    const most = Math.max(1, ...long.map(({ parts }) => parts.length))
    for (let at = 0; at < most; at++) yield long.length === 0 ? payload : { ...payload, ...Object.fromEntries(long.map(({ name, parts, none }) => [name, parts[at] ?? none])) }
  } else yield payload
}

/** @returns what a long list consists of, or many files; null where it is neither */
function cut(value: unknown): readonly unknown[] | null {
  if (value instanceof Base64Texts) return [...Base64Texts.lots(value, LOT)]
  if (!Array.isArray(value) || value.length <= PORTION) return null
  return Array.from({ length: Math.ceil(value.length / PORTION) }, (_, at): unknown => value.slice(at * PORTION, (at + 1) * PORTION))
}
