/** Reads a folder: every sandbox whole, checked for gaps. */
import type { Files } from '../../files.js'
import type { JournalEntry } from '../../journal.js'
import type { Disk } from './disk.js'
import type { KeptSandbox } from '../memory/keeper.js'
import { unpack } from '../memory/rows.js'
import { KeptJournal } from './journal.js'
import { keys, startingWith, type StoredBase, type StoredCommit, type StoredHead, type StoredJournal } from './layout.js'

interface ReadSandbox extends KeptSandbox {
  /** The same entries, as they stand there. */
  readonly journal: KeptJournal
}

export interface ReadFolder {
  /** By name, the least recently used first. */
  readonly sandboxes: ReadonlyMap<string, ReadSandbox>
  /** The highest number of a use. */
  readonly uses: number
}

/**
 * Reads all sandboxes; remnants of generations that are over are removed.
 * @throws Error that names the sandbox of which something is missing
 */
export async function readSandboxes(disk: Disk): Promise<ReadFolder> {
  const heads: (readonly [name: string, head: StoredHead])[] = []
  for await (const [key, value] of disk.range(startingWith(keys.heads))) heads.push([key.slice(keys.heads.length), value as StoredHead]) // of this key only `FileKeeper` writes
  heads.sort(([, a], [, b]) => a.used - b.used)
  const sandboxes = new Map<string, ReadSandbox>()
  await sweepRemnants(disk, new Map(heads.map(([name, { generation }]) => [name, generation])))
  for (const [name, head] of heads) sandboxes.set(name, await readSandbox(disk, name, head))
  return { sandboxes, uses: heads.at(-1)?.[1].used ?? 0 }
}

/** Removes what the last process had no time to remove: sandboxes without a head, generations that are over. */
async function sweepRemnants(disk: Disk, heads: ReadonlyMap<string, number>): Promise<void> {
  const found = new Set((await disk.keys(startingWith(keys.sandboxes))).map((key) => key.split('/')[1] ?? ''))
  for (const name of found) {
    const generation = heads.get(name)
    await disk.sweep(generation === undefined ? startingWith(keys.sandbox(name)) : { gte: keys.sandbox(name), lt: keys.generation(name, generation) })
  }
}

/** @returns the bytes of all files that are kept, by their hashes */
export async function readFiles(disk: Disk): Promise<Files> {
  const files = new Map<string, Uint8Array>()
  for await (const [key, bytes] of disk.rangeOfBytes(startingWith(keys.files))) files.set(key.slice(keys.files.length), bytes)
  return files
}

async function readSandbox(disk: Disk, name: string, { generation, lastEntry }: StoredHead): Promise<ReadSandbox> {
  const base = (await disk.read(keys.base(name, generation))) as StoredBase | undefined // as above
  if (base === undefined) throw new Error(`the sandbox ${name} has lost what its log begins with`)
  const commits: StoredCommit[] = []
  let expected = base.newest
  for await (const [, value] of disk.range(startingWith(keys.commits(name, generation)))) {
    const commit = value as StoredCommit // as above
    if (commit.version <= base.version) continue
    if (commit.version > base.newest && commit.version !== ++expected) throw new Error(`the sandbox ${name} has lost its commit ${String(expected)}`)
    commits.push(commit)
  }
  const entries: JournalEntry[] = []
  const gone = ((await disk.read(keys.journal(name, generation))) as StoredJournal | undefined) ?? { oldest: 0, gone: [], last: 0 } // as above
  const journal = new KeptJournal(name, generation)
  for await (const [, bytes] of disk.rangeOfBytes(startingWith(keys.allEntries(name, generation)))) entries.push(...journal.recall(unpack(bytes), gone))
  return { generation, base, commits, entries, journal, lastEntry: Math.max(lastEntry, gone.last, entries.at(-1)?.id ?? 0) }
}
