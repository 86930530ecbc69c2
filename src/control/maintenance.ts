/** Planned stops and outside services that fail. */
import { didYouMean } from '../core/guess.js'
import { knownOutages } from '../core/outages.js'
import { answerInMaintenance } from '../core/pipeline/maintenance.js'
import type { Sandbox } from '../core/sandbox.js'
import { changeSystems, lookAt, openSandbox, systemOf, systemsOf } from './access.js'
import type { ControlParts, ControlHandlers } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

const USUAL_STATUS = 'maintenance'

export const maintenance: ControlHandlers<'getMaintenance' | 'previewMaintenance' | 'setMaintenance' | 'clearMaintenance' | 'getOutages' | 'setOutages'> = {
  getMaintenance: async ({ input, parts }) => maintenanceOf(parts, await lookAt(parts, input.sandbox)),

  previewMaintenance: async ({ input, parts }) => {
    const { status = USUAL_STATUS, httpStatus = null } = input
    const system = systemOf(parts, input.system)
    const { status: code, headers, body } = answerInMaintenance(system, await (await lookAt(parts, input.sandbox)).look(), { status, httpStatus })
    return { status: code, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])), body: typeof body === 'string' ? body : new TextDecoder().decode(body) }
  },

  setMaintenance: async ({ input, parts }) => {
    const { status = USUAL_STATUS, httpStatus = null } = input
    const systems = systemsOf(parts, input.system)
    const sandbox = openSandbox(parts, input.sandbox)
    await changeSystems(sandbox, systems, (switches) => ({ ...switches, maintenance: { status, httpStatus } }))
    return maintenanceOf(parts, sandbox)
  },

  clearMaintenance: async ({ input, parts }) => {
    const systems = systemsOf(parts, input.system)
    const sandbox = await lookAt(parts, input.sandbox)
    await changeSystems(sandbox, systems, (switches) => ({ ...switches, maintenance: null }))
    return maintenanceOf(parts, sandbox)
  },

  getOutages: async ({ input, parts }) => outagesOf(parts, await lookAt(parts, input.sandbox)),

  setOutages: async ({ input, parts }) => {
    const systems = input.system === undefined ? systemsOf(parts, undefined) : [systemOf(parts, input.system)]
    const known = [...new Set(systems.flatMap(knownOutages))]
    const unknown = input.out.find((name) => !known.includes(name))
    if (unknown !== undefined) {
      throw refusal(422, 'no-such-outage', `${input.system ?? 'No system'} ${input.system === undefined ? 'knows' : 'does not know'} the outage ${quote(unknown)}. There are ${listOf(known)}.${didYouMean(unknown, known)}`, { known })
    }
    const sandbox = openSandbox(parts, input.sandbox)
    await changeSystems(sandbox, systems, (switches, system) => {
      const here = knownOutages(system)
      return { ...switches, outages: input.out.filter((name) => here.includes(name)) }
    })
    return outagesOf(parts, sandbox)
  },
}

async function maintenanceOf(parts: ControlParts, sandbox: Sandbox) {
  const { systems } = await sandbox.control.read()
  return {
    maintenance: systemsOf(parts, undefined).map(({ id }) => {
      const { status = null, httpStatus = null } = systems[id]?.maintenance ?? {}
      return { system: id, active: status !== null, status, httpStatus }
    }),
  }
}

async function outagesOf(parts: ControlParts, sandbox: Sandbox) {
  const { systems } = await sandbox.control.read()
  return {
    outages: systemsOf(parts, undefined).map((system) => ({ system: system.id, out: [...(systems[system.id]?.outages ?? [])], known: [...knownOutages(system)] })),
  }
}
