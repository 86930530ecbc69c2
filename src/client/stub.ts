/** A stub as a test drives it, be it in this process or elsewhere. */
import { Box } from './box.js'
import { type Control, ControlError, type Health, openControl, type SandboxInfo, type Snapshot, take } from './control.js'

export interface SandboxOptions {
  /** A name that is not in use; the stub makes one up when it is left out. */
  readonly name?: string
  /** A scenario to begin with. */
  readonly scenario?: string
  /** A snapshot to begin with. */
  readonly snapshot?: Snapshot
}

/** A running stub. */
export class Stub implements AsyncDisposable {
  readonly url: string
  /** Ids of the systems that it plays. */
  readonly systems: readonly string[]
  /** The typed client of the whole control plane, for what has no method here. */
  readonly control: Control
  readonly #stop: () => Promise<void>

  /** Use `createStub` or {@link connect}. */
  constructor(url: string, control: Control, systems: readonly string[], stop: () => Promise<void>) {
    this.url = url
    this.control = control
    this.systems = systems
    this.#stop = stop
  }

  /**
   * @param wanted nothing: a fresh sandbox; a name: that sandbox, made now if need be; options: a new sandbox made up as they say
   * @throws ControlError of the kind `sandbox-exists` when the name in the options is taken
   */
  async sandbox(wanted: string | SandboxOptions = {}): Promise<Box> {
    if (typeof wanted === 'string') return this.#box(await this.#open(wanted))
    const { name } = await take(this.control.POST('/sandboxes', { body: wanted }))
    return this.#box(name)
  }

  /** @returns all sandboxes, the most recently used first */
  async sandboxes(): Promise<SandboxInfo[]> {
    return (await take(this.control.GET('/sandboxes'))).sandboxes
  }

  /** @returns version, seed, systems and how many sandboxes there are */
  health(): Promise<Health> {
    return take(this.control.GET('/health'))
  }

  /** Stops a stub of this process, letting requests under way finish; from one that runs elsewhere it only parts. */
  close(): Promise<void> {
    return this.#stop()
  }

  /** `await using stub = await createStub()` closes it at the end of the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(name: string): Promise<string> {
    try {
      await take(this.control.POST('/sandboxes', { body: { name } }))
    } catch (error) {
      if (!(error instanceof ControlError && error.problem.status === 409)) throw error
    }
    return name
  }

  #box(name: string): Box {
    const { url, control, systems } = this
    return new Box({ name, url, control, systems })
  }
}

export interface ConnectOptions {
  /** The admin token of a stub that is open to other machines. */
  readonly token?: string
}

/**
 * @param url where a stub answers: `http://127.0.0.1:4010`
 * @returns the stub
 * @throws Error when nothing answers there, and ControlError when the token is wrong
 */
export async function connect(url: string, { token }: ConnectOptions = {}): Promise<Stub> {
  return open(url, token, async () => {})
}

/** The same with a way to stop the stub. */
export async function open(url: string, token: string | undefined, stop: () => Promise<void>): Promise<Stub> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Error(`${JSON.stringify(url)} is no URL of a stub; write it like http://127.0.0.1:4010`)
  const base = url.replace(/\/+$/, '')
  const control = openControl(base, token)
  const { systems } = await take(control.GET('/systems'))
  return new Stub(base, control, systems.map(({ id }) => id), stop)
}
