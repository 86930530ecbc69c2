/** What can be done to a folder of kept sandboxes while no stub has it: look whether it is whole, read it out, clear it. */
import { rm } from 'node:fs/promises'
import { Base } from '../base.js'
import type { House } from '../engine.js'
import type { SandboxContent } from '../../sandbox-state.js'
import { Disk } from './disk.js'
import { asHouse } from './house.js'
import { HOUSE, type StoredHouse, type StoredSandbox } from './layout.js'
import { readSandboxes } from './read.js'

/** A sandbox as it lies there. */
export interface FolderSandbox {
  readonly name: string
  readonly generation: number
  readonly commits: number
  readonly entries: number
  readonly content: SandboxContent
}

export interface FolderReport {
  readonly house: StoredHouse
  /** The least recently used first. */
  readonly sandboxes: readonly FolderSandbox[]
}

/**
 * Reads a folder whole: every commit is there, in order, and can be carried out on what came before.
 * @param keyOf the keys of records
 * @throws Error that says what is missing or broken, or that a stub has the folder
 */
export async function readFolder(folder: string, keyOf: House['keyOf']): Promise<FolderReport> {
  const disk = await Disk.open(folder)
  try {
    const house = asHouse(await disk.read(HOUSE), folder)
    const { sandboxes } = await readSandboxes(disk)
    return { house, sandboxes: [...sandboxes].map(([name, stored]) => ({ name, generation: stored.generation, commits: stored.commits.length, entries: stored.entries.length, content: contentOf(stored, keyOf) })) }
  } finally {
    await disk.close()
  }
}

/**
 * Removes a folder that a stub wrote, with all that is in it.
 * @throws Error when a stub has it, or it was written by something else
 */
export async function clearFolder(folder: string): Promise<void> {
  const disk = await Disk.open(folder)
  try {
    const house = await disk.read(HOUSE)
    if (typeof house !== 'object' || house === null || !('format' in house)) throw new Error(`the folder ${folder} was not written by a stub; nothing was removed`)
  } finally {
    await disk.close()
  }
  await rm(folder, { recursive: true })
}

function contentOf({ base, commits }: StoredSandbox, keyOf: House['keyOf']): SandboxContent {
  const folded = new Base(base.content, keyOf)
  // A record that is deleted stays on record as deleted: which are of the world is not known here.
  for (const { system, changes } of commits) folded.fold(system, changes, () => true)
  return folded.content()
}
