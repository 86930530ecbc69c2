/** Which records of a scenario can stand: beside those of the world, and on those that they name. */
import type { World } from '../core/store/world.js'
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'

/** A record that is to be written, and where it is of. */
export interface Candidate {
  readonly collection: string
  readonly record: Doc
}

/**
 * @param candidates what is to be laid over the world
 * @returns those that can stand, and of the others why not. Whatever names one that cannot stand cannot stand either
 */
export function sift<T extends Candidate>(system: System, world: World, candidates: readonly T[]): { readonly standing: readonly T[]; readonly fallen: readonly { readonly one: T; readonly reason: string }[] } {
  const judged = candidates.map((one) => ({ one, reason: clashOf(system, world, one) }))
  const fallen = judged.flatMap(({ one, reason }) => (reason === null ? [] : [{ one, reason }]))
  let standing: readonly T[] = judged.flatMap(({ one, reason }) => (reason === null ? [one] : []))
  for (;;) {
    const here = new Set(standing.map(({ collection, record }) => nameOf(collection, record[keyField(system, collection)])))
    const round = standing.map((one) => ({ one, reason: looseEnd(system, world, here, one) }))
    const loose = round.flatMap(({ one, reason }) => (reason === null ? [] : [{ one, reason }]))
    if (loose.length === 0) return { standing, fallen }
    fallen.push(...loose)
    standing = round.flatMap(({ one, reason }) => (reason === null ? [one] : []))
  }
}

/** @returns whether two records cannot stand beside each other, though their keys differ */
export function isSame(system: System, collection: string, one: Doc, other: Doc): boolean {
  const unique: readonly (readonly string[])[] = system.state[collection]?.unique ?? []
  return unique.some((fields) => fields.every((field) => one[field] !== undefined && one[field] !== null && one[field] === other[field]))
}

function clashOf(system: System, world: World, { collection, record }: Candidate): string | null {
  const field = keyField(system, collection)
  for (const other of world.collections.get(collection)?.source.scan() ?? []) {
    if (other[field] !== record[field] && isSame(system, collection, record, other)) return `it cannot stand beside ${field} ${String(other[field])} of the world, which has what only one may have`
  }
  return null
}

/** @returns which of the records that it names is not there; null when all are */
function looseEnd(system: System, world: World, here: ReadonlySet<string>, { collection, record }: Candidate): string | null {
  for (const [name, { reference }] of Object.entries(system.contract.collections[collection]?.fields ?? {})) {
    const key = record[name]
    if (reference === undefined || (typeof key !== 'string' && typeof key !== 'number')) continue
    if (here.has(nameOf(reference, key)) || world.collections.get(reference)?.source.get(key) !== undefined) continue
    return `its ${name} names ${String(key)} of ${reference}, which is neither recorded nor in the world`
  }
  return null
}

function keyField(system: System, collection: string): string {
  return system.state[collection]?.key ?? ''
}

/** A number is not the text of its digits. */
function nameOf(collection: string, key: unknown): string {
  return `${collection}/${JSON.stringify(key)}`
}
