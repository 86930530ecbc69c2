/** Finds the differences in one real answer: against the contract, and against what the stub answers to the same call. */
import { isObject } from '../../plain/json.js'
import type { ReadReply } from '../backends/read.js'
import type { Contract } from '../contract.js'
import { type Departure, judge, type Judged } from '../judge.js'
import type { ReplyHeaders } from '../reply.js'
import type { DriftDocument } from './documents.js'
import { type DeclaredHeader, type DriftKind, type Finding, type IsDocumented, MOST_FINDINGS, overItems } from './finding.js'

/** A real answer as it is looked at. */
export interface Looked {
  readonly operation: string
  readonly read: ReadReply
  /** Its content type; an empty text where it has none. */
  readonly mediaType: string
  readonly isHead: boolean
  /** Whether its body is still coming, so that nobody has seen it. */
  readonly isStreamed: boolean
  /** Whether the call broke a rule of the contract. */
  readonly isCallBroken: boolean
  /** Its headers, and those that the contract declares for an answer with its status. */
  readonly headers: ReplyHeaders
  readonly declared: readonly DeclaredHeader[]
}

/** @returns where the answer departs from the contract, in its headers and in its body: everywhere, and not only where it does so first */
export async function departuresOf(subject: Judged, looked: Looked, document: Pick<DriftDocument, 'isDocumented' | 'validators'>): Promise<readonly Finding[]> {
  return [...headerFindings(looked), ...(await bodyFindings(subject, looked, document))]
}

/**
 * @param judging holds an answer against what it is given
 * @returns all departures; most answers have none, and of the others all are looked for once the first was found
 */
export async function allDepartures(subject: Judged, document: Pick<DriftDocument, 'validators'>, judging: (subject: Judged) => readonly Departure[]): Promise<readonly Departure[]> {
  const departures = judging(subject)
  const validators = departures.some(({ kind }) => kind === 'body') ? await document.validators(subject.contract) : null
  const all = validators === null ? [] : judging({ ...subject, validators })
  // What lies beyond what is looked at of a long answer was still found once.
  return all.some(({ kind }) => kind === 'body') ? all : departures
}

function headerFindings({ operation, read, headers, declared }: Looked): Finding[] {
  return declared.flatMap(({ name, isRequired, only, form, mayBeEmpty }): Finding[] => {
    const value = headers[name]
    const about = { pointer: `header ${name}`, ...(typeof read.error === 'string' ? { error: read.error } : {}) }
    if (value === undefined) return isRequired ? [{ kind: 'missingField', message: `an answer of ${operation} with HTTP status ${String(read.status)} has no header ${name}`, ...about }] : []
    if (only !== null && String(value) !== only) return [{ kind: 'format', message: `the header ${name} is ${JSON.stringify(String(value))}, the contract says ${JSON.stringify(only)}`, ...about }]
    if (form !== null && ![value].flat().some((one) => form.test(one))) return [{ kind: 'format', message: `the header ${name} has not the form that the contract gives it`, ...about }]
    return !mayBeEmpty && String(value) === '' ? [{ kind: 'format', message: `the header ${name} is empty`, ...about }] : []
  })
}

async function bodyFindings(subject: Judged, { operation, read, mediaType, isHead, isStreamed, isCallBroken }: Looked, document: Pick<DriftDocument, 'isDocumented' | 'validators'>): Promise<readonly Finding[]> {
  const row = subject.contract.operations[operation]
  if (isHead || row === undefined) return []
  const expected = row.success.mediaType
  const findings: Finding[] = []
  if (isStreamed) return read.status === row.success.status ? [] : [{ kind: 'httpStatus', pointer: '', message: `a success of ${operation} does not travel with HTTP status ${String(read.status)}` }]
  const departures = await allDepartures(subject, document, (held) => judge(held, operation, { status: read.status, body: read.json }))
  findings.push(...departures.map((departure) => findingOf(departure, subject.contract, read)))
  const isJson = /[/+]json\b/i.test(mediaType)
  if (read.json !== undefined && expected === 'application/json' && !isJson) findings.push({ kind: 'mediaType', pointer: '', message: `the answer is JSON and calls itself ${mediaType === '' ? 'nothing' : mediaType}` })
  // A body that nobody understands has no fields to speak of.
  if (read.error !== undefined) findings.push(...undocumentedFields(operation, read.json, document.isDocumented))
  if (read.error === null && isCallBroken) findings.push({ kind: 'behaviour', pointer: '', message: `${operation} carried out a call that breaks the contract` })
  return distinct(findings)
}

/** Two that refuse the same call, or one that refuses what the other carries out. */
export interface Both {
  readonly operation: string
  readonly stub: ReadReply
  readonly real: ReadReply
}

/** @returns where the real answer differs from the stub's, though each may keep the contract */
export function differencesOf(contract: Contract, { operation, stub, real }: Both): readonly Finding[] {
  // What has no code of the contract has been told of already.
  if (real.error === undefined || stub.error === undefined) return []
  const listed = contract.operations[operation]?.errors ?? []
  if (real.error !== stub.error) {
    const [here, there] = [nameOf(stub.error), nameOf(real.error)]
    const kind: DriftKind = real.error !== null && stub.error !== null ? 'checkOrder' : 'behaviour'
    // An error that the operation cannot have is told of as such.
    if (real.error !== null && !listed.includes(real.error)) return []
    return [{ kind, pointer: '', message: `the stub answers ${here}, the backend ${there}`, ...(real.error === null ? {} : { error: real.error }) }]
  }
  const findings: Finding[] = []
  if (stub.status !== real.status && allows(contract, operation, real)) findings.push({ kind: 'httpStatus', pointer: '', message: `the stub answers with HTTP ${String(stub.status)}, the backend with ${String(real.status)}`, ...(real.error === null ? {} : { error: real.error }) })
  findings.push(...compareForms(stub.json, real.json, ''))
  return distinct(findings)
}

function allows({ operations, errors }: Contract, operation: string, { status, error }: ReadReply): boolean {
  return error === null ? operations[operation]?.success.status === status : (errors[error ?? '']?.status.includes(status) ?? false)
}

function nameOf(error: string | null): string {
  return error ?? 'a success'
}

/** @returns a departure as a difference */
export function findingOf({ kind, pointer, message, rule }: Departure, { dialect }: Contract, { error, status }: Pick<ReadReply, 'error' | 'status'>): Finding {
  const about = typeof error === 'string' ? { error } : {}
  switch (kind) {
    case 'noJson':
    case 'noSchema':
      return { kind: 'notJson', pointer: '', message: `${message} (HTTP ${String(status)})`, ...about }
    case 'unknownCode':
      return { kind: 'undocumentedCode', pointer, message }
    case 'unlistedError':
      return { kind: 'unlistedError', pointer: `/${dialect.code}`, message, ...about }
    case 'status':
      return { kind: 'httpStatus', pointer: '', message, ...about }
    case 'body': {
      const { keyword = '', missing = null } = rule ?? {}
      if (missing !== null) return { kind: 'missingField', pointer: overItems(`${pointer}/${missing}`), message, ...about }
      const isUnknown = keyword === 'additionalProperties' || keyword === 'unevaluatedProperties'
      return { kind: isUnknown ? 'undocumentedField' : keyword === 'type' ? 'type' : 'format', pointer: overItems(pointer), message, ...about }
    }
  }
}

/** Depth and number of what is looked at of an answer. */
const DEEPEST = 12
const MOST_ITEMS = 50

/** The fields that the contract does not know, each once. */
function undocumentedFields(operation: string, whole: unknown, isDocumented: IsDocumented): readonly Finding[] {
  const found = new Map<string, Finding>()
  const look = (value: unknown, pointer: string, depth: number): void => {
    if (depth > DEEPEST) return
    if (Array.isArray(value)) for (const item of value.slice(0, MOST_ITEMS) as readonly unknown[]) look(item, `${pointer}/*`, depth + 1)
    if (!isObject(value)) return
    for (const name in value) {
      if (found.size >= MOST_FINDINGS) return
      const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (isDocumented(operation, place)) look(value[name], place, depth + 1)
      else found.set(place, { kind: 'undocumentedField', pointer: place, message: `the contract of ${operation} knows no field ${place}` })
    }
  }
  look(whole, '', 0)
  return [...found.values()]
}

/** Values are other people's: only their forms are compared. What one of both leaves out, or has as null, tells nothing. */
function compareForms(stub: unknown, real: unknown, pointer: string, depth = 0): Finding[] {
  if (depth > DEEPEST) return []
  if (Array.isArray(stub) && Array.isArray(real)) {
    const [here, there] = [stub[0] as unknown, real[0] as unknown]
    return here === undefined || there === undefined ? [] : compareForms(here, there, `${pointer}/*`, depth + 1)
  }
  if (isObject(stub) && isObject(real)) {
    return Object.keys(stub).filter((name) => Object.hasOwn(real, name)).flatMap((name) => compareForms(stub[name], real[name], `${pointer}/${name}`, depth + 1))
  }
  const [here, there] = [formOf(stub), formOf(real)]
  if (here === null || there === null || here === there) return []
  return [{ kind: 'format', pointer, message: `${pointer} is ${here} at the stub, ${there} at the backend` }]
}

/** The forms that matter to whoever reads a value: moments are not what they seem when seconds are taken for milliseconds. */
function formOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1e9 && value < 1e10 ? 'a moment in seconds' : Number.isInteger(value) && value >= 1e12 && value < 1e13 ? 'a moment in milliseconds' : null
  if (typeof value !== 'string') return null
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(value)) return 'a moment with a zone'
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return 'a moment without a zone'
  return null
}

/** @returns the findings, one of each kind at each place; what has another type has another form as well, and is told of once */
export function distinct(findings: readonly Finding[]): readonly Finding[] {
  const types = new Set(findings.filter(({ kind }) => kind === 'type').map(({ pointer }) => pointer))
  const seen = new Map<string, Finding>()
  for (const finding of findings) {
    const { kind, pointer } = finding
    const key = `${kind} ${pointer}`
    if (!seen.has(key) && !(kind === 'format' && types.has(pointer))) seen.set(key, finding)
  }
  return [...seen.values()]
}
