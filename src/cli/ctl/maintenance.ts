/** `understudy ctl maintenance`, `outages`, `settings` */
import { type Command, InvalidArgumentError } from 'commander'
import type { Maintenance, Outages, SystemSettings } from '../../client/control.js'
import { parseWhole } from '../config/parse.js'
import { pairOf } from './flags.js'
import { given, list, move } from './move.js'

interface MaintenanceFlags {
  readonly status?: string
  readonly http?: number
}

/** Adds the commands. */
export function addMaintenance(ctl: Command): void {
  ctl
    .command('maintenance')
    .description('show which systems are in maintenance, or begin and end it: ctl maintenance job on')
    .argument('[system]', 'id of the system, or all')
    .argument('[state]', 'on or off', parseState)
    .option('--status <text>', 'text of the header Server-Status')
    .option('--http <status>', 'HTTP status of the answers', parseWhole)
    .action((name: string | undefined, state: 'on' | 'off' | undefined, { status, http }: MaintenanceFlags, command: Command) => {
      const system = name === 'all' ? undefined : name
      if (name !== undefined && state === undefined) command.error(`error: say whether maintenance of ${name} is on or off`)
      if (state === 'on') return move(command, (box) => box.maintenance.on(system, given({ status, httpStatus: http })), showMaintenance)
      return move(command, (box) => (state === 'off' ? box.maintenance.off(system) : box.maintenance.status()), showMaintenance)
    })
  ctl
    .command('outages')
    .description('show which outside services are out of order, or say which are: ctl outages trid database')
    .argument('[system]', 'id of the system, or all')
    .argument('[services...]', 'all that is out of order from now on, or none')
    .action((name: string | undefined, services: string[], _flags: object, command: Command) => {
      if (name === undefined) return move(command, (box) => box.outages.list(), showOutages)
      if (services.length === 0) command.error(`error: say what is out of order in ${name}, or none`)
      return move(command, (box) => box.outages.set(services.filter((service) => service !== 'none'), name === 'all' ? undefined : name), showOutages)
    })
  ctl
    .command('settings')
    .description('show the settings of the systems or of one, or set those of one: ctl settings edu httpStatus=always200')
    .argument('[system]', 'id of the system')
    .argument('[settings...]', 'name=value; what is left out goes back to its default', parseSetting, {})
    .option('--reset', 'all settings of the system go back to their defaults')
    .action((system: string | undefined, settings: SystemSettings['settings'], { reset = false }: { reset?: boolean }, command: Command) => {
      const sets = Object.keys(settings).length > 0
      if (reset && (system === undefined || sets)) command.error('error: --reset takes a system, and no settings')
      if (system !== undefined && (reset || sets)) return move(command, (box) => box.settings.set(system, settings), showSettings)
      return move(command, async (box) => settingsOf(await box.settings.list(), system), showSettings)
    })
}

function showMaintenance(systems: readonly Maintenance[]): string {
  const rows = systems.map(({ system, active, status, httpStatus }) => [system, active ? 'on' : 'off', status, httpStatus])
  return list(['SYSTEM', 'MAINTENANCE', 'SERVER-STATUS', 'HTTP'], rows, 'no systems')
}

function showOutages(systems: readonly Outages[]): string {
  const rows = systems.map(({ system, out, known }) => [system, out.join(', ') || 'nothing', known.join(', ')])
  return list(['SYSTEM', 'OUT OF ORDER', 'CAN BE'], rows, 'no systems')
}

/** Of one system, or of all. */
function settingsOf(systems: readonly SystemSettings[], system: string | undefined): readonly SystemSettings[] {
  const found = systems.filter((one) => system === undefined || one.system === system)
  if (system !== undefined && found.length === 0) throw new Error(`this stub does not play ${JSON.stringify(system)}; it plays ${systems.map((one) => one.system).join(', ')}`)
  return found
}

function showSettings(systems: readonly SystemSettings[]): string {
  const rows = systems.flatMap(({ system, settings }) => Object.entries(settings).map(([name, value]) => [system, name, value]))
  return list(['SYSTEM', 'SETTING', 'VALUE'], rows, 'no settings')
}

function parseState(text: string): 'on' | 'off' {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('it is on or off.')
  return text
}

function parseSetting(text: string, before: SystemSettings['settings']): SystemSettings['settings'] {
  const [name, value] = pairOf(text)
  return { ...before, [name]: /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value }
}
