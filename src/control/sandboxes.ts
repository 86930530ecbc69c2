/** Sandboxes as such. */
import { readClock } from '../core/clock.js'
import type { Sandbox } from '../core/sandbox.js'
import { Answer } from '../core/surface/api.js'
import { instant, openSandbox } from './access.js'
import type { ControlParts, Handlers } from './task.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { applyScenario } from './scenarios.js'
import { restoreSnapshot } from './snapshot.js'

export const sandboxes: Handlers<'listSandboxes' | 'createSandbox' | 'getSandbox' | 'deleteSandbox' | 'resetSandbox'> = {
  listSandboxes: async ({ parts }) => {
    const all = await parts.sandboxes.list()
    const shown = await Promise.all([...all].reverse().map((sandbox) => showSandbox(parts, sandbox)))
    return { sandboxes: shown }
  },

  createSandbox: async ({ input, parts }) => {
    const name = input.name ?? (await parts.sandboxes.freeName())
    if ((await parts.sandboxes.find(name)) !== undefined) throw refusal(409, 'sandbox-exists', `There is a sandbox ${quote(name)} already. Choose another name, delete it, or reset it.`)
    const sandbox = openSandbox(parts, name)
    try {
      if (input.snapshot !== undefined) await restoreSnapshot(parts, sandbox, input.snapshot)
      if (input.scenario !== undefined) await applyScenario(parts, sandbox, input.scenario, undefined)
    } catch (error) {
      await parts.sandboxes.delete(name)
      throw error
    }
    return new Answer(await showSandbox(parts, sandbox), { location: `/__admin/sandboxes/${name}` })
  },

  getSandbox: async ({ input, parts }) => {
    const sandbox = await parts.sandboxes.find(input.sandbox)
    if (sandbox === undefined) throw noSandbox(input.sandbox)
    return showSandbox(parts, sandbox)
  },

  deleteSandbox: async ({ input, parts }) => {
    if (!(await parts.sandboxes.delete(input.sandbox))) throw noSandbox(input.sandbox)
    return undefined
  },

  resetSandbox: async ({ input, parts }) => {
    await openSandbox(parts, input.sandbox).reset()
    return undefined
  },
}

/** @returns the sandbox as the control plane shows it */
export async function showSandbox({ served }: ControlParts, sandbox: Sandbox) {
  const { clock, requests, faults, systems } = await sandbox.control.read()
  return {
    name: sandbox.name,
    now: instant(readClock(clock, sandbox.real)),
    frozen: clock.frozenAt !== null,
    requests,
    journal: (await sandbox.journal.status()).size,
    faults: faults.length,
    maintenance: Object.entries(systems).filter(([, { maintenance }]) => maintenance !== null).map(([id]) => id),
    paths: Object.fromEntries([...served.keys()].map((id) => [id, `/@${sandbox.name}/${id}`])),
  }
}

function noSandbox(name: string) {
  return refusal(404, 'no-such-sandbox', `There is no sandbox ${quote(name)} yet. It comes into being with the first call to it, or with POST /__admin/sandboxes.`)
}
