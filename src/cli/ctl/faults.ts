/** `understudy ctl faults …` */
import { type Command, InvalidArgumentError } from 'commander'
import { type Fault as FaultRule, type Networks, take } from '../../client/control.js'
import { parseWhole } from '../config/parse.js'
import { addFaultFlags, faultOf } from './fault-flags.js'
import { given, list, move } from './move.js'

interface AddFlags {
  readonly times?: number
  readonly probability?: number
  readonly for?: string
}

/** Adds the commands. */
export function addFaults(ctl: Command): void {
  const faults = ctl
    .command('faults')
    .description('show the fault rules, add or remove them')
    .action((_flags: object, command: Command) => move(command, (box) => box.faults.list(), show))

  const add = faults
    .command('add')
    .description('let calls go wrong: ctl faults add live liveLogin --error API_INVALID_AUTH_CODE --times 1')
    .argument('[system]', 'id of the system, * for all', '*')
    .argument('[operation]', 'operationId, * for all', '*')
    .option('--times <number>', 'so many calls; for ever when left out', parseWhole)
    .option('--for <duration>', 'so long on the clock of the sandbox, such as 20s; for ever when left out')
    .option('--probability <number>', 'how often, from 0 to 1', parseNumber)
  addFaultFlags(add)
  add.action((system: string, operationId: string, flags: AddFlags & Readonly<Record<string, unknown>>, command: Command) => {
    const body = { system, operationId, fault: faultOf(flags, command), probability: flags.probability ?? 1, ...given({ times: flags.times, for: flags.for }) }
    return move(command, (box, stub) => take(stub.control.POST('/sandboxes/{sandbox}/faults', { params: { path: { sandbox: box.name } }, body })), (rule) => show([rule]))
  })
  faults
    .command('remove')
    .description('remove one rule')
    .argument('<id>', 'id of the rule')
    .action((id: string, _flags: object, command: Command) =>
      move(command, async (box) => {
        await box.faults.remove(id)
        return box.faults.list()
      }, show),
    )
  faults
    .command('clear')
    .description('remove all rules')
    .action((_flags: object, command: Command) =>
      move(command, async (box) => {
        await box.faults.clear()
        return box.faults.list()
      }, show),
    )
}

function describeFault({ kind, ...about }: FaultRule['fault']): string {
  return [kind, ...Object.entries(about).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)].join(' ')
}

/** @returns what a rule of a network does, in a few words */
export function describeRule({ fault, probability = 1, for: span }: Networks['networks'][number]['rules'][number]): string {
  return [describeFault(fault), ...(probability === 1 ? [] : [`probability=${String(probability)}`]), ...(span === undefined ? [] : [`for ${span}`])].join(' ')
}

function show(rules: readonly FaultRule[]): string {
  const rows = rules.map(({ id, system, operationId, fault, times, probability, until, matched, fired }) => [
    id, system, operationId, describeFault(fault),
    [times ?? (until === undefined ? 'for ever' : []), until === undefined ? [] : `until ${until}`].flat().join(', '), probability, `${fired} of ${matched}`,
  ])
  return list(['ID', 'SYSTEM', 'OPERATION', 'FAULT', 'TIMES LEFT', 'PROBABILITY', 'FIRED'], rows, 'no faults')
}

function parseNumber(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('a number is needed.')
  return Number(text)
}
