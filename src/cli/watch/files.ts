/** Sees files change, by what they are and not by what the system says about them: editors replace, rename and touch. */
import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pause } from '../../core/clock.js'

/** Real milliseconds for an editor, or a checkout of another branch, to come to its end. */
const SETTLE = 40

/** Folders in which nothing is written by hand. */
const LEFT_OUT = new Set(['node_modules', '.git', 'dist'])

/** File -> what tells one state of it from another. */
type Seen = ReadonlyMap<string, string>

export interface Watching {
  /** Other files and folders from now on. */
  look(places: readonly string[]): Promise<void>
  close(): void
}

/**
 * @param changed told which files have changed, come or gone; it is not told more before it has resolved
 */
export function watchFiles(changed: (files: readonly string[]) => Promise<void>): Watching {
  let places: readonly string[] = []
  let seen: Seen = new Map()
  let isBusy = false
  let isDue = false
  const watchers = new Map<string, FSWatcher>()

  async function check(): Promise<void> {
    isDue = true
    if (isBusy) return
    isBusy = true
    while (isDue) {
      isDue = false
      await pause(SETTLE)
      const now = await snapshot(places)
      const files = differing(seen, now)
      seen = now
      await follow()
      if (files.length > 0) await changed(files)
    }
    isBusy = false
  }

  /** One watcher for each folder: those of Node.js for whole trees miss things on Linux. */
  async function follow(): Promise<void> {
    const folders = new Set((await Promise.all(places.map(foldersOf))).flat())
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of folders) {
      if (watchers.has(folder)) continue
      const watcher = watch(folder, { persistent: false }, () => void check())
      // A folder that is removed ends its watcher; the one above tells of it.
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
      })
      watchers.set(folder, watcher)
    }
  }

  return {
    look: async (wanted) => {
      const before = await snapshot(wanted.filter((place) => !places.includes(place)))
      places = wanted
      seen = new Map([...seen, ...before])
      await follow()
    },
    close: () => {
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** @returns the folder of a file; a folder, with all that are in it */
async function foldersOf(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => null)
  if (found === null || !found.isDirectory()) return found === null && !(await isFolder(dirname(place))) ? [] : [dirname(place)]
  const inside = await readdir(place, { withFileTypes: true }).catch(() => [])
  const deeper = inside.filter((entry) => entry.isDirectory() && !LEFT_OUT.has(entry.name)).map((entry) => foldersOf(join(place, entry.name)))
  return [place, ...(await Promise.all(deeper)).flat()]
}

async function isFolder(place: string): Promise<boolean> {
  return stat(place).then((found) => found.isDirectory(), () => false)
}

async function snapshot(places: readonly string[]): Promise<Seen> {
  const seen = new Map<string, string>()
  const note = async (place: string): Promise<void> => {
    const found = await stat(place).catch(() => null)
    if (found === null) return
    if (!found.isDirectory()) seen.set(place, `${String(found.mtimeMs)} ${String(found.size)} ${String(found.ino)}`)
    else for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) if (!LEFT_OUT.has(entry.name)) await note(join(place, entry.name))
  }
  for (const place of places) await note(place)
  return seen
}

function differing(before: Seen, now: Seen): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file)).sort()
}
