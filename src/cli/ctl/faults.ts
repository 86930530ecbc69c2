/** `understudy ctl faults …` */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Fault as FaultRule, type Networks, take } from '../../client/control.js'
import type { FaultFlag } from '../../core/faults/kind.js'
import { type Fault, faultKinds } from '../../core/faults/kinds.js'
import { parseWhole } from '../config/parse.js'
import { given, list, move } from './move.js'

interface AddFlags {
  readonly times?: number
  readonly probability?: number
  readonly for?: string
}

/** All flags that say what goes wrong; each kind of fault brings its own. */
const FLAGS = faultKinds.flatMap(({ flags }): readonly FaultFlag<Fault>[] => flags)

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
  for (const flag of FLAGS) add.addOption(optionOf(flag))
  add.action((system: string, operationId: string, flags: AddFlags & Readonly<Record<string, unknown>>, command: Command) => {
    const fault = faultOf(flags) ?? command.error(`error: say what goes wrong with one of ${FLAGS.map(({ name }) => `--${name}`).join(', ')}`)
    const body = { system, operationId, fault, probability: flags.probability ?? 1, ...given({ times: flags.times, for: flags.for }) }
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

/** A flag may stand alone only: each says all that goes wrong. */
function optionOf(flag: FaultFlag<Fault>): Option {
  const { name, value, description, expected } = flag
  const option = new Option(value === null ? `--${name}` : `--${name} ${value}`, description).conflicts(FLAGS.filter((other) => other.name !== name).map((other) => other.name))
  return expected === undefined
    ? option
    : option.argParser((text) => {
        if (flag.read(text) === null) throw new InvalidArgumentError(expected)
        return text
      })
}

function faultOf(flags: Readonly<Record<string, unknown>>): Fault | null {
  const given = FLAGS.find(({ name }) => flags[name] !== undefined)
  return given?.read(String(flags[given.name])) ?? null
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
