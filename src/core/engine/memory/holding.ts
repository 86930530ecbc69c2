/** How much memory the records of one sandbox take up beyond those of the world, held against what they may. */
import type { Budget } from '../../budget.js'
import type { SandboxContent } from '../../sandbox-state.js'
import type { Change, Key } from '../../store/types.js'
import { CONTROL, type House, NoRoom } from '../engine.js'
import { weigh } from '../weigh.js'

/** What a record costs beside what stands in it: its places in layers, indexes and here. */
const RECORD = 200
/** What it costs to remember that a record of the world is gone. */
const TOMBSTONE = 100
const MIB = 1024 * 1024

interface Weighed {
  readonly name: string
  readonly bytes: number
}

export class Holding {
  readonly #budget: Budget
  readonly #keyOf: House['keyOf']
  /** The name of a record -> its bytes. */
  #weights = new Map<string, number>()
  #bytes = 0

  constructor(budget: Budget, keyOf: House['keyOf']) {
    this.#budget = budget
    this.#keyOf = keyOf
  }

  /** Counts what is there already. */
  begin(content: SandboxContent): void {
    this.#put(this.#weighAll(content))
  }

  /**
   * Counts a commit.
   * @param mustFit false where it is kept whatever it takes up
   * @throws NoRoom when it would take up more than there is left; then it is not counted. What takes up less than before always fits
   */
  change(system: string, changes: readonly Change[], isOfWorld: (collection: string, key: Key) => boolean, mustFit: boolean): void {
    const weighed = changes.map(({ collection, key, after }): Weighed => {
      const bytes = after === null ? (isOfWorld(collection, key) ? TOMBSTONE : 0) : RECORD + weigh(after)
      return { name: nameOf(system, collection, key), bytes }
    })
    if (mustFit) this.#refuse(weighed.reduce((sum, { name, bytes }) => sum + bytes - (this.#weights.get(name) ?? 0), 0))
    this.#put(weighed)
  }

  /**
   * Counts other content in the place of all that there was.
   * @throws NoRoom as {@link change}
   */
  replace(content: SandboxContent): void {
    const weighed = this.#weighAll(content)
    this.#refuse(weighed.reduce((sum, { bytes }) => sum + bytes, 0) - this.#bytes)
    this.end()
    this.#put(weighed)
  }

  /** Counts no more. */
  end(): void {
    this.#budget.give('records', this.#bytes)
    this.#weights = new Map()
    this.#bytes = 0
  }

  #refuse(more: number): void {
    if (more <= 0) return
    const ofOne = this.#budget.limitOfOne('records')
    if (this.#bytes + more > ofOne) throw new NoRoom(`The records of one sandbox may take up ${inMib(ofOne)} MiB, and this would be more. Delete some, reset the sandbox, or start the server with a larger --max-memory.`)
    const ofAll = this.#budget.limit('records')
    if (this.#budget.used('records') + more > ofAll) throw new NoRoom(`The records of all sandboxes may take up ${inMib(ofAll)} MiB, and this would be more. Delete or reset some sandboxes, or start the server with a larger --max-memory.`)
  }

  #put(weighed: readonly Weighed[]): void {
    for (const { name, bytes } of weighed) {
      const more = bytes - (this.#weights.get(name) ?? 0)
      if (bytes === 0) this.#weights.delete(name)
      else this.#weights.set(name, bytes)
      this.#bytes += more
      this.#budget.add('records', more)
    }
  }

  #weighAll({ control, stores }: SandboxContent): readonly Weighed[] {
    const records = Object.entries(stores).flatMap(([system, store]) => Object.entries(store).flatMap(([collection, { put, deleted }]) => [
      ...deleted.map((key) => ({ name: nameOf(system, collection, key), bytes: TOMBSTONE })),
      ...put.map((doc) => ({ name: nameOf(system, collection, this.#keyOf(system, collection, doc)), bytes: RECORD + weigh(doc) })),
    ]))
    return [...records, ...control.faults.map((rule) => ({ name: nameOf(CONTROL, 'control', `fault/${rule.id}`), bytes: RECORD + weigh(rule) }))]
  }
}

function nameOf(system: string, collection: string, key: Key): string {
  return `${system}/${collection}/${String(key)}`
}

function inMib(bytes: number): string {
  return String(Math.floor(bytes / MIB))
}
