/** The real backends beside the stub. */
import { withCapital } from '../plain/capital.js'
import { type Backend, type BackendInput, BackendMisfit, readBackend, USUAL_TIMEOUT } from '../core/backends/setting.js'
import { backendOf } from '../core/pipeline/bridge.js'
import type { ControlState } from '../core/sandbox.js'
import type { System } from '../core/system.js'
import { refusal } from '../core/surface/refusal.js'
import { changeSystems, lookAt, openSandbox, systemOf, systemsOf } from './access.js'
import type { ControlParts, ControlHandlers } from './task.js'

export const backends: ControlHandlers<'listBackends' | 'getBackend' | 'putBackend' | 'deleteBackend'> = {
  listBackends: async ({ input, parts }) => {
    const state = await (await lookAt(parts, input.sandbox)).control.read()
    return { backends: systemsOf(parts, undefined).map((system) => showBackend(parts, state, system)) }
  },

  getBackend: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    return showBackend(parts, await (await lookAt(parts, input.sandbox)).control.read(), system)
  },

  putBackend: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    const backend = checkBackend(system, input)
    const sandbox = openSandbox(parts, input.sandbox)
    await changeSystems(sandbox, [system], (switches) => ({ ...switches, backend: withKnown(backend, input, backendOf({ system, switches }, parts.backends)) }))
    return showBackend(parts, await sandbox.control.read(), system)
  },

  deleteBackend: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    await changeSystems(openSandbox(parts, input.sandbox), [system], (switches) => ({ ...switches, backend: null }))
    return undefined
  },
}

/** @throws Refusal that says what is wrong */
function checkBackend(system: System, { url, mode, operations, timeout, sameData, credentials }: BackendInput) {
  try {
    return readBackend(system, { url, mode, operations, timeout, sameData, credentials })
  } catch (error) {
    throw error instanceof BackendMisfit ? refusal(422, 'backend-misfit', `${withCapital(error.message)}${/[.?]$/.test(error.message) ? '' : '.'}`) : error
  }
}

/** Credentials are not shown, so whoever changes a mode cannot hand them back; they stay, and so does what its records are, but for another host they never were. */
function withKnown(backend: Backend, { sameData, credentials }: Pick<BackendInput, 'sameData' | 'credentials'>, before: Backend | null): Backend {
  if (before === null || new URL(before.url).origin !== new URL(backend.url).origin) return backend
  return {
    ...backend,
    ...(sameData === undefined && before.sameData === true && { sameData: true as const }),
    ...(credentials === undefined && before.credentials !== undefined && { credentials: before.credentials }),
  }
}

function showBackend({ backends: started }: ControlParts, { systems }: ControlState, system: System) {
  const switches = systems[system.id]
  const backend = backendOf({ system, switches }, started)
  const { url = null, mode = 'stub' as const, operations = {}, timeout = USUAL_TIMEOUT, sameData = false, credentials = {} } = backend ?? {}
  const accounts = Object.keys(credentials).length
  return { system: system.id, url, mode, operations: { ...operations }, timeout, ...(sameData && { sameData }), ...(accounts > 0 && { accounts }), chosen: switches?.backend !== undefined }
}
