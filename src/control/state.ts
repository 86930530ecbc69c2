/** Snapshots and scenarios of a sandbox. */
import { contract } from '../generated/control/contract.js'
import { lookAt, openSandbox } from './access.js'
import type { Handlers } from './task.js'
import { showSandbox } from './sandboxes.js'
import { applyScenario, findScenarios, showScenario } from './scenarios.js'
import { restoreSnapshot, takeSnapshot } from './snapshot.js'

export const state: Handlers<'getSnapshot' | 'putSnapshot' | 'listScenarios' | 'applyScenario'> = {
  getSnapshot: async ({ input, parts }) => takeSnapshot(await lookAt(parts, input.sandbox), contract.operations.putSnapshot.bodyLimit),

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
