/** All sandboxes of a server, as this process reaches them. */
import { Budget } from './budget.js'
import { type House, NoRoom, type Overview } from './engine/engine.js'
import { memoryEngine } from './engine/memory/engine.js'
import { DEFAULT_SANDBOX } from './pipeline/address.js'
import { type Origin, Sandbox, type SandboxParts } from './sandbox.js'
import type { Pace } from './slices.js'
import type { WholeContent } from './whole.js'

/** So many loads of the worlds beside the server's own may be in use, each by the sandboxes out of one server's snapshots. */
const MOST_ORIGINS = 16

/** What the sandboxes of a server have in common. */
export interface SandboxesOptions extends Omit<SandboxParts, 'worlds' | 'pace'> {
  /** What the engine was started with. */
  readonly house: House
}

/** A sandbox in a list. */
export interface Listed extends Overview {
  readonly name: string
  /** The clock of real time, when it was looked at. */
  readonly real: number
}

/** One comes into being when it is first called or changed, as long as there is room. Looking at one that is not there makes none. */
export class Sandboxes {
  readonly #options: SandboxParts
  readonly #house: House
  /** Resolves when no worlds are being made for a sandbox. */
  #replacing: Promise<void> = Promise.resolve()
  /** Those that somebody has reached here and that are there still. */
  readonly #open = new Map<string, Sandbox>()

  constructor({ house, ...options }: SandboxesOptions) {
    this.#house = house
    this.#options = { ...options, worlds: new Map([...options.served].map(([id, { world }]) => [id, world])), pace: house.pace }
  }

  /** Of all who work in this server. */
  get pace(): Pace {
    return this.#options.pace
  }

  /** The load of the worlds that new sandboxes begin with. */
  get origin(): Origin {
    return this.#options.origin
  }

  /**
   * Replaces all that a sandbox keeps. Content that differs from other worlds than this server's brings them along; they are made one after
   * another, and there are only so many of them.
   * @throws StoreError when the records cannot stand together, NoRoom when there are too many other worlds; then nothing is changed
   */
  async replace(sandbox: Sandbox, { content, files }: WholeContent): Promise<void> {
    const { origin } = content
    if (isSame(origin, this.origin)) {
      await sandbox.replace(content, files)
      return
    }
    const replaced = this.#replacing.then(async () => {
      const others = new Map([...this.#open.values()].filter((one) => one !== sandbox && !isSame(one.origin, this.origin)).map((one) => [nameOf(one.origin), one]))
      others.delete(nameOf(origin))
      if (others.size >= MOST_ORIGINS) throw new NoRoom(`Sandboxes of this server came out of snapshots of ${String(MOST_ORIGINS)} other servers already, each with worlds of its own. Delete or reset some.`)
      await sandbox.replace(content, files)
      // Loaded at once, so that the next one counts its worlds.
      await sandbox.look()
    })
    this.#replacing = replaced.catch(() => undefined)
    await replaced
  }

  /** @returns a name that no sandbox has, and none has had */
  async freeName(): Promise<string> {
    return this.#options.engine.makeUpName()
  }

  /**
   * @returns the sandbox of this name, made now if need be
   * @throws NoRoom when there is none for another one
   */
  open(name: string): Sandbox {
    let sandbox = this.#open.get(name)
    if (sandbox === undefined) {
      sandbox = new Sandbox(name, this.#options, () => this.#open.delete(name))
      this.#open.set(name, sandbox)
      if (name === DEFAULT_SANDBOX) this.#keepDefault()
    }
    return sandbox
  }

  /** @returns the sandbox of this name if it has been reached here; does not count as use */
  peek(name: string): Sandbox | undefined {
    return this.#open.get(name)
  }

  /** @returns the sandbox of this name if there is one */
  async find(name: string): Promise<Sandbox | undefined> {
    return (await this.#options.engine.has(name)) ? this.open(name) : undefined
  }

  /** @returns the sandbox of this name; where there is none, one that is as it would be: nobody else sees it, and it is gone when it is let go of */
  async glance(name: string): Promise<Sandbox> {
    return (await this.find(name)) ?? this.nowhere(name)
  }

  /** @returns a sandbox as a new one of this name would be, which nobody else sees: for those who find no room in the one that there is */
  async nowhere(name: string): Promise<Sandbox> {
    const engine = memoryEngine()
    await engine.start({ ...this.#house, most: 1, budget: new Budget(this.#house.budget.total) })
    return new Sandbox(name, { ...this.#options, engine }, () => undefined)
  }

  /** The sandbox was made by its name: no other one takes its place. */
  async keep(name: string): Promise<void> {
    await this.#options.engine.keep?.(name)
  }

  /** Nobody waits for it. */
  #keepDefault(): void {
    const { engine, report } = this.#options
    const kept = engine.keep?.(DEFAULT_SANDBOX)
    if (!(kept instanceof Promise)) return
    kept.catch((error: unknown) => {
      report(`that the sandbox ${DEFAULT_SANDBOX} is to be kept could not be noted: ${String(error)}`)
    })
  }

  /** @returns the names of all sandboxes, the least recently used first */
  async names(): Promise<readonly string[]> {
    return this.#options.engine.names()
  }

  /** @returns all sandboxes as they are shown in a list, the least recently used first; one that has gone meanwhile is left out */
  async list(): Promise<readonly Listed[]> {
    const { engine, time } = this.#options
    const names = await engine.names()
    const listed = await Promise.all(names.map(async (name) => {
      // Looking at a sandbox counts as use: in their own order, so that looking at all leaves it as it was.
      const { overview, real } = engine.overview === undefined ? await this.#overview(name) : { overview: await engine.overview(name), real: time.now() }
      return overview === null ? [] : [{ name, ...overview, real }]
    }))
    return listed.flat()
  }

  async #overview(name: string) {
    const sandbox = this.open(name)
    return { overview: await sandbox.overview(), real: sandbox.real }
  }

  /** @returns how many there are */
  async count(): Promise<number> {
    return (await this.#options.engine.names()).length
  }

  /** @returns null when they can be reached and kept, otherwise why not */
  async complaint(): Promise<string | null> {
    return (await this.#options.engine.complaint?.()) ?? null
  }

  /**
   * Deletes a sandbox; whoever waits for it is told.
   * @returns whether there was one to delete
   */
  async delete(name: string): Promise<boolean> {
    return this.#options.engine.delete(name)
  }

  /** Whether nobody in this process calls any of them or waits for it. */
  get idle(): boolean {
    return [...this.#open.values()].every(({ idle }) => idle)
  }

  /** Follows none of them any more: others have taken them over. Nobody may call them here by now. */
  part(): void {
    for (const sandbox of [...this.#open.values()]) sandbox.part()
    this.#open.clear()
  }

  /** Tells all who wait for a sandbox that nothing will come any more. */
  end(): void {
    for (const sandbox of [...this.#open.values()]) sandbox.end()
  }
}

function nameOf({ boot, scale }: Origin): string {
  return `${String(boot)}/${String(scale)}`
}

function isSame(one: Origin, other: Origin): boolean {
  return nameOf(one) === nameOf(other)
}
