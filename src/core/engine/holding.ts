/** How much memory the records of one sandbox take up beyond those of the world, held against what they may. */
import type { Budget } from '../budget.js'
import type { SandboxContent } from '../sandbox-state.js'
import { atOnce } from '../slices.js'
import type { Change, Key } from '../store/types.js'
import { type Attempt, CONTROL, type House, NoRoom } from './engine.js'
import { inMib } from './room.js'
import { Shelves } from './shelves.js'
import { weigh, WeighedChange, weighChanges } from './weigh.js'

/** What a record costs beside what stands in it: its places in layers, indexes and here. */
const RECORD = 200
/** What it costs to remember that a record of the world is gone. */
const TOMBSTONE = 100

/** Changes of the control state up to so many bytes are kept however full the server is. */
const SMALL = 4096

/** Whether the changes are refused where there is no room for them. Faults that count how often they acted, clocks that are set: a full server can still be driven. */
export function mustFit({ scope, changes, request }: Attempt): boolean {
  return !(scope.system === CONTROL && (request !== null || weighChanges(changes) < SMALL))
}

/** What all records of a sandbox take up, worked out beforehand. */
export interface Weights {
  readonly shelves: Shelves<number>
  readonly bytes: number
}

/** Where the weight of a changed record stands, and what it is to be. */
interface Weighed {
  readonly shelf: Map<Key, number>
  readonly key: Key
  readonly bytes: number
}

export class Holding {
  readonly #budget: Budget
  readonly #keyOf: House['keyOf']
  /** What the records of one sandbox may take up. */
  readonly #most: number
  #weights = new Shelves<number>()
  #bytes = 0

  constructor(budget: Budget, keyOf: House['keyOf']) {
    this.#budget = budget
    this.#keyOf = keyOf
    this.#most = budget.limitOfOne('records')
  }

  /** Counts what is there already. */
  begin(content: SandboxContent): void {
    this.#adopt(atOnce(this.weigh(content, Number.POSITIVE_INFINITY)))
  }

  /**
   * Works out what {@link replace} is given, step by step: nothing is counted yet.
   * @throws NoRoom as soon as it is more than one sandbox may have, and than there was
   */
  *weigh({ control, stores }: SandboxContent, most = Math.max(this.#most, this.#bytes)): Generator<void, Weights> {
    const shelves = new Shelves<number>()
    let sum = 0
    const add = (system: string, collection: string, key: Key, bytes: number) => {
      const shelf = shelves.of(system, collection)
      sum += bytes - (shelf.get(key) ?? 0)
      shelf.set(key, bytes)
      if (sum > most) throw this.#tooMuch()
    }
    for (const [system, store] of Object.entries(stores)) {
      for (const [collection, { put, deleted }] of Object.entries(store)) {
        for (const key of deleted) {
          add(system, collection, key, TOMBSTONE)
          yield
        }
        for (const doc of put) {
          add(system, collection, this.#keyOf(system, collection, doc), RECORD + weigh(doc))
          yield
        }
      }
    }
    for (const rule of control.faults) add(CONTROL, 'control', `fault/${rule.id}`, RECORD + weigh(rule))
    return { shelves, bytes: sum }
  }

  /**
   * Counts a commit.
   * @param mustFit false where it is kept whatever it takes up
   * @throws NoRoom when it would take up more than there is left; then it is not counted. What takes up less than before always fits
   */
  change(system: string, changes: readonly Change[], isOfWorld: (collection: string, key: Key) => boolean, mustFit: boolean): void {
    const { weighed, growth } = this.#weighChanges(system, changes, isOfWorld)
    if (mustFit) this.#refuse(growth)
    for (const { shelf, key, bytes } of weighed) {
      if (bytes === 0) shelf.delete(key)
      else shelf.set(key, bytes)
    }
    this.#bytes += growth
    this.#budget.add('records', growth)
  }

  /** Counts nothing. @throws NoRoom as {@link change} */
  fit({ scope, changes }: Attempt): void {
    this.#refuse(this.#weighChanges(scope.system, changes, (collection, key) => scope.isOfWorld(collection, key)).growth)
  }

  /**
   * Counts other content, which has been weighed, in the place of all that there was.
   * @throws NoRoom as {@link change}
   */
  replace(weights: Weights): void {
    this.#refuse(weights.bytes - this.#bytes)
    this.end()
    this.#adopt(weights)
  }

  /** Counts no more. */
  end(): void {
    this.#budget.give('records', this.#bytes)
    this.#weights = new Shelves()
    this.#bytes = 0
  }

  #adopt({ shelves, bytes }: Weights): void {
    this.#weights = shelves
    this.#bytes = bytes
    this.#budget.add('records', bytes)
  }

  /** Of each record there is one change. */
  #weighChanges(system: string, changes: readonly Change[], isOfWorld: (collection: string, key: Key) => boolean): { readonly weighed: readonly Weighed[]; readonly growth: number } {
    const weighed: Weighed[] = []
    let growth = 0
    for (const change of changes) {
      const { collection, key, after } = change
      const shelf = this.#weights.of(system, collection)
      const bytes = after === null ? (isOfWorld(collection, key) ? TOMBSTONE : 0) : RECORD + WeighedChange.after(change)
      growth += bytes - (shelf.get(key) ?? 0)
      weighed.push({ shelf, key, bytes })
    }
    return { weighed, growth }
  }

  #refuse(more: number): void {
    if (more <= 0) return
    if (this.#bytes + more > this.#most) throw this.#tooMuch()
    const ofAll = this.#budget.limit('records')
    if (this.#budget.used('records') + more > ofAll) throw new NoRoom(`The records of all sandboxes may take up ${inMib(ofAll)} MiB, and this would be more. Delete or reset some sandboxes, or start the server with a larger --max-memory.`)
  }

  #tooMuch(): NoRoom {
    return new NoRoom(`The records of one sandbox may take up ${inMib(this.#most)} MiB, and this would be more. Delete some, reset the sandbox, or start the server with a larger --max-memory.`)
  }
}
