/**
 * What is kept of the differences of one sandbox, and of all of them. It is about the real backend and not about the sandbox, so a reset
 * leaves it; it is bounded, and says how much it left out.
 */
import type { Unanswered } from '../backends/forward.js'
import { type DriftExample, type DriftKind, type Finding, kindsAboutErrors, MOST_FINDINGS } from './finding.js'

/** So many different differences are kept of a sandbox, and of all sandboxes together. */
const MOST_ROWS = 500
const MOST_ROWS_OF_ALL = 5000

/** One difference, however often it was found. */
export interface DriftRow {
  readonly system: string
  readonly operation: string
  readonly kind: DriftKind
  readonly pointer: string
  readonly count: number
  readonly first: DriftExample
  readonly last: DriftExample
  /** CONSTANT_NAME of the error that it was last about; null where it is about none. */
  readonly error: string | null
  /** CONSTANT_NAME of what the stub answered, of the success too; null where the difference is not that. */
  readonly expected: string | null
  /** Why no answer came; null where one did. */
  readonly reason: Unanswered | null
}


/** How often a real backend was asked, and how often that showed a difference. */
export interface DriftCalls {
  readonly system: string
  readonly operation: string
  readonly asked: number
  readonly departed: number
}

/** What one question to a real backend showed. */
export interface Seen {
  readonly system: string
  readonly operation: string
  readonly findings: readonly Finding[]
  /** How many findings there were beside these. */
  readonly more?: number
  /** Whether the question was noted before, and this came of the rest of its answer. */
  readonly isLate?: boolean
  /** @returns the call as an example of a finding; asked for only where it is kept */
  readonly example: (finding: Finding) => DriftExample
}

/** The differences of one sandbox. */
export class DriftLedger {
  readonly #rows = new Map<string, DriftRow>()
  readonly #calls = new Map<string, DriftCalls>()
  #leftOut = 0

  /** How many differences are kept. */
  get size(): number {
    return this.#rows.size
  }

  /** How many findings were too many. */
  get leftOut(): number {
    return this.#leftOut
  }

  note({ system, operation, findings, more = 0, isLate = false, example }: Seen): void {
    const place = `${system} ${operation}`
    const { asked, departed } = this.#calls.get(place) ?? { asked: 0, departed: 0 }
    const all = asked + (isLate ? 0 : 1)
    this.#calls.set(place, { system, operation, asked: all, departed: Math.min(all, departed + (findings.length > 0 ? 1 : 0)) })
    this.#leftOut += more + Math.max(0, findings.length - MOST_FINDINGS)
    for (const finding of findings.slice(0, MOST_FINDINGS)) {
      const { kind, pointer, error = null, expected = null, reason = null } = finding
      const key = JSON.stringify([place, kind, pointer, reason, ...(kindsAboutErrors.includes(kind) ? [error, expected] : [])])
      const before = this.#rows.get(key)
      if (before === undefined && this.#rows.size >= MOST_ROWS) {
        this.#leftOut++
        continue
      }
      const last = example(finding)
      this.#rows.set(key, { system, operation, kind, pointer, count: (before?.count ?? 0) + 1, first: before?.first ?? last, last, error, expected, reason })
    }
  }

  /** @returns the differences, those of one operation together */
  rows(): readonly DriftRow[] {
    return [...this.#rows.values()].sort((a, b) => compareTexts(a.system, b.system) || compareTexts(a.operation, b.operation) || compareTexts(a.pointer, b.pointer))
  }

  calls(): readonly DriftCalls[] {
    return [...this.#calls.values()].sort((a, b) => compareTexts(a.system, b.system) || compareTexts(a.operation, b.operation))
  }

  /**
   * Forgets what was found.
   * @param system everything when left out
   * @returns how many differences there were
   */
  clear(system?: string): number {
    const gone = [...this.#rows].filter(([, row]) => system === undefined || row.system === system)
    for (const [key] of gone) this.#rows.delete(key)
    for (const [key, one] of this.#calls) if (system === undefined || one.system === system) this.#calls.delete(key)
    this.#leftOut = 0
    return gone.length
  }
}

/** The ledgers of all sandboxes; of too much, those go that were written to least recently. */
export class DriftBook {
  readonly #ledgers = new Map<string, DriftLedger>()
  #rows = 0

  /** @returns the ledger of a sandbox, to be read */
  of(sandbox: string): DriftLedger {
    return this.#ledgers.get(sandbox) ?? new DriftLedger()
  }

  note(sandbox: string, seen: Seen): void {
    const ledger = this.of(sandbox)
    const before = ledger.size
    ledger.note(seen)
    this.#rows += ledger.size - before
    this.#ledgers.delete(sandbox)
    this.#ledgers.set(sandbox, ledger)
    for (const [name, oldest] of this.#ledgers) {
      if (this.#ledgers.size <= MOST_ROWS_OF_ALL && this.#rows <= MOST_ROWS_OF_ALL) break
      this.#rows -= oldest.size
      this.#ledgers.delete(name)
    }
  }

  /** Forgets what was found in a sandbox. @returns how many differences there were */
  clear(sandbox: string, system?: string): number {
    const gone = this.of(sandbox).clear(system)
    this.#rows -= gone
    return gone
  }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
