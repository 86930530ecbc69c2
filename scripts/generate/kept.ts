/** A project that stays in memory, for whoever generates after every edit: what was not edited is not read again. */
import { setImmediate } from 'node:timers/promises'
import { bundleHere } from './bundler.js'
import { Compacted } from './compact.js'
import { documentIds } from './document.js'
import { filesBeside, joinProject, loadSystem, type Project, type SystemSource } from './load.js'
import { generate, type Stale, writeFiles } from './project.js'

/** What came of an edit. */
export interface Renewed {
  readonly written: readonly Stale[]
  readonly problems: readonly string[]
  /** How many generated files there are. */
  readonly files: number
}

interface Kept {
  readonly source: SystemSource
  readonly files: ReadonlySet<string>
}

/** Of each document of the folder one system is kept, as it was last. */
export class KeptProject {
  readonly #root: string
  readonly #systems = new Map<string, Kept>()
  /** Of each system. */
  readonly #compacted = new Map<string, Compacted>()
  /** Ids of what was read anew since everything was well. */
  readonly #due = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  /**
   * Reads everything and makes it once, for nobody: the next edit has only what it concerns to be read, and little of that to be made. What was edited
   * before is not known, and not generated for that.
   * @param isWanted whether an edit waits; what is left is made when it is asked for then
   */
  async warm(isWanted: () => boolean): Promise<void> {
    const project = await this.#after([])
    this.#due.clear()
    for (const { system: { id } } of project.systems) {
      await setImmediate()
      if (isWanted()) return
      await generate(project, undefined, [id], this.#compacted)
    }
  }

  /**
   * Brings the folder up to date: byte for byte what `npm run generate` would write.
   * @param edited absolute paths of the files that have changed, come or gone since the last time
   */
  async renew(edited: readonly string[]): Promise<Renewed> {
    const project = await this.#after(edited)
    const generated = await generate(project, undefined, [...this.#due], this.#compacted)
    const written = writeFiles(this.#root, generated)
    if (generated.problems.length === 0) this.#due.clear()
    return { written, problems: generated.problems, files: generated.files.size }
  }

  async #after(edited: readonly string[]): Promise<Project> {
    const ids = documentIds(this.#root)
    for (const [id, { files }] of this.#systems) if (edited.some((file) => files.has(file))) this.#systems.delete(id)
    for (const id of this.#compacted.keys()) if (!ids.includes(id)) this.#compacted.delete(id)
    const load = new Map<string, () => SystemSource>()
    for (const id of ids) load.set(id, await this.#reading(id))
    return joinProject(this.#root, load)
  }

  async #reading(id: string): Promise<() => SystemSource> {
    const kept = this.#systems.get(id)
    if (kept !== undefined) return () => kept.source
    this.#due.add(id)
    if (!this.#compacted.has(id)) this.#compacted.set(id, new Compacted())
    const { read, files } = await bundleHere(this.#root, id)
    return () => {
      const source = loadSystem(this.#root, id, read())
      // Where the files are not known, nobody can tell which edit concerns it.
      if (files !== null) this.#systems.set(id, { source, files: new Set([...files, ...Object.values(filesBeside(this.#root, id))]) })
      return source
    }
  }
}
