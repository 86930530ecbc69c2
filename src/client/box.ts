/** A sandbox as a test drives it. */
import { didYouMean } from '../core/guess.js'
import { openClient } from '../contract/clients/open.js'
import { isSuccessful } from '../contract/clients/own-word.js'
import type { ContractClient } from '../contract/clients/types.js'
import { tables } from '../generated/errors.js'
import { BoxBackends } from './backends.js'
import { BoxClock } from './clock.js'
import type { Contracts, SystemId, SystemName } from './contracts.js'
import { type ControlClient, ControlError, type History, type SandboxInfo, type Scenario, type Snapshot, take, type Target } from './control.js'
import { Database } from './db.js'
import { BoxFaults } from './faults.js'
import { BoxMaintenance, BoxOutages, BoxSettings } from './maintenance.js'
import { BoxNetwork } from './network.js'
import { BoxRequests } from './requests.js'
import { BoxSessions } from './sessions.js'
import { BoxSms } from './sms.js'
import { BoxSockets } from './sockets.js'

/** What a sandbox is reached with. */
export interface BoxOptions {
  readonly name: string
  /** URL of the stub. */
  readonly url: string
  readonly control: ControlClient
  /** The systems that the stub plays. */
  readonly systems: readonly string[]
  /** What the stub is reached with. */
  readonly reaching: typeof fetch
}

/** An isolated copy of everything that changes: records, sessions, SMS, clock, faults, maintenance, journal. */
export class Box implements AsyncDisposable {
  readonly name: string
  readonly clock: BoxClock
  readonly sms: BoxSms
  readonly sessions: BoxSessions
  readonly sockets: BoxSockets
  readonly maintenance: BoxMaintenance
  readonly outages: BoxOutages
  readonly settings: BoxSettings
  readonly backends: BoxBackends
  readonly faults: BoxFaults
  readonly network: BoxNetwork
  readonly requests: BoxRequests
  /** `fetch` for this sandbox. A text that begins with a slash is taken below it: `box.fetch('/live/channels/live')`. */
  readonly fetch: typeof fetch
  readonly #options: BoxOptions
  readonly #target: Target

  constructor(options: BoxOptions) {
    const target: Target = { control: options.control, path: { sandbox: options.name } }
    this.name = options.name
    this.clock = new BoxClock(target)
    this.sms = new BoxSms(target)
    this.sessions = new BoxSessions(target)
    this.sockets = new BoxSockets(target)
    this.maintenance = new BoxMaintenance(target)
    this.outages = new BoxOutages(target)
    this.settings = new BoxSettings(target)
    this.backends = new BoxBackends(target)
    this.faults = new BoxFaults(target)
    this.network = new BoxNetwork(target)
    this.requests = new BoxRequests(target)
    this.fetch = fetchBelow(`${options.url}/@${options.name}`, options.reaching)
    this.#options = options
    this.#target = target
  }

  /** @returns the base URL of a system in this sandbox; an app that is given it needs nothing else */
  baseUrl(system: SystemName): string {
    const { url, systems } = this.#options
    if (!systems.includes(system)) throw new Error(`this stub does not play ${JSON.stringify(system)}; it plays ${systems.join(', ')}.${didYouMean(system, systems)}`)
    return `${url}/@${this.name}/${system}`
  }

  /** @returns an openapi-fetch client of a system in this sandbox, typed by the system's contract; a call without an answer resolves to a `NoAnswer` */
  client<Id extends SystemId>(system: Id): ContractClient<Contracts[Id]['paths']> {
    const code = Object.hasOwn(tables, system) ? tables[system].code : null
    return openClient<Contracts[Id]['paths']>({ baseUrl: this.baseUrl(system), fetch: this.#options.reaching }, { mayBeEmpty: true, isOwn: (body, status) => !isSuccessful(status) || code === null || typeof body[code] === 'number' })
  }

  /** @returns the records of a system */
  db<Id extends SystemId>(system: Id): Database<Id> {
    return new Database(this.#target, system)
  }

  /**
   * Lays a scenario over the records.
   * @param system every system that has a scenario of this name when left out
   * @returns what was applied
   */
  async scenario(name: string, system?: SystemName): Promise<Scenario[]> {
    const { control, path } = this.#target
    return (await take(control.PUT('/sandboxes/{sandbox}/scenario', { params: { path }, body: system === undefined ? { name } : { name, system } }))).scenarios
  }

  /** @returns the scenarios that can be applied */
  async scenarios(system?: SystemName): Promise<Scenario[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/scenarios', { params: { path, query: system === undefined ? {} : { system } } }))).scenarios
  }

  /** @returns where the sandbox stands: clock, and how many calls, journal entries and rules there are */
  info(): Promise<SandboxInfo> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}', { params: { path } }))
  }

  /** Makes everything as it was at the start, in one step. */
  async reset(): Promise<void> {
    const { control, path } = this.#target
    await take(control.POST('/sandboxes/{sandbox}/reset', { params: { path } }))
  }

  /** @returns what happened, the oldest first, and how far back one can go */
  history(): Promise<History> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/history', { params: { path } }))
  }

  /**
   * Makes everything as it was after a call: what came later has never happened.
   * @param to the number of a call in the journal; 0 for the beginning
   * @throws ControlError of the kind `out-of-history` when history does not go back so far
   */
  async rewind(to: number): Promise<void> {
    const { control, path } = this.#target
    await take(control.POST('/sandboxes/{sandbox}/rewind', { params: { path }, body: { to } }))
  }

  /** @returns all that the sandbox keeps but for its journal; as a file it is a bug report that can be replayed */
  snapshot(): Promise<Snapshot> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/snapshot', { params: { path } }))
  }

  /** Makes the sandbox what a snapshot says; when it does not fit, nothing changes. */
  async restore(snapshot: Snapshot): Promise<void> {
    const { control, path } = this.#target
    await take(control.PUT('/sandboxes/{sandbox}/snapshot', { params: { path }, body: snapshot }))
  }

  /** Deletes the sandbox; used again, its name stands for a new one. */
  async delete(): Promise<void> {
    const { control, path } = this.#target
    await take(control.DELETE('/sandboxes/{sandbox}', { params: { path } }))
  }

  /** `await using box = await stub.sandbox()` deletes the sandbox at the end of the block, if it is still there. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.delete()
    } catch (error) {
      if (!(error instanceof ControlError && error.problem.status === 404)) throw error
    }
  }
}

/** @returns `reaching`, for which a text that begins with a slash is a path below `url` */
export function fetchBelow(url: string, reaching: typeof fetch): typeof fetch {
  return (input, init) => reaching(typeof input === 'string' && input.startsWith('/') ? url + input : input, init)
}
