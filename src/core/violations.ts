/** Ajv's complaints in words. No other file knows how Ajv puts them. */
import { isObject } from '../plain/json.js'
import { stepsOf } from '../plain/pointer.js'
import type { Violation } from './contract.js'
import { parseMilliseconds } from './duration.js'
import { wordsOfFormat, wordsOfPattern } from './forms.js'

/** What is wrong with one field of a call, in the words of whoever made it. */
export interface Complaint {
  /** The field as people write it, `fault.kind`; null where it is the whole that is wrong. */
  readonly field: string | null
  readonly message: string
}

/**
 * @param whole what broke them; with it a duration where a number is wanted is told as that number
 * @returns the broken rules as complaints about fields
 */
export function complaintsOf(violations: readonly Violation[], whole?: unknown): readonly Complaint[] {
  // What is too short has no form either, and once is enough.
  const short = new Set(violations.filter(({ keyword }) => keyword === 'minLength').map(({ instancePath }) => instancePath))
  return violations.filter((violation) => saysSomething(violation) && !(violation.keyword === 'pattern' && short.has(violation.instancePath))).map((violation) => complain(violation, whole))
}

/** @returns a complaint as one sentence; `whole` stands for what has no field */
export function sayComplaint({ field, message }: Complaint, whole = 'it'): string {
  return `${field ?? whole} ${message}`
}

/** A line for the log of a developer, and where in the value it is about. */
export interface PlacedLine {
  /** JSON pointer; empty for the whole. */
  readonly pointer: string
  readonly line: string
  /** The keyword of JSON Schema that was broken. */
  readonly keyword: string
  /** The field that is missing, where that is what is wrong. */
  readonly missing: string | null
}

/**
 * @param whole stands for the value itself, where a rule is not about a part of it
 * @returns the broken rules for a developer: `/data/id must be integer {"type":"integer"}`
 */
export function placedLines(violations: readonly Violation[], whole: string): readonly PlacedLine[] {
  return violations.filter(saysSomething).map(({ instancePath: pointer, message = 'is not valid', params, keyword }) => {
    const { missingProperty } = params
    return { pointer, keyword, missing: typeof missingProperty === 'string' ? missingProperty : null, line: `${pointer === '' ? whole : pointer} ${message} ${JSON.stringify(params)}`.trim() }
  })
}

/** @returns the same without the places */
export function linesOf(violations: readonly Violation[], whole = ''): readonly string[] {
  return placedLines(violations, whole).map(({ line }) => line)
}

/** That a `then` was not met adds nothing to why it was not, which is reported as well. */
function saysSomething({ keyword }: Violation): boolean {
  return keyword !== 'if'
}

function complain({ instancePath, keyword, message = 'is not valid', params }: Violation, whole: unknown): Complaint {
  const path = stepsOf(instancePath)
  const missing = params['missingProperty']
  if (typeof missing === 'string') return { field: [...path, missing].join('.'), message: 'is missing' }
  const unknown = params['additionalProperty'] ?? params['unevaluatedProperty']
  if (typeof unknown === 'string') return { field: [...path, unknown].join('.'), message: 'is not known here' }
  const field = path.length === 0 ? null : path.join('.')
  return { field, message: wordsOfLength(keyword, params) ?? wordsOf(params) ?? wordsOfNumber(params, whole, path) ?? message }
}

/** `2s` where milliseconds are counted. */
function wordsOfNumber({ type }: Violation['params'], whole: unknown, path: readonly string[]): string | null {
  if (type !== 'integer') return null
  let value = whole
  for (const step of path) value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
  // A mere number as text may count anything.
  const milliseconds = typeof value === 'string' && !Number.isFinite(Number(value)) ? parseMilliseconds(value) : null
  return milliseconds === null ? null : `must be a number, in milliseconds: ${String(milliseconds)}`
}

/** How long a text has to be. */
function wordsOfLength(keyword: string, { limit }: Violation['params']): string | null {
  if (keyword === 'minLength') return limit === 1 ? 'must not be empty' : `must have ${String(limit)} characters at the least`
  return keyword === 'maxLength' ? `must have ${String(limit)} characters at the most` : null
}

/** Better words than Ajv's, where there are any. */
function wordsOf({ allowedValues, allowedValue, pattern, format }: Violation['params']): string | null {
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(', ')}`
  if (allowedValue !== undefined) return `must be ${JSON.stringify(allowedValue)}`
  if (typeof pattern === 'string') return wordsOfPattern(pattern)
  return typeof format === 'string' ? wordsOfFormat(format) : null
}
