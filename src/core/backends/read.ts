/** What a real backend's answer means, by the contract. */
import { isObject, parseForeignJson } from '../../plain/json.js'
import type { Contract } from '../contract.js'

/** Statuses that say, where no code of the contract says otherwise, that the backend has no such operation or is not there. */
const NOT_THERE: readonly number[] = [404, 405, 501, 502, 503, 504]

/** An answer as far as it can be understood. */
export interface ReadReply {
  readonly status: number
  /** The JSON value of the body; undefined where it is none. */
  readonly json: unknown
  /** CONSTANT_NAME of the failure, null for a success; undefined where the answer has no code of the contract. */
  readonly error: string | null | undefined
}

/** @returns what the answer says; of several errors with one code the one that the operation lists */
export function readReply(contract: Contract, operation: string, status: number, bytes: Uint8Array): ReadReply {
  const json = parse(bytes)
  const { dialect, errors, operations } = contract
  const row = operations[operation]
  if (json === undefined && row !== undefined && row.success.mediaType !== 'application/json') return { status, json, error: status === row.success.status ? null : undefined }
  const code = isObject(json) ? json[dialect.code] : undefined
  const named = Object.keys(errors).filter((name) => errors[name]?.code === code)
  const error = named.find((name) => name === dialect.success) ?? named.find((name) => row?.errors.includes(name)) ?? named[0]
  return { status, json, error: error === dialect.success ? null : error }
}

/** @returns whether the backend has not got the operation: by its status, unless the answer is one that the contract gives the operation */
export function isNotThere(contract: Contract, operation: string, { status, error }: ReadReply): boolean {
  if (!NOT_THERE.includes(status)) return false
  return typeof error !== 'string' || contract.operations[operation]?.errors.includes(error) !== true
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  try {
    return parseForeignJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
