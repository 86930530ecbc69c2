/** An engine that outlives the stages that it serves, one after another: what it keeps is there for the next one. */
import type { TimeSource } from '../clock.js'
import type { Awaitable, Engine, Follower, House, SandboxLog } from './engine.js'

export class ContinuedEngine implements Engine {
  readonly name: string
  readonly #engine: Engine
  #started: { readonly boot: number } | null = null

  /** @throws Error when the engine cannot serve another house than the one that it was started with */
  constructor(engine: Engine) {
    if (engine.adopt === undefined) throw new Error(`an engine of the kind ${engine.name} keeps sandboxes for others too, who would know nothing of an edit; use memory or a folder`)
    this.name = engine.name
    this.#engine = engine
  }

  /** Once for each stage; only the first starts the engine, and gives the house whose budget it keeps to. */
  async start(house: House): Promise<{ readonly boot: number }> {
    this.#started ??= await this.#engine.start(house)
    return this.#started
  }

  time(machine: TimeSource): TimeSource {
    return this.#engine.time?.(machine) ?? machine
  }

  adopt(house: House): Awaitable<void> {
    return this.#engine.adopt?.(house)
  }

  open(sandbox: string, follower: Follower): SandboxLog {
    return this.#engine.open(sandbox, follower)
  }

  keep(sandbox: string): Awaitable<void> {
    return this.#engine.keep?.(sandbox)
  }

  has(sandbox: string): Awaitable<boolean> {
    return this.#engine.has(sandbox)
  }

  names(): Awaitable<readonly string[]> {
    return this.#engine.names()
  }

  makeUpName(): Awaitable<string> {
    return this.#engine.makeUpName()
  }

  delete(sandbox: string): Awaitable<boolean> {
    return this.#engine.delete(sandbox)
  }

  complaint(): Awaitable<string | null> {
    return this.#engine.complaint?.() ?? null
  }

  stop(): Awaitable<void> {
    return this.#engine.stop()
  }
}
