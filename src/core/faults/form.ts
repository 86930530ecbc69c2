/** What people are asked and told about a kind of fault, as `openapi/control.yaml` says it at the schema of the kind. */
import type { Bilingual } from '../../plain/bilingual.js'

/** A field of a fault that a form asks for. */
export interface FaultField {
  readonly name: string
  readonly type: 'integer' | 'number' | 'boolean' | 'string'
  readonly label: Bilingual
  readonly required: boolean
  readonly minimum?: number
  readonly maximum?: number
  /** What the form begins with; false or nothing when left out. */
  readonly first?: number | string | boolean
  /**
   * It is one of the errors of the system that the fault is for, and asked for where it is for one; or a condition, and asked for where it is for all.
   * Anything of its type when left out.
   */
  readonly choices?: 'errors' | 'conditions'
}

/** A few words for a fault that has all these fields, and none of them false. `{name}` stands for a field, `{name as span}` for milliseconds in larger units. */
export interface FaultWords {
  readonly needs: readonly string[]
  readonly words: Bilingual
}

/** A kind of fault for people. */
export interface FaultForm {
  readonly kind: string
  readonly title: Bilingual
  /** The first that fit count; the title where none do. */
  readonly words: readonly FaultWords[]
  /** What there is to be asked for, in its order. */
  readonly fields: readonly FaultField[]
  /** All that a fault of this kind may have. */
  readonly keys: readonly string[]
}
