/** `understudy ctl faults …` */
import { type Command, InvalidArgumentError } from 'commander'
import type { components } from '../../generated/control/contract.js'
import { type Fault, take } from '../../client/control.js'
import { parseWhole } from '../start.js'
import { millisecondsFlag, rangeFlag } from './flags.js'
import { given, list, move } from './move.js'

type FaultKind = components['schemas']['FaultKind']

interface AddFlags {
  readonly error?: string
  readonly code?: number
  readonly condition?: string
  readonly latency?: { readonly min: number; readonly max?: number }
  readonly status?: number
  readonly drop?: true
  readonly reset?: true
  readonly malformed?: true
  readonly slow?: number
  readonly times?: number
  readonly probability?: number
}

const KINDS = ['error', 'code', 'condition', 'latency', 'status', 'drop', 'reset', 'malformed', 'slow'] as const

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
    .option('--error <name>', 'answer with this error of the system')
    .option('--code <number>', 'answer with the error that has this code', parseNumber)
    .option('--condition <name>', 'answer with the error that means this')
    .option('--latency <time>', 'wait first: 800 (milliseconds) or 2s, or 800-2500 for something between', rangeFlag)
    .option('--status <number>', 'answer with a bare HTTP status', parseWhole)
    .option('--drop', 'close the connection without an answer')
    .option('--reset', 'break the connection in the middle of the answer')
    .option('--malformed', 'answer with broken JSON')
    .option('--slow <time>', 'let the answer trickle for so long: 800 (milliseconds) or 2s', millisecondsFlag)
    .option('--times <number>', 'so many calls; for ever when left out', parseWhole)
    .option('--probability <number>', 'how often, from 0 to 1', parseNumber)
  for (const option of add.options) if (isKind(option.attributeName())) option.conflicts(KINDS.filter((kind) => kind !== option.attributeName()))
  add.action((system: string, operationId: string, flags: AddFlags, command: Command) => {
    const fault = faultOf(flags) ?? command.error(`error: say what goes wrong with one of ${KINDS.map((kind) => `--${kind}`).join(', ')}`)
    const body = { system, operationId, fault, probability: flags.probability ?? 1, ...given({ times: flags.times }) }
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

function faultOf({ error, code, condition, latency, status, drop, reset, malformed, slow }: AddFlags): FaultKind | null {
  if (error !== undefined || code !== undefined || condition !== undefined) return { kind: 'error', ...given({ error, code, condition }) }
  if (latency !== undefined) return { kind: 'latency', ...latency }
  if (status !== undefined) return { kind: 'status', status }
  if (drop) return { kind: 'drop', carriedOut: false }
  if (reset) return { kind: 'reset' }
  if (malformed) return { kind: 'malformed' }
  return slow === undefined ? null : { kind: 'slow', milliseconds: slow, chunks: 10 }
}

function show(rules: readonly Fault[]): string {
  const rows = rules.map(({ id, system, operationId, fault: { kind, ...about }, times, probability, matched, fired }) => [
    id, system, operationId, [kind, ...Object.entries(about).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)].join(' '),
    times ?? 'for ever', probability, `${fired} of ${matched}`,
  ])
  return list(['ID', 'SYSTEM', 'OPERATION', 'FAULT', 'TIMES LEFT', 'PROBABILITY', 'FIRED'], rows, 'no faults')
}

function isKind(name: string): boolean {
  return KINDS.some((kind) => kind === name)
}

function parseNumber(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('a number is needed.')
  return Number(text)
}
