/** All sandboxes of a server, as this process reaches them. */
import { Sandbox, type SandboxOptions } from './sandbox.js'

/** One comes into being on first use; past the cap the engine lets the least recently used one go that is idle. */
export class Sandboxes {
  readonly #options: SandboxOptions
  /** Those that somebody has reached here and that are there still. */
  readonly #open = new Map<string, Sandbox>()

  constructor(options: Omit<SandboxOptions, 'worlds'>) {
    this.#options = { ...options, worlds: new Map([...options.served].map(([id, { world }]) => [id, world])) }
  }

  /** @returns a name that no sandbox has, and none has had */
  async freeName(): Promise<string> {
    return this.#options.engine.makeUpName()
  }

  /** @returns the sandbox of this name, made now if need be */
  open(name: string): Sandbox {
    let sandbox = this.#open.get(name)
    if (sandbox === undefined) {
      sandbox = new Sandbox(name, this.#options, () => this.#open.delete(name))
      this.#open.set(name, sandbox)
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
