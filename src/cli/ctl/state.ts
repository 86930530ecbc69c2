/** `understudy ctl snapshot`, `restore`, `scenario`, `reset`, `delete`, `sandboxes` */
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { ControlError, type History, type SandboxInfo, type Scenario, type Snapshot } from '../../client/control.js'
import type { Box } from '../../client/box.js'
import { isObject } from '../../plain/json.js'
import { warn } from '../output.js'
import { callNumber } from './flags.js'
import { ask, list, move } from './move.js'
import { messageOf } from '../../plain/message.js'

/** Adds the commands. */
export function addState(ctl: Command): void {
  ctl
    .command('snapshot')
    .description('save the sandbox as a file that replays it; printed when no file is given')
    .argument('[file]', 'where to save it')
    .action((file: string | undefined, _flags: object, command: Command) => {
      const take = async (box: Box) => {
        const snapshot = await box.snapshot()
        const real = realSessions(snapshot)
        if (real > 0) warn(`the snapshot has the tokens of ${String(real)} ${real === 1 ? 'session' : 'sessions'} of a real backend in it, as they are, for a restore needs them; keep it as you keep a password`)
        return snapshot
      }
      if (file === undefined) return move(command, take, null)
      return move(command, async (box) => {
        await writeFile(file, `${JSON.stringify(await take(box), null, 2)}\n`)
        return { file }
      }, () => `saved in ${file}`)
    })
  ctl
    .command('restore')
    .description('make the sandbox what a snapshot says')
    .argument('<file>', 'a file that "ctl snapshot" saved')
    .action((file: string, _flags: object, command: Command) =>
      move(command, async (box) => {
        await box.restore(await readSnapshot(file)).catch((error: unknown) => {
          // Its fields are those of the file, and none of the command.
          throw error instanceof ControlError ? new Error(`${file} cannot be restored: ${error.message}`) : error
        })
        return box.info()
      }, (info) => showSandboxes([info])),
    )
  ctl
    .command('scenario')
    .description('show the scenarios, or lay one over the records')
    .argument('[name]', 'the scenario to apply')
    .option('--system <id>', 'in this system only')
    .action((name: string | undefined, { system }: { system?: string }, command: Command) =>
      move(command, (box) => (name === undefined ? box.scenarios(system) : box.scenario(name, system)), showScenarios),
    )
  ctl
    .command('reset')
    .description('make everything as it was at the start')
    .action((_flags: object, command: Command) =>
      move(command, async (box) => {
        await box.reset()
        return box.info()
      }, ({ name }) => `${name} is as new`),
    )
  ctl
    .command('history')
    .description('show what happened, and how far back one can go')
    .action((_flags: object, command: Command) => move(command, (box) => box.history(), showHistory))
  ctl
    .command('rewind')
    .description('make everything as it was after a call; what came later has never happened')
    .argument('<call>', 'the number of the call, 0 for the beginning')
    .action((call: string, _flags: object, command: Command) =>
      move(command, async (box) => {
        await box.rewind(callNumber(call))
        return box.info()
      }, (info) => showSandboxes([info])),
    )
  ctl
    .command('fork')
    .description('begin another sandbox as this one is, or was after a call')
    .argument('<name>', 'the name of the new sandbox')
    .option('--at <call>', 'the number of the call, 0 for the beginning; now when left out')
    .action((name: string, { at }: { at?: string }, command: Command) =>
      move(command, async (box, stub) => (await stub.sandbox({ name, fork: { sandbox: box.name, ...(at === undefined ? {} : { at: callNumber(at) }) } })).info(), (info) => showSandboxes([info])),
    )
  ctl
    .command('delete')
    .description('delete the sandbox')
    .action((_flags: object, command: Command) =>
      move(command, async (box) => {
        await box.delete()
        return { deleted: box.name }
      }, ({ deleted }) => `${deleted} is gone`),
    )
  ctl
    .command('sandboxes')
    .description('show all sandboxes')
    .action((_flags: object, command: Command) => ask(command, (stub) => stub.sandboxes(), showSandboxes))
}

/** How many sessions of real backends are in a snapshot. */
function realSessions({ systems }: Snapshot): number {
  const sessions = Object.values(systems).flatMap(({ store }) => Object.values(store['sessions']?.put ?? {}))
  return sessions.filter((session) => isObject(session) && session['real'] !== undefined).length
}

/** What a snapshot says that it is. */
const FORMAT: Snapshot['format'] = 'understudy-snapshot'

async function readSnapshot(file: string): Promise<Snapshot> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`)
  })
  let snapshot: unknown
  try {
    snapshot = JSON.parse(text)
  } catch {
    throw new Error(`${file} is no snapshot: it is not JSON`)
  }
  if (!isObject(snapshot) || snapshot['format'] !== FORMAT) throw new Error(`${file} is no snapshot; "understudy ctl snapshot <file>" saves one`)
  return snapshot as Snapshot // the stub refuses one that is not whole
}

function showHistory({ history, reach: { first, last, isWhole } }: History): string {
  const rows = history.map(({ call, changed }) => (call === null ? ['-', '', 'through the control plane', '', '', changed.join(', ')] : [call.id, call.system, call.operationId ?? '-', call.method, call.status, changed.join(', ')]))
  const calls = first === null || last === null ? 'no call' : `calls ${String(first)} to ${String(last)}`
  return `${list(['CALL', 'SYSTEM', 'WHAT', 'METHOD', 'STATUS', 'CHANGED'], rows, 'nothing has happened')}\nOne can go back to ${calls}${isWhole ? ' and to the beginning (0)' : ''}.`
}

function showScenarios(scenarios: readonly Scenario[]): string {
  return list(['SYSTEM', 'NAME', 'WHAT IT IS'], scenarios.map(({ system, name, description }) => [system, name, description.en]), 'no scenarios')
}

function showSandboxes(sandboxes: readonly SandboxInfo[]): string {
  const rows = sandboxes.map(({ name, now, frozen, requests, faults, maintenance }) => [name, `${now}${frozen ? ' (frozen)' : ''}`, requests, faults, maintenance.join(', ') || '-'])
  return list(['NAME', 'CLOCK', 'CALLS', 'FAULTS', 'MAINTENANCE'], rows, 'no sandboxes')
}
