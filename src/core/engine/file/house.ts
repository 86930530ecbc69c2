/** Whether a folder was written for this server: same format, systems, contracts, fixtures, seed and scale. */
import { differences, toldOf } from '../identity.js'
import { FORMAT, type StoredHouse } from './layout.js'

/**
 * @param stored what the folder says of itself
 * @param identity what this server is
 * @returns the same, typed
 * @throws Error that names everything that differs and says what to do
 */
export function checkHouse(stored: unknown, identity: StoredHouse['identity'], folder: string): StoredHouse {
  const house = asHouse(stored, folder)
  const differing = differences(house.identity, identity)
  if (differing.length === 0) return house
  throw new Error(`the folder ${folder} was written by another stub; what differs: ${toldOf(differing)}. Start with what it was written for, look at it with "understudy data export ${folder}", or begin anew with "understudy data clear ${folder}"`)
}

/**
 * @returns what the folder says of itself
 * @throws Error when it is none that this version can read
 */
export function asHouse(stored: unknown, folder: string): StoredHouse {
  if (typeof stored !== 'object' || stored === null || !('format' in stored)) throw new Error(`the folder ${folder} was not written by a stub`)
  if (stored.format !== FORMAT) throw new Error(`the folder ${folder} has the format ${String(stored.format)}, this version of understudy reads format ${String(FORMAT)}; use the version that wrote it, or begin anew with "understudy data clear ${folder}"`)
  return stored as StoredHouse // of this format only `FileKeeper` writes it
}
