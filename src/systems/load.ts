/** Loads systems by id; only those that are asked for. */
import type { System } from '../core/system.js'
import { didYouMean } from '../core/guess.js'
import { systems } from '../generated/systems.js'

/**
 * @param ids ids of systems; none stands for all
 * @returns the systems, in the order of the ids
 * @throws Error that lists the known ids when one is unknown
 */
export async function loadSystems(ids: readonly string[]): Promise<System[]> {
  const known: Readonly<Record<string, () => Promise<System>>> = systems
  const wanted = ids.length === 0 ? Object.keys(known) : [...new Set(ids)]
  return Promise.all(
    wanted.map((id) => {
      const load = Object.hasOwn(known, id) ? known[id] : undefined
      if (load === undefined) throw new Error(`there is no system called ${JSON.stringify(id)}; there are ${Object.keys(known).join(', ')}.${didYouMean(id, Object.keys(known))}`)
      return load()
    }),
  )
}
