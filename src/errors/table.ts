/** The shape of the generated error tables. */
import type { Condition } from '../generated/conditions.js'

/** Circumstances under which a code means something narrower: all that are named have to be there. */
export interface Refinement {
  readonly condition: Condition
  /** One of these HTTP statuses. */
  readonly status?: readonly number[]
  /** One of these operations was called. */
  readonly operations?: readonly string[]
  /** The body has these keys. */
  readonly has?: readonly string[]
  /** The body has these values; a list is an empty one. */
  readonly body?: Readonly<Record<string, string | number | boolean | null | readonly []>>
}

/** Code, condition, meaning in Chinese and in English; where the code has several meanings, what else the body says; refinements. */
export type Row = readonly [
  code: number,
  condition: Condition,
  zh: string,
  en: string,
  marks?: Readonly<Record<string, string | number | boolean | null>>,
  refinements?: readonly Refinement[],
]

/** One system's error table. */
export interface Table<Name extends string> {
  /** The key of a body that carries the code. */
  readonly code: string
  /** CONSTANT_NAME of success. */
  readonly success: Name
  /** HTTP statuses of failure under which the contract has a row; a row without any comes under success alone. */
  readonly failing: Readonly<Partial<Record<Name, readonly number[]>>>
  /** The keys of the answer to a path or verb that the system does not have, where that answer carries no code; else none. */
  readonly unmatched: readonly string[]
  /** Operations whose success is no JSON. */
  readonly raw: readonly string[]
  /** By CONSTANT_NAME. */
  readonly errors: Readonly<Record<Name, Row>>
}
