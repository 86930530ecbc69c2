/** Sandboxes as such. */
import { readClock } from '../core/clock.js'
import { CONTROL } from '../core/engine/engine.js'
import type { Sandbox } from '../core/sandbox.js'
import { wholeOf } from '../core/whole.js'
import type { Listed } from '../core/sandboxes.js'
import type { Change } from '../core/store/types.js'
import { WithHeaders } from '../core/surface/api.js'
import { instant, openSandbox } from './access.js'
import type { ControlParts, ControlHandlers } from './task.js'
import { quote, refusal } from '../core/surface/refusal.js'
import { showLine } from './lines.js'
import { adoptedOf } from './veil.js'
import { tooFarBack } from './past.js'
import { applyScenario } from './scenarios.js'
import { restoreSnapshot } from './snapshot.js'

export const sandboxes: ControlHandlers<'listSandboxes' | 'createSandbox' | 'getSandbox' | 'deleteSandbox' | 'resetSandbox' | 'getHistory' | 'rewindSandbox'> = {
  listSandboxes: async ({ parts }) => {
    const all = await parts.sandboxes.list()
    return { sandboxes: (await parts.sandboxes.pace.map(all, (listed) => show(parts, listed))).reverse() }
  },

  createSandbox: async ({ input, parts }) => {
    const name = input.name ?? (await parts.sandboxes.freeName())
    if ((await parts.sandboxes.find(name)) !== undefined) throw refusal(409, 'sandbox-exists', `There is a sandbox ${quote(name)} already. Choose another name, delete it, or reset it.`)
    const sandbox = openSandbox(parts, name)
    if (input.name !== undefined) await parts.sandboxes.keep(name)
    try {
      if (input.fork !== undefined) await forkInto(parts, sandbox, input.fork)
      if (input.snapshot !== undefined) await restoreSnapshot(parts, sandbox, input.snapshot)
      if (input.scenario !== undefined) await applyScenario(parts, sandbox, input.scenario, undefined)
    } catch (error) {
      await parts.sandboxes.delete(name)
      throw error
    }
    return new WithHeaders(await showSandbox(parts, sandbox), { location: `/__admin/sandboxes/${name}` })
  },

  getSandbox: async ({ input, parts }) => {
    return showSandbox(parts, await findSandbox(parts, input.sandbox))
  },

  deleteSandbox: async ({ input, parts }) => {
    if (!(await parts.sandboxes.delete(input.sandbox))) throw noSandbox(input.sandbox)
    return undefined
  },

  resetSandbox: async ({ input, parts }) => {
    await openSandbox(parts, input.sandbox).reset()
    return undefined
  },

  getHistory: async ({ input, parts }) => {
    const sandbox = await findSandbox(parts, input.sandbox)
    const { reach, happened } = await sandbox.history(input.limit)
    const adopted = await adoptedOf(parts, sandbox, happened.flatMap((one) => (one.kind === 'call' ? [one.entry] : [])))
    const shown = happened.map((one) => (one.kind === 'call' ? { kind: one.kind, call: showLine(one.entry, adopted), changed: changedBy(one.entry.system, one.entry.changes) } : { kind: one.kind, call: null, changed: changedBy(one.commit.system, one.commit.changes) }))
    return { history: shown, reach }
  },

  rewindSandbox: async ({ input, parts }) => {
    const sandbox = await findSandbox(parts, input.sandbox)
    if (!(await sandbox.rewind(input.to))) throw await tooFarBack(sandbox, input.to)
    return showSandbox(parts, sandbox)
  },
}

/** @returns the sandbox as the control plane shows it */
export async function showSandbox(parts: ControlParts, sandbox: Sandbox) {
  return show(parts, { name: sandbox.name, ...(await sandbox.overview()), real: sandbox.real })
}

function show({ served }: ControlParts, { name, control: { clock, requests, faults, systems }, entries, real }: Listed) {
  return {
    name,
    now: instant(readClock(clock, real)),
    frozen: clock.frozenAt !== null,
    requests,
    journal: entries,
    faults: faults.length,
    maintenance: Object.entries(systems).filter(([, { maintenance }]) => maintenance !== null).map(([id]) => id),
    paths: Object.fromEntries([...served.keys()].map((id) => [id, `/@${name}/${id}`])),
  }
}

/** Another sandbox begins as this one was; its own history begins there. */
async function forkInto(parts: ControlParts, into: Sandbox, { sandbox: name, at }: { readonly sandbox: string; readonly at?: number }): Promise<void> {
  const sandbox = await findSandbox(parts, name)
  const turn = at === undefined ? await sandbox.look() : await sandbox.at(at)
  if (turn === null) throw await tooFarBack(sandbox, at ?? 0)
  await parts.sandboxes.replace(into, await wholeOf(turn))
}

async function findSandbox(parts: ControlParts, name: string): Promise<Sandbox> {
  const sandbox = await parts.sandboxes.find(name)
  if (sandbox === undefined) throw noSandbox(name)
  return sandbox
}

/** @returns the records that were changed, as `live/users/3`; what the control plane has set as `control/clock` */
function changedBy(system: string, changes: readonly Change[]): string[] {
  return changes.map(({ collection, key }) => (system === CONTROL ? `${collection}/${String(key)}` : `${system}/${collection}/${String(key)}`))
}

function noSandbox(name: string) {
  return refusal(404, 'no-such-sandbox', `There is no sandbox ${quote(name)} yet. It comes into being with the first call to it, or with POST /__admin/sandboxes.`)
}
