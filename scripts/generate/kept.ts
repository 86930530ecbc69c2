/** A project that stays in memory, for whoever generates after every edit: what was not edited is not read again. */
import { bundleHere } from './bundler.js'
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

/** One system at the most is kept by each document of the folder. */
export class KeptProject {
  readonly #root: string
  readonly #systems = new Map<string, Kept>()
  /** Ids of what was read anew since everything was well. */
  readonly #due = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  /** Reads everything, so that the next edit has only what it concerns to be read. What was edited before is not known, and not generated for that. */
  async read(): Promise<void> {
    await this.#after([])
    this.#due.clear()
  }

  /**
   * Brings the folder up to date: byte for byte what `npm run generate` would write.
   * @param edited absolute paths of the files that have changed, come or gone since the last time
   */
  async renew(edited: readonly string[]): Promise<Renewed> {
    const project = await this.#after(edited)
    const generated = await generate(project, undefined, [...this.#due])
    const written = writeFiles(this.#root, generated)
    if (generated.problems.length === 0) this.#due.clear()
    return { written, problems: generated.problems, files: generated.files.size }
  }

  async #after(edited: readonly string[]): Promise<Project> {
    const ids = documentIds(this.#root)
    for (const [id, { files }] of this.#systems) if (!ids.includes(id) || edited.some((file) => files.has(file))) this.#systems.delete(id)
    const load = new Map<string, () => SystemSource>()
    for (const id of ids) load.set(id, await this.#reading(id))
    return joinProject(this.#root, load)
  }

  async #reading(id: string): Promise<() => SystemSource> {
    const kept = this.#systems.get(id)
    if (kept !== undefined) return () => kept.source
    this.#due.add(id)
    const { read, files } = await bundleHere(this.#root, id)
    return () => {
      const source = loadSystem(this.#root, id, read())
      // Where the files are not known, nobody can tell which edit concerns it.
      if (files !== null) this.#systems.set(id, { source, files: new Set([...files, ...Object.values(filesBeside(this.#root, id))]) })
      return source
    }
  }
}
