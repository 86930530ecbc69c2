/** `understudy ctl backend` */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Box } from '../../client/box.js'
import type { Backend, DriftReport } from '../../client/control.js'
import { isMode, type Mode, modes } from '../../core/backends/setting.js'
import { millisecondsFlag, pairOf } from './flags.js'
import { given, list, move } from './move.js'

interface BackendFlags {
  readonly mode?: Mode
  readonly operation?: Readonly<Record<string, Mode>>
  readonly timeout?: number
  readonly sameData?: boolean
}

/** Adds the commands. */
export function addBackends(ctl: Command): void {
  ctl
    .command('backend')
    .description('show the real backends, or put one beside the stub: ctl backend live https://staging.example/live --mode compare')
    .argument('[system]', 'id of the system')
    .argument('[url]', 'what stands before its paths, or off; the present one when left out')
    .addOption(new Option('--mode <mode>', 'for all operations').choices(modes))
    .option('--operation <name=mode>', 'for an operation or a tag; several by several flags', parseOperation)
    .option('--timeout <duration>', 'how long a whole answer may take', millisecondsFlag)
    .option('--same-data', 'it keeps the same records as the stub: compare values and lengths of lists, too')
    .option('--no-same-data', 'it keeps records of its own')
    .action((system: string | undefined, url: string | undefined, flags: BackendFlags, command: Command) => {
      if (system === undefined) return move(command, (box) => box.backends.list(), showBackends)
      return move(command, (box) => choose(box, system, url, flags), showBackends)
    })
  ctl
    .command('drift')
    .description('show where real backends are not what their contracts say; understudy drift writes it as a report')
    .argument('[system]', 'id of the system')
    .option('--clear', 'forget it')
    .action((system: string | undefined, { clear }: { readonly clear?: true }, command: Command) => {
      if (clear) return move(command, (box) => box.backends.clearDrift(system), (count) => `${String(count)} forgotten`)
      return move(command, (box) => box.backends.drift(system), showDrift)
    })
}

function showDrift({ drift, calls }: DriftReport): string {
  const rows = drift.map(({ operationId, kind, pointer, count, last }) => [operationId, kind, pointer || '-', count, last.message])
  return list(['OPERATION', 'KIND', 'WHERE', 'TIMES', 'LAST'], rows, calls.length === 0 ? 'no real backend was asked' : 'no differences')
}

async function choose({ backends }: Box, system: string, url: string | undefined, { mode, operation, timeout, sameData }: BackendFlags): Promise<Backend[]> {
  if (url === 'off') await backends.clear(system)
  else if (url !== undefined || mode !== undefined || operation !== undefined || timeout !== undefined || sameData !== undefined) {
    const now = await backends.get(system)
    const wanted = url ?? now.url
    if (wanted === null) throw new Error(`${system} has no real backend; say where it is: understudy ctl backend ${system} <url>`)
    // What is not said stays, where the same backend is meant.
    const kept = now.url === null ? {} : { mode: now.mode, operations: now.operations, timeout: now.timeout }
    await backends.set(system, { url: wanted, ...kept, ...given({ mode, timeout, sameData }), operations: { ...kept.operations, ...operation } })
  }
  return [await backends.get(system)]
}

function showBackends(backends: readonly Backend[]): string {
  const rows = backends.map(({ system, url, mode, operations, timeout, sameData }) => {
    const parts = Object.entries(operations).map(([name, one]) => `${name}=${one}`)
    return url === null ? [system, '-', 'stub', '-', '-'] : [system, url, sameData === true ? `${mode}, same data` : mode, parts.join(' ') || '-', `${String(timeout)} ms`]
  })
  return list(['SYSTEM', 'REAL BACKEND', 'MODE', 'BUT', 'TIMEOUT'], rows, 'no systems')
}

function parseOperation(text: string, before: Readonly<Record<string, Mode>> = {}): Readonly<Record<string, Mode>> {
  const form = `name=mode; the modes are ${modes.join(', ')}`
  const [name, mode] = pairOf(text, form)
  if (!isMode(mode)) throw new InvalidArgumentError(`write it like ${form}.`)
  return { ...before, [name]: mode }
}
