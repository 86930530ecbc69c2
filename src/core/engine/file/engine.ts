/**
 * The engine that keeps sandboxes in a folder: it works as the one in memory does, and nothing is acknowledged, or seen by another call,
 * before it is on the disk.
 *
 * The database is LevelDB (`classic-level`). Beside LMDB (`lmdb`) it was tried on the same machine: a batch of 1, 8 and 32 records with a
 * sync took 2.5, 0.8 and 1.9 ms against 4.1, 5.7 and 3.1; it takes 6 MB installed against 18; and its lock keeps a second process out.
 */
import type { Engine } from '../engine.js'
import { MemoryEngine } from '../memory/engine.js'
import { FileKeeper } from './keeper.js'

/**
 * @param folder made if need be; one server at a time can have it
 * @param options `adopts`: what was written for other worlds, another contract or seed is kept for those that there are now, instead of being refused; whoever does that looks after records that do not fit
 * @returns an engine for one server
 */
export function fileEngine(folder: string, { adopts = false }: { readonly adopts?: boolean } = {}): Engine {
  return new MemoryEngine('file', new FileKeeper(folder, adopts))
}
