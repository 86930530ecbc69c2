/** The shape of the generated error tables. */
import type { Condition } from '../generated/conditions.js'

/** Code, condition, meaning in Chinese and in English; where the code has several meanings, what else the body says. */
export type Row = readonly [
  code: number,
  condition: Condition,
  zh: string,
  en: string,
  marks?: Readonly<Record<string, string | number | boolean | null>>,
]

/** One system's error table. */
export interface Table<Name extends string> {
  /** The key of a body that carries the code. */
  readonly code: string
  /** CONSTANT_NAME of success. */
  readonly success: Name
  /** Operations whose success is no JSON. */
  readonly raw: readonly string[]
  /** By CONSTANT_NAME. */
  readonly errors: Readonly<Record<Name, Row>>
}
