/** The JSON body of a call to a surface. */
import type { OperationRow } from '../contract.js'
import { isObject, MOST_DEPTH } from '../../plain/json.js'
import { readJson } from '../sliced-reading.js'
import type { Pace } from '../slices.js'
import type { BodySource, Call } from '../stage/call.js'
import { quote, refusal } from './refusal.js'
import { messageOf } from '../../plain/message.js'

/** Fields by name. */
export type Fields = Readonly<Record<string, unknown>>

/** So many bytes an operation takes whose contract says nothing else (`x-body-limit`). */
const USUAL_LIMIT = 1024 * 1024
/** A larger one holds what other calls have brought, so many levels further inside. */
const LEVELS_AROUND = 20

/** How bodies are read. */
export interface Reading {
  /** Of all who work in the same server. */
  readonly pace: Pace
  /** So many values a large body may hold. */
  readonly mostValues: number
}

/** A body that has come. */
export interface Body {
  readonly bytes: number
  /**
   * @returns its fields; none where the operation takes no body or there is none
   * @throws Refusal when it is nested too deeply, or no JSON object
   */
  read(): Promise<Fields>
}

const NO_BODY: Body = { bytes: 0, read: () => Promise.resolve({}) }

/** @throws Refusal when it is too large, of another type, compressed, or breaks off */
export async function takeBody(reading: Reading, { body: type, bodyLimit = USUAL_LIMIT }: OperationRow, { body, headers }: Call): Promise<Body> {
  if (type === null) return NO_BODY
  const bytes = await takeBytes(body, bodyLimit)
  if (bytes.length === 0) return NO_BODY
  const [given = ''] = (headers['content-type'] ?? '').split(';')
  if (given.trim().toLowerCase() !== type) throw refusal(415, 'unsupported-media-type', `Send the body as JSON with the header "Content-Type: ${type}".`)
  const encoding = String(headers['content-encoding'] ?? 'identity')
  if (encoding.trim().toLowerCase() !== 'identity') throw refusal(415, 'unsupported-media-type', `Send the body as it is: it is not decompressed here, and the header Content-Encoding says ${quote(encoding)}.`)
  return { bytes: bytes.length, read: () => parse(reading, bytes, bodyLimit > USUAL_LIMIT ? MOST_DEPTH + LEVELS_AROUND : MOST_DEPTH) }
}

async function takeBytes(body: BodySource, limit: number): Promise<Uint8Array> {
  const read = await body.bytes(limit)
  switch (read.kind) {
    case 'bytes':
      return read.bytes
    case 'tooLarge':
      throw refusal(413, 'body-too-large', `The body is larger than ${String(limit)} bytes, which is the most that this operation takes.`)
    case 'noRoom':
      throw refusal(507, 'no-room', read.why)
    case 'brokenOff':
      throw refusal(400, 'invalid-request', 'The body broke off before its end.')
  }
}

async function parse({ pace, mostValues }: Reading, bytes: Uint8Array, levels: number): Promise<Fields> {
  let value: unknown
  try {
    value = await pace.inSlices(readJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), levels, mostValues))
  } catch (error) {
    throw refusal(400, 'invalid-request', `The body is no JSON: ${messageOf(error)}.`)
  }
  if (!isObject(value)) throw refusal(400, 'invalid-request', 'The body must be a JSON object.')
  return value
}
