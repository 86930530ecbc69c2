/** What a real backend's answer means, by the contract. */
import { isObject, MOST_DEPTH, parseForeignJson } from '../../plain/json.js'
import { type Contract, namesOfCode } from '../contract.js'
import { MOST_VALUES } from '../sliced-json.js'
import { readJson } from '../sliced-reading.js'
import type { Pace } from '../slices.js'

/** Statuses that say, where no code of the contract says otherwise, that the backend has no such operation, */
const UNKNOWN: readonly number[] = [404, 405, 501]
/** or that it is not there. */
const AWAY: readonly number[] = [502, 503, 504]

/** An answer as far as it can be understood. */
export interface ReadReply {
  readonly status: number
  /** The JSON value of the body; undefined where it is none. */
  readonly json: unknown
  /** CONSTANT_NAME of the failure, null for a success; undefined where the answer has no code of the contract. */
  readonly error: string | null | undefined
  /** Whether it is so long that only the first of its values are looked at. */
  readonly isLong: boolean
}

/** More bytes are parsed in slices, and not looked at throughout. */
const LONG = 256 * 1024
/** So many fields of one object in them are kept. */
const MOST_FIELDS = 20_000

/** @returns what the answer says; of several errors with one code the one that the operation lists */
export function readReply(contract: Contract, operation: string, status: number, bytes: Uint8Array): ReadReply {
  return understood(contract, operation, { status, json: parse(bytes), isLong: bytes.length > LONG })
}

/** @returns the same of an answer that may be long: others are answered meanwhile */
export async function readLongReply(pace: Pace, contract: Contract, operation: string, status: number, bytes: Uint8Array): Promise<ReadReply> {
  return bytes.length <= LONG ? readReply(contract, operation, status, bytes) : understood(contract, operation, { status, json: await parseInSlices(pace, bytes, contract.dialect.code), isLong: true })
}

function understood({ dialect, errors, operations }: Contract, operation: string, { status, json, isLong }: Omit<ReadReply, 'error'>): ReadReply {
  const row = operations[operation]
  if (json === undefined && row !== undefined && row.success.mediaType !== 'application/json') return { status, json, error: status === row.success.status ? null : undefined, isLong }
  const code = isObject(json) ? json[dialect.code] : undefined
  const named = namesOfCode(errors, code)
  const error = named.find((name) => name === dialect.success) ?? named.find((name) => row?.errors.includes(name)) ?? named[0]
  return { status, json, error: error === dialect.success ? null : error, isLong }
}

/** @returns whether the stub is to answer in its place: by its status, unless the answer is one that the contract gives the operation */
export function isNotThere(contract: Contract, operation: string, { status, error }: ReadReply): boolean {
  if (!UNKNOWN.includes(status) && !AWAY.includes(status)) return false
  return typeof error !== 'string' || contract.operations[operation]?.errors.includes(error) !== true
}

/** @returns whether the backend says that it has no such operation, in its own way or in the contract's */
export function isUnknownThere({ operations, errors }: Contract, operation: string, { status, error }: ReadReply): boolean {
  if (!UNKNOWN.includes(status) || error === null) return false
  if (error === undefined) return true
  return operations[operation]?.errors.includes(error) !== true && ['unknownEndpoint', 'notFound'].includes(errors[error]?.condition ?? '')
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  try {
    return parseForeignJson(textOf(bytes))
  } catch {
    return undefined
  }
}

async function parseInSlices(pace: Pace, bytes: Uint8Array, code: string): Promise<unknown> {
  try {
    return await pace.inSlices(readJson(textOf(bytes), MOST_DEPTH, MOST_VALUES, { fields: MOST_FIELDS, always: code }))
  } catch {
    return undefined
  }
}

/** It keeps nothing of one text for the next. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @throws TypeError where it is no UTF-8 */
function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}
