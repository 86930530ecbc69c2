/** Systems that are down on purpose, outside services that fail, and the systems' own settings. */
import type { SystemName } from './contracts.js'
import { type Maintenance, type Outages, type SystemSettings, take, type Target } from './control.js'

/** Planned stops of systems. Tokens survive them. */
export class BoxMaintenance {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /**
   * @param system all when left out
   * @param how text of the header `Server-Status` and HTTP status; the system's own when left out
   * @returns the state of each system
   */
  async on(system?: SystemName, how: { readonly status?: string; readonly httpStatus?: number } = {}): Promise<Maintenance[]> {
    const { control, path } = this.#target
    const body = system === undefined ? how : { system, ...how }
    return (await take(control.PUT('/sandboxes/{sandbox}/maintenance', { params: { path }, body }))).maintenance
  }

  /** @param system all when left out */
  async off(system?: SystemName): Promise<Maintenance[]> {
    const { control, path } = this.#target
    return (await take(control.DELETE('/sandboxes/{sandbox}/maintenance', { params: { path, query: system === undefined ? {} : { system } } }))).maintenance
  }

  /** @returns the state of each system */
  async status(): Promise<Maintenance[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/maintenance', { params: { path } }))).maintenance
  }
}

/** Outside services that the systems need: a database, a payment provider. */
export class BoxOutages {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns what is out of order in each system, and what can be */
  async list(): Promise<Outages[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/outages', { params: { path } }))).outages
  }

  /**
   * @param out all that is out of order from now on; an empty list mends everything
   * @param system all that know such a service when left out
   */
  async set(out: readonly string[], system?: SystemName): Promise<Outages[]> {
    const { control, path } = this.#target
    const body = { out: [...out], ...(system === undefined ? {} : { system }) }
    return (await take(control.PUT('/sandboxes/{sandbox}/outages', { params: { path }, body }))).outages
  }
}

/** Switches that a system declares itself. */
export class BoxSettings {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns the settings of each system */
  async list(): Promise<SystemSettings[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/settings', { params: { path } }))).settings
  }

  /** @param settings what is left out goes back to its default */
  async set(system: SystemName, settings: SystemSettings['settings']): Promise<SystemSettings[]> {
    const { control, path } = this.#target
    return (await take(control.PUT('/sandboxes/{sandbox}/settings', { params: { path }, body: { system, settings } }))).settings
  }
}
