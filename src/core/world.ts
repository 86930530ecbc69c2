/** Reads a system's world from its fixtures folder. */
import { join } from 'node:path'
import { addBulk } from './bulk.js'
import { FileBag, takeFiles } from './files.js'
import { readJsonFile } from './json-file.js'
import { checkRecords, checkScenarios, resolved } from './records.js'
import type { Origin, Served } from './sandbox.js'
import { type Doc, StoreError } from './store/types.js'
import { buildWorld, type World } from './store/world.js'
import type { System } from './system.js'

/** Where fixtures are. */
export interface Fixtures {
  /** Holds one folder of fixtures per system. */
  readonly folder: string
  /** Whether those of the system have been held against their schemas before, and name every field: they are not looked at again then. */
  readonly areChecked: boolean
}

/**
 * @param boot the clock reading that relative times are counted from, in milliseconds since 1970
 * @param scale so many records are added where the system makes any in bulk
 * @returns the world of `<folder>/<system>/world.json`
 * @throws Error naming the file, and the record and its field, when it cannot be read or breaks its schema; StoreError when records collide
 */
export async function loadWorld(system: System, { folder, areChecked }: Fixtures, { boot, scale }: Origin): Promise<World> {
  const file = join(folder, system.id, 'world.json')
  const bag = new FileBag()
  const content = takeFiles(system.state, await readJsonFile(file), bag.add)
  const own = resolved(system, content, boot, file)
  if (!areChecked) checkRecords(system, own, file)
  const whole = scale === 0 ? own : resolved(system, await addBulk(system, own, scale), boot, file)
  if (!isRecordMap(whole)) throw new Error(`${file} must map each collection to a list of records`)
  try {
    return buildWorld(system.state, whole, boot, bag.files)
  } catch (error) {
    throw error instanceof StoreError ? new StoreError(error.kind, `${file}: ${error.message}`) : error
  }
}

/**
 * @param origin the load that new sandboxes begin with
 * @returns the system with its world
 * @throws as {@link loadWorld}
 */
export async function serve(system: System, fixtures: Fixtures, origin: Origin): Promise<Served> {
  const world = await loadWorld(system, fixtures, origin)
  if (!fixtures.areChecked) await checkScenarios(system, join(fixtures.folder, system.id), origin.boot)
  // Worlds of other origins belong to the sandboxes that came out of a snapshot, and go with the last of them; the newest waits for one more.
  const others = new Map<string, WeakRef<World>>()
  let newest: { readonly name: string; readonly world: Promise<World> } | null = null
  const worldAt = ({ boot, scale }: Origin): Promise<World> => {
    if (boot === origin.boot && scale === origin.scale) return Promise.resolve(world)
    const name = `${String(boot)}/${String(scale)}`
    if (newest?.name === name) return newest.world
    const living = others.get(name)?.deref()
    newest = { name, world: living === undefined ? loadWorld(system, fixtures, { boot, scale }) : Promise.resolve(living) }
    for (const [other, reference] of [...others]) if (reference.deref() === undefined) others.delete(other)
    return newest.world.then((loaded) => {
      others.set(name, new WeakRef(loaded))
      return loaded
    })
  }
  return { system, world, worldAt }
}

/** @returns whether the value maps collections to lists of records */
export function isRecordMap(value: unknown): value is Record<string, readonly Doc[]> {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((records) => Array.isArray(records) && records.every((record) => typeof record === 'object' && record !== null))
}
