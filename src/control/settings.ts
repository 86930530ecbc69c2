/** Switches of the systems. */
import { didYouMean } from '../core/guess.js'
import type { Sandbox } from '../core/sandbox.js'
import type { SettingDefinition, Settings } from '../core/settings.js'
import type { System } from '../core/system.js'
import { changeSystems, lookAt, openSandbox, systemOf, systemsOf } from './access.js'
import type { ControlParts, ControlHandlers } from './task.js'
import { listOf, quote, refusal } from '../core/surface/refusal.js'

export const settings: ControlHandlers<'getSettings' | 'putSettings'> = {
  getSettings: async ({ input, parts }) => settingsOf(parts, await lookAt(parts, input.sandbox)),

  putSettings: async ({ input, parts }) => {
    const system = systemOf(parts, input.system)
    const chosen = checkSettings(system, input.settings)
    const sandbox = openSandbox(parts, input.sandbox)
    await changeSystems(sandbox, [system], (switches) => ({ ...switches, settings: chosen }))
    return settingsOf(parts, sandbox)
  },
}

/**
 * @returns a value for every setting of the system: the given one, or its default
 * @throws Refusal when the system has no such setting, or a value is not allowed
 */
export function checkSettings(system: System, given: Settings): Settings {
  const known = Object.keys(system.settings)
  for (const [name, value] of Object.entries(given)) {
    const setting = known.includes(name) ? system.settings[name] : undefined
    if (setting === undefined) throw refusal(422, 'no-such-setting', `${system.id} has no setting ${quote(name)}. It has ${listOf(known)}.${didYouMean(name, known)}`, { known })
    if (!allows(setting, value)) throw refusal(422, 'setting-not-allowed', `${name} of ${system.id} cannot be ${quote(String(value))}. It allows ${allowedOf(setting)}.${'min' in setting.allowed ? '' : didYouMean(String(value), setting.allowed.map(String))}`)
  }
  return Object.fromEntries(known.map((name) => [name, given[name] ?? system.settings[name]?.default ?? '']))
}

function allows({ allowed }: SettingDefinition, value: string | number): boolean {
  if (!('min' in allowed)) return allowed.includes(value)
  return typeof value === 'number' && value >= allowed.min && value <= allowed.max
}

function allowedOf({ allowed }: SettingDefinition): string {
  return 'min' in allowed ? `numbers from ${String(allowed.min)} to ${String(allowed.max)}` : listOf(allowed.map(String))
}

async function settingsOf(parts: ControlParts, sandbox: Sandbox) {
  const { systems } = await sandbox.control.read()
  return { settings: systemsOf(parts, undefined).map(({ id }) => ({ system: id, settings: { ...systems[id]?.settings } })) }
}
