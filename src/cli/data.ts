/** `understudy data …`: where stubs keep sandboxes, while no stub has them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { FolderReport } from '../core/engine/file/folder.js'
import { legibleData } from '../plain/legible.js'
import { print, printJson, table } from './output.js'

/** Adds the command to the program. */
export function addData(program: Command): void {
  const data = program.command('data').description('look at, read out or clear a folder of kept sandboxes (understudy start --data <folder>)')
  data
    .command('check')
    .description('say what is in the folder and whether it is whole; code 1 when it is not')
    .argument('<folder>')
    .option('--json', 'as JSON')
    .action(async (folder: string, { json }: { readonly json?: true }) => {
      const { house, sandboxes } = await read(folder)
      if (json) {
        printJson({ written: house.identity, sandboxes: sandboxes.map(({ content: _content, ...told }) => told) }, 2)
        return
      }
      const rows = sandboxes.map(({ name, generation, commits, entries }) => [name, `${String(commits)} commits`, `${String(entries)} calls`, `generation ${String(generation)}`])
      const { seed = '', systems = '' } = house.identity
      print(`${table(legibleData(rows))}${rows.length > 0 ? '\n\n' : ''}whole: ${String(sandboxes.length)} sandboxes, written with seed ${seed} for ${systems}\n`)
    })
  data
    .command('export')
    .description('print what the sandboxes hold as JSON, by name')
    .argument('<folder>')
    .action(async (folder: string) => {
      const { sandboxes } = await read(folder)
      printJson(Object.fromEntries(sandboxes.map(({ name, content }) => [name, content])), 2)
    })
  data
    .command('clear')
    .description('remove the folder and everything that was kept in it; or, of redis://…, all sandboxes that are there')
    .argument('<folder>')
    .option('--json', 'as JSON')
    .action(async (folder: string, { json }: { readonly json?: true }) => {
      const say = (text: string, facts: object) => { if (json) printJson(facts); else print(`${text}\n`) }
      if (isRedis(folder)) {
        const { clearRedis } = await import('../core/engine/redis/clear.js')
        const sandboxes = await clearRedis(folder)
        say(`${String(sandboxes)} sandboxes are gone.`, { sandboxes })
        return
      }
      const { clearFolder } = await import('../core/engine/file/folder.js')
      await clearFolder(existing(folder))
      say(`${folder} is gone.`, { folder })
    })
}

async function read(folder: string): Promise<FolderReport> {
  const { readFolder } = await import('../core/engine/file/folder.js')
  const { keyOfRecords } = await import('../core/house.js')
  const { loadSystems } = await import('../systems/load.js')
  return readFolder(existing(folder), keyOfRecords(await loadSystems([])))
}

function isRedis(place: string): boolean {
  return /^rediss?:\/\//.test(place)
}

/** Opening one that is not there would make it. */
function existing(folder: string): string {
  if (existsSync(join(folder, 'db'))) return folder
  throw new Error(`${folder} is no folder in which a stub has kept anything`)
}
