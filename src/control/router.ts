import { Router } from 'express'
import type { TimeSource } from '../core/clock.js'
import type { Sandboxes } from '../core/sandbox.js'
import type { System } from '../core/system.js'

/** Placeholder of the first commit; the control plane takes this place. */
export function controlRouter(_parts: { sandboxes: Sandboxes; systems: ReadonlyMap<string, System>; time: TimeSource }): Router {
  return Router()
}
