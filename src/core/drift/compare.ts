/** What differs between a real answer and the stub's answer to the same call, though each may keep the contract. */
import { isObject } from '../../plain/json.js'
import type { ReadReply } from '../backends/read.js'
import type { Contract } from '../contract.js'
import { isForeignSecret } from '../secrets.js'
import { type DriftKind, type Finding, MOST_FINDINGS, stepTold } from './finding.js'
import { distinct } from './find.js'

/** Both answers to a call. */
export interface Both {
  readonly operation: string
  readonly stub: ReadReply
  readonly real: ReadReply
  /** What the call said, by name. */
  readonly sent: Readonly<Record<string, unknown>>
  /** Whether both keep the same records, so that other values are other behaviour. */
  readonly isSameData: boolean
}

/** @returns the differences: who refuses and with which error, the HTTP status, the forms of moments, and values as far as they have to be the same */
export function differencesOf(contract: Contract, { operation, stub, real, sent, isSameData }: Both): readonly Finding[] {
  // What has no code of the contract has been told of already.
  if (real.error === undefined || stub.error === undefined) return []
  const { success, message } = contract.dialect
  const expected = stub.error ?? success
  const about = real.error === null ? {} : { error: real.error }
  if (real.error !== stub.error) {
    const kind: DriftKind = real.error !== null && stub.error !== null ? 'checkOrder' : 'behaviour'
    // An error that the operation cannot have is told of as such.
    if (real.error !== null && contract.operations[operation]?.errors.includes(real.error) !== true) return []
    return [{ kind, pointer: '', message: `the stub answers ${nameOf(stub.error)}, the backend ${nameOf(real.error)}`, ...about, expected }]
  }
  const findings: Finding[] = []
  if (stub.status !== real.status && allows(contract, operation, real)) findings.push({ kind: 'httpStatus', pointer: '', message: `the stub answers with HTTP ${String(stub.status)}, the backend with ${String(real.status)}`, ...about, expected })
  findings.push(...otherForms(stub.json, real.json))
  if (stub.error === null) findings.push(...otherValues(stub.json, real.json, { sent, isSameData, passed: new Set([contract.dialect.code, message]) }))
  return distinct(findings)
}

function allows({ operations, errors }: Contract, operation: string, { status, error }: ReadReply): boolean {
  return error === null ? operations[operation]?.success.status === status : (errors[error ?? '']?.status.includes(status) ?? false)
}

function nameOf(error: string | null): string {
  return error ?? 'a success'
}

/** Depth, and number of items of a list, to which answers are compared. */
const DEEPEST = 12
const MOST_ITEMS = 50

/** Of whatever record they are, moments have one form. What one of both leaves out, or has as null, tells nothing. */
function otherForms(stub: unknown, real: unknown): readonly Finding[] {
  const [here, there] = [formsIn(stub), formsIn(real)]
  return [...there].flatMap(([pointer, forms]): Finding[] => {
    const known = here.get(pointer)
    const other = known === undefined ? undefined : [...forms].find((form) => !known.has(form))
    return known === undefined || other === undefined ? [] : [{ kind: 'format', pointer, message: `${pointer} is ${[...known].join(' or ')} at the stub, ${other} at the backend` }]
  })
}

/** The forms of moments, by place. */
function formsIn(whole: unknown): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  const look = (value: unknown, pointer: string, depth: number): void => {
    if (depth > DEEPEST || found.size >= MOST_FINDINGS) return
    const form = formOf(value)
    if (form !== null) found.set(pointer, (found.get(pointer) ?? new Set()).add(form))
    if (Array.isArray(value)) for (const item of value.slice(0, MOST_ITEMS) as readonly unknown[]) look(item, `${pointer}/*`, depth + 1)
    else if (isObject(value)) for (const name of namesOf(value)) look(value[name], placeOf(pointer, name), depth + 1)
  }
  look(whole, '', 0)
  return found
}

/** The forms that matter to whoever reads a value: moments are not what they seem when seconds are taken for milliseconds. */
function formOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1e9 && value < 1e10 ? 'a moment in seconds' : Number.isInteger(value) && value >= 1e12 && value < 1e13 ? 'a moment in milliseconds' : null
  if (typeof value !== 'string') return null
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(value)) return 'a moment with a zone'
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return 'a moment without a zone'
  return null
}

interface Comparing extends Pick<Both, 'sent' | 'isSameData'> {
  /** Fields of the envelope that have been looked at, or may say anything. */
  readonly passed: ReadonlySet<string>
}

/**
 * Records are each side's own, but for what the call itself says of them: a name that was changed is the new one at both. Where both keep the same records
 * all values are the same and lists are as long, but for ids, tokens and moments, which each side makes.
 */
function otherValues(whole: unknown, wholeReal: unknown, { sent, isSameData, passed }: Comparing): readonly Finding[] {
  const found: Finding[] = []
  const look = (stub: unknown, real: unknown, { pointer, name, depth }: { readonly pointer: string; readonly name: string; readonly depth: number }): void => {
    if (depth > DEEPEST || found.length >= MOST_FINDINGS) return
    if (Array.isArray(stub) && Array.isArray(real)) {
      if (!isSameData) return
      if (stub.length !== real.length) found.push({ kind: 'behaviour', pointer, message: `${pointer} has ${String(stub.length)} items at the stub, ${String(real.length)} at the backend` })
      else for (let i = 0; i < Math.min(stub.length, MOST_ITEMS); i++) look(stub[i], real[i], { pointer: `${pointer}/*`, name, depth: depth + 1 })
    } else if (isObject(stub) && isObject(real)) {
      for (const inner of namesOf(stub)) if (Object.hasOwn(real, inner) && !(depth === 0 && passed.has(inner))) look(stub[inner], real[inner], { pointer: placeOf(pointer, inner), name: inner, depth: depth + 1 })
    } else if (isScalar(stub) && isScalar(real) && stub !== real && !isOnesOwn(name, stub, real)) {
      const said = Object.hasOwn(sent, name) && isScalar(sent[name]) && String(sent[name]) === String(stub)
      if (said) found.push({ kind: 'behaviour', pointer, message: `${pointer} is what the call said at the stub, and something else at the backend` })
      else if (isSameData) found.push({ kind: 'behaviour', pointer, message: `${pointer} is ${shown(stub)} at the stub, ${shown(real)} at the backend` })
    }
  }
  look(whole, wholeReal, { pointer: '', name: '', depth: 0 })
  return found
}

/** Ids, tokens and moments: each side makes its own. */
function isOnesOwn(name: string, stub: Scalar, real: Scalar): boolean {
  if (/(?:[a-z\d]I[Dd]s?|_ids?|^ids?|^ID|^uuid|^guid)$/.test(name) || isForeignSecret(name)) return true
  if (/(?:[tT]ime|[dD]ate|[eE]xpires?|_at|[a-z]At)$/.test(name) || [stub, real].every((one) => formOf(one) !== null || isDay(one))) return true
  // Where something is kept has the host and the ids of its side in it.
  return [stub, real].every((one) => typeof one === 'string' && /^(?:https?:\/)?\/|^[\w-]+\/.*\.\w{2,4}$/.test(one))
}

function isDay(value: Scalar): boolean {
  return typeof value === 'string' && /^\d{4}[-/]\d{1,2}[-/]\d{1,2}/.test(value)
}

type Scalar = string | number | boolean

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function shown(value: Scalar): string {
  // What would be cut in two could be a secret that nobody knows again.
  return typeof value === 'string' && value.length > MOST_SHOWN ? `a text of ${String(value.length)} characters` : JSON.stringify(value)
}

const MOST_SHOWN = 200

/** The first fields of an object; it may have as many as the backend likes. */
function* namesOf(value: Readonly<Record<string, unknown>>): Generator<string> {
  let left = MOST_FIELDS
  for (const name in value) {
    if (left-- <= 0) return
    yield name
  }
}

const MOST_FIELDS = 1000

function placeOf(pointer: string, name: string): string {
  return `${pointer}/${stepTold(name)}`
}
