/** What the comparison finds. */
import type { Bilingual } from '../../plain/bilingual.js'

/** One difference between two versions of a contract. */
export interface ContractChange {
  /** Whether an app that keeps to the old version may fail with the new one. */
  readonly breaking: boolean
  /** What kind of change it is: one of ours, or the id of Redocly's rule. */
  readonly kind: string
  /** What changed: an operationId, a constant, a code, or a place in the document. */
  readonly where: string
  readonly text: Bilingual
}

/** The changes of one system, or of what all share. */
export interface SystemChanges {
  readonly system: string
  readonly changes: readonly ContractChange[]
}

/** Makes a change of a kind. */
export function change(breaking: boolean, kind: string, where: string, en: string, zh: string): ContractChange {
  return { breaking, kind, where, text: { en, zh } }
}
