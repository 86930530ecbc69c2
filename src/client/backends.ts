/** Real backends beside the stub. */
import type { SystemName } from './contracts.js'
import { type Backend, type DriftReport, type Recording, take, type Target } from './control.js'

/** A real backend, and which operations it answers. */
export interface BackendChoice {
  /** What stands before the paths. */
  readonly url: string
  /** For all operations; `real` when left out. */
  readonly mode?: Backend['mode']
  /** By name of an operation, of a tag or of a socket. */
  readonly operations?: Backend['operations']
  /** Real milliseconds that a whole answer may take. */
  readonly timeout?: number
  /** Whether it keeps the same records as the stub, so that `compare` compares values and lengths of lists, too; what was said stays when left out. */
  readonly sameData?: boolean
  /** By phone number or user name: the password, or code by SMS, by which the stub logs this user in there. Never shown; those that are there stay when left out. */
  readonly credentials?: Readonly<Record<string, string>>
}

/** The real backends of a sandbox. */
export class BoxBackends {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns the backend of each system; its `url` is null where there is none */
  async list(): Promise<Backend[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/backends', { params: { path } }))).backends
  }

  /** @returns the backend of a system; its `url` is null where there is none */
  get(system: SystemName): Promise<Backend> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/backends/{system}', { params: { path: { ...path, system } } }))
  }

  /**
   * Puts a real backend beside the stub.
   * @throws ControlError of the kind `backend-misfit` when the URL is none, or a name or a mode is unknown
   */
  set(system: SystemName, { url, mode, operations, timeout, sameData, credentials }: BackendChoice): Promise<Backend> {
    const { control, path } = this.#target
    const body = { url, ...(mode === undefined ? {} : { mode }), ...(operations === undefined ? {} : { operations }), ...(timeout === undefined ? {} : { timeout }), ...(sameData === undefined ? {} : { sameData }), ...(credentials === undefined ? {} : { credentials: { ...credentials } }) }
    return take(control.PUT('/sandboxes/{sandbox}/backends/{system}', { params: { path: { ...path, system } }, body }))
  }

  /** Takes the real backend away: the stub answers everything. */
  async clear(system: SystemName): Promise<void> {
    const { control, path } = this.#target
    await take(control.DELETE('/sandboxes/{sandbox}/backends/{system}', { params: { path: { ...path, system } } }))
  }

  /**
   * @param system all when left out
   * @returns where real backends were found not to be what their contracts say
   */
  drift(system?: SystemName): Promise<DriftReport> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/drift', { params: { path, query: system === undefined ? {} : { system } } }))
  }

  /** Forgets the differences. @returns how many there were */
  async clearDrift(system?: SystemName): Promise<number> {
    const { control, path } = this.#target
    return (await take(control.DELETE('/sandboxes/{sandbox}/drift', { params: { path, query: system === undefined ? {} : { system } } }))).count
  }

  /**
   * @param system all when left out
   * @param secrets whether passwords and phone numbers are given as they are
   * @returns what was seen of real records, as scenarios, and what could not be placed
   */
  async recording(system?: SystemName, secrets = false): Promise<Recording[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/recording', { params: { path, query: { secrets, ...(system === undefined ? {} : { system }) } } }))).recordings
  }
}
