/** Snapshots and scenarios of a sandbox. */
import { Returnable } from '../core/surface/api.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { contract } from '../generated/control/contract.js'
import { lookAt, openSandbox } from './access.js'
import type { ControlHandlers } from './task.js'
import { showSandbox } from './sandboxes.js'
import { applyScenario, findScenarios, showScenario } from './scenarios.js'
import { restoreSnapshot, takeSnapshot } from './snapshot.js'

/** What stands beside a snapshot in the body that makes a sandbox of it. */
const BESIDE = 1024

export const state: ControlHandlers<'getSnapshot' | 'putSnapshot' | 'listScenarios' | 'applyScenario'> = {
  getSnapshot: async ({ input, parts }) => {
    const snapshot = await takeSnapshot(await lookAt(parts, input.sandbox), contract.operations.putSnapshot.bodyLimit)
    return new Returnable(snapshot, contract.operations.putSnapshot.bodyLimit - BESIDE, (tooMuch) => refusal(507, 'no-room', `A snapshot of ${quote(input.sandbox)} would have ${tooMuch}, and none that has could be restored. Delete some records or files; or fork the sandbox (createSandbox), which takes them all along.`))
  },

  putSnapshot: async ({ input, parts }) => {
    const sandbox = openSandbox(parts, input.sandbox)
    await restoreSnapshot(parts, sandbox, input)
    return showSandbox(parts, sandbox)
  },

  listScenarios: async ({ input, parts }) => ({ scenarios: (await findScenarios(parts, input.system)).map(showScenario) }),

  applyScenario: async ({ input, parts }) => {
    const applied = await applyScenario(parts, openSandbox(parts, input.sandbox), input.name, input.system)
    return { scenarios: applied.map(showScenario) }
  },
}
