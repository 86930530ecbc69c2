/** Finds the differences in one real answer against the contract. */
import { isObject } from '../../plain/json.js'
import type { ReadReply } from '../backends/read.js'
import type { Contract } from '../contract.js'
import type { Awaitable } from '../engine/engine.js'
import { type Departure, judge, type Judged } from '../judge.js'
import type { ReplyHeaders } from '../reply.js'
import type { DriftDocument } from './documents.js'
import { type FirstValues, firstValues, withoutAbsence } from './first-values.js'
import { type DeclaredHeader, type Finding, type IsDocumented, MOST_FINDINGS, overItems, stepTold } from './finding.js'

/** A rule of the contract that a call breaks. */
export interface CallFault {
  /** The field or the header; null where it is the whole. */
  readonly name: string | null
  /** What is wrong, for people. */
  readonly says: string
}

/** A real answer as it is looked at. */
export interface Looked {
  readonly operation: string
  readonly read: ReadReply
  /** Its content type; an empty text where it has none. */
  readonly mediaType: string
  readonly isHead: boolean
  /** Whether its body is still coming, so that nobody has seen it. */
  readonly isStreamed: boolean
  /** Whether the contract declares an answer like this, without JSON. */
  readonly isDeclaredPlain: boolean
  /** What the call breaks of the contract. */
  readonly callFaults: readonly CallFault[]
  /** Its headers, and those that the contract declares for an answer with its status. */
  readonly headers: ReplyHeaders
  readonly declared: readonly DeclaredHeader[]
}

/** @returns where the answer departs from the contract, in its headers and in its body: everywhere, and not only where it does so first */
export function departuresOf(subject: Judged, looked: Looked, document: Pick<DriftDocument, 'isDocumented' | 'validators'>): Awaitable<readonly Finding[]> {
  const ofHeaders = headerFindings(looked)
  const ofBody = bodyFindings(subject, looked, document)
  return ofBody instanceof Promise ? ofBody.then((found) => [...ofHeaders, ...found]) : [...ofHeaders, ...ofBody]
}

const NONE: readonly Finding[] = []

/**
 * @param looked what is judged: the whole value, or the first of it where it is long
 * @param judging holds a value against what it is given
 * @returns all departures; most answers have none, and of the others all are looked for once the first was found
 */
export function allDepartures(subject: Judged, document: Pick<DriftDocument, 'validators'>, looked: FirstValues, judging: Judging): Awaitable<readonly Departure[]> {
  const departures = judging(subject, looked.value)
  return departures.length === 0 ? departures : furtherDepartures(subject, document, looked, judging, departures)
}

type Judging = (subject: Judged, value: unknown) => readonly Departure[]

async function furtherDepartures(subject: Judged, document: Pick<DriftDocument, 'validators'>, looked: FirstValues, judging: Judging, departures: readonly Departure[]): Promise<readonly Departure[]> {
  const validators = departures.some(({ kind }) => kind === 'body') ? await document.validators(subject.contract) : null
  const first = validators === null || looked.cut.size > 0 ? looked : firstValues(looked.value, subject.contract)
  const all = validators === null ? [] : withoutAbsence(judging({ ...subject, validators }, first.value), first)
  // What lies beyond what is looked at of a long answer was still found once.
  return all.some(({ kind }) => kind === 'body') ? all : withoutAbsence(departures, looked)
}

/** @returns what is looked at of an answer */
export function lookedAt({ json, isLong }: Pick<ReadReply, 'json' | 'isLong'>, contract: Contract): FirstValues {
  return isLong ? firstValues(json, contract) : { value: json, cut: NOTHING_CUT }
}

const NOTHING_CUT: ReadonlySet<string> = new Set()

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

function bodyFindings(subject: Judged, looked: Looked, document: Pick<DriftDocument, 'isDocumented' | 'validators'>): Awaitable<readonly Finding[]> {
  const { operation, read, isHead, isStreamed, isDeclaredPlain } = looked
  const row = subject.contract.operations[operation]
  if (isHead || isDeclaredPlain || row === undefined) return NONE
  if (isStreamed) return read.status === row.success.status ? NONE : [{ kind: 'httpStatus', pointer: '', message: `a success of ${operation} does not travel with HTTP status ${String(read.status)}` }]
  // A file is what it is.
  if (read.json === undefined && row.success.mediaType !== 'application/json' && read.error === null) return NONE
  const first = lookedAt(read, subject.contract)
  const departures = allDepartures(subject, document, first, (held, body) => judge(held, operation, { status: read.status, body }))
  const found = (all: readonly Departure[]) => foundIn(all, subject.contract, looked, row.success.mediaType, first, document)
  return departures instanceof Promise ? departures.then(found) : found(departures)
}

function foundIn(departures: readonly Departure[], contract: Contract, { operation, read, mediaType, callFaults }: Looked, expected: string | null, first: FirstValues, document: Pick<DriftDocument, 'isDocumented'>): readonly Finding[] {
  const findings = departures.map((departure) => findingOf(departure, contract, read))
  const isJson = /^[^;]*[/+]json\s*(?:;|$)/i.test(mediaType)
  if (read.json !== undefined && expected === 'application/json' && !isJson) findings.push({ kind: 'mediaType', pointer: '', message: `the answer is JSON and calls itself ${mediaType === '' ? 'nothing' : mediaType}` })
  // A body that nobody understands has no fields to speak of.
  if (read.error !== undefined) findings.push(...undocumentedFields(operation, first.value, document.isDocumented, read.error))
  if (read.error === null) findings.push(...callFaults.map(({ name, says }): Finding => ({ kind: 'behaviour', pointer: name === null ? '' : `request ${name}`, message: `${operation} carried out a call that breaks the contract: ${says}` })))
  return distinct(findings)
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
function undocumentedFields(operation: string, whole: unknown, isDocumented: IsDocumented, error: string | null): readonly Finding[] {
  const about = error === null ? {} : { error }
  const found = new Map<string, Finding>()
  const look = (value: unknown, pointer: string, depth: number): void => {
    if (depth > DEEPEST) return
    if (Array.isArray(value)) for (const item of value.slice(0, MOST_ITEMS) as readonly unknown[]) look(item, `${pointer}/*`, depth + 1)
    if (!isObject(value)) return
    for (const name in value) {
      if (found.size >= MOST_FINDINGS) return
      const place = `${pointer}/${stepTold(name)}`
      if (isDocumented(operation, place)) look(value[name], place, depth + 1)
      else found.set(place, { kind: 'undocumentedField', pointer: place, message: `the contract of ${operation} knows no field ${place}`, ...about })
    }
  }
  look(whole, '', 0)
  return [...found.values()]
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
