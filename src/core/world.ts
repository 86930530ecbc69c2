/** Reads a system's world from its fixtures folder. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resolveBoot } from './store/boot.js'
import type { Doc } from './store/types.js'
import { buildWorld, type World } from './store/world.js'
import type { System } from './system.js'

/**
 * @param folder the folder that holds one folder of fixtures per system
 * @param boot the clock reading that relative times are counted from, in milliseconds since 1970
 * @returns the world of `<folder>/<system>/world.json`
 * @throws Error naming the file when it cannot be read or is no map from collection to records; StoreError when records collide
 */
export async function loadWorld(system: System, folder: string, boot: number): Promise<World> {
  const file = join(folder, system.id, 'world.json')
  const content: unknown = JSON.parse(await readFile(file, 'utf8'))
  const resolved = resolveBoot(content, boot)
  if (!isRecordMap(resolved)) throw new Error(`${file} must map each collection to a list of records`)
  return buildWorld(system.state, resolved, boot)
}

function isRecordMap(value: unknown): value is Record<string, readonly Doc[]> {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((records) => Array.isArray(records) && records.every((record) => typeof record === 'object' && record !== null))
}
