/** What an engine needs to know of the server whose sandboxes it keeps. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { House } from './engine/engine.js'
import { fileOf } from './files.js'
import { Pace } from './slices.js'
import { keyFieldOf } from './store/transaction.js'
import type { Doc, Key } from './store/types.js'
import type { System } from './system.js'

export interface HouseOptions extends Pick<House, 'boot' | 'most' | 'journalLimit' | 'budget' | 'report'> {
  readonly systems: ReadonlyMap<string, System>
  readonly seed: string
  readonly scale: number
  /** The folder that holds one folder of fixtures per system. */
  readonly fixtures: string
}

/** @returns the house as engines see it */
export function houseOf({ systems, seed, scale, fixtures, boot, most, journalLimit, budget, report }: HouseOptions): House {
  return {
    boot,
    most,
    journalLimit,
    budget,
    report,
    pace: new Pace(),
    keyOf: keyOfRecords([...systems.values()]),
    fileOf: (system, collection, doc) => fileOf(systems.get(system)?.state[collection], doc),
    identity: async () => {
      const found: Record<string, string> = { systems: [...systems.keys()].sort().join(', '), seed, scale: String(scale) }
      for (const { id, contract } of systems.values()) {
        found[`contract of ${id}`] = digest(JSON.stringify(contract))
        found[`fixtures of ${id}`] = digest(await readFile(join(fixtures, id, 'world.json')))
      }
      return found
    },
  }
}

/** @returns what tells the key of a record */
export function keyOfRecords(systems: readonly System[]): House['keyOf'] {
  const known = new Map(systems.map((system) => [system.id, system]))
  return (system, collection, doc) => keyOf(known.get(system), collection, doc)
}

function keyOf(system: System | undefined, collection: string, doc: Doc): Key {
  const value = doc[keyFieldOf(system?.state ?? {}, collection)]
  return typeof value === 'number' ? value : String(value)
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
