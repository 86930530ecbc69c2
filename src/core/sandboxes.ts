/** All sandboxes of a server, as this process reaches them. */
import { Budget } from './budget.js'
import type { House } from './engine/engine.js'
import { memoryEngine } from './engine/memory/engine.js'
import { DEFAULT_SANDBOX } from './pipeline/address.js'
import { Sandbox, type SandboxOptions } from './sandbox.js'

/** What the sandboxes of a server have in common. */
export interface SandboxesOptions extends Omit<SandboxOptions, 'worlds'> {
  /** What the engine was started with. */
  readonly house: House
}

/** One comes into being when it is first called or changed, as long as there is room. Looking at one that is not there makes none. */
export class Sandboxes {
  readonly #options: SandboxOptions
  readonly #house: House
  /** Those that somebody has reached here and that are there still. */
  readonly #open = new Map<string, Sandbox>()

  constructor({ house, ...options }: SandboxesOptions) {
    this.#house = house
    this.#options = { ...options, worlds: new Map([...options.served].map(([id, { world }]) => [id, world])) }
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
      if (name === DEFAULT_SANDBOX) void this.#options.engine.keep?.(name)
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
    const found = await this.find(name)
    if (found !== undefined) return found
    const engine = memoryEngine()
    await engine.start({ ...this.#house, most: 1, budget: new Budget(this.#house.budget.total) })
    return new Sandbox(name, { ...this.#options, engine }, () => undefined)
  }

  /** The sandbox was made by its name: no other one takes its place. */
  async keep(name: string): Promise<void> {
    await this.#options.engine.keep?.(name)
  }

  /** @returns all sandboxes, the least recently used first */
  async list(): Promise<readonly Sandbox[]> {
    return (await this.#options.engine.names()).map((name) => this.open(name))
  }

  /**
   * Deletes a sandbox; whoever waits for it is told.
   * @returns whether there was one to delete
   */
  async delete(name: string): Promise<boolean> {
    return this.#options.engine.delete(name)
  }

  /** Tells all who wait for a sandbox that nothing will come any more. */
  end(): void {
    for (const sandbox of [...this.#open.values()]) sandbox.end()
  }
}
