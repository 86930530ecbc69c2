/** Sees files change, by what they are and not by what the system says about them: editors replace, rename and touch. */
import { type FSWatcher, watch } from 'node:fs'
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
  /** Those whose changes tell of them. */
  readonly folders: ReadonlySet<string>
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
  const watchers = new Map<string, FSWatcher>()

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
      follow(now.folders)
      if (files.length > 0) await changed(files)
    }
    isBusy = false
  }

  /** One watcher for each folder: those of Node.js for whole trees miss things on Linux. */
  function follow(folders: ReadonlySet<string>): void {
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
      const fresh = await snapshot(wanted.filter((place) => !places.includes(place)))
      places = wanted
      seen = new Map([...seen, ...fresh.files])
      follow((await snapshot(places)).folders)
    },
    close: () => {
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** What lies at these places, each folder once however many links lead to it: a link may lead to where it lies itself. */
async function snapshot(places: readonly string[]): Promise<Snapshot> {
  const files = new Map<string, string>()
  const folders = new Set<string>()
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
    folders.add(place)
    for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) if (!LEFT_OUT.has(entry.name)) await note(join(place, entry.name), entered)
  }
  for (const place of places) {
    await note(place, new Set())
    // A file is seen to come and go by its folder.
    if (!folders.has(place) && (await isFolder(dirname(place)))) folders.add(dirname(place))
  }
  return { files, folders }
}

async function isFolder(place: string): Promise<boolean> {
  return stat(place).then((found) => found.isDirectory(), () => false)
}

function differing(before: Seen, now: Seen): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file)).sort()
}
