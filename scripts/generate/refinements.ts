/** `x-refine`: what a row of an error table means under narrower circumstances. */
import { isObject } from '../../src/plain/json.js'
import { asNumber, asObject, asObjects, asString, asStrings, ContractError, type Json, type JsonObject } from './json.js'

/** All the circumstances that are named have to be there. */
export interface Circumstances extends JsonObject {
  readonly status?: number[]
  readonly operations?: string[]
  readonly has?: string[]
  readonly body?: JsonObject
}

export interface Refinement {
  readonly condition: string
  readonly when: Circumstances
}

const KINDS = ['status', 'operations', 'has', 'body']

/** Reads the list; the first that fits counts. Throws ContractError where one says nothing, or what cannot be looked up in an answer. */
export function readRefinements(value: Json | undefined, where: string): Refinement[] {
  return asObjects(value ?? [], where).map((node) => {
    const when = asObject(node.when, `${where}: when`)
    const unknown = Object.keys(when).find((kind) => !KINDS.includes(kind))
    if (unknown !== undefined) throw new ContractError(`${where}: when has ${unknown}; it may have ${KINDS.join(', ')}`)
    if (Object.keys(when).length === 0) throw new ContractError(`${where}: when names no circumstance`)
    return {
      condition: asString(node.condition, `${where}: condition`),
      when: {
        ...(when.status === undefined ? {} : { status: [when.status].flat().map((status) => asNumber(status, `${where}: status`)) }),
        ...(when.operations === undefined ? {} : { operations: asStrings(when.operations, `${where}: operations`) }),
        ...(when.has === undefined ? {} : { has: asStrings(when.has, `${where}: has`) }),
        ...(when.body === undefined ? {} : { body: readBody(asObject(when.body, `${where}: body`), where) }),
      },
    }
  })
}

function readBody(body: JsonObject, where: string): JsonObject {
  for (const [key, value] of Object.entries(body)) {
    if (isObject(value) || (Array.isArray(value) && value.length > 0)) throw new ContractError(`${where}: ${key} must be a plain value or an empty list`)
  }
  return body
}

/** The circumstances in words: `HTTP 503`, `jobSendSms`, `nextLogin: …`, `message: "session error"`. */
export function circumstancesOf({ status = [], operations = [], has = [], body = {} }: Circumstances): string {
  return [
    ...(status.length === 0 ? [] : [`HTTP ${status.join(', ')}`]),
    ...(operations.length === 0 ? [] : [operations.join(', ')]),
    ...has.map((key) => `\`${key}: …\``),
    ...Object.entries(body).map(([key, value]) => `\`${key}: ${JSON.stringify(value)}\``),
  ].join(' + ')
}
