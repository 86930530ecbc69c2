/** Sees files change, by what they are and not by what the system says about them: editors replace, rename and touch. */
import { existsSync, type FSWatcher, type Stats, watch } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pause } from '../../core/clock.js'

/** Real milliseconds for an editor, or a checkout of another branch, to come to its end. */
const SETTLE = 40

/** Folders in which nothing is written by hand. */
const LEFT_OUT = new Set(['node_modules', '.git', 'dist'])

/** File -> what tells one state of it from another. */
type Seen = ReadonlyMap<string, string>

interface Snapshot {
  readonly files: Seen
  /** Those whose changes tell of them, each with what tells it from another that takes its place. */
  readonly folders: ReadonlyMap<string, string>
}

interface Watched {
  readonly watcher: FSWatcher
  readonly folder: string
}

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
  const watchers = new Map<string, Watched>()

  async function check(): Promise<void> {
    isDue = true
    if (isBusy) return
    isBusy = true
    while (isDue) {
      isDue = false
      await pause(SETTLE)
      const now = await snapshot(places)
      const files = differing(seen, now.files)
      seen = now.files
      // What was written to a folder before its watcher began is told by nobody.
      if (follow(now.folders)) isDue = true
      if (files.length > 0) await changed(files)
    }
    isBusy = false
  }

  /**
   * One watcher for each folder: those of Node.js for whole trees miss things on Linux. It stays with the folder that it was made for, wherever that is
   * moved to, so another one of the same name has a watcher of its own.
   * @returns whether there are new ones
   */
  function follow(folders: Snapshot['folders']): boolean {
    for (const [place, { watcher, folder }] of watchers) if (folders.get(place) !== folder) drop(place, watcher)
    const fresh = [...folders].filter(([place]) => !watchers.has(place))
    for (const [place, folder] of fresh) {
      const watcher = begun(place)
      if (watcher === null) continue
      watchers.set(place, { watcher, folder })
      // A folder that is removed ends its watcher; the one above tells of it.
      watcher.on('error', () => { drop(place, watcher) })
    }
    return fresh.length > 0
  }

  function drop(place: string, watcher: FSWatcher): void {
    watcher.close()
    if (watchers.get(place)?.watcher === watcher) watchers.delete(place)
  }

  /** @returns null where the folder has gone meanwhile, of which the one above tells */
  function begun(place: string): FSWatcher | null {
    try {
      return watch(place, { persistent: false }, () => void check())
    } catch (error) {
      if (existsSync(place)) throw error
      return null
    }
  }

  return {
    look: async (wanted) => {
      const fresh = await snapshot(wanted.filter((place) => !places.includes(place)))
      places = wanted
      seen = new Map([...seen, ...fresh.files])
      follow((await snapshot(places)).folders)
    },
    close: () => {
      for (const { watcher } of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** What lies at these places, each folder once however many links lead to it: a link may lead to where it lies itself. */
async function snapshot(places: readonly string[]): Promise<Snapshot> {
  const files = new Map<string, string>()
  const folders = new Map<string, string>()
  const note = async (place: string, entered: Set<string>): Promise<void> => {
    const found = await stat(place).catch(() => null)
    if (found === null) return
    if (!found.isDirectory()) {
      files.set(place, `${String(found.mtimeMs)} ${String(found.size)} ${String(found.ino)}`)
      return
    }
    const real = await realpath(place).catch(() => place)
    if (entered.has(real)) return
    entered.add(real)
    folders.set(place, identityOf(found))
    for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) if (!LEFT_OUT.has(entry.name)) await note(join(place, entry.name), entered)
  }
  for (const place of places) {
    await note(place, new Set())
    // A file is seen to come and go by its folder.
    const parent = dirname(place)
    const found = folders.has(place) || folders.has(parent) ? null : await stat(parent).catch(() => null)
    if (found?.isDirectory() === true) folders.set(parent, identityOf(found))
  }
  return { files, folders }
}

/** A number is given away again as soon as the folder that had it is removed. */
function identityOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${String(dev)} ${String(ino)} ${String(birthtimeMs)}`
}

function differing(before: Seen, now: Seen): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file)).sort()
}
