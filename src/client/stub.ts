/** A stub as a test drives it, be it in this process or elsewhere. */
import { Box, fetchBelow } from './box.js'
import { type ControlClient, ControlError, type Health, notOurs, openControl, type SandboxInfo, type Snapshot, take } from './control.js'

export interface SandboxOptions {
  /** A name that is not in use; the stub makes one up when it is left out. */
  readonly name?: string
  /** A scenario to begin with. */
  readonly scenario?: string
  /** A snapshot to begin with. */
  readonly snapshot?: Snapshot
  /** Another sandbox to begin as: as it is, or as it was after a call of its journal. */
  readonly fork?: { readonly sandbox: string; readonly at?: number }
}

/** What a stub is made of. */
export interface StubParts {
  readonly url: string
  readonly control: ControlClient
  readonly systems: readonly string[]
  /** What the stub is reached with. */
  readonly reaching: typeof fetch
  readonly stop: () => Promise<void>
}

/** A running stub. */
export class Stub implements AsyncDisposable {
  readonly url: string
  /** Ids of the systems that it plays. */
  readonly systems: readonly string[]
  /** The typed client of the whole control plane, for what has no method here. */
  readonly control: ControlClient
  /**
   * `fetch` for this stub. A text that begins with a slash is taken below its URL: `stub.fetch('/live/channels/live')`. A stub without a
   * port can be reached in no other way.
   */
  readonly fetch: typeof fetch
  readonly #reaching: typeof fetch
  readonly #stop: () => Promise<void>

  /** Use `createStub` or {@link connect}. */
  constructor({ url, control, systems, reaching, stop }: StubParts) {
    this.url = url
    this.control = control
    this.systems = systems
    this.fetch = fetchBelow(url, reaching)
    this.#reaching = reaching
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
    return new Box({ name, url, control, systems, reaching: this.#reaching })
  }
}

export interface ConnectOptions {
  /** The admin token of a stub that is open to other machines. */
  readonly token?: string
}

/**
 * @param url where a stub answers: `http://127.0.0.1:4010`
 * @returns the stub
 * @throws Error when nothing answers there, or something else than a stub; ControlError when the token is wrong
 */
export async function connect(url: string, { token }: ConnectOptions = {}): Promise<Stub> {
  return new Stub(await open(url, token, async () => {}))
}

/**
 * Finds out what answers at a URL.
 * @param reaching what it is reached with; the network when left out
 * @returns what a {@link Stub} is made of
 */
export async function open(url: string, token: string | undefined, stop: () => Promise<void>, reaching: typeof fetch = (input, init) => fetch(input, init)): Promise<StubParts> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Error(`${JSON.stringify(url)} is no URL of a stub; write it like http://127.0.0.1:4010`)
  const base = url.replace(/\/+$/, '')
  const control = openControl(base, token, reaching)
  const systems = await systemsOf(control).catch(async (error: unknown) => {
    const shorter = await shorterUrl(base, reaching)
    throw shorter === null ? error : new Error(`${JSON.stringify(url)} is no URL of a stub; leave out ${base.slice(shorter.length)}: ${shorter}`, { cause: error })
  })
  return { url: base, control, systems, reaching, stop }
}

async function systemsOf(control: ControlClient): Promise<string[]> {
  const call = await control.GET('/systems')
  const { systems } = await take(Promise.resolve(call))
  // A system that stands at this URL answers as well, and with JSON.
  if (!Array.isArray(systems)) throw notOurs(call.response)
  return systems.map(({ id }) => id)
}

/** So many segments at the end of a path may be too many: `/@alice/live`, and something behind them. */
const MOST_SEGMENTS = 4

/** @returns what is left of a URL when so much of the end of its path is cut off that a stub answers there; null when none does. A stub may itself be mounted at a path. */
async function shorterUrl(base: string, reaching: typeof fetch): Promise<string | null> {
  const { origin, pathname } = new URL(base)
  const segments = pathname.split('/').filter((segment) => segment !== '')
  for (let kept = segments.length - 1; kept >= Math.max(0, segments.length - MOST_SEGMENTS); kept--) {
    const candidate = [origin, ...segments.slice(0, kept)].join('/')
    const isStub = await systemsOf(openControl(candidate, undefined, reaching)).then(() => true, (error: unknown) => error instanceof ControlError && error.problem.status === 401)
    if (isStub) return candidate
  }
  return null
}
