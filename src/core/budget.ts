/**
 * How much memory a server may fill with what is sent to it. One figure (`--max-memory`) is divided among the kinds of things that
 * grow; a ledger says how much of its share each kind takes up. What happens at the bound is the affair of whoever keeps the things.
 */
import { MOST_VALUES } from './sliced-json.js'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** What a server gets that is not told: a laptop has that to spare. */
export const DEFAULT_MEMORY = 512 * MIB

/** With less, not even one request of the largest size would fit. */
export const LEAST_MEMORY = 32 * MIB

/** The share of each kind; together they are one at the most. */
const SHARES = {
  /** Calls and answers in the journals. At the bound the oldest go. */
  journal: 1 / 4,
  /** Changes that a sandbox can be stepped back over. At the bound the oldest are folded together. */
  history: 1 / 8,
  /** Records that differ from the world, sessions and SMS codes among them, and sandboxes by being there. At the bound more is refused. */
  records: 1 / 4,
  /** The bytes of files that were uploaded; each content counts once. At the bound, histories let go of those that no record names any more; then more is refused. */
  files: 1 / 4,
  /** What waits for slow readers of sockets and event streams. At the bound the reader is cut off who would have it grow. */
  backlog: 1 / 16,
} as const

export type BudgetKind = keyof typeof SHARES

export const budgetKinds = Object.keys(SHARES) as readonly BudgetKind[] // of an object literal

/** One sandbox may take so much of a kind's share, so that others have room. */
const OF_ONE: Readonly<Record<BudgetKind, number>> = { journal: 1 / 8, history: 1 / 8, records: 1 / 2, files: 1 / 2, backlog: 1 / 2 }

/** What is read out of a body takes up so many bytes for each value of it, an empty list say, or an empty object. */
const OF_A_VALUE = 100

/** The ledger of one server. It counts what it is told, in bytes, and keeps nothing else. */
export class Budget {
  /** All that may be taken, in bytes. */
  readonly total: number
  readonly #limits: Readonly<Record<BudgetKind, number>>
  readonly #used: Record<BudgetKind, number>

  /** @param total bytes; a share of them belongs to each kind */
  constructor(total: number = DEFAULT_MEMORY) {
    this.total = total
    this.#limits = ofEach((kind) => Math.floor(total * SHARES[kind]))
    this.#used = ofEach(() => 0)
  }

  /** So many values one body may hold that is read as a whole. */
  get values(): number {
    return Math.min(MOST_VALUES, Math.floor(this.total / OF_A_VALUE))
  }

  /** @returns how much the kind may take up on the whole server, in bytes */
  limit(kind: BudgetKind): number {
    return this.#limits[kind]
  }

  /** @returns how much of it one sandbox may take up */
  limitOfOne(kind: BudgetKind): number {
    return Math.floor(this.#limits[kind] * OF_ONE[kind])
  }

  /** @returns how much the kind takes up */
  used(kind: BudgetKind): number {
    return this.#used[kind]
  }

  /** @returns how much the kind takes up beyond what it may; 0 while it keeps its bound */
  excess(kind: BudgetKind): number {
    return Math.max(0, this.#used[kind] - this.#limits[kind])
  }

  /**
   * Takes room for what is refused where there is none.
   * @returns false when there is not so much left; then nothing was taken
   */
  take(kind: BudgetKind, bytes: number): boolean {
    if (this.#used[kind] + bytes > this.#limits[kind]) return false
    this.#used[kind] += bytes
    return true
  }

  /**
   * Counts what is there already.
   * @returns whether there is an {@link excess} now: then whoever adds makes room at once
   */
  add(kind: BudgetKind, bytes: number): boolean {
    this.#used[kind] += bytes
    return this.#used[kind] > this.#limits[kind]
  }

  /** Gives back what was taken or added. */
  give(kind: BudgetKind, bytes: number): void {
    this.#used[kind] -= bytes
  }
}

function ofEach(value: (kind: BudgetKind) => number): Record<BudgetKind, number> {
  return { journal: value('journal'), history: value('history'), records: value('records'), files: value('files'), backlog: value('backlog') }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: KIB, mb: MIB, gb: GIB }

/** How to write an amount of memory, for whoever did not. */
export const MEMORY_FORMS = '512mb, 2gb or a number of bytes; 32mb at the least'

/**
 * @param given bytes, or a text: `512mb`, `2gb`, `1.5gb`; a kilobyte is 1024 bytes, and small and capital letters are one
 * @returns bytes, or null when it is no amount of memory, or less than {@link LEAST_MEMORY}
 */
export function parseMemory(given: number | string): number | null {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?) ?([kmg]?b)?$/i.exec(String(given)) ?? []
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN))
  return bytes >= LEAST_MEMORY && Number.isSafeInteger(bytes) ? bytes : null
}
