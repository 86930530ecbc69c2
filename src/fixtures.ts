/** A folder of fixtures of one's own, as it is given to a stub. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { System } from './core/system.js'
import { fixturesFolder } from './paths.js'

/**
 * Looks whether a folder of fixtures has a world for each system.
 * @param folder holds one folder per system
 * @returns what is there in vain, in sentences
 * @throws Error that says what the folder has to hold when it is not there, or has not the worlds of all systems
 */
export async function checkFixtures(systems: readonly Pick<System, 'id'>[], folder: string): Promise<string[]> {
  if (folder === fixturesFolder) return []
  const what = `the folder of fixtures ${JSON.stringify(folder)} (--fixtures)`
  const example = `one folder per system with a world in it, such as ${systems[0]?.id ?? '<system>'}/world.json`
  if (!(await isThere(folder))) throw new Error(`${what} is not there; it has to hold ${example}. Those of the package are in ${fixturesFolder}`)
  const worlds = await Promise.all(systems.map(async ({ id }) => ({ id, has: await isThere(join(folder, id, 'world.json')) })))
  const missing = worlds.filter(({ has }) => !has).map(({ id }) => id)
  const present = worlds.filter(({ has }) => has).map(({ id }) => id)
  if (missing.length > 0) {
    const advice = present.length === 0 ? `it has to hold ${example}` : `start ${present.join(', ')} alone, or add the others`
    throw new Error(`${what} has no ${missing.map((id) => `${id}/world.json`).join(', ')}; ${advice}. Those of the package are in ${fixturesFolder}`)
  }
  const foreign = await Promise.all(present.map(async (id) => ((await isForeignSchema(folder, id)) ? [`${join(folder, id, 'schema.yaml')} is not read: records are held to the schema that the package was made with, ${join(fixturesFolder, id, 'schema.yaml')}`] : [])))
  return foreign.flat()
}

/** Whoever copies the package's own folder has its schema too; only one that was changed would be missed. Systems that the package does not know bring their own. */
async function isForeignSchema(folder: string, id: string): Promise<boolean> {
  const [given, own] = await Promise.all([folder, fixturesFolder].map((place) => readFile(join(place, id, 'schema.yaml'), 'utf8').catch(() => null)))
  const plain = (text: string | null | undefined) => text?.replaceAll('\r\n', '\n')
  return typeof given === 'string' && typeof own === 'string' && plain(given) !== plain(own)
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false)
}
