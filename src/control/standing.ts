/** Which records of a scenario can stand: beside those of the world, and on those that they name. */
import type { World } from '../core/store/world.js'
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'

/** A record that is to be written, and where it is of. */
export interface Candidate {
  readonly collection: string
  readonly record: Doc
}

/** What came of candidates. */
export interface Sifted<T> {
  readonly standing: readonly T[]
  readonly fallen: readonly { readonly one: T; readonly reason: string }[]
}

/**
 * @param candidates what is to be laid over the world
 * @returns those that can stand, and of the others why not. Whatever names one that cannot stand cannot stand either
 */
export function* sift<T extends Candidate>(system: System, world: World, candidates: readonly T[]): Generator<void, Sifted<T>> {
  const fallen: { readonly one: T; readonly reason: string }[] = []
  const here = new Map<string, T>()
  const namedBy = new Map<string, T[]>()
  const owners = new Map<string, ReadonlyMap<string, unknown>>()
  for (const one of candidates) {
    yield
    const { collection, record } = one
    const taken = owners.get(collection) ?? ownersIn(system, world, collection)
    owners.set(collection, taken)
    const reason = clashOf(system, taken, one)
    if (reason !== null) {
      fallen.push({ one, reason })
      continue
    }
    here.set(placeOf(collection, record[keyField(system, collection)]), one)
    for (const { place } of referencesOf(system, world, one)) {
      const naming = namedBy.get(place)
      if (naming === undefined) namedBy.set(place, [one])
      else naming.push(one)
    }
  }
  const doubtful = [...here.values()]
  // It grows by those that name one that falls.
  for (const one of doubtful) {
    yield
    const place = placeOf(one.collection, one.record[keyField(system, one.collection)])
    const loose = referencesOf(system, world, one).find((reference) => !here.has(reference.place))
    if (here.get(place) !== one || loose === undefined) continue
    here.delete(place)
    fallen.push({ one, reason: `its ${loose.field} names ${String(loose.key)} of ${loose.collection}, which is neither recorded nor in the world` })
    for (const other of namedBy.get(place) ?? []) doubtful.push(other)
  }
  return { standing: [...here.values()], fallen }
}

/** @returns what of a record only one may have, as texts: two records that have one in common cannot stand beside each other, though their keys differ */
export function namesOf(system: System, collection: string, record: Doc): readonly string[] {
  const unique: readonly (readonly string[])[] = system.state[collection]?.unique ?? []
  return unique.flatMap((fields, index) => {
    const values = fields.map((field) => record[field])
    return values.every((value) => value !== undefined && value !== null && typeof value !== 'object') ? [JSON.stringify([index, ...values])] : []
  })
}

/** By what only one may have: the key of the record of the world that has it. */
function ownersIn(system: System, world: World, collection: string): ReadonlyMap<string, unknown> {
  const owners = new Map<string, unknown>()
  const field = keyField(system, collection)
  for (const record of world.collections.get(collection)?.source.scan() ?? []) for (const name of namesOf(system, collection, record)) owners.set(name, record[field])
  return owners
}

function clashOf(system: System, owners: ReadonlyMap<string, unknown>, { collection, record }: Candidate): string | null {
  const field = keyField(system, collection)
  const name = namesOf(system, collection, record).find((one) => owners.has(one) && owners.get(one) !== record[field])
  return name === undefined ? null : `it cannot stand beside ${field} ${String(owners.get(name))} of the world, which has what only one may have`
}

interface Reference {
  readonly field: string
  readonly collection: string
  readonly key: string | number
  readonly place: string
}

/** The records that it names and that the world has not. */
function referencesOf(system: System, world: World, { collection, record }: Candidate): readonly Reference[] {
  return Object.entries(system.contract.collections[collection]?.fields ?? {}).flatMap(([field, { reference }]) => {
    const key = record[field]
    if (reference === undefined || (typeof key !== 'string' && typeof key !== 'number') || world.collections.get(reference)?.source.get(key) !== undefined) return []
    return [{ field, collection: reference, key, place: placeOf(reference, key) }]
  })
}

function keyField(system: System, collection: string): string {
  return system.state[collection]?.key ?? ''
}

/** A number is not the text of its digits. */
function placeOf(collection: string, key: unknown): string {
  return `${collection}/${JSON.stringify(key)}`
}
