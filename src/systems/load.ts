/** Loads systems by id; only those that are asked for. */
import { fileURLToPath } from 'node:url'
import type { System } from '../core/system.js'
import { didYouMean } from '../core/guess.js'
import { systems } from '../generated/systems.js'
import { whereAndWhy } from '../plain/where.js'

/** Where systems are loaded from. */
const sources = fileURLToPath(new URL('.', import.meta.url))

/** @returns whether this is a system of the package, and not one that took its name */
export async function isOfPackage(system: System): Promise<boolean> {
  const load = new Map<string, () => Promise<System>>(Object.entries(systems)).get(system.id)
  return load !== undefined && (await load()) === system
}

/**
 * @param wanted ids of systems, or systems, which stay as they are; none stands for all of the package
 * @param own systems that have an id beside those of the package, or in their place
 * @returns the systems, in the order in which they are wanted
 * @throws Error that lists the known ids when one is unknown, or says where one cannot be loaded
 */
export async function loadSystems(wanted: readonly (string | System)[], own: readonly System[] = []): Promise<System[]> {
  const known = new Map<string, () => Promise<System>>(Object.entries(systems))
  for (const system of own) known.set(system.id, async () => system)
  return Promise.all(
    (wanted.length === 0 ? [...known.keys()] : [...new Set(wanted)]).map(async (one) => {
      if (typeof one !== 'string') return one
      const load = known.get(one)
      if (load === undefined) throw new Error(noneCalled(one, known.keys()))
      return load().catch((error: unknown) => {
        throw new Error(`the system ${one} cannot be loaded: ${whereAndWhy(error, sources)}`, { cause: error })
      })
    }),
  )
}

/** @returns those ids that no system has, each with that it is none, in words */
export function unknownSystems(wanted: readonly (string | System)[], own: readonly System[] = []): readonly { readonly id: string; readonly why: string }[] {
  const known = [...new Set([...Object.keys(systems), ...own.map(({ id }) => id)])]
  return wanted.flatMap((one) => (typeof one !== 'string' || known.includes(one) ? [] : [{ id: one, why: noneCalled(one, known) }]))
}

function noneCalled(id: string, known: Iterable<string>): string {
  const ids = [...known]
  return `there is no system called ${JSON.stringify(id)}; there are ${ids.join(', ')}.${didYouMean(id, ids)}`
}
