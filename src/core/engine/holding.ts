/** How much memory the records of one sandbox take up beyond those of the world, held against what they may. */
import type { Budget } from '../budget.js'
import type { SandboxContent } from '../sandbox-state.js'
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
    this.#put(this.#weighAll(content, this.#weights))
  }

  /**
   * Counts a commit.
   * @param mustFit false where it is kept whatever it takes up
   * @throws NoRoom when it would take up more than there is left; then it is not counted. What takes up less than before always fits
   */
  change(system: string, changes: readonly Change[], isOfWorld: (collection: string, key: Key) => boolean, mustFit: boolean): void {
    const weighed = this.#weighChanges(system, changes, isOfWorld)
    if (mustFit) this.#refuse(growthBy(weighed))
    this.#put(weighed)
  }

  /** Counts nothing. @throws NoRoom as {@link change} */
  fit({ scope, changes }: Attempt): void {
    this.#refuse(growthBy(this.#weighChanges(scope.system, changes, (collection, key) => scope.isOfWorld(collection, key))))
  }

  /**
   * Counts other content in the place of all that there was.
   * @throws NoRoom as {@link change}
   */
  replace(content: SandboxContent): void {
    const weights = new Shelves<number>()
    const weighed = this.#weighAll(content, weights)
    this.#refuse(weighed.reduce((sum, { bytes }) => sum + bytes, 0) - this.#bytes)
    this.end()
    this.#weights = weights
    this.#put(weighed)
  }

  /** Counts no more. */
  end(): void {
    this.#budget.give('records', this.#bytes)
    this.#weights = new Shelves()
    this.#bytes = 0
  }

  #weighChanges(system: string, changes: readonly Change[], isOfWorld: (collection: string, key: Key) => boolean): readonly Weighed[] {
    const weighed: Weighed[] = []
    for (const change of changes) {
      const { collection, key, after } = change
      weighed.push({ shelf: this.#weights.of(system, collection), key, bytes: after === null ? (isOfWorld(collection, key) ? TOMBSTONE : 0) : RECORD + WeighedChange.after(change) })
    }
    return weighed
  }

  #refuse(more: number): void {
    if (more <= 0) return
    if (this.#bytes + more > this.#most) throw new NoRoom(`The records of one sandbox may take up ${inMib(this.#most)} MiB, and this would be more. Delete some, reset the sandbox, or start the server with a larger --max-memory.`)
    const ofAll = this.#budget.limit('records')
    if (this.#budget.used('records') + more > ofAll) throw new NoRoom(`The records of all sandboxes may take up ${inMib(ofAll)} MiB, and this would be more. Delete or reset some sandboxes, or start the server with a larger --max-memory.`)
  }

  #put(weighed: readonly Weighed[]): void {
    for (const { shelf, key, bytes } of weighed) {
      const more = bytes - (shelf.get(key) ?? 0)
      if (bytes === 0) shelf.delete(key)
      else shelf.set(key, bytes)
      this.#bytes += more
      this.#budget.add('records', more)
    }
  }

  #weighAll({ control, stores }: SandboxContent, weights: Shelves<number>): readonly Weighed[] {
    const weighed = (system: string, collection: string, key: Key, bytes: number): Weighed => ({ shelf: weights.of(system, collection), key, bytes })
    const records = Object.entries(stores).flatMap(([system, store]) => Object.entries(store).flatMap(([collection, { put, deleted }]) => [
      ...deleted.map((key) => weighed(system, collection, key, TOMBSTONE)),
      ...put.map((doc) => weighed(system, collection, this.#keyOf(system, collection, doc), RECORD + weigh(doc))),
    ]))
    return [...records, ...control.faults.map((rule) => weighed(CONTROL, 'control', `fault/${rule.id}`, RECORD + weigh(rule)))]
  }
}

function growthBy(weighed: readonly Weighed[]): number {
  let growth = 0
  for (const { shelf, key, bytes } of weighed) growth += bytes - (shelf.get(key) ?? 0)
  return growth
}
