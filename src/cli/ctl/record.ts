/** `understudy ctl record scenario <name>` */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { Recording } from '../../client/control.js'
import { list, move } from './move.js'

interface RecordFlags {
  readonly system?: string
  readonly fixtures: string
  readonly secrets?: boolean
}

/** Adds the command. */
export function addRecord(ctl: Command): void {
  ctl
    .command('record')
    .description('write down what was seen of a real backend')
    .command('scenario')
    .description('as a scenario of each system: <folder>/<system>/scenarios/<name>.json; what fits no collection is listed')
    .argument('<name>', 'name of the scenario', parseName)
    .option('--system <id>', 'only of this system')
    .option('--fixtures <folder>', 'the folder with one folder of fixtures per system', 'fixtures')
    .option('--secrets', 'passwords and phone numbers as they are; without, they are made up')
    .action((name: string, { system, fixtures, secrets = false }: RecordFlags, command: Command) =>
      move(command, async (box) => {
        const recordings = await box.backends.recording(system, secrets)
        for (const { system: id, scenario } of recordings) {
          await mkdir(join(fixtures, id, 'scenarios'), { recursive: true })
          await writeFile(fileOf(fixtures, id, name), `${JSON.stringify(scenario, null, 2)}\n`)
        }
        return recordings.map((recording) => ({ ...recording, file: fileOf(fixtures, recording.system, name) }))
      }, showRecordings),
    )
}

function fileOf(fixtures: string, system: string, name: string): string {
  return join(fixtures, system, 'scenarios', `${name}.json`)
}

function showRecordings(recordings: readonly (Recording & { readonly file: string })[]): string {
  if (recordings.length === 0) return 'nothing was seen of a real backend in this sandbox'
  return recordings.map(({ file, scenario, left }) => {
    const counts = Object.entries(scenario.put).map(([collection, records]) => `${String(records.length)} ${collection}`)
    const rest = list(['NOT PLACED', 'WHERE', 'WHY'], left.map(({ operationId, pointer, reason }) => [operationId || '-', pointer || '-', reason]), 'Everything was placed.')
    return `${file}: ${counts.join(', ') || 'no records'}\n${rest}`
  }).join('\n\n')
}

/** It becomes the name of a file. */
function parseName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(text)) throw new InvalidArgumentError('small letters, digits and "-", 64 at the most.')
  return text
}
