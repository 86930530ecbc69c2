/** The control plane: a surface of the stage, an API by control.yaml, for those who may drive the server. */
import { NoRoom } from '../core/engine/engine.js'
import { callErased } from '../core/erased.js'
import type { Surface } from '../core/stage/outcome.js'
import { answerBy, type SurfaceTask } from '../core/surface/api.js'
import { refusal } from '../core/surface/refusal.js'
import { surface } from '../core/surface/surface.js'
import { contract } from '../generated/control/contract.js'
import { validators } from '../generated/control/validators.js'
import { backends } from './backends.js'
import { clock } from './clock.js'
import { db } from './db.js'
import { drift } from './drift.js'
import { faults } from './faults.js'
import { LineFeeds } from './lines.js'
import { maintenance } from './maintenance.js'
import { networks } from './networks.js'
import { overview } from './overview.js'
import { recording } from './recording.js'
import { requests } from './requests.js'
import { type Guard, guarded } from './safety.js'
import { sandboxes } from './sandboxes.js'
import { server } from './server.js'
import { sessions } from './sessions.js'
import { settings } from './settings.js'
import { sms } from './sms.js'
import { sockets } from './sockets.js'
import { state } from './state.js'
import type { ControlParts, ControlHandlers } from './task.js'
import { userPages } from './user-pages.js'
import { users } from './users.js'

/** What stands before every path of the control plane. */
export const CONTROL_PREFIX = '/__admin'

const handlers: ControlHandlers = { ...server, ...sandboxes, ...overview, ...clock, ...sms, ...sessions, ...userPages, ...users, ...sockets, ...maintenance, ...settings, ...backends, ...drift, ...recording, ...faults, ...networks, ...requests, ...state, ...db }

/** The same for those who know an operation by its name alone. */
const table: Readonly<Record<string, (task: never) => Promise<unknown>>> = handlers

/** @returns the surface that answers everything below {@link CONTROL_PREFIX} */
export function controlSurface(given: Omit<ControlParts, 'lines'>, guard: Guard): Surface {
  const parts: ControlParts = { ...given, lines: new LineFeeds() }
  const { report } = parts
  const name = 'the control plane'
  const carryOut = async (operation: string, task: SurfaceTask) => {
    const handler = table[operation]
    if (handler === undefined) throw new Error(`${operation} is not implemented`)
    // The contract's validators have just proved input and headers to be what the generated types of this operation say.
    return callErased(handler, { ...task, parts }).catch((error: unknown) => {
      throw error instanceof NoRoom ? refusal(507, 'no-room', error.message) : error
    })
  }
  const answer = answerBy({ name, prefix: CONTROL_PREFIX, document: `${CONTROL_PREFIX}/openapi.json`, contract, validators, carryOut, pace: parts.sandboxes.pace, mostValues: parts.budget.values, report })
  return surface({ name, headers: { 'cache-control': 'no-store' }, report, answer: guarded(guard, CONTROL_PREFIX, answer) })
}
