/** Where a real backend is not what its contract says, as values. */
import type { Unanswered } from '../backends/forward.js'
import { stepTo } from '../../plain/pointer.js'

/** What kind of difference it is. */
export const driftKinds = [
  /** A code that stands in no table. */
  'undocumentedCode',
  /** An error of the table that the operation does not list. */
  'unlistedError',
  'undocumentedField',
  'missingField',
  /** Another JSON type. */
  'type',
  /** The right type, in another form or out of bounds. */
  'format',
  'httpStatus',
  'mediaType',
  'notJson',
  /** Of two things that are wrong with a call, the backend tells of another one than the contract does. */
  'checkOrder',
  /** The backend carries out what the contract refuses, or the other way round. */
  'behaviour',
  /** The backend has no such operation. */
  'notThere',
  /** No answer came, or not all of it. */
  'noAnswer',
] as const
export type DriftKind = (typeof driftKinds)[number]

/** These are about which error it is: about another error they are another difference. */
export const kindsAboutErrors: readonly DriftKind[] = ['unlistedError', 'httpStatus', 'checkOrder', 'behaviour']

/** So many differences of one answer are kept. */
export const MOST_FINDINGS = 100

/** One difference in one answer. */
export interface Finding {
  readonly kind: DriftKind
  /** JSON pointer into the body, `*` for every item of a list; `header <name>` for a header, `request <name>` for what the call has; empty for the whole answer. */
  readonly pointer: string
  /** What is different, in English. */
  readonly message: string
  /** CONSTANT_NAME of an error that it is about. */
  readonly error?: string
  /** What the stub answered to the same call, where the difference is that: a CONSTANT_NAME, of the success too. */
  readonly expected?: string
  /** Why no answer came. */
  readonly reason?: Unanswered
}

/** Whether a field at a place is one that the contract knows; `true` where that cannot be told. */
export type IsDocumented = (operation: string, pointer: string) => boolean

/** A header of an answer, as far as it is held against the contract. */
export interface DeclaredHeader {
  /** In lower case. */
  readonly name: string
  readonly isRequired: boolean
  /** The one value that it may have; null where it may have several. */
  readonly only: string | null
  /** What it looks like; one of several values is enough. Written by whoever wrote the contract. */
  readonly form: RegExp | null
  /** Whether it may be there with nothing in it. */
  readonly mayBeEmpty: boolean
}

/** One call as an example of a difference. Secrets and phone numbers in it are masked. */
export interface DriftExample {
  /** The sandbox's clock, in milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly url: string
  /** Of the real answer; null where there was none. */
  readonly status: number | null
  readonly message: string
  /** The beginning of the real answer's body; null where there is none that can be shown. */
  readonly body: string | null
}

/** @returns the pointer with `*` for every place in a list */
export function overItems(pointer: string): string {
  return pointer.replace(/\/\d+(?=\/|$)/g, '/*')
}

/** A longer name is no field that anybody looks for, and a secret in it could not be cut: a place has the sign for what is left out in its stead. */
const LONGEST_NAME = 200
/** So many steps of a place are told, at the most. */
const MOST_STEPS = 15
const LEFT_OUT = '…'

/** @returns a name as a step of a place that is told */
export function stepTold(name: string): string {
  return name.length > LONGEST_NAME ? LEFT_OUT : stepTo(name)
}

/** @returns the place, whatever a backend calls its fields, short enough to be kept and read */
export function placeTold(pointer: string): string {
  if (pointer.length <= LONGEST_NAME) return pointer
  const steps = pointer.split('/', MOST_STEPS + 2)
  const told = steps.slice(0, MOST_STEPS + 1).map((step) => (step.length > LONGEST_NAME ? LEFT_OUT : step))
  return [...told, ...(steps.length > told.length ? [LEFT_OUT] : [])].join('/')
}

/** Nobody reads on. */
const LONGEST_MESSAGE = 4000

/** @returns the message, short enough to be looked through; of what may be a secret that goes on no part is left */
export function messageTold(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE).replace(/[^\s"',;]+$/, '')}${LEFT_OUT}`
}
