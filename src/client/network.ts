/** The network that an app's calls go through. */
import { type Networks, take, type Target } from './control.js'

/** A slow network, or none at all: a few fault rules for every call of the sandbox, by one name. */
export class BoxNetwork {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /**
   * @param name `3g`, `subway`, `offline` (which ends after 20 seconds on the sandbox's clock), or one that the stub was started with
   * @returns the network that there is now, and those that there can be
   * @throws ControlError when there is none of that name
   */
  async use(name: string): Promise<Networks> {
    const { control, path } = this.#target
    return take(control.PUT('/sandboxes/{sandbox}/network', { params: { path }, body: { network: name } }))
  }

  /** Ends the network before its time. Rules that were added one by one stay. */
  async off(): Promise<Networks> {
    const { control, path } = this.#target
    return take(control.DELETE('/sandboxes/{sandbox}/network', { params: { path } }))
  }

  /** @returns the network that there is, null for a sound one, and those that there can be */
  async status(): Promise<Networks> {
    const { control, path } = this.#target
    return take(control.GET('/sandboxes/{sandbox}/network', { params: { path } }))
  }
}
