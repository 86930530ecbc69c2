/** `understudy ctl record scenario <name>` */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { Recording } from '../../client/control.js'
import { list, move } from './move.js'

interface RecordFlags {
  readonly system?: string
  readonly fixtures: string
  readonly secrets?: boolean
  readonly force?: boolean
}

/** What was seen of a system, and where it was written; null where there is nothing to write. */
type Written = Recording & { readonly file: string | null }

/** Adds the command. */
export function addRecord(ctl: Command): void {
  ctl
    .command('record')
    .description('write down what was seen of a real backend')
    .command('scenario')
    .description('as a scenario of each system: <folder>/<system>/scenarios/<name>.json; what fits no collection is listed. Exit code 2 if there was nothing to write')
    .argument('<name>', 'name of the scenario', parseName)
    .option('--system <id>', 'only of this system')
    .option('--fixtures <folder>', 'the folder with one folder of fixtures per system', 'fixtures')
    .option('--secrets', 'passwords and phone numbers as they are; without, they are made up')
    .option('--force', 'write over a scenario of that name')
    .action((name: string, { system, fixtures, secrets = false, force = false }: RecordFlags, command: Command) =>
      move(command, async (box): Promise<Written[]> => {
        const recordings = await box.backends.recording(system, secrets)
        const written = recordings.map((one) => ({ ...one, file: Object.keys(one.scenario.put).length === 0 ? null : fileOf(fixtures, one.system, name) }))
        const files = written.flatMap(({ file, system: id, scenario }) => (file === null ? [] : [{ file, id, scenario }]))
        const taken = files.filter(({ file }) => !force && existsSync(file)).map(({ file }) => file)
        if (taken.length > 0) throw new Error(`${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already, so nothing was written; choose another name, or write over with --force`)
        for (const { file, id, scenario } of files) {
          await mkdir(join(fixtures, id, 'scenarios'), { recursive: true })
          await writeFile(file, `${JSON.stringify(scenario, null, 2)}\n`)
        }
        if (files.length === 0) process.exitCode = 2
        return written
      }, showRecordings),
    )
}

function fileOf(fixtures: string, system: string, name: string): string {
  return join(fixtures, system, 'scenarios', `${name}.json`)
}

function showRecordings(recordings: readonly Written[]): string {
  if (recordings.length === 0) return 'nothing was seen of a real backend in this sandbox, so nothing was written; put one beside the stub with "understudy ctl backend", and call it through the stub'
  return recordings.map(({ system, file, scenario, left }) => {
    const counts = Object.entries(scenario.put).map(([collection, records]) => `${String(records.length)} ${collection}`)
    const rest = list(['NOT PLACED, OR FILLED IN', 'WHERE', 'WHY'], left.map(({ operationId, pointer, reason }) => [operationId || '-', pointer || '-', reason]), 'Everything was placed.')
    return `${file === null ? `${system}: no record could be placed, so no file was written` : `${file}: ${counts.join(', ')}`}\n${rest}`
  }).join('\n\n')
}

/** It becomes the name of a file. */
function parseName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(text)) throw new InvalidArgumentError('small letters, digits and "-", 64 at the most.')
  return text
}
