/** `understudy ctl requests` */
import type { Command } from 'commander'
import pc from 'picocolors'
import type { Box } from '../../client/box.js'
import type { JournalEntry } from '../../client/control.js'
import type { Stub } from '../../client/stub.js'
import { didYouMean } from '../../core/guess.js'
import { tables } from '../../generated/errors.js'
import { legibleData } from '../../plain/legible.js'
import { parseWhole } from '../config/parse.js'
import { print, printJson } from '../output.js'
import { given, move, openSandbox, reach } from './move.js'

interface RequestFlags {
  readonly follow?: true
  readonly system?: string
  readonly operation?: string
  readonly path?: string
  readonly error?: string
  readonly user?: string
  readonly unmatched?: true
  readonly violations?: true
  readonly secrets?: true
  readonly limit: number
}

/** Adds the commands. */
export function addRequests(ctl: Command): void {
  const requests = ctl
    .command('requests')
    .description('show what was asked and answered, the latest last')
    .option('-f, --follow', 'show calls as they come, until Ctrl+C')
    .option('--system <id>', 'only calls of this system')
    .option('--operation <id>', 'only calls of this operation')
    .option('--path <path>', 'only calls of this path; * stands for any text')
    .option('--error <name>', 'only calls that failed with this error')
    .option('--user <id>', 'only calls of this user')
    .option('--unmatched', 'only calls for which there is no operation')
    .option('--violations', 'only answers that break the contract')
    .option('--secrets', 'show tokens and passwords')
    .option('--limit <number>', 'so many at the most', parseWhole, 20)
    .action((flags: RequestFlags, command: Command) => (flags.follow ? follow(flags, command) : show(flags, command)))
  requests
    .command('clear')
    .description('forget all calls')
    .action((_flags: object, command: Command) =>
      move(command, async (box) => ({ count: await box.requests.clear() }), ({ count }) => `${count} forgotten`),
    )
}

function show(flags: RequestFlags, command: Command): Promise<void> {
  const calls = (box: Box, { systems }: Stub) => {
    checkError(flags, systems)
    return box.requests.list({ ...filterOf(flags), limit: flags.limit })
  }
  return move(command, calls, (found) => found.reverse().map(line).join('\n') || 'no calls')
}

/** No call ever fails with an error that no system has; "no calls" would be taken for good news. */
function checkError({ system, error }: RequestFlags, played: readonly string[]): void {
  const asked = system === undefined ? played : [system]
  // Of systems that are not the package's own, the stub alone knows the errors.
  if (error === undefined || !asked.every((id) => Object.hasOwn(tables, id))) return
  const known = Object.entries(tables).flatMap(([id, { errors }]) => (asked.includes(id) ? Object.keys(errors) : []))
  if (!known.includes(error)) throw new Error(`${system ?? 'no system'} has ${system === undefined ? 'an' : 'no'} error ${JSON.stringify(error)}.${didYouMean(error, known)}`)
}

async function follow(flags: RequestFlags, command: Command): Promise<void> {
  const { json } = command.optsWithGlobals<{ json?: true }>()
  const stub = await reach(command)
  checkError(flags, stub.systems)
  const box = await openSandbox(command, stub)
  for await (const call of box.requests.stream(filterOf(flags))) {
    if (json) printJson(call)
    else print(`${line(legibleData(call))}\n`)
  }
}

function filterOf({ system, operation, path, error, user, unmatched, violations, secrets }: RequestFlags) {
  return given({ system, operationId: operation, path, error, user, unmatched, violations, secrets })
}

function line({ id, at, system, operationId, preflight, request, response, user, error, faults, violations, duration, source, sourceReason }: JournalEntry): string {
  const outcome = error === null ? String(response.status) : pc.yellow(`${response.status} ${error}`)
  const notes = [source === 'real' ? 'by the real backend' : '', sourceReason === null ? '' : `${source === 'stub' ? 'by the stub, ' : ''}${sourceReason}`, user === null ? '' : `user ${user}`, faults.length === 0 ? '' : `fault ${faults.join(', ')}`, `${duration.toFixed(1)} ms`].filter((note) => note !== '')
  const broken = violations.map((violation) => `\n  ${pc.red('breaks the contract:')} ${violation}`).join('')
  return `${pc.dim(`#${id} ${at}`)} ${system} ${pc.bold(operationId ?? (preflight ? 'preflight' : 'no operation'))} ${request.method} ${request.url} ${pc.dim('→')} ${outcome} ${pc.dim(`(${notes.join(', ')})`)}${broken}`
}
